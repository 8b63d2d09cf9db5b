# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the devices of an MDM, and which of them can take a licence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._core.eligibility import SAME_SERIAL_NUMBER, UNSEEN, UNSEEN_DAYS, UNSUPERVISED, cautions, days_unseen, obstacle
from .._core.identity import usable_serial_number
from .._core.mdm import MdmDevice
from .._core.ports import Clock, Mdm, Notify
from .._core.scope import Scope
from .base import Outcome
from .scope import Fleet, read_fleet, resolve_scope


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """What to show; None = no restriction. All that is given must fit. Serial numbers are in the one form;
    `unseen_days`: only devices known not to have reported for so long; `show_people`: also what may tell who holds
    them."""

    scopes: tuple[Scope, ...] | None = None
    serial_numbers: tuple[str, ...] | None = None
    platforms: frozenset[str] | None = None
    licensable: bool | None = None
    unseen_days: int | None = None
    show_people: bool = False


class DeviceReader:
    def __init__(self, mdm: Mdm, wanted: DeviceFilter, notify: Notify, clock: Clock) -> None:
        self._mdm, self._wanted, self._notify, self._clock = mdm, wanted, notify, clock
        self._listed = None if wanted.serial_numbers is None else frozenset(wanted.serial_numbers)

    def read(self, limit: int) -> Outcome:
        """The outcome with a list of at most `limit`; its document holds all that was asked for, and nothing else."""
        wanted = self._wanted
        fleet, chosen = self._choose()
        now = self._clock.now()
        shown = [device for device in chosen if self._fits(device, now)]
        devices = [self._facts(device, fleet, now) for device in shown]
        unknown = [serial for serial in wanted.serial_numbers or () if serial not in fleet.latest]
        units = [{"id": unit.id, "name": unit.name} for unit in fleet.units]
        summary = _summary(devices)
        return Outcome(
            noun="devices",
            value=devices[:limit],
            extra={
                "units": units,
                "total": len(devices),
                "truncated": len(devices) > limit,
                "unknown_serial_numbers": unknown[:limit],
                "summary": summary,
            },
            document={"units": units, "summary": summary, "unknown_serial_numbers": unknown, "devices": devices},
        )

    def _choose(self) -> tuple[Fleet, Sequence[MdmDevice]]:
        """With a scope the devices in it, each by the record that counts; else every record."""
        if self._wanted.scopes is None:
            fleet = read_fleet(self._mdm, self._notify)
            return fleet, list(fleet.devices.values())
        scoped = resolve_scope(self._mdm, self._wanted.scopes, None, strict_tags=False, notify=self._notify, option="")
        return scoped.fleet, scoped.members

    def _fits(self, device: MdmDevice, now: datetime) -> bool:
        wanted = self._wanted
        if self._listed is not None and usable_serial_number(device.serial_number) not in self._listed:
            return False
        if wanted.platforms is not None and device.platform not in wanted.platforms:
            return False
        if wanted.licensable is not None and wanted.licensable == bool(obstacle(device)):
            return False
        unseen = days_unseen(device, now)
        return wanted.unseen_days is None or (unseen is not None and unseen >= wanted.unseen_days)

    def _facts(self, device: MdmDevice, fleet: Fleet, now: datetime) -> dict[str, Any]:
        reason = obstacle(device)
        days = UNSEEN_DAYS if self._wanted.unseen_days is None else self._wanted.unseen_days
        names = {unit.id: unit.name for unit in fleet.units}
        people = self._wanted.show_people
        return {
            "id": device.id,
            "unit": device.unit,
            "unit_name": names.get(device.unit, ""),
            "serial_number": usable_serial_number(device.serial_number),
            "platform": device.platform,
            "os": device.os,
            "os_version": device.os_version,
            "model": device.model,
            "supervised": device.supervised,
            "last_seen": device.last_seen.isoformat() if device.last_seen else None,
            "days_unseen": days_unseen(device, now),
            "tags": sorted(device.tags),
            "auto_tags": sorted(device.auto_tags),
            "missing_apps": device.missing_apps,
            "licensable": not reason,
            "reason": reason,
            "warnings": [*cautions(device, now, days), *([SAME_SERIAL_NUMBER] if device.id in fleet.older else [])],
            "name": device.name if people else None,
            "owner": device.owner if people else None,
        }


def _summary(devices: Sequence[dict[str, Any]]) -> dict[str, Any]:
    reasons = Counter(facts["reason"] for facts in devices if facts["reason"])
    platforms = Counter(facts["platform"] or "other" for facts in devices)
    return {
        "devices": len(devices),
        "licensable": sum(facts["licensable"] for facts in devices),
        "by_reason": dict(sorted(reasons.items())),
        "by_platform": dict(sorted(platforms.items())),
        "unsupervised": sum(UNSUPERVISED in facts["warnings"] for facts in devices),
        "unseen": sum(UNSEEN in facts["warnings"] for facts in devices),
    }

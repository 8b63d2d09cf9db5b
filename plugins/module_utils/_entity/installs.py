# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of apps on devices: asks as few devices as will tell, one request each, and infers the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .._core.app_model import NOT_SEEN, Devices
from .._core.app_state import PROOF_SIZE, SAMPLE_SIZE, UNREAD, choose_sample, is_there, seen, state_of
from .._core.mdm import INSTALLED, PENDING, AppName, AppRecord, MdmDevice
from .._core.pack_app import AppIds
from .._core.ports import Mdm, Notify

MANY = 200
"""Devices to ask one by one from which on the admin is told how long it takes."""

FEW = 10
"""Devices of a unit on which something is missing that are asked for each app, even if nothing depends on it."""

Records = Mapping[AppName, AppRecord]


@dataclass(frozen=True, slots=True)
class Installs:
    """`states`: a word of app_state.STATES by app and device; `records`: of the devices that were asked; `inferred`:
    (app, device) pairs that were not asked, since the MDM misses nothing there and its samples had the app."""

    states: Mapping[AppName, Mapping[str, str]]
    records: Mapping[str, Records]
    inferred: int = 0

    def record(self, name: AppName, device_id: str) -> AppRecord | None:
        return self.records.get(device_id, {}).get(name)


@dataclass(slots=True)
class _Group:
    """Devices of one unit and platform in scope of one app, which wait or don't: a sample of one kind is no proof of
    the other. `complete`: nothing that should be on them is missing."""

    name: AppName
    complete: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    sample: list[str] = field(default_factory=list)


class Sweep:
    """The reads of one task. What a device said is kept until the MDM heard of it again. `rate`: requests a second, for
    the estimate that is told."""

    def __init__(self, mdm: Mdm, names: Sequence[AppName], since: datetime, notify: Notify, rate: float) -> None:
        self._mdm, self._names, self._since = mdm, names, since
        self._notify, self._rate = notify, rate
        self._kept: dict[str, tuple[object, Records]] = {}
        self.asked = 0

    def look(
        self,
        devices: Mapping[str, MdmDevice],
        members: Mapping[AppName, Devices],
        *,
        full: bool,
        must: Iterable[str] = (),
        waiting: Collection[str] = (),
    ) -> Installs:
        """The states of the `members` (devices in scope) of each app.

        `full`: every device on which something is missing is asked, since somebody wants to know; otherwise a sample of
        them, and the rest is UNREAD. `must` are asked whatever is known of them. `waiting`: something was sent to them
        and they have not reported since, so that it can't be there yet.
        """
        self._forget_stale(devices)
        groups = [group for name, ids in members.items() for group in self._groups(name, ids, devices, waiting)]
        ask = set(must)
        for group in groups:
            group.sample = choose_sample(group.complete, PROOF_SIZE if full else SAMPLE_SIZE, ask | self._kept.keys())
            ask.update(group.sample)
            ask.update(group.lacking if full else choose_sample(group.lacking, FEW, ask | self._kept.keys()))
        self._ask(devices, ask)
        if full:
            self._ask(devices, {one for group in groups if not self._agrees(group) for one in group.complete})
        states: dict[AppName, dict[str, str]] = {name: {} for name in members}
        inferred = 0
        for group in groups:
            found, trusted = states[group.name], self._agrees(group)
            for one in group.complete:
                found[one] = self._state(group.name, one, INSTALLED if trusted else UNREAD)
            for one in group.lacking:
                found[one] = self._state(group.name, one, UNREAD)
            inferred += sum(one not in self._kept for one in group.complete) if trusted else 0
        for name, ids in members.items():
            for one in ids - set(states[name]):
                states[name][one] = PENDING if one in waiting and seen(devices[one], self._since) else NOT_SEEN
        return Installs(states, {one: records for one, (_facts, records) in self._kept.items()}, inferred)

    def learn_app_ids(self, devices: Mapping[str, MdmDevice], ids: Iterable[str]) -> None:
        """Asks these devices too, in the hope that one tells the MDM's own id of an app."""
        self._ask(devices, set(ids))

    def app_ids(self, devices: Mapping[str, MdmDevice]) -> AppIds:
        """The MDM's own id by app and unit, as far as the devices asked tell it."""
        found: dict[tuple[AppName, str], str] = {}
        for one in sorted(self._kept):
            for name, record in self._kept[one][1].items():
                if record.app_id and one in devices:
                    found.setdefault((name, devices[one].unit), record.app_id)
        return found

    def asked_in(self, devices: Mapping[str, MdmDevice]) -> dict[str, int]:
        """How many devices were asked, by unit."""
        units = [devices[one].unit for one in self._kept if one in devices]
        return {unit: units.count(unit) for unit in set(units)}

    def forget(self, ids: Iterable[str]) -> None:
        """Something was sent to these devices: what they said before is no longer so."""
        for one in ids:
            self._kept.pop(one, None)

    def _groups(
        self, name: AppName, ids: Devices, devices: Mapping[str, MdmDevice], waiting: Collection[str]
    ) -> list[_Group]:
        found: dict[tuple[str, str, bool], _Group] = {}
        for one in sorted(ids):
            device = devices[one]
            complete = device.missing_apps == 0
            if not seen(device, self._since) or (one in waiting and not complete):
                continue
            group = found.setdefault((device.unit, device.platform, one in waiting), _Group(name))
            (group.complete if complete else group.lacking).append(one)
        return list(found.values())

    def _state(self, name: AppName, device_id: str, otherwise: str) -> str:
        kept = self._kept.get(device_id)
        return otherwise if kept is None else state_of(kept[1].get(name))

    def _agrees(self, group: _Group) -> bool:
        return all(is_there(self._kept[one][1].get(group.name)) for one in group.sample)

    def _ask(self, devices: Mapping[str, MdmDevice], ids: Iterable[str]) -> None:
        wanted = [devices[one] for one in sorted(ids) if one in devices and one not in self._kept]
        if not wanted:
            return
        if len(wanted) > MANY:
            minutes = max(1, round(len(wanted) / max(self._rate, 0.01) / 60))
            self._notify.warn(
                f"{len(wanted)} devices are asked one by one what became of the apps; at {self._rate:g} requests a "
                f"second that takes about {minutes} minutes."
            )
        answers = self._mdm.read_apps(wanted, self._names)
        for device in wanted:
            self._kept[device.id] = (_facts(device), answers.get(device.id, {}))
        self.asked += len(wanted)

    def _forget_stale(self, devices: Mapping[str, MdmDevice]) -> None:
        self.forget([one for one, kept in self._kept.items() if one not in devices or kept[0] != _facts(devices[one])])


def _facts(device: MdmDevice) -> object:
    """What changes when the device reports."""
    return device.last_seen, device.missing_apps

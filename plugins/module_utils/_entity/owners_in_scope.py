# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From devices of an MDM to the people who own them. The bond is the e-mail address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .._core.eligibility import NOT_APPLE
from .._core.mdm import MdmDevice
from .._core.people_row import folded
from .._core.resolve_people import NO_OWNER
from .._core.user_model import Person
from .scope import Fleet, ScopedDevices


def devices_by_owner(fleet: Fleet) -> dict[str, list[MdmDevice]]:
    """By folded address; older records of a device left out."""
    result: dict[str, list[MdmDevice]] = {}
    for device in fleet.devices.values():
        if folded(device.owner) and device.id not in fleet.older:
            result.setdefault(folded(device.owner), []).append(device)
    return result


@dataclass(frozen=True, slots=True)
class OwnersInScope:
    """The owners of the devices that a scope means, among them those enrolled by the owner, which tell no serial
    number."""

    scoped: ScopedDevices

    def devices(self) -> dict[str, list[MdmDevice]]:
        """Of the scope, by folded address of the owner, in their order."""
        result: dict[str, list[MdmDevice]] = {}
        for device in self.scoped.members:
            if device.platform and folded(device.owner):
                result.setdefault(folded(device.owner), []).append(device)
        return result

    def owned(self) -> list[MdmDevice]:
        """The same in one list."""
        return [device for found in self.devices().values() for device in found]

    def people(self) -> tuple[Person, ...]:
        """The owners, as a list of people names them."""
        return tuple(Person(place, email=owner) for place, owner in enumerate(self.devices(), 1))

    def known(self) -> tuple[Person, ...]:
        """Owners of whom the task is in charge: everybody who owns a device here, and none outside of `within`."""
        universe, owners = self.scoped.universe, devices_by_owner(self.scoped.fleet)
        return tuple(
            Person(place, email=owner)
            for place, (owner, devices) in enumerate(owners.items(), 1)
            if universe is None or all(device.id in universe for device in devices)
        )

    def without(self) -> Mapping[str, list[MdmDevice]]:
        """Devices of the scope that lead to nobody, by reason."""
        found: dict[str, list[MdmDevice]] = {}
        for device in self.scoped.members:
            reason = NOT_APPLE if not device.platform else "" if folded(device.owner) else NO_OWNER
            if reason:
                found.setdefault(reason, []).append(device)
        return found


def over_limit(fleet: Fleet, emails: Mapping[str, str], most: int) -> list[str]:
    """Of these people (address by id) those who own more than `most` devices that take licences of theirs."""
    owned = devices_by_owner(fleet)
    return [key for key, email in emails.items() if _count(owned.get(folded(email), ())) > most]


def _count(devices: Iterable[MdmDevice]) -> int:
    return sum(bool(device.platform) for device in devices)

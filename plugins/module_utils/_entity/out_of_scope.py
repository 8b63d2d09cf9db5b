# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before something is taken from devices because a scope doesn't mean them: the MDM must say so, not only be silent.

An answer that lost some rows makes devices look as if they were out of the scope. It can't make them appear in the
answer to the opposite question, so whatever was lost, only what is really out of the scope is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._core.eligibility import is_newer, latest_records
from .._core.errors import ServiceError
from .._core.identity import samples
from .._core.mdm import MdmDevice
from .._core.people_row import folded
from .._core.ports import Mdm
from .._core.scope import Scope, merged, opposite
from .scope import ScopedDevices


def moved_elsewhere(mdm: Mdm, here: Mapping[str, MdmDevice], serial_numbers: Iterable[str]) -> list[str]:
    """Those that the MDM has a newer record of in a unit which isn't the task's; `here` has the records of its own."""
    found, _older = latest_records(mdm.read_outside(list(serial_numbers)))
    return [serial for serial, other in found.items() if serial not in here or is_newer(other, here[serial])]


class OutOfScope:
    """Of one scope that was resolved. Costs requests only when it is asked: one read of members for each tag or so."""

    def __init__(self, mdm: Mdm, scopes: Sequence[Scope], scoped: ScopedDevices) -> None:
        self._mdm, self._scopes, self._scoped = mdm, merged(scopes), scoped

    def confirm(self, serial_numbers: Iterable[str], option: str = "devices.scope") -> None:
        """Raises ServiceError unless the MDM says of each of these devices that it is out of the scope; of those that
        it did not know, that it still doesn't."""
        latest = self._scoped.fleet.latest
        listed = list(serial_numbers)
        ids = {latest[serial].id: serial for serial in listed if serial in latest}
        outside = self._outside() if ids else frozenset()
        doubtful = {serial for key, serial in ids.items() if key not in outside}
        strangers = [serial for serial in listed if serial not in latest]
        if strangers:
            # The list of units may have been cut off as well: then it has more of them now.
            units = {unit.id for unit in self._mdm.read_units()}
            now, _older = latest_records(self._mdm.read_devices())
            grown = not units <= {unit.id for unit in self._scoped.fleet.units}
            doubtful.update(serial for serial in strangers if grown or serial in now)
        if doubtful:
            raise ServiceError(
                f"{option}: {len(doubtful)} devices that would lose something are not in the scope by one answer of "
                f"{self._mdm.name}, and are not out of it by another ({samples(sorted(doubtful))}); nothing was "
                "changed. An answer may have been cut off, or somebody changed tags meanwhile; run the task again.",
                facts={"doubtful_devices": len(doubtful)},
            )

    def confirm_owners(self, owners: Mapping[str, str], option: str = "users.scope") -> None:
        """The same of the devices of people (address by id), who are read anew: that a device is missing from an answer
        is told by no other. Raises ServiceError."""
        scoped, outside = self._scoped, self._outside()
        members = {device.id for device in scoped.members}
        units = {unit.id for unit in self._mdm.read_units()}
        grown = not units <= {unit.id for unit in scoped.fleet.units}
        fresh = [device for device in self._mdm.read_devices() if grown or device.id not in scoped.fleet.devices]
        doubted = {folded(device.owner) for device in fresh}
        for device in scoped.fleet.devices.values():
            if device.id not in outside and device.id not in members and device.id not in scoped.fleet.older:
                doubted.add(folded(device.owner))
        doubtful = sorted(key for key, email in owners.items() if folded(email) in doubted)
        if doubtful:
            raise ServiceError(
                f"{option}: {len(doubtful)} people would lose something since none of their devices is in the scope by "
                f"one answer of {self._mdm.name}, which another one doesn't bear out ({samples(doubtful)}); nothing "
                "was changed. An answer may have been cut off, or somebody changed tags meanwhile; run the task again.",
                facts={"doubtful_people": len(doubtful)},
            )

    def elsewhere(self, serial_numbers: Iterable[str]) -> list[str]:
        """Those that the MDM has a newer record of in a unit which isn't the task's: the device moved, and what it may
        hold is decided there. (Its record here is left over, or there is none and it looks like an orphan.)"""
        return moved_elsewhere(self._mdm, self._scoped.fleet.latest, serial_numbers)

    def _outside(self) -> frozenset[str]:
        """Ids of the devices that are out of every scope, by the MDM's own word."""
        found: frozenset[str] | None = None
        for scope in self._scopes:
            for question in opposite(scope):
                members = self._mdm.read_members(question)
                found = members if found is None else found & members
        # Without a scope that means anybody, all are outside.
        return frozenset(self._scoped.fleet.devices) if found is None else found

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An MDM written by hand: a small fleet, a log of every call, wrong answers on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from ansible_collections.openmdm.vpp.plugins.module_utils._core import mdm as words
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.manual_steps import StepText
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import (
    AppCommand,
    AppName,
    AppRecord,
    LinkedAccount,
    MdmDevice,
    TagChange,
    Unit,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import (
    ALL,
    NONE,
    WITH_ALL,
    WITH_ANY,
    WITHOUT_ANY,
    Scope,
)

from .fakes import LOCATION, START, UID, FakeService

NORTH, SOUTH = Unit("N_1", "North"), Unit("N_2", "South")
EVERYTHING = frozenset(
    {
        words.OWN_LICENSING,
        words.ACCOUNTS,
        words.TOKENS,
        words.DEVICES,
        words.SCOPES,
        words.TAG_WRITE,
        words.APP_STATE,
        words.INSTALL,
        words.CHECK_IN,
    }
)
WRITES = ("change_tags", "send_commands", "ask_check_in")


class FakeMdm(FakeService):
    """Implements ports.Mdm.

    `owner_tags` (by device id) are tags that no device shows. A method in `fewer` answers with so many of its rows.
    `apps` (by device id, then by adam or bundle id) is what became of apps; `refused` (device id -> error) is met by
    commands.
    """

    def __init__(self, units: Sequence[Unit] = (NORTH,)) -> None:
        super().__init__()
        self.units = list(units)
        self.devices: dict[str, MdmDevice] = {}
        self.owner_tags: dict[str, frozenset[str]] = {}
        self.accounts: list[LinkedAccount] = [account()]
        self.apps: dict[str, dict[str, AppRecord]] = {}
        self.texts: dict[str, StepText] = {}
        self.fewer: dict[str, int] = {}
        self.refused: dict[str, VppError] = {}
        self.name = "Systems Manager"
        self.capabilities = EVERYTHING

    # The world

    def enrol(
        self, *serial_numbers: str, unit: str = NORTH.id, owner_tags: Iterable[str] = (), **facts: object
    ) -> None:
        """Devices as they usually are: iPads, supervised, seen an hour ago. `facts` are fields of MdmDevice."""
        usual = {
            "platform": "iOS",
            "os": "iPadOS",
            "os_version": "17.5",
            "model": "iPad",
            "supervised": True,
            "last_seen": START - timedelta(hours=1),
        }
        for serial_number in serial_numbers:
            place = f"{len(self.devices) + 1:04d}"
            told = {
                "id": place,
                "unit": unit,
                "serial_number": serial_number,
                "name": f"iPad {place}",
                **usual,
                **facts,
            }
            for field in ("tags", "auto_tags"):
                told[field] = frozenset(told.get(field, ()))  # type: ignore[call-overload]
            device = MdmDevice(**told)  # type: ignore[arg-type]
            self.devices[device.id] = device
            self.owner_tags[device.id] = frozenset(owner_tags)

    def ids(self, *serial_numbers: str) -> list[str]:
        return [device.id for device in self.devices.values() if device.serial_number in serial_numbers]

    def tag(self, tag: str, *serial_numbers: str, add: bool = True) -> None:
        for key in self.ids(*serial_numbers):
            tags = self.devices[key].tags
            self.devices[key] = replace(self.devices[key], tags=tags | {tag} if add else tags - {tag})

    # What was asked

    @property
    def calls(self) -> list[str]:
        return [name for name, _detail in self.log]

    @property
    def writes(self) -> list[str]:
        return [name for name in self.calls if name in WRITES]

    # ports.Mdm

    def step_texts(self, facts: Mapping[str, str]) -> Mapping[str, StepText]:
        return self.texts

    def read_units(self) -> list[Unit]:
        self._called("read_units")
        return sorted(self.units, key=lambda unit: unit.id)

    def read_accounts(self) -> list[LinkedAccount]:
        self._called("read_accounts")
        return sorted(self.accounts, key=lambda one: one.id)

    def read_devices(self) -> list[MdmDevice]:
        self._called("read_devices")
        units = {unit.id for unit in self.units}
        shown = [device for device in self.devices.values() if device.unit in units]
        return sorted(shown, key=lambda device: (device.unit, device.id))[: self.fewer.get("read_devices")]

    def read_outside(self, serial_numbers: Sequence[str]) -> list[MdmDevice]:
        self._called("read_outside", tuple(serial_numbers))
        units = {unit.id for unit in self.units}
        found = [one for one in self.devices.values() if one.unit not in units and one.serial_number in serial_numbers]
        return sorted(found, key=lambda device: (device.unit, device.id))

    def read_members(self, scopes: Sequence[Scope]) -> frozenset[str]:
        self._called("read_members", tuple(scopes))
        units = {unit.id for unit in self.units}
        found = sorted(
            device.id
            for device in self.devices.values()
            if device.unit in units and any(_meant(scope, self._all_tags(device)) for scope in scopes)
        )
        return frozenset(found[: self.fewer.get("read_members")])

    def read_tags(self) -> frozenset[str]:
        self._called("read_tags")
        return frozenset().union(*self.owner_tags.values())

    def read_apps(
        self, devices: Sequence[MdmDevice], apps: Sequence[AppName]
    ) -> Mapping[str, Mapping[AppName, AppRecord]]:
        self._called("read_apps", ([device.id for device in devices], tuple(apps)))
        result: dict[str, dict[AppName, AppRecord]] = {}
        for device in devices:
            known = self.apps.get(device.id, {})
            found = {app: known.get(app.adam_id) or known.get(app.bundle_id) for app in apps}
            result[device.id] = {app: record for app, record in found.items() if record is not None}
        return result

    def change_tags(self, changes: Sequence[TagChange]) -> None:
        self._called("change_tags", tuple(changes))
        for change in changes:
            for key in change.device_ids:
                device = self.devices[key]
                assert device.unit == change.unit, "a device of another unit"
                tags = device.tags | set(change.tags) if change.add else device.tags - set(change.tags)
                self.devices[key] = replace(device, tags=tags)

    def send_commands(self, commands: Sequence[AppCommand]) -> list[VppError | None]:
        self._called("send_commands", tuple(commands))
        return [self.refused.get(command.device_id) for command in commands]

    def ask_check_in(self, devices: Sequence[MdmDevice]) -> None:
        self._called("ask_check_in", [device.id for device in devices])

    # Inside

    def _all_tags(self, device: MdmDevice) -> frozenset[str]:
        return device.tags | device.auto_tags | self.owner_tags[device.id]


def _meant(scope: Scope, tags: frozenset[str]) -> bool:
    named = frozenset(scope.tags)
    if scope.match in (ALL, NONE):
        return scope.match == ALL
    if scope.match == WITH_ANY:
        return bool(named & tags)
    if scope.match == WITH_ALL:
        return named <= tags
    return not named & tags if scope.match == WITHOUT_ANY else not named <= tags


def account(**facts: object) -> LinkedAccount:
    """The account of the location of FakeAppsBooks, usable everywhere."""
    told = {"id": "1", "name": "Apps", "location_uid": UID, "location_name": LOCATION, "last_sync": START, **facts}
    return LinkedAccount(**told)  # type: ignore[arg-type]

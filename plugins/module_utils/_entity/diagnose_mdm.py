# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a diagnosis reads in the MDM: devices, scopes, the location's account, and what became of the apps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from .._core.account_steps import is_over
from .._core.diagnose_device import DeviceView
from .._core.diagnose_location import linked_step
from .._core.diagnosis import LINKED, Step, Unread, unknown
from .._core.identity import usable_serial_number
from .._core.mdm import ACCOUNTS, APP_STATE, SCOPES, AppName, AppRecord, MdmDevice
from .._core.mdm_account import Linkage, find_linkage
from .._core.model import Secret
from .._core.ports import Mdm, Notify
from .._core.scope import Scope, merged, surely_in
from .diagnose_request import NO_MDM, DiagnoseMdm, DiagnoseRequest, tried
from .scope import Fleet, check_tags, device_label, read_fleet, resolve_scope

BATCH = 25
"""Devices asked at once: an error concerns no more than these."""

PATIENCE = 2
"""So many errors in a row are of the MDM, not of a device; then nobody else is asked."""

Records = Mapping[AppName, AppRecord]


@dataclass(frozen=True, slots=True)
class Subjects:
    """The devices of a task, in its order, and the fleet that they are of; Unread where there is no MDM to ask."""

    fleet: Fleet | Unread
    devices: tuple[DeviceView, ...]


class MdmReads:
    """The reads of one task. `source` None = it names no MDM."""

    def __init__(self, source: DiagnoseMdm | None, request: DiagnoseRequest, notify: Notify) -> None:
        self._source, self._request, self._notify = source, request, notify
        self._fleet: Fleet | None = None
        self._members: dict[tuple[Scope, ...], frozenset[str] | Unread] = {}
        self.asked = 0

    @property
    def name(self) -> str:
        return self._source.mdm.name if self._source else "the MDM"

    def subjects(self) -> Subjects:
        """A scope that can't be read is an error: without it, nobody knows of whom the task is."""
        source, request = self._source, self._request
        if source is None:
            return Subjects(NO_MDM, tuple(DeviceView(one, one, NO_MDM) for one in request.serial_numbers or ()))
        if request.scopes is not None:
            scoped = resolve_scope(source.mdm, request.scopes, None, strict_tags=False, notify=self._notify)
            self._fleet = scoped.fleet
            return Subjects(scoped.fleet, tuple(_view(one, scoped.fleet) for one in scoped.members))
        fleet = tried(f"{self.name} did not tell its devices", partial(read_fleet, source.mdm, self._notify))
        listed = request.serial_numbers or ()
        if isinstance(fleet, Unread):
            return Subjects(fleet, tuple(DeviceView(one, one, fleet) for one in listed))
        self._fleet = fleet
        outside = self._outside(source.mdm, [one for one in listed if one not in fleet.latest])
        return Subjects(
            fleet,
            tuple(
                _view(fleet.latest[one], fleet)
                if one in fleet.latest
                else DeviceView(one, one, outside=outside.get(one, ""))
                for one in listed
            ),
        )

    def _outside(self, mdm: Mdm, strange: Sequence[str]) -> Mapping[str, str]:
        """The unit of those that are enrolled elsewhere; where that can't be read, they are told as not known."""
        if not strange:
            return {}
        found = tried(f"{self.name} did not tell the devices of other units", partial(mdm.read_outside, strange))
        if isinstance(found, Unread):
            self._notify.warn(f"Devices that are not in the units of the task may be in others: {found.why}.")
            return {}
        return {usable_serial_number(device.serial_number): device.unit for device in found}

    def members(self, scopes: Sequence[Scope], devices: Iterable[MdmDevice]) -> Mapping[str, bool] | Unread:
        """Whether each of the devices is in at least one of the scopes. Asks only if their own tags don't tell."""
        if not scopes:
            return Unread("the task tells neither the tag nor the scope of the app")
        listed = list(devices)
        sure = {device.id for device in listed if any(surely_in(scope, device) for scope in scopes)}
        if len(sure) < len(listed):
            answer = self._ask_members(tuple(scopes))
            if isinstance(answer, Unread):
                return answer
            sure |= answer
        return {device.id: device.id in sure for device in listed}

    def _ask_members(self, scopes: tuple[Scope, ...]) -> frozenset[str] | Unread:
        """Once for each list of scopes."""
        mdm = self._source.mdm if self._source else None
        if mdm is None or SCOPES not in mdm.capabilities:
            return NO_MDM if mdm is None else Unread(f"{self.name} does not tell who is in a scope")
        if scopes not in self._members:
            read = partial(mdm.read_members, merged(scopes))
            self._members[scopes] = tried(f"{self.name} did not tell who is in the scope", read)
            self._warn_of_slips(mdm, scopes)
        return self._members[scopes]

    def _warn_of_slips(self, mdm: Mdm, scopes: tuple[Scope, ...]) -> None:
        """Everybody would seem to be out of the scope of a tag that is misspelt."""
        if self._fleet is not None:
            named = {"assets": scopes}
            tried("the tags were not read", partial(check_tags, mdm, self._fleet, named, False, self._notify))

    def linked(self, uid: str, token: Secret, now: datetime, fleet: Fleet | Unread) -> Mapping[str, Step] | None:
        """By unit, whether the location's account serves it; None = no MDM that has accounts."""
        source = self._source
        if source is None or ACCOUNTS not in source.mdm.capabilities or isinstance(fleet, Unread):
            return None
        accounts = tried(f"{self.name} did not tell its accounts", source.read_accounts)
        if isinstance(accounts, Unread):
            return {unit.id: unknown(LINKED, accounts.why) for unit in fleet.units}
        linkage = find_linkage(accounts, uid, token)
        closed = {unit.id for unit in linkage.closed(fleet.units)}
        over = _expired(linkage, now)
        return {
            unit.id: linked_step(
                self.name,
                unit.name,
                None if linkage.linked is None else unit.id in closed,
                over,
                len(linkage.accounts),
            )
            for unit in fleet.units
        }

    def records(self, devices: Sequence[MdmDevice], apps: Sequence[AppName]) -> dict[str, Records | Unread]:
        """What became of these apps, by device: one request each, of the first `ask_at_most`."""
        source, most = self._source, self._request.ask_at_most
        if source is None or APP_STATE not in source.mdm.capabilities:
            why = NO_MDM if source is None else Unread(f"{self.name} does not tell what became of an app")
            return {device.id: why for device in devices}
        beyond = Unread(f"only the first {most} devices were asked (ask_at_most)")
        found: dict[str, Records | Unread] = {device.id: beyond for device in devices[most:]}
        refused: list[Unread] = []
        for start in range(0, min(most, len(devices)), BATCH):
            end = min(start + BATCH, most)
            batch = devices[start:end]
            if len(refused) == PATIENCE:
                found |= {device.id: refused[-1] for device in batch}
                continue
            answer = tried(f"{self.name} did not tell its apps", partial(source.mdm.read_apps, batch, apps))
            self.asked += len(batch)
            refused = [*refused, answer] if isinstance(answer, Unread) else []
            found |= {one.id: answer if isinstance(answer, Unread) else answer.get(one.id, {}) for one in batch}
        return found


def _view(device: MdmDevice, fleet: Fleet) -> DeviceView:
    names = {unit.id: unit.name for unit in fleet.units}
    serial = usable_serial_number(device.serial_number)
    return DeviceView(device_label(device), serial, device, names.get(device.unit, ""))


def _expired(linkage: Linkage, now: datetime) -> str:
    """When the tokens of all accounts of the location were over; empty = one is not."""
    ends = [one.account.token_expires for one in linkage.accounts if is_over(one.account, now)]
    dates = [end for end in ends if end is not None]
    return f"{max(dates):%Y-%m-%d}" if dates and len(dates) == len(linkage.accounts) else ""

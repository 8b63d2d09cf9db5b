# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was read to the links of each device and person, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .._core.diagnose_device import AppRules, DeviceView, OwnerView, app_steps, device_steps
from .._core.diagnose_person import PersonView, person_steps
from .._core.diagnosis import DEVICE, DEVICE_ASSIGNABLE, PERSON, SOFT, Step, Unread, hinders, judge, tell
from .._core.mdm import AppName, AppRecord, MdmDevice
from .._core.targets import DEVICES, USERS
from .diagnose_apple import FoundAsset
from .diagnose_mdm import MdmReads, Records
from .diagnose_world import World
from .report_diagnosis import Diagnosis

NOT_OWNED = Unread("the location doesn't own it")
EARLIER = Unread("it was not asked, since the chain breaks before")

Pairs = Sequence[tuple[FoundAsset, Sequence[Step]]]
"""Each asset with its own links."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """One device and one asset, before the device was asked what became of the app."""

    view: DeviceView
    found: FoundAsset
    before: tuple[Step, ...]
    steps: tuple[Step, ...]

    @property
    def fine(self) -> bool:
        """Nothing is broken so far that would keep the app away; to ask the device makes sense."""
        first = hinders([*self.before, *self.steps])
        return first is None or first.name in SOFT


def diagnose_devices(
    world: World, mdm: MdmReads, shared: Sequence[Step], pairs: Pairs, rules: AppRules
) -> Iterator[Diagnosis]:
    """All devices of each asset. Only those whose chain is fine so far are asked what became of the app."""
    drafts = [draft for found, own in pairs for draft in _drafts(world, mdm, shared, found, own, rules)]
    asked: dict[str, MdmDevice] = {}
    apps: dict[AppName, None] = {}
    for draft in drafts:
        if isinstance(draft.view.device, MdmDevice) and draft.fine:
            asked[draft.view.device.id] = draft.view.device
            apps[draft.found.app] = None
    records = mdm.records(list(asked.values()), list(apps)) if asked else {}
    for draft in drafts:
        device = draft.view.device
        steps = (*draft.steps, *app_steps(device, draft.found.label, _record(draft, records, mdm.name), rules))
        yield _diagnosis(DEVICE, draft.view.label, draft.found, draft.before, steps, serial=draft.view.serial_number)


def _drafts(
    world: World, mdm: MdmReads, shared: Sequence[Step], found: FoundAsset, own: Sequence[Step], rules: AppRules
) -> Iterator[_Draft]:
    enrolled = [view.device for view in world.devices if isinstance(view.device, MdmDevice)]
    scopes, asset = found.wanted.scopes, found.asset
    members = mdm.members(scopes, enrolled) if enrolled else {}
    requests = NOT_OWNED if asset is None else world.work.of(asset.key.adam_id)
    for view in world.devices:
        device = view.device
        in_scope: bool | Unread = False
        if isinstance(members, Unread):
            in_scope = members
        elif isinstance(device, MdmDevice):
            in_scope = members[device.id]
        owner = None
        if world.owners is not None:
            person = world.owner_of(device) if isinstance(device, MdmDevice) else _nobody(device, mdm.name)
            owner = OwnerView(person, _person_holds(world, found, person))
        licensed = NOT_OWNED if asset is None else world.holders.holds(DEVICES, asset.key, view.serial_number)
        steps = device_steps(view, found.label, asset, found.facts, scopes, in_scope, licensed, requests, owner, rules)
        yield _Draft(view, found, (*shared, *own), tuple(steps))


def diagnose_people(world: World, shared: Sequence[Step], pairs: Pairs, rules: AppRules) -> Iterator[Diagnosis]:
    """All people of each asset."""
    for found, own in pairs:
        before = (*shared, *(step for step in own if step.name != DEVICE_ASSIGNABLE))
        requests = NOT_OWNED if found.asset is None else world.work.of(found.asset.key.adam_id)
        for person in world.people:
            steps = person_steps(
                person,
                found.label,
                _person_holds(world, found, person),
                requests,
                now=rules.now,
                mdm=rules.mdm,
                most_devices=rules.most_devices,
            )
            label = "Everybody named" if isinstance(person, Unread) else person.label
            key, email = ("", "") if isinstance(person, Unread) else (person.client_user_id, person.email)
            yield _diagnosis(PERSON, label, found, before, tuple(steps), client_user_id=key, email=email)


def _nobody(device: Unread | None, mdm: str) -> Unread:
    return Unread(f"{mdm} doesn't show the device") if device is None else device


def _person_holds(world: World, found: FoundAsset, person: PersonView | Unread | None) -> bool | Unread:
    if found.asset is None:
        return NOT_OWNED
    if isinstance(person, Unread):
        return person
    if person is None or person.user is None:
        return False
    return world.holders.holds(USERS, found.asset.key, person.client_user_id)


def _record(draft: _Draft, records: Mapping[str, Records | Unread], mdm: str) -> AppRecord | Unread | None:
    device = draft.view.device
    if not isinstance(device, MdmDevice):
        return _nobody(device, mdm)
    if not draft.fine:
        return EARLIER
    found = records[device.id]
    return found if isinstance(found, Unread) else found.get(draft.found.app)


def _diagnosis(
    kind: str,
    label: str,
    found: FoundAsset,
    before: Sequence[Step],
    steps: tuple[Step, ...],
    *,
    serial: str = "",
    client_user_id: str = "",
    email: str = "",
) -> Diagnosis:
    verdict = judge([*before, *steps])
    return Diagnosis(
        kind, label, found, steps, verdict, tell(kind, label, found.label, verdict), serial, client_user_id, email
    )

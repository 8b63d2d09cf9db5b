# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_license with an MDM: the devices of a scope, and the MDM's side of the location."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from .._core.eligibility import is_old, is_unseen
from .._core.errors import BrakeError
from .._core.identity import samples
from .._core.license_model import ABSENT, LicenseGoal
from .._core.ports import Mdm
from .._entity.license_request import LicenseRequest
from .._entity.mdm_side import MdmSide
from .._entity.out_of_scope import OutOfScope
from .._entity.owners_in_scope import OwnersInScope
from .._entity.scope import ScopedDevices, read_fleet, resolve_scope
from .mdm import LinkedAccounts, open_mdm
from .runner import Host
from .selection import ScopeOptions
from .session import Session


@contextmanager
def open_side(
    host: Host, scope: ScopeOptions | None, request: LicenseRequest, settle: float
) -> Iterator[LinkedAccounts | None]:
    """The MDM, where something of it is needed; else None."""
    needed = scope is not None or request.goal.by_mdm or settle or _counts_devices(request)
    if host.params["connector"] and needed:
        with open_mdm(host, "devices.scope" if request.people is None else "users.scope") as mdm:
            yield LinkedAccounts(host, mdm)
        return
    yield None


def _counts_devices(request: LicenseRequest) -> bool:
    """Whether the task wants to know how many devices a person has."""
    return request.people is not None and request.people.most_devices > 0 and request.goal.state != ABSENT


def with_mdm(host: Host, request: LicenseRequest, mdm: Mdm, scope: ScopeOptions | None) -> LicenseRequest:
    """The request with what the MDM has to tell of its targets."""
    people = request.people
    if people is None:
        return request if scope is None else with_scope(host, request, mdm, scope)
    if scope is None:
        if not _counts_devices(request):
            return request
        return replace(request, people=replace(people, fleet=read_fleet(mdm, host)))
    goal = request.goal
    removes = goal.exclusive or goal.state == ABSENT
    strict = removes and not goal.allow_empty
    scoped = resolve_scope(mdm, scope.scopes, scope.within, strict_tags=strict, notify=host, option="users")
    owners = OwnersInScope(scoped)
    if not owners.devices() and not goal.exclusive:
        host.warn("users.scope: no device in it has an owner, so there is nothing to do.")
    counted = scoped.fleet if _counts_devices(request) else None
    return replace(
        request,
        people=replace(people, owners=owners, fleet=counted),
        out_of_scope=OutOfScope(mdm, scope.scopes, scoped),
    )


def with_scope(host: Host, request: LicenseRequest, mdm: Mdm, scope: ScopeOptions) -> LicenseRequest:
    """The request with the devices that the scope means, and the universe of `exclusive`."""
    goal = request.goal
    removes = goal.exclusive or goal.state == ABSENT
    scoped = resolve_scope(
        mdm, scope.scopes, scope.within, strict_tags=removes and not goal.allow_empty, notify=host, option="devices"
    )
    if not scoped.wanted:
        _empty(host, scoped, goal)
    if goal.state != ABSENT:
        _tell_cautions(host, scoped)
    return replace(
        request,
        serial_numbers=scoped.serial_numbers,
        known_serial_numbers=scoped.known,
        scoped=scoped,
        out_of_scope=OutOfScope(mdm, scope.scopes, scoped),
    )


def side_of(linked: LinkedAccounts, session: Session, request: LicenseRequest) -> MdmSide:
    """What the task is to know of the MDM. Its accounts are asked for (one request) where devices come from a scope."""
    people, now = request.people, session.clock.now()
    owners = people.owners if people else None
    scoped = owners.scoped if owners else request.scoped
    wanted = request.scoped.wanted if request.scoped else {}
    units = {device.unit for device in (owners.owned() if owners else wanted.values())}
    asked = scoped is not None and request.goal.state != ABSENT
    return MdmSide(
        name=linked.mdm.name,
        grants=request.goal.by_mdm,
        token=session.token.secret,
        accounts=linked.read() if asked else None,
        units=[unit for unit in scoped.fleet.units if unit.id in units] if scoped else [],
        unseen=frozenset(serial for serial, device in wanted.items() if is_unseen(device, now)),
    )


def _empty(host: Host, scoped: ScopedDevices, goal: LicenseGoal) -> None:
    told = "no device is in it"
    if scoped.members:
        reasons = ", ".join(f"{reason}: {number}" for reason, number in scoped.left_out_counts.items())
        told = f"none of the {len(scoped.members)} devices in it can take a licence ({reasons})"
    if goal.exclusive and not goal.allow_empty:
        raise BrakeError(
            f"devices.scope: {told}, so 'exclusive' would take every known device's licences back: that is more often "
            "a slip than a wish; correct the scope, or set allow_empty: true.",
        )
    if not goal.exclusive:
        host.warn(f"devices.scope: {told}, so there is nothing to do.")


def _tell_cautions(host: Host, scoped: ScopedDevices) -> None:
    for text, found in (
        (
            "not supervised, so that an install asks the person who holds the device",
            [serial for serial, device in scoped.wanted.items() if device.supervised is False],
        ),
        (
            "with a system too old for licences of devices (iOS before 9, macOS before 10.11)",
            [serial for serial, device in scoped.wanted.items() if is_old(device)],
        ),
    ):
        if found:
            host.warn(f"devices.scope: {text}: {len(found)} ({samples(found)}).")

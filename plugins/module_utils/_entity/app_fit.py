# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the devices that a task names can have its apps, by licences of their own or by those of their owners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .._core.app_model import UNLICENSED, UNSUPPORTED_PLATFORM, Devices
from .._core.eligibility import NO_SERIAL_NUMBER
from .._core.mdm import AppName, MdmDevice
from .._core.ports import Notify
from .app_apple import AppleView, read_holders
from .app_owners import Owners
from .app_request import Apple, AppRequest
from .scope import ScopedDevices


@dataclass(frozen=True, slots=True)
class Fitness:
    """`scoped`: the devices of the task, with those `left_out` that can have none of its apps. `unfit`: devices that
    get no tag of an app, by app and reason; the first reason that applies counts."""

    scoped: ScopedDevices
    unfit: Mapping[AppName, Mapping[str, Devices]]


def find_unfit(
    scoped: ScopedDevices, request: AppRequest, apple: Apple | None, view: AppleView | None, notify: Notify
) -> Fitness:
    """`view` None = Apple is not asked. Where the MDM grants, nobody can say beforehand who will hold a licence."""
    asks = apple is not None and view is not None and request.granted_here
    owners = Owners(apple.api, notify) if apple is not None and asks and request.by_owner else None
    if request.by_owner:
        scoped = _by_owner(scoped, owners)
    able = candidates(scoped)
    shared = {reason: _ids(found) for reason, found in scoped.left_out.items()}
    if view is None:
        return Fitness(scoped, {name: dict(shared) for name in request.names})
    licensed: Mapping[AppName, Devices] | None = None
    if owners is not None and not request.expected:
        licensed = owners.served(view, owners.match(able), request.names)
    elif apple is not None and asks and not request.expected:
        licensed = _licensed_devices(scoped, request, apple, view, notify)
    unfit: dict[AppName, dict[str, Devices]] = {}
    for name in request.names:
        platforms = view.assets[name].supported_platforms if name in view.assets else ()
        other = frozenset(one.id for one in able if platforms and one.platform not in platforms)
        unfit[name] = {**shared, UNSUPPORTED_PLATFORM: other}
        if licensed is not None:
            unfit[name][UNLICENSED] = _ids(able) - licensed[name] - other
    return Fitness(scoped, unfit)


def _by_owner(scoped: ScopedDevices, owners: Owners | None) -> ScopedDevices:
    """The licence of a person needs no serial number, but it needs a person."""
    others = {reason: found for reason, found in scoped.left_out.items() if reason != NO_SERIAL_NUMBER}
    scoped = replace(scoped, left_out=others)
    if owners is None:
        return scoped
    alone = {
        reason: tuple(device for device in scoped.members if device.id in ids)
        for reason, ids in owners.match(candidates(scoped)).without.items()
    }
    return replace(scoped, left_out=dict(sorted({**others, **alone}.items())))


def candidates(scoped: ScopedDevices) -> tuple[MdmDevice, ...]:
    """Devices of the task that are not left out."""
    barred = {device.id for found in scoped.left_out.values() for device in found}
    return tuple(device for device in scoped.members if device.id not in barred)


def _licensed_devices(
    scoped: ScopedDevices, request: AppRequest, apple: Apple, view: AppleView, notify: Notify
) -> Mapping[AppName, Devices]:
    holders = read_holders(apple.api, view, scoped.serial_numbers, request.names, notify)
    return {
        name: frozenset(scoped.wanted[serial].id for serial in found if serial in scoped.wanted)
        for name, found in holders.items()
    }


def _ids(devices: tuple[MdmDevice, ...]) -> Devices:
    return frozenset(device.id for device in devices)

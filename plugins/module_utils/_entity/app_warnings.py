# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an admin is told of the licences behind a plan for apps, before anything is done."""

from __future__ import annotations

from collections.abc import Sequence

from .._core.app_model import NO_OWNER, NONE, UNLICENSED, AppPlan, AppView
from .._core.app_owners import match_owners, owners_over_limit
from .._core.identity import samples, usable_serial_number
from .._core.license_model import ABSENT
from .._core.ports import Notify
from .._core.words import counted
from .app_fit import candidates
from .app_request import AppRequest
from .scope import Fleet, ScopedDevices


def count_over_limit(
    request: AppRequest, plans: Sequence[AppPlan], app_views: Sequence[AppView], fleet: Fleet
) -> int | None:
    """How many people own more devices in the scope of the apps, in the end, than one Apple Account serves; None =
    nobody counts."""
    if not (request.by_owner and request.devices_per_account) or request.goal.state == ABSENT:
        return None
    pairs = zip(plans, app_views, strict=True)
    inside = NONE.union(*(plan.fit | (app_view.tagged - plan.remove) for plan, app_view in pairs))
    return owners_over_limit((fleet.devices[key] for key in inside - fleet.older), request.devices_per_account)


def warn_of_licences(
    mdm_name: str,
    request: AppRequest,
    scoped: ScopedDevices,
    plans: Sequence[AppPlan],
    app_views: Sequence[AppView],
    over_limit: int | None,
    notify: Notify,
) -> None:
    """Never names a person."""
    unlicensed = [f"{p.app}: {len(p.skipped[UNLICENSED])}" for p in plans if UNLICENSED in p.skipped]
    if unlicensed:
        who = (
            "whose owners hold no licence at Apple and that"
            if request.by_owner
            else "that hold no licence at Apple and"
        )
        first = "it to these people with vpp_license" if request.by_owner else "it with vpp_license first"
        notify.warn(f"Devices {who} are not put in scope, nor sent the app: {samples(unlicensed)}; grant {first}.")
    if not request.by_owner:
        return
    if request.goal.exclusive:
        _warn_of_no_serial_number(scoped, app_views, notify)
    if request.goal.state != ABSENT and not request.granted_here:
        _warn_of_nobody(scoped, mdm_name, notify)
    if over_limit:
        who = counted(over_limit, "person owns", "people own")
        notify.warn(
            f"{who} more than {request.devices_per_account} devices each in the scope of the apps. "
            "The licence of a person is said to serve no more than that (Apple documents no number), so installs on "
            "the others may fail; give these devices other owners or licences of their own, or set "
            "devices_per_account."
        )


def _warn_of_nobody(scoped: ScopedDevices, mdm_name: str, notify: Notify) -> None:
    """Where the MDM grants licences of people, a device without an owner gets its tag and no app."""
    alone = match_owners(candidates(scoped), ()).without.get(NO_OWNER, NONE)
    if alone:
        notify.warn(
            f"{mdm_name} tells no owner with an e-mail address for {counted(len(alone), 'device', 'devices')}, so "
            f"nobody's licence serves there; name the owners in {mdm_name}."
        )


def _warn_of_no_serial_number(scoped: ScopedDevices, app_views: Sequence[AppView], notify: Notify) -> None:
    """A device without a serial number is in scope by the licence of its owner, but 'exclusive' knows devices by that
    number."""
    devices, chosen = scoped.fleet.devices, {device.id for device in scoped.members}
    tagged = NONE.union(*(app_view.tagged for app_view in app_views))
    found = [key for key in tagged - chosen if not usable_serial_number(devices[key].serial_number)]
    if found:
        have = counted(len(found), "device has", "devices have")
        notify.warn(
            f"{have} the tag of an app and no serial number, and can't be among those of the task; "
            "exclusive does not know such devices, so take them out with state: absent."
        )

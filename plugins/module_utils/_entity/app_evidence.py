# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers what shows that an app was set up in the MDM's console, and tells the steps that a person has there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .._core.app_model import NONE, UNLICENSED, AppView
from .._core.app_state import seen
from .._core.identity import usable_serial_number
from .._core.manual_steps import ManualStep
from .._core.mdm import Unit
from .._core.ports import Mdm, Notify
from .app_apple import AppleView, read_holders
from .app_owners import Owners
from .app_request import Apple
from .app_steps import EVIDENCE, AppEvidence, app_steps, has_app, has_app_or_so, linked_steps, unlinked_steps
from .installs import Installs
from .scope import Fleet


def tell_steps(
    mdm: Mdm,
    apple: Apple | None,
    view: AppleView | None,
    fleet: Fleet,
    units: Sequence[Unit],
    app_views: Sequence[AppView],
    found: Installs,
    *,
    since: datetime,
    granted_here: bool | None,
    by_owner: bool,
    notify: Notify,
) -> tuple[ManualStep, ...]:
    """All steps, for the `units` that have devices of the task. `granted_here` None = it isn't said who grants.
    `by_owner`: the licences are those of the people who own the devices."""
    location = ""
    if apple is None or view is None:
        linked = unlinked_steps(mdm, units)
    else:
        location = view.config.location_name
        linked, warning = linked_steps(mdm, apple.read_accounts(), view.config, apple.token, units)
        if warning:
            notify.warn(warning)
    owners = Owners(apple.api, notify) if apple is not None and by_owner else None
    evidence = [
        AppEvidence(
            app_view.app,
            app_view.tagged,
            licensed=_is_licensed(app_view, found, apple, view, fleet, owners, notify) if not granted_here else None,
            conflict=bool(has_app_or_so(found, app_view.app.name, app_view.unfit.get(UNLICENSED, NONE))),
        )
        for app_view in app_views
    ]
    steps = app_steps(
        mdm,
        evidence,
        found,
        fleet.devices,
        units,
        fresh=lambda device: seen(device, since),
        granted_here=granted_here,
        by_owner=by_owner,
        location=location,
    )
    return (*linked, *steps)


def _is_licensed(
    app_view: AppView,
    found: Installs,
    apple: Apple | None,
    view: AppleView | None,
    fleet: Fleet,
    owners: Owners | None,
    notify: Notify,
) -> bool | None:
    """Whether Apple shows a licence of a device that has the app by the MDM, or of the owner of one that has none of
    its own; None = nobody to ask, or about nobody."""
    name = app_view.app.name
    if apple is None or view is None or name not in view.assets:
        return None
    having = [fleet.devices[key] for key in has_app(found, name, app_view.tagged)]
    if owners is not None:
        people = owners.match(having).people
        served = [device for device in having if device.id in people][:EVIDENCE]
        if not served:
            return None
        holding = owners.served(view, owners.match(served), [name])[name]
        having = [device for device in served if device.id in holding]
    serials = {device.id: usable_serial_number(device.serial_number) for device in having}
    asked = [serial for serial in serials.values() if serial][:EVIDENCE]
    own = read_holders(apple.api, view, asked, [name], notify)[name] if asked else frozenset()
    if owners is not None:
        return any(serial not in own for serial in serials.values())
    return bool(own) if asked else None

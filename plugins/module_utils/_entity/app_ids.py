# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The MDM's own id of an app, which its commands want: given by the task, or told by a device that has the app."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._core.app_model import App, AppPlan
from .._core.app_state import choose_sample
from .._core.errors import AssetError, InputError
from .._core.identity import samples
from .._core.pack_app import AppIds
from .installs import Sweep
from .scope import Fleet

ASKED_FOR_ID = 5
"""Devices of a unit that are asked for the id of an app, beside those that are asked anyway."""


def check_app_ids(apps: Iterable[App], fleet: Fleet, mdm_name: str) -> None:
    """Raises InputError where the task gives an id for a unit that it doesn't work with."""
    units = {unit.id for unit in fleet.units}
    for app in apps:
        unknown = sorted(set(app.name.app_ids) - units)
        if unknown:
            raise InputError(
                f"apps: app_ids of {app} names {samples(unknown)}, which is none of the units that the task works with "
                f"in {mdm_name}: {samples(f'{unit.id} ({unit.name})' for unit in fleet.units)}; correct it."
            )


def find_app_ids(sweep: Sweep, mdm_name: str, fleet: Fleet, plans: Sequence[AppPlan]) -> AppIds:
    """All ids that are known, above all those for the commands of the plans. Raises AssetError where one of these is
    not to be had; a few devices are asked before."""
    given = {(plan.app.name, unit): one for plan in plans for unit, one in plan.app.name.app_ids.items()}
    known = {**sweep.app_ids(fleet.devices), **given}
    needed = {(n, fleet.devices[key].unit) for n, plan in enumerate(plans) for key in plan.install | plan.uninstall}
    missing = [(plans[n], unit) for n, unit in sorted(needed) if (plans[n].app.name, unit) not in known]
    for plan, unit in missing:
        # Above all others with the tag, who may have had the app for long.
        here = [device for device in fleet.devices.values() if device.unit == unit]
        tagged = [device.id for device in here if plan.app.tag in device.tags]
        meant = [device.id for device in here if device.id in plan.fit]
        sweep.learn_app_ids(fleet.devices, choose_sample(tagged or meant, ASKED_FOR_ID))
    known = {**sweep.app_ids(fleet.devices), **given}
    lost = [(plan.app, unit) for plan, unit in missing if (plan.app.name, unit) not in known]
    if lost:
        raise _no_app_id(lost, sweep, mdm_name, fleet)
    return known


def _no_app_id(lost: Sequence[tuple[App, str]], sweep: Sweep, mdm_name: str, fleet: Fleet) -> AssetError:
    names = {unit.id: unit.name for unit in fleet.units}
    asked = sweep.asked_in(fleet.devices)
    told = samples(f"{app} in '{names[unit]}' ({asked.get(unit, 0)} devices asked)" for app, unit in lost)
    example = lost[0][1]
    return AssetError(
        f"apps: the id of an app in {mdm_name} is told only by a device that has the app, and none that was asked has "
        f"{told}; nothing was changed. Deploy it there once without install and uninstall, or give app_ids, here "
        f"{{{example}: the number in the address of the app's page}}.",
        facts={"apps_without_id": [{"app": str(app.name), "unit": unit} for app, unit in lost[:100]]},
    )

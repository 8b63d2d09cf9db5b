# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has the tag of an app, and who is to have it -> tags to set and to take, apps to send and to remove.

Whether that may be done: brakes_app.py. Tags are never replaced as a whole, since others live beside ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from .app_model import NONE, AppGoal, AppPlan, AppSight, Devices
from .license_model import PRESENT


def plan_app(sight: AppSight, goal: AppGoal) -> AppPlan:
    """The plan for one app, from reads made by this very task.

    A device that the task names is never taken out by `exclusive`, even if it can take no licence now.
    """
    return _present(sight, goal) if goal.state == PRESENT else _absent(sight, goal)


def plan_apps(sights: Iterable[AppSight], goal: AppGoal) -> tuple[AppPlan, ...]:
    return tuple(plan_app(sight, goal) for sight in sights)


def _present(sight: AppSight, goal: AppGoal) -> AppPlan:
    fit = goal.wanted - _union(sight.unfit.values())
    add = fit - sight.tagged
    skipped = {reason: goal.wanted & devices for reason, devices in sight.unfit.items()}
    held = sight.tagged & goal.reach if goal.exclusive else NONE
    excess = held - goal.wanted
    kept = excess & goal.keep
    remove = excess - kept
    install = NONE
    if goal.install:
        # One that enters the scope now is not asked before: nothing is sent twice by it, since the MDM leaves out what
        # is there, and a later run sees that it waits.
        lacking = add | (fit & sight.tagged & sight.without)
        install = lacking - _union(sight.unsendable.values())
        skipped |= {reason: lacking & devices for reason, devices in sight.unsendable.items()}
    return AppPlan(
        app=sight.app,
        fit=fit,
        in_scope=goal.wanted & sight.tagged,
        add=add,
        remove=remove,
        install=install,
        uninstall=remove & sight.managed if goal.uninstall else NONE,
        kept=kept,
        skipped={reason: devices for reason, devices in skipped.items() if devices},
        holders=len(held),
        covered=len(held - remove),
    )


def _absent(sight: AppSight, goal: AppGoal) -> AppPlan:
    leaving = goal.wanted - goal.keep
    remove = sight.tagged & leaving
    uninstall = (sight.managed & leaving) - sight.bound if goal.uninstall else NONE
    held = sight.tagged | uninstall
    return AppPlan(
        app=sight.app,
        in_scope=goal.wanted & sight.tagged,
        remove=remove,
        uninstall=uninstall,
        kept=goal.wanted & goal.keep & (sight.tagged | (sight.managed if goal.uninstall else NONE)),
        holders=len(held),
        covered=len(held - remove - uninstall),
    )


def _union(sets: Iterable[Devices]) -> Devices:
    return NONE.union(*sets)

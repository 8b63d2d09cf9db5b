# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has the tag of an app, and who is to have it -> tags to set and to take, apps to send and to remove.

Whether that may be done: brakes_app.py. Tags are never replaced as a whole, since others live beside ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from .app_model import NONE, AppGoal, AppPlan, AppView, Devices
from .license_model import PRESENT


def plan_app(view: AppView, goal: AppGoal) -> AppPlan:
    """The plan for one app, from reads made by this very task.

    A device that the task names is never taken out by `exclusive`, even if it can take no licence now.
    """
    return _present(view, goal) if goal.state == PRESENT else _absent(view, goal)


def plan_apps(views: Iterable[AppView], goal: AppGoal) -> tuple[AppPlan, ...]:
    return tuple(plan_app(view, goal) for view in views)


def _present(view: AppView, goal: AppGoal) -> AppPlan:
    fit = goal.wanted - _union(view.unfit.values())
    add = fit - view.tagged
    skipped = {reason: goal.wanted & devices for reason, devices in view.unfit.items()}
    held = view.tagged & goal.reach if goal.exclusive else NONE
    excess = held - goal.wanted
    kept = excess & goal.keep
    remove = excess - kept
    install = NONE
    if goal.install:
        # One that enters the scope now is not asked before: nothing is sent twice by it, since the MDM leaves out what
        # is there, and a later run sees that it waits.
        lacking = add | (fit & view.tagged & view.without)
        install = lacking - _union(view.unsendable.values())
        skipped |= {reason: lacking & devices for reason, devices in view.unsendable.items()}
    return AppPlan(
        app=view.app,
        fit=fit,
        in_scope=goal.wanted & view.tagged,
        add=add,
        remove=remove,
        install=install,
        uninstall=remove & view.managed if goal.uninstall else NONE,
        kept=kept,
        skipped={reason: devices for reason, devices in skipped.items() if devices},
        holders=len(held),
        covered=len(held - remove),
    )


def _absent(view: AppView, goal: AppGoal) -> AppPlan:
    leaving = goal.wanted - goal.keep
    remove = view.tagged & leaving
    uninstall = (view.managed & leaving) - view.bound if goal.uninstall else NONE
    held = view.tagged | uninstall
    return AppPlan(
        app=view.app,
        in_scope=goal.wanted & view.tagged,
        remove=remove,
        uninstall=uninstall,
        kept=goal.wanted & goal.keep & (view.tagged | (view.managed if goal.uninstall else NONE)),
        holders=len(held),
        covered=len(held - remove - uninstall),
    )


def _union(sets: Iterable[Devices]) -> Devices:
    return NONE.union(*sets)

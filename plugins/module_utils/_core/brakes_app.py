# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops a plan for apps that would take more than the task allows. All of it or nothing: no plan is cut to fit."""

from __future__ import annotations

from collections.abc import Sequence

from .app_model import WITHOUT_LICENCE, AppGoal, AppPlan
from .errors import BrakeError
from .identity import samples
from .license_model import ABSENT, PRESENT, is_shrinking


def check_app_brakes(plans: Sequence[AppPlan], goal: AppGoal) -> None:
    """Raises BrakeError when nothing of the plans may be done [design, rules 1 and 2]."""
    exclusive = goal.state == PRESENT and goal.exclusive
    holders, removals = sum(plan.holders for plan in plans), sum(plan.removals for plan in plans)
    if goal.max_removals is None and (exclusive or goal.state == ABSENT):
        option = "exclusive" if exclusive else "state: absent"
        raise BrakeError(
            f"max_removals is missing, which '{option}' requires: this plan takes {removals} (app, device) "
            "pairs out; give the most that this task may take."
        )
    # A device that only lacks a licence was named all the same: the list or scope that did so is no failed export.
    empty = not any(plan.fit or plan.in_scope or WITHOUT_LICENCE & plan.skipped.keys() for plan in plans)
    if exclusive and empty and not goal.allow_empty:
        raise BrakeError(
            f"'devices' names no device that can be in scope, so 'exclusive' would take all {holders} (app, device) "
            "pairs out: that is more often a mistyped tag or a failed export than a wish; mend the scope or the list, "
            "or set allow_empty: true.",
            facts={"holders": holders},
        )
    if exclusive and not empty:
        _check_shrink(plans, goal.max_shrink)
    if goal.max_removals is not None:
        deed = f"takes {removals} of {holders} (app, device) pairs out"
        goal.max_removals.check(removals, holders, deed, "devices")


def _check_shrink(plans: Sequence[AppPlan], max_shrink: int) -> None:
    low = [plan for plan in plans if is_shrinking(plan.covered, plan.holders, max_shrink)]
    if low:
        shown = samples(f"{plan.app}: {plan.covered} of {plan.holders}" for plan in low)
        raise BrakeError(
            f"The devices of the task cover too few of those in scope now ({shown}), and 'exclusive' takes every other "
            f"one out, while max_shrink allows a loss of {max_shrink}%; check the scope or the list, or raise "
            "max_shrink if that is meant.",
            facts={"shrinking_apps": len(low), "max_shrink": max_shrink},
        )

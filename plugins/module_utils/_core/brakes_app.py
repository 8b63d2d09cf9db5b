# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops a plan for apps that would take more than the task allows. All of it or nothing: no plan is cut to fit."""

from __future__ import annotations

from collections.abc import Sequence

from .app_model import AppGoal, AppPlan
from .errors import BrakeError
from .identity import samples
from .license_model import ABSENT, PRESENT


def check_app_brakes(plans: Sequence[AppPlan], goal: AppGoal) -> None:
    """Raises BrakeError when nothing of the plans may be done [design, rules 1 and 2]."""
    exclusive = goal.state == PRESENT and goal.exclusive
    holders = sum(plan.holders for plan in plans)
    if goal.max_removals is None and (exclusive or goal.state == ABSENT):
        option = "exclusive" if exclusive else "state: absent"
        raise BrakeError(
            f"max_removals is missing, which '{option}' requires: this plan takes {_removals(plans)} (app, device) "
            "pairs out; give the most that this task may take."
        )
    empty = not any(plan.fit or plan.in_scope for plan in plans)
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
        _check_removals(plans, goal, holders)


def _removals(plans: Sequence[AppPlan]) -> int:
    return sum(plan.removals for plan in plans)


def _check_shrink(plans: Sequence[AppPlan], max_shrink: int) -> None:
    # In whole numbers: covered / holders < (100 - max_shrink) / 100.
    low = [plan for plan in plans if plan.covered * 100 < plan.holders * (100 - max_shrink)]
    if low:
        shown = samples(f"{plan.app}: {plan.covered} of {plan.holders}" for plan in low)
        raise BrakeError(
            f"The devices of the task cover too few of those in scope now ({shown}), and 'exclusive' takes every other "
            f"one out, while max_shrink allows a loss of {max_shrink}%; check the scope or the list, or raise "
            "max_shrink if that is meant.",
            facts={"shrinking_apps": len(low), "max_shrink": max_shrink},
        )


def _check_removals(plans: Sequence[AppPlan], goal: AppGoal, holders: int) -> None:
    limit, removals = goal.max_removals, _removals(plans)
    allowed = limit.allowed(holders) if limit else 0
    if limit and removals > allowed:
        text = f"{limit.text} ({allowed})" if limit.percent is not None else limit.text
        raise BrakeError(
            f"The plan takes {removals} of {holders} (app, device) pairs out, {removals - allowed} more than "
            f"max_removals {text} allows; check the devices, or raise max_removals.",
            facts={"planned_removals": removals, "allowed_removals": allowed, "holders": holders},
        )

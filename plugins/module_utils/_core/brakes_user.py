# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops a plan for people that would retire more than the task allows. All of it or nothing: no plan is cut to fit."""

from __future__ import annotations

from .errors import BrakeError
from .user_plan import UserGoal, UserPlan
from .words import counted


def check_user_brakes(plan: UserPlan, goal: UserGoal) -> None:
    """Raises BrakeError when nothing of the plan may be done [design, rules 1 and 2]."""
    retiring = goal.exclusive or plan.absent
    if retiring and goal.max_removals is None:
        option = "exclusive" if goal.exclusive else "state: absent"
        people = counted(plan.retires, "person", "people")
        raise BrakeError(
            f"max_removals is missing, which '{option}' requires: this plan retires {people}; give the "
            "most that this task may retire."
        )
    if goal.exclusive and plan.bad_rows:
        return  # nobody is retired then, and what can be done for the others is
    if goal.exclusive and not plan.listed and not goal.allow_empty:
        raise BrakeError(
            f"The list is empty, so 'exclusive' would retire all {plan.reach} people of this source: that is more "
            "often a failed export than a wish; mend the list, or set allow_empty: true.",
            facts={"people": plan.reach},
        )
    if goal.exclusive and plan.listed:
        _check_shrink(plan, goal.max_shrink)
    if retiring:
        _check_removals(plan, goal)


def _check_shrink(plan: UserPlan, max_shrink: int) -> None:
    # In whole numbers: covered / reach < (100 - max_shrink) / 100.
    if plan.covered * 100 < plan.reach * (100 - max_shrink):
        raise BrakeError(
            f"The list covers only {plan.covered} of the {plan.reach} people that this source listed or made before, "
            f"and 'exclusive' retires every other one, while max_shrink allows a loss of {max_shrink}%; check the "
            "list, or raise max_shrink if that is meant.",
            facts={"covered": plan.covered, "people": plan.reach, "max_shrink": max_shrink},
        )


def _check_removals(plan: UserPlan, goal: UserGoal) -> None:
    limit, planned = goal.max_removals, plan.retires
    allowed = limit.allowed(plan.reach) if limit else 0
    if limit and planned > allowed:
        text = f"{limit.text} ({allowed})" if limit.percent is not None else limit.text
        raise BrakeError(
            f"The plan retires {planned} of {plan.reach} people, {planned - allowed} more than max_removals {text} "
            "allows; check the list, or raise max_removals.",
            facts={"planned_removals": planned, "allowed_removals": allowed, "people": plan.reach},
        )

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops a licence plan that would do more than the task allows. All of it or nothing: no plan is cut to fit."""

from __future__ import annotations

from .errors import BrakeError, ShortageError
from .identity import samples
from .license_model import ABSENT, PRESENT, UNSTABLE, LicenseGoal, LicensePlan, is_shrinking
from .targets import DEVICES
from .words import counted


def check_brakes(plan: LicensePlan, goal: LicenseGoal, *, defer_unstable: bool = False) -> None:
    """Raises BrakeError or ShortageError when nothing of the plan may be done [design, rules 1 and 2].

    `defer_unstable`: removals left out for an unstable read don't stop the additions; the caller must then end as
    partly done.
    """
    exclusive = goal.state == PRESENT and goal.exclusive
    if goal.max_removals is None and (exclusive or goal.state == ABSENT or goal.all_assets):
        option = "exclusive" if exclusive else "all_assets" if goal.state == PRESENT else "state: absent"
        back = counted(plan.removes, "licence", "licences")
        raise BrakeError(
            f"max_removals is missing, which '{option}' requires: this plan takes {back} back; "
            "give the most that this task may take."
        )
    if exclusive and not (goal.wanted or goal.unread or goal.allow_empty):
        why = "The list is empty" if goal.kind == DEVICES else "Nobody is named whom Apple knows"
        raise BrakeError(
            f"{why}, so 'exclusive' would take back all {_reachable(plan)} licences: that is more often a "
            "failed export than a wish; mend the list, or set allow_empty: true.",
            facts={"holders": _reachable(plan)},
        )
    if not defer_unstable:
        check_withheld(plan.skipped.get(UNSTABLE, 0))
    if exclusive and goal.wanted:
        _check_shrink(plan, goal.max_shrink)
    if goal.max_removals is not None:
        holders = _reachable(plan)
        deed = f"takes back {plan.removes} of {holders} licences"
        goal.max_removals.check(plan.removes, holders, deed, "targets")
    if goal.shortage != "partial":
        _check_shortage(plan)


def check_withheld(withheld: int) -> None:
    """Raises BrakeError where so many removals were left out for a list that did not hold still."""
    if withheld:
        are = counted(withheld, "licence is", "licences are")
        raise BrakeError(
            f"{are} to be taken back, but the assignments kept changing while they were read; run "
            "the task again when no other program writes on this location.",
            facts={"withheld_removals": withheld},
        )


def _reachable(plan: LicensePlan) -> int:
    return sum(part.holders for part in plan.assets)


def _check_shrink(plan: LicensePlan, max_shrink: int) -> None:
    low = [part for part in plan.assets if is_shrinking(part.covered, part.holders, max_shrink)]
    if low:
        shown = samples(f"{plan.label(part.asset.key)}: {part.covered} of {part.holders}" for part in low)
        raise BrakeError(
            f"The list covers too few of the present holders ({shown}), and 'exclusive' takes the asset from every "
            f"other one, while max_shrink allows a loss of {max_shrink}%; check the list, or raise max_shrink if that "
            "is meant.",
            facts={"shrinking_assets": len(low), "max_shrink": max_shrink},
        )


def _check_shortage(plan: LicensePlan) -> None:
    short = [part for part in plan.assets if part.short]
    if short:
        shown = samples(
            f"{plan.label(part.asset.key)} lacks {part.short} of {(part.add | part.awaited).bit_count()}"
            for part in short
        )
        raise ShortageError(
            f"Too few licences: {shown}; get more in Apple's portal, name fewer targets, or set shortage: partial.",
            facts={"missing": {str(part.asset.key): part.short for part in short[:100]}},
        )

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops a reclaim that would take more than the task allows. All of it or nothing: no plan is cut to fit."""

from __future__ import annotations

from collections.abc import Mapping

from .brakes import check_withheld
from .errors import BrakeError
from .license_model import UNSTABLE, LicensePlan, is_shrinking
from .plan_reclaim import removed_for
from .reclaim_model import FROM_ABSENCE, ReclaimGoal, Unused
from .targets import WORDS
from .words import counted


def check_reclaim_brakes(plans: Mapping[str, LicensePlan], unused: Unused, goal: ReclaimGoal) -> None:
    """Raises BrakeError when nothing of the plans may be done [design, rules 1 and 2]."""
    removals = sum(plan.removes for plan in plans.values())
    holders = {kind: sum(part.holders for part in plan.assets) for kind, plan in plans.items()}
    if goal.max_removals is None:
        back = counted(removals, "licence", "licences")
        raise BrakeError(
            f"max_removals is missing: this plan takes {back} back; give the most that this task may take."
        )
    check_withheld(sum(plan.skipped.get(UNSTABLE, 0) for plan in plans.values()))
    for kind, plan in plans.items():
        _check_shrink(plan, unused, holders[kind], goal.max_shrink)
    total = sum(holders.values())
    goal.max_removals.check(removals, total, f"takes back {removals} of {total} licences", "candidates")


def _check_shrink(plan: LicensePlan, unused: Unused, holders: int, max_shrink: int) -> None:
    """Over all assets at once, since an answer that was cut off is missed by all: an app of one class may well be held
    by leavers alone."""
    counts = {
        reason: sum(bits.bit_count() for bits in assets.values())
        for reason, assets in removed_for(plan, unused).items()
        if reason in FROM_ABSENCE
    }
    lost = sum(counts.values())
    if is_shrinking(holders - lost, holders, max_shrink):
        told = ", ".join(f"{reason}: {number}" for reason, number in counts.items())
        raise BrakeError(
            f"{lost} of the {holders} licences of {WORDS[plan.kind]} would come back because something is not listed "
            f"or did not report ({told}), while max_shrink allows a loss of {max_shrink}%: that is more often a list "
            "or an answer that lacks a part than so many leavers; check it, or raise max_shrink if that is meant.",
            facts={"planned_removals": lost, "holders": holders, "max_shrink": max_shrink},
        )

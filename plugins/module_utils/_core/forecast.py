# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the licences of an asset will do, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .license_model import AssetPlan, available_licences

_FAR = 36500
"""Days after which nobody plans any more."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What is to come: `planned` more licences of each asset at once, and `per_month` more from then on."""

    planned: int = 0
    per_month: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """In licences. `wanted`: those that are needed now (`growth.planned` among them), `short`: those of them that are
    missing, and `short_after` when the reclaimable ones came back. `runs_out`: the day on which the first one is
    missing, None = never, or not in sight; `runs_out_after` likewise."""

    wanted: int
    short: int
    short_after: int
    runs_out: date | None
    runs_out_after: date | None


def forecast(part: AssetPlan, reclaimable: int, growth: Growth, today: date) -> Forecast:
    """`part`: what giving the asset to those who are to have it would take, shortage or not. `reclaimable`: licences
    that nobody uses and that can be taken back, none of them wanted."""
    free = available_licences(part.asset)
    wanted = part.add.bit_count() + growth.planned
    if free is None:
        return Forecast(wanted, 0, 0, None, None)
    left, left_after = free - wanted, free + reclaimable - wanted
    return Forecast(
        wanted,
        max(0, -left),
        max(0, -left_after),
        _runs_out(left, growth.per_month, today),
        _runs_out(left_after, growth.per_month, today),
    )


def _runs_out(left: int, per_month: int, today: date) -> date | None:
    """When more is needed than what is left, at an even pace."""
    if left < 0:
        return today
    if per_month <= 0:
        return None
    # The licence after the last one is needed in (left + 1) / per_month months of 365 / 12 days.
    days = (left + 1) * 365 // (12 * per_month)
    return today + timedelta(days) if days <= _FAR else None

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark found, and how that stands to its goal. Ratios and counts; seconds only beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

MET = "met"
MISSED = "not met"
TOLD = "-"


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table. `limit`: at most so much, or with `least` at least so much; None = no goal, told only.
    `note`: what it was made of."""

    question: str
    case: str
    what: str
    value: float
    limit: float | None = None
    least: bool = False
    unit: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return TOLD
        held = self.value >= self.limit if self.least else self.value <= self.limit
        return MET if held else MISSED

    @property
    def goal(self) -> str:
        return "" if self.limit is None else f"{'>=' if self.least else '<='} {figure(self.limit)}"

    def facts(self) -> dict[str, object]:
        return {**asdict(self), "goal": self.goal, "verdict": self.verdict}


Benchmark = Callable[..., list[Measure]]


def figure(value: float) -> str:
    """Three digits that count, four from 1 to 10, so that a ratio just above its goal looks so; whole numbers whole."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{4 if 1 <= abs(value) < 10 else 3}g}"

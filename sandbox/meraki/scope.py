# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which devices and owners a scope means: one operator and tags [S]."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

OPERATORS = ("none", "all", "withAny", "withAll", "withoutAny", "withoutAll")
SWAPPED = {"withoutAny": "withoutAll", "withoutAll": "withoutAny"}


@dataclass(frozen=True)
class Scope:
    """One scope. The last two operators are read naturally [I]: has none of the tags, lacks at least one of them."""

    operator: str = "none"
    tags: tuple[str, ...] = ()

    def holds(self, tags: Collection[str], swapped: bool = False) -> bool:
        """Whether somebody with these tags is in the scope."""
        operator = SWAPPED.get(self.operator, self.operator) if swapped else self.operator
        present = [tag in tags for tag in self.tags]
        if operator in ("none", "all"):
            return operator == "all"
        met = any(present) if operator.endswith("Any") else all(present)
        return not met if operator.startswith("without") else met


def parse_scope(parts: Sequence[str]) -> Scope:
    """Operator first, then tags; an element may hold several, separated by commas [S]. ValueError if it is no scope."""
    words = [word.strip() for part in parts for word in part.split(",") if word.strip()]
    if not words or words[0] not in OPERATORS:
        raise ValueError(f"'scope' must begin with one of: {', '.join(OPERATORS)}")
    if any(" " in word for word in words):
        raise ValueError("'scope' holds a tag with a space")
    return Scope(words[0], tuple(dict.fromkeys(words[1:])))

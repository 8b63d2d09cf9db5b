# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one switch is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GUESS = "guess"
DOCUMENTED = "documented"
STAND_IN = "stand-in"


@dataclass(frozen=True)
class Switch:
    """One switch. ``values`` is a list of words, or ``kind`` says bool, int, seconds, optional or limits."""

    default: Any
    meaning: str
    origin: str
    values: tuple[str, ...] = ()
    kind: str = "word"


def words(meaning: str, origin: str, *values: str) -> Switch:
    """A switch of a few words; the first one is the default."""
    return Switch(values[0], meaning, origin, values)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to one run: faults, a kill, changes by others, a second run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.openmdm.vpp.tests.faults.kill import Kill


@dataclass(frozen=True)
class Beside:
    """A second run, which comes whole before the `number`-th request of the first. `memory`: the same state directory,
    another one (own), or none."""

    number: int
    task: Any
    memory: str = "same"
    kill: Kill | None = None
    wait: bool = True


@dataclass(frozen=True)
class Storm:
    """What happens to one run. `others`: before the n-th request somebody else does something."""

    faults: Sequence[dict[str, Any]] = ()
    kill: Kill | None = None
    others: Sequence[tuple[int, tuple[str, dict[str, Any]]]] = ()
    wait: bool = True
    check: bool = False
    with_events: bool = False
    beside: Beside | None = None


CALM = Storm()

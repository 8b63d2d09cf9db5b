# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every service of one sandbox shares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .apple.notifications import Outbox
from .clock import Clock
from .faults import Faults
from .switches import Switches
from .world import World


@dataclass
class Context:
    """The world and the knobs on it. ``tokens`` is the directory that holds the token files, if there is one;
    ``origin`` is where the sandbox answers, ``shard`` where Systems Manager does so under a second name."""

    world: World
    clock: Clock
    switches: Switches
    faults: Faults
    outbox: Outbox
    tokens: Path | None = None
    shard: str = "http://n1.sandbox.test"
    origin: str = "http://sandbox.test"

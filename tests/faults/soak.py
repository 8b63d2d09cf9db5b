# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of a test is run: a part of it each time, the whole of it by `make soak`."""

from __future__ import annotations

import os

SOAK = "OPENMDM_SOAK" in os.environ
FIRST_SEED = int(os.environ.get("OPENMDM_SOAK_SEED") or 0)
"""Another number draws other worlds."""
SHRINK = not SOAK or "OPENMDM_SOAK_SHRINK" in os.environ
"""Whether a failure is made small before it is told, which takes minutes."""


def amount(part: int, whole: int) -> int:
    return whole if SOAK else part

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Being written."""

from __future__ import annotations

from collections.abc import Mapping

from ..world import World
from . import small


def build(options: Mapping[str, str]) -> World:
    """For now the small world."""
    return small.build(options)

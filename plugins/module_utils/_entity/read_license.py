# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out a read plan: every walk folded into one table of holders."""

from __future__ import annotations

from collections.abc import Iterable

from .._core.holdings import Holdings
from .._core.model import AssetKey
from .._core.ports import AppsBooks
from .._core.reads import ReadPlan


def read_holdings(
    api: AppsBooks, holdings: Holdings, plan: ReadPlan, managed: Iterable[AssetKey]
) -> frozenset[AssetKey]:
    """Reads who holds what; returns the assets whose walk was not stable (additions may proceed, removals stop)."""
    walks = api.walk_assignments([(query, holdings.part()) for query in plan.queries])
    unstable: set[AssetKey] = set()
    for query, walk in zip(plan.queries, walks, strict=True):
        if not walk.stable:
            unstable.update(managed if query.asset is None else [query.asset])
    return frozenset(unstable)

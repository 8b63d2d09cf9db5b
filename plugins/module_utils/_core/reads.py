# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses the cheapest read of the assignments that still answers the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import Asset, AssignmentQuery
from .targets import DEVICES

NOTHING = "nothing"
PER_ASSET = "per_asset"
PER_TARGET = "per_target"
EVERYTHING = "everything"

ROWS_PER_PAGE = 549
"""Apple says "several hundred", and 549 is the least that its samples show [D paging]; only a guess of costs depends on
it."""


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """`queries` to walk, each into a part of its own; `pages` = requests expected."""

    kind: str
    queries: tuple[AssignmentQuery, ...]
    pages: int


def choose_read(
    managed: Sequence[Asset],
    owned: Sequence[Asset],
    targets: Sequence[str],
    *,
    kind: str = DEVICES,
    all_holders: bool,
    removal: bool = False,
    rows_per_page: int = ROWS_PER_PAGE,
) -> ReadPlan:
    """The read with the fewest pages that tells enough about `managed` (for `all_assets`: the same list as `owned`).

    `owned` is every asset of the location; its counts tell the cost of reading everything. `all_holders` asks for
    every holder, not only for `targets`: needed for `exclusive` and for a percentage of holders.

    An asset whose `assigned_count` is 0 isn't read, unless for a `removal`: should that count lag, an addition repeats
    what is so, which does no harm, but a leaver would be told to have given back what he holds. A count above 0 is
    only a price here, never an answer: what is removed was always seen in this very task.
    """
    held = sorted((asset for asset in managed if asset.assigned_count > 0 or removal), key=lambda asset: asset.key)
    if not held or not (targets or all_holders):
        return ReadPlan(NOTHING, (), 0)
    per_asset = sum(_pages(asset.assigned_count, rows_per_page) for asset in held)
    everything = _pages(sum(max(0, asset.assigned_count) for asset in owned), rows_per_page)
    best = ReadPlan(PER_ASSET, tuple(AssignmentQuery(asset=asset.key) for asset in held), per_asset)
    # On a tie the assets win: a change of the data restarts one short walk, and fewer foreign rows are decoded.
    if everything < best.pages:
        best = ReadPlan(EVERYTHING, (AssignmentQuery(),), everything)
    if not all_holders and len(targets) < best.pages:
        by_serial = kind == DEVICES
        queries = tuple(
            AssignmentQuery(serial_number=name) if by_serial else AssignmentQuery(client_user_id=name)
            for name in targets
        )
        best = ReadPlan(PER_TARGET, queries, len(queries))
    return best


def _pages(rows: int, rows_per_page: int) -> int:
    return max(1, -(-rows // rows_per_page))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out a read plan: every walk folded into one table of holders; and what of a licence plan is not so now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from .._core.holdings import Holdings
from .._core.license_model import LicensePlan
from .._core.model import ASSOCIATE, DISASSOCIATE, Asset, AssetKey, AssignmentQuery, Walk
from .._core.ports import AppsBooks
from .._core.reads import ReadPlan, choose_read
from .._core.targets import DEVICES, TargetIndex


def read_holdings(
    api: AppsBooks, holdings: Holdings, plan: ReadPlan, managed: Iterable[AssetKey]
) -> frozenset[AssetKey]:
    """Reads who holds what; returns the assets whose walk was not stable (additions may proceed, removals stop)."""
    walks = api.walk_assignments([(query, holdings.part()) for query in plan.queries])
    return unstable_of(plan.queries, walks, managed)


def unstable_of(
    queries: Iterable[AssignmentQuery], walks: Iterable[Walk], managed: Iterable[AssetKey]
) -> frozenset[AssetKey]:
    """The assets whose walk was not stable, of those `managed`."""
    unstable: set[AssetKey] = set()
    for query, walk in zip(queries, walks, strict=True):
        if not walk.stable:
            unstable.update(managed if query.asset is None else [query.asset])
    return frozenset(unstable)


def read_left(
    api: AppsBooks,
    plan: LicensePlan,
    index: TargetIndex,
    left: Mapping[str, Mapping[AssetKey, int]],
    verbs: Collection[str],
    smooth: bool,
) -> tuple[dict[str, dict[AssetKey, int]], frozenset[AssetKey], list[Asset]]:
    """The pairs of the plan under these verbs that are not so now, by verb and asset; the assets whose walk was not
    stable; and all assets with their counts now. `left` is what was not so at the last read.

    `smooth`: every event is complete. Then a count that is as it must be is proof enough: one request instead of a read
    of the holders. (Not where an asset is given and taken at once: then the count may be right with nothing done.)
    """
    owned, _walk = api.read_assets()
    now = {asset.key: asset for asset in owned}
    suspects = []
    for part in plan.assets:
        key = part.asset.key
        added = part.add if ASSOCIATE in verbs else part.add & ~left[ASSOCIATE].get(key, 0)
        removed = part.remove if DISASSOCIATE in verbs else part.remove & ~left[DISASSOCIATE].get(key, 0)
        asset = now.get(key, part.asset)
        expected = part.asset.assigned_count + added.bit_count() - removed.bit_count()
        touched = (ASSOCIATE in verbs and part.add) or (DISASSOCIATE in verbs and part.remove)
        proven = smooth and asset.assigned_count == expected and not (len(verbs) > 1 and part.add and part.remove)
        if touched and not proven:
            # A count may lag; it must not make the read leave out what was just granted.
            suspects.append(replace(asset, assigned_count=max(asset.assigned_count, expected, 1)))
    touched_bits = 0
    for verb in verbs:
        for bits in plan.need(verb).values():
            touched_bits |= bits
    have, unstable = read_holders(api, index, suspects, owned, index.names(touched_bits) if suspects else [], plan.kind)
    result: dict[str, dict[AssetKey, int]] = {verb: {} for verb in verbs}
    for part in plan.assets:
        key = part.asset.key
        if key not in have:
            continue
        for verb, bits in ((ASSOCIATE, part.add & ~have[key]), (DISASSOCIATE, part.remove & have[key])):
            if bits and verb in verbs:
                result[verb][key] = bits
    return result, unstable, owned


def read_holders(
    api: AppsBooks,
    index: TargetIndex,
    assets: Iterable[Asset],
    owned: list[Asset],
    names: list[str],
    kind: str = DEVICES,
) -> tuple[dict[AssetKey, int], frozenset[AssetKey]]:
    """Who holds the assets now, as far as it concerns these; and the assets whose walk was not stable."""
    asked = list(assets)
    if not asked:
        return {}, frozenset()
    keys = [asset.key for asset in asked]
    holdings = Holdings.of(kind, index, keys)
    unstable = read_holdings(api, holdings, choose_read(asked, owned, names, kind=kind, all_holders=False), keys)
    return {key: holdings.holders(kind, key) for key in keys}, unstable

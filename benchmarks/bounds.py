# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes that no plan can go below."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey

EXACT_APPS = 20
"""Up to so many apps the largest request that a need allows is searched; above it it is taken for a full one."""


def lower_bound(need: Mapping[AssetKey, int], most_assets: int, most_targets: int) -> int:
    """The largest of four: batches of all targets, batches of the neediest app, batches of the targets that need one
    app only (nothing else can be in their requests), and pairs / pairs of the largest request that there can be."""
    sets = sorted((bits for bits in need.values() if bits), key=int.bit_count, reverse=True)
    if not sets:
        return 0
    once = several = 0
    for bits in sets:
        several |= once & bits
        once |= bits
    lone = [(bits & ~several).bit_count() for bits in sets]
    pairs = sum(bits.bit_count() for bits in sets)
    largest = most_assets * most_targets if len(sets) > EXACT_APPS else largest_request(sets, most_assets, most_targets)
    return max(
        -(-once.bit_count() // most_targets),
        -(-sets[0].bit_count() // most_targets),
        sum(-(-number // most_targets) for number in lone),
        -(-pairs // largest),
    )


def largest_request(sets: list[int], most_assets: int, most_targets: int) -> int:
    """The most pairs in one request that needs nothing but what is needed: every choice of apps that might have more
    than the best so far is tried."""
    best = 0

    def grow(common: int, size: int, members: int, others: list[int]) -> None:
        nonlocal best
        best = max(best, size * min(members, most_targets))
        if size == most_assets:
            return
        shared = [(bits & common, place) for place, bits in enumerate(others)]
        counted = [(both.bit_count(), both, place) for both, place in shared]
        for number, both, place in counted:
            # Apps further on that could still join: none of them has more targets in common with these than now.
            room = min(size + len(others) - place, most_assets)
            if room * min(number, most_targets) > best:
                grow(both, size + 1, number, others[place + 1 :])

    for place, bits in enumerate(sets):
        if min(len(sets) - place, most_assets) * min(bits.bit_count(), most_targets) > best:
            grow(bits, 1, bits.bit_count(), sets[place + 1 :])
    return best

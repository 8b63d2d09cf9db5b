# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lower bound is one, the drifts are what their names say, and a wrong plan is noticed."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.batch import Rectangle, pack
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey
from benchmarks import drifts
from benchmarks.bounds import largest_request, lower_bound
from benchmarks.packing import SEEDS, check, per_asset, run
from benchmarks.sizes import TINY

KEYS = [AssetKey(str(number)) for number in range(1, 5)]


def fewest(sets: tuple[int, ...], most_assets: int, most_targets: int, known: dict) -> int:
    """The fewest requests that write each pair once, by trying all for the first target of the first app."""
    sets = tuple(bits for bits in sets if bits)
    if not sets:
        return 0
    if sets not in known:
        first, *others = sets
        lowest = first & -first
        best = sum(bits.bit_count() for bits in sets)
        for size in range(min(most_assets, len(sets))):
            for group in combinations(range(len(others)), size):
                common = first
                for place in group:
                    common &= others[place]
                if not common & lowest:
                    continue
                for targets in subsets(common & ~lowest, most_targets - 1):
                    part = targets | lowest
                    left = [bits & ~part if place in group else bits for place, bits in enumerate(others)]
                    rest = (first & ~part, *left)
                    best = min(best, 1 + fewest(rest, most_assets, most_targets, known))
        known[sets] = best
    return known[sets]


def subsets(bits: int, most: int):
    members = [1 << place for place in range(bits.bit_length()) if bits >> place & 1]
    for size in range(min(most, len(members)) + 1):
        for chosen in combinations(members, size):
            yield sum(chosen)


@pytest.mark.parametrize("seed", range(40))
def test_no_plan_is_below_the_bound(seed):
    draw = random.Random(seed)
    sets = tuple(draw.getrandbits(4) for _app in range(3))
    most_assets, most_targets = draw.randint(1, 3), draw.randint(1, 3)
    need = dict(zip(KEYS, sets, strict=False))
    bound = lower_bound(need, most_assets, most_targets)
    best = fewest(sets, most_assets, most_targets, {})
    assert bound <= best <= len(pack(need, most_assets, most_targets)) <= per_asset(need, most_targets)


@pytest.mark.parametrize("seed", range(40))
def test_the_largest_request_is_the_largest(seed):
    draw = random.Random(seed)
    sets = [draw.getrandbits(12) | 1 for _app in range(6)]
    most_assets, most_targets = draw.randint(1, 6), draw.randint(1, 8)
    tried = []
    for size in range(1, most_assets + 1):
        for group in combinations(sets, size):
            common = -1
            for bits in group:
                common &= bits
            tried.append(size * min(common.bit_count(), most_targets))
    assert largest_request(sorted(sets, key=int.bit_count, reverse=True), most_assets, most_targets) == max(tried)


@pytest.mark.parametrize(
    ("need", "bound"),
    [
        ({}, 0),
        ({KEYS[0]: 0b1111}, 2),
        ({KEYS[0]: 0b11, KEYS[1]: 0b11}, 1),
        ({KEYS[0]: 0b0011, KEYS[1]: 0b1100}, 2),
        ({KEYS[0]: 0b01, KEYS[1]: 0b10}, 2),
    ],
)
def test_bounds_known_by_hand(need, bound):
    assert lower_bound(need, 2, 2) == bound


@pytest.mark.parametrize(
    "plan",
    [
        [Rectangle((KEYS[0],), 0b11)],
        [Rectangle((KEYS[0], KEYS[1]), 0b11), Rectangle((KEYS[0],), 0b01)],
        [Rectangle((KEYS[0], KEYS[1]), 0b111)],
        [Rectangle((KEYS[0], KEYS[1]), 0b11), Rectangle((KEYS[2],), 0b1)],
    ],
    ids=["left out", "twice", "too many targets", "an app that nobody needs"],
)
def test_a_wrong_plan_is_noticed(plan):
    need = {KEYS[0]: 0b11, KEYS[1]: 0b11}
    check(need, [Rectangle((KEYS[0], KEYS[1]), 0b11)], 2, 2)
    with pytest.raises(RuntimeError):
        check(need, plan, 2, 2)


@pytest.fixture
def tags():
    return drifts.tagged(random.Random(1), apps=8, tags=5, devices=300, bring=(2, 4))


def members(need: drifts.Need) -> set[tuple[str, int]]:
    return {
        (key.adam_id, place) for key, bits in need.items() for place in range(bits.bit_length()) if bits >> place & 1
    }


def test_a_first_rollout_is_all_that_tags_bring(tags):
    wanted = {
        (str(app + 1), device) for device, worn in enumerate(tags.worn) for tag in worn for app in tags.brought[tag]
    }
    assert members(drifts.first_rollout(tags)) == wanted


def test_a_weekly_drift_is_a_part(tags):
    drift = members(drifts.weekly(random.Random(2), tags))
    devices = {device for _app, device in drift}
    assert 0 < len(devices) < 300 * 0.8
    noisy = members(drifts.weekly(random.Random(2), tags, noise=0.5))
    assert len(noisy) > len(drift)
    assert drift == members(drifts.weekly(random.Random(2), tags))


def test_drifts_by_number():
    assert members(drifts.everything(2, 3)) == {(app, device) for app in "12" for device in range(3)}
    assert members(drifts.staged(3, 6)) == {
        *(("1", device) for device in range(6)),
        *(("2", device) for device in range(2, 6)),
        *(("3", device) for device in range(4, 6)),
    }
    pairs = len(members(drifts.at_random(random.Random(1), 10, 1000, 0.1)))
    assert 850 < pairs < 1150


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tagged_first_rollout_takes_a_quarter_of_the_batches(seed):
    """As in the benchmark, with a tenth of its devices and requests a tenth as large."""
    tags = drifts.tagged(random.Random(seed), apps=20, tags=12, devices=5_000, bring=(2, 8))
    need = drifts.first_rollout(tags)
    assert len(pack(need, 25, 100)) <= per_asset(need, 100) / 4


def test_the_benchmark_itself(tmp_path):
    found = run(TINY, tmp_path)
    above = found[-1]
    assert (above.value, above.verdict) == (0, "met")
    assert above.case.startswith("20 drifts")
    assert all(one.value <= 1 for one in found if one.what == "writes / batches an app")
    assert all(one.value >= 1 for one in found if one.what == "writes / lower bound")

"""The packer: an exact partition, never dearer than one batch an asset after the other."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.batch import MANY_PAIRS, Rectangle, pack, requests
from ansible_collections.openmdm.vpp.plugins.module_utils._core.bits import from_indices
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import ASSOCIATE, AssetKey, AssignmentRequest
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import USERS, TargetIndex

NEEDS = st.dictionaries(st.integers(1, 12).map(lambda n: AssetKey(str(n))), st.integers(0, 2**40 - 1), max_size=12)


def per_asset(need, max_targets):
    return sum(-(-bits.bit_count() // max_targets) for bits in need.values())


def check_partition(need, rectangles, max_assets, max_targets):
    left = dict(need)
    for rectangle in rectangles:
        assert 1 <= len(rectangle.assets) <= max_assets
        assert list(rectangle.assets) == sorted(set(rectangle.assets))
        assert 1 <= rectangle.targets.bit_count() <= max_targets
        for key in rectangle.assets:
            assert rectangle.targets & ~left[key] == 0
            left[key] &= ~rectangle.targets
    assert not any(left.values())


def needs_of_groups(seed):
    """Assets that go to whole groups, as schools have them."""
    drawn = random.Random(seed)
    groups = [drawn.getrandbits(48) for _group in range(4)]
    need = {}
    for number in range(drawn.randint(2, 10)):
        need[AssetKey(str(number))] = bits = 0
        for group in groups:
            bits |= group if drawn.random() < 0.5 else 0
        need[AssetKey(str(number))] = bits & (~drawn.getrandbits(48) | drawn.getrandbits(48))
    return need, drawn.randint(2, 5), drawn.randint(4, 14)


def test_it_packs_no_worse_than_it_did():
    assert sum(len(pack(*needs_of_groups(seed))) for seed in range(60)) <= 828


def test_one_pair_a_request():
    found = pack({AssetKey("1"): 0b111, AssetKey("2"): 0b1}, 1, 1)
    check_partition({AssetKey("1"): 0b111, AssetKey("2"): 0b1}, found, 1, 1)
    assert len(found) == 4
    for limits in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="limits must be positive"):
            pack({}, *limits)


@given(NEEDS, st.integers(1, 6), st.integers(1, 12), st.randoms())
def test_exact_partition_within_the_bound(need, max_assets, max_targets, shuffler):
    rectangles = pack(need, max_assets, max_targets)
    check_partition(need, rectangles, max_assets, max_targets)
    assert len(rectangles) <= per_asset(need, max_targets)
    items = list(need.items())
    shuffler.shuffle(items)
    assert pack(dict(items), max_assets, max_targets) == rectangles


@given(st.integers(1, 30), st.integers(1, 400), st.integers(1, 25), st.integers(1, 100))
def test_a_cross_product_takes_as_few_as_can_be(assets, targets, max_assets, max_targets):
    need = {AssetKey(str(number)): (1 << targets) - 1 for number in range(1, assets + 1)}
    rectangles = pack(need, max_assets, max_targets)
    check_partition(need, rectangles, max_assets, max_targets)
    assert len(rectangles) == -(-assets // max_assets) * -(-targets // max_targets)


def tagged_drift(seed, devices=20_000, apps=20, tags=12):
    """A first rollout by tags: each tag brings some apps, each device has one to three tags."""
    draw = random.Random(seed)
    brought = [draw.sample(range(apps), draw.randint(2, 8)) for _turn in range(tags)]
    wanted = [set() for _turn in range(apps)]
    for device in range(devices):
        for tag in draw.sample(range(tags), draw.randint(1, 3)):
            for app in brought[tag]:
                wanted[app].add(device)
    return {AssetKey(str(number + 1)): from_indices(members) for number, members in enumerate(wanted)}


@pytest.mark.parametrize("seed", range(5))
def test_tagged_rollout_needs_a_third_of_the_batches(seed):
    need = tagged_drift(seed)
    rectangles = pack(need, 25, 1000)
    check_partition(need, rectangles, 25, 1000)
    assert len(rectangles) <= 0.35 * per_asset(need, 1000)


def test_random_tenth_is_near_the_bound():
    draw = random.Random(1)
    need = {
        AssetKey(str(app)): from_indices(device for device in range(20_000) if draw.random() < 0.1)
        for app in range(1, 21)
    }
    assert len(pack(need, 25, 1000)) <= 1.2 * sum(bits.bit_count() for bits in need.values()) / 1000


def test_above_many_pairs_it_still_holds():
    need = {AssetKey(str(app)): ((1 << 120_000) - 1) ^ (1 << app) for app in range(1, 19)}
    assert sum(bits.bit_count() for bits in need.values()) > MANY_PAIRS
    rectangles = pack(need, 25, 1000)
    check_partition(need, rectangles, 25, 1000)
    assert len(rectangles) <= 140


def test_nothing_needs_nothing():
    assert pack({}, 25, 1000) == []
    assert pack({AssetKey("1"): 0}, 25, 1000) == []


@pytest.mark.parametrize(("max_assets", "max_targets"), [(0, 1), (1, 0)])
def test_limits_must_be_positive(max_assets, max_targets):
    with pytest.raises(ValueError, match="positive"):
        pack({AssetKey("1"): 1}, max_assets, max_targets)


def test_requests_name_targets_in_index_order():
    index = TargetIndex(["C", "A", "B"])
    rectangles = [Rectangle((AssetKey("1"), AssetKey("2")), 0b101), Rectangle((AssetKey("1"),), 0b010)]
    assert requests(ASSOCIATE, rectangles, index) == [
        AssignmentRequest(ASSOCIATE, (AssetKey("1"), AssetKey("2")), serial_numbers=("C", "B")),
        AssignmentRequest(ASSOCIATE, (AssetKey("1"),), serial_numbers=("A",)),
    ]
    assert requests(ASSOCIATE, rectangles[1:], index, USERS)[0].client_user_ids == ("A",)

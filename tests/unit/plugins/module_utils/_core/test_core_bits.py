"""Bitsets and the index behind them, against plain sets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.bits import flags, from_indices, rearranged, take
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import TargetIndex

INDICES = st.lists(st.integers(0, 40))


def members_of(bits):
    return [place for place, flag in enumerate(flags(bits)) if flag]


@given(INDICES)
def test_round_trip(indices):
    bits = from_indices(indices)
    assert bits.bit_count() == len(set(indices))
    assert [place for place, flag in enumerate(flags(bits)) if flag] == sorted(set(indices))


@given(INDICES, st.integers(-2, 500))
def test_take_gives_the_first(indices, number):
    members = sorted(set(indices))
    assert members_of(take(from_indices(indices), number)) == members[: max(0, number)]


@given(INDICES, st.lists(st.integers(-1, 60)))
def test_rearranged(indices, source):
    members = set(indices)
    assert members_of(rearranged(from_indices(indices), source)) == [
        place for place, before in enumerate(source) if before in members
    ]


@given(st.lists(st.text(max_size=4)), st.lists(st.text(max_size=4)))
def test_index_keeps_the_order_of_first_mention(first, second):
    index = TargetIndex(first)
    names = list(dict.fromkeys(first))
    assert len(index) == len(names)
    assert index.names((1 << len(names)) - 1) == names
    bits = index.bits(second)
    everyone = list(dict.fromkeys(first + second))
    assert index.names(bits) == [name for name in everyone if name in set(second)]
    assert all(name in index for name in everyone)
    assert [index.ids[name] for name in everyone] == list(range(len(everyone)))


def test_a_hundred_thousand():
    assert sum(members_of(from_indices(range(0, 300_000, 3)))) == sum(range(0, 300_000, 3))

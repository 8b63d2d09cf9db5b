"""Folding walks, and the choice of which walks to make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.holdings import Holdings
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey, AssignmentQuery
from ansible_collections.openmdm.vpp.plugins.module_utils._core.reads import (
    EVERYTHING,
    NOTHING,
    PER_ASSET,
    PER_TARGET,
    choose_read,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import USERS, TargetIndex

NAMES = st.integers(0, 60).map(lambda number: f"S{number}")
ROWS = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from(["STDQ", "PLUS"]), NAMES, st.booleans()).map(
        lambda row: (row[0], row[1], row[2] if row[3] else None, None if row[3] else row[2])
    )
)
MANAGED = [AssetKey("1"), AssetKey("2", "PLUS")]


def holders(holdings, key):
    return (
        set(holdings.device_index.names(holdings.devices(key))),
        set(holdings.user_index.names(holdings.users(key))),
    )


def expected(rows, key):
    mine = [row for row in rows if row[:2] == (key.adam_id, key.pricing_param)]
    return {row[2] for row in mine if row[2]}, {row[3] for row in mine if row[3]}


@given(st.lists(ROWS), st.sampled_from([None, MANAGED]), st.randoms())
def test_parts_join_and_order_does_not_matter(walks, managed, random):
    holdings = Holdings(TargetIndex(["S7", "S1"]), managed=managed)
    for rows in walks:
        part = holdings.part()
        part.begin()
        shuffled = rows + rows[:3]  # duplicates do no harm
        random.shuffle(shuffled)
        part.page(shuffled[:5])
        part.page(shuffled[5:])
    everything = [row for rows in walks for row in rows]
    keys = {AssetKey(*row[:2]) for row in everything}
    for key in keys:
        devices, users = expected(everything, key) if managed is None or key in managed else (set(), set())
        assert holders(holdings, key) == (devices, users)
        assert holdings.listed(key) == len(devices) + len(users)


@given(ROWS, ROWS, ROWS)
def test_begin_voids_its_own_walk_only(other, void, rows):
    holdings = Holdings(TargetIndex())
    first, second = holdings.part(), holdings.part()
    first.page(other)
    second.page(void)
    second.begin()
    second.page(rows)
    for key in {AssetKey(*row[:2]) for row in other + void + rows}:
        assert holders(holdings, key) == expected(other + rows, key)


def test_unmanaged_assets_get_no_index():
    holdings = Holdings(TargetIndex(), managed=MANAGED)
    holdings.part().page([("9", "STDQ", "X", None), ("1", "PLUS", "Y", None), ("1", "STDQ", "Z", None)])
    assert list(holdings.device_index.ids) == ["Z"]


def test_a_row_without_target_is_nothing():
    holdings = Holdings(TargetIndex())
    holdings.part().page([("1", "STDQ", None, None)])
    assert holdings.listed(AssetKey("1")) == 0


@pytest.mark.parametrize(
    ("counts", "managed", "targets", "all_holders", "kind", "pages"),
    [
        ({"1": 0, "2": 900}, "1", 5, True, NOTHING, 0),
        ({"1": 10, "2": 900}, "1", 0, False, NOTHING, 0),
        ({"1": 10, "2": 900}, "1", 0, True, PER_ASSET, 1),
        ({"1": 50, "2": 50, "3": 0}, "123", 50, True, EVERYTHING, 1),
        ({"1": 600, "2": 5000}, "1", 50, True, PER_ASSET, 6),
        ({"1": 600, "2": 5000}, "1", 5, False, PER_TARGET, 5),
        ({"1": 600, "2": 5000}, "1", 5, True, PER_ASSET, 6),
        ({"1": 600, "2": 5000}, "1", 6, False, PER_ASSET, 6),
        ({"1": 500}, "1", 9, True, PER_ASSET, 5),
        ({str(number): 1 for number in range(1, 9)}, "12345678", 9, True, EVERYTHING, 1),
    ],
)
def test_choice_of_the_read(make_asset, counts, managed, targets, all_holders, kind, pages):
    owned = [make_asset(adam_id, assigned_count=number) for adam_id, number in counts.items()]
    chosen = [asset for asset in owned if asset.key.adam_id in managed]
    plan = choose_read(chosen, owned, [f"S{n}" for n in range(targets)], all_holders=all_holders, rows_per_page=100)
    assert (plan.kind, plan.pages) == (kind, pages)


def test_queries(make_asset):
    owned = [make_asset("2", assigned_count=9), make_asset("1", assigned_count=2000)]
    by_asset = choose_read(owned[::-1], [*owned, make_asset("3", assigned_count=10**6)], [], all_holders=True)
    assert by_asset.queries == (AssignmentQuery(asset=AssetKey("1")), AssignmentQuery(asset=AssetKey("2")))
    by_user = choose_read(owned, owned, ["u"], kind=USERS, all_holders=False)
    assert by_user.queries == (AssignmentQuery(client_user_id="u"),)
    by_device = choose_read(owned, owned, ["S"], all_holders=False)
    assert by_device.queries == (AssignmentQuery(serial_number="S"),)
    assert choose_read(owned[1:], owned, [], all_holders=True, rows_per_page=1).kind == PER_ASSET


def test_a_page_is_thought_to_be_as_apples_smallest(make_asset):
    """All of 10,000 assignments are 19 pages of 549; a walk for each of twenty assets of 400 has one page more."""
    owned = [make_asset(str(number), assigned_count=400) for number in range(1, 26)]
    plan = choose_read(owned[:20], owned, ["S"] * 400, all_holders=False)
    assert (plan.kind, plan.pages) == (EVERYTHING, 19)


def test_a_row_without_a_holder_is_passed_over():
    holdings = Holdings(TargetIndex(), TargetIndex())
    holdings.part().page([("1", "STDQ", None, None), ("1", "STDQ", "a", None), ("1", "STDQ", None, "u")])
    assert holders(holdings, AssetKey("1")) == ({"A"}, {"u"})

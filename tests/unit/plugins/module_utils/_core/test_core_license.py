"""Licence plans: applying one reaches the goal, and the brakes stop what goes too far."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.brakes import check_brakes
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    AssetError,
    ShortageError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import (
    ABSENT,
    PRESENT,
    LicenseGoal,
    parse_removal_limit,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    DISASSOCIATE,
    UNLIMITED,
    AssetKey,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import DEVICES, USERS

SETS = st.integers(0, 2**12 - 1)

GOALS = st.builds(
    LicenseGoal,
    state=st.sampled_from([PRESENT, ABSENT]),
    wanted=SETS,
    kind=st.sampled_from([DEVICES, USERS]),
    exclusive=st.booleans(),
    all_assets=st.just(True),
    keep=SETS,
    keep_assets=st.sampled_from([frozenset(), frozenset([AssetKey("1")])]),
    known=st.none() | SETS,
    orphans=st.booleans(),
    platforms=st.dictionaries(st.sampled_from(["iOS", "macOS"]), SETS),
    shortage=st.just("partial"),
)
FACTS = st.fixed_dictionaries(
    {
        "revocable": st.booleans(),
        "device_assignable": st.booleans(),
        "available_count": st.integers(0, 12),
        "supported_platforms": st.sampled_from([(), ("iOS",), ("iOS", "macOS")]),
    }
)


@given(GOALS, st.lists(st.tuples(FACTS, SETS), min_size=1, max_size=3), st.randoms())
def test_every_pair_ends_where_the_goal_wants_it(make_asset, plan_of, goal, drawn, random):
    assets = [make_asset(str(place + 1), **facts) for place, (facts, _have) in enumerate(drawn)]
    have = {str(place + 1): bits for place, (_facts, bits) in enumerate(drawn)}
    plan = plan_of(assets, have, goal)
    shuffled = assets[:]
    random.shuffle(shuffled)
    assert plan_of(shuffled, dict(reversed(have.items())), goal) == plan
    for part in plan.assets:
        before = have[part.asset.key.adam_id]
        assert part.have == before
        assert part.add & (before | ~goal.wanted) == 0
        assert part.remove & ~before == 0
        assert part.remove & goal.keep == 0
        assert part.asset.key not in goal.keep_assets or not part.remove
        assert part.asset.revocable or not part.remove
        assert part.asset.device_assignable or goal.kind == USERS or not (part.add or part.remove)
        assert part.add.bit_count() <= part.asset.available_count + part.remove.bit_count()
        if goal.state == ABSENT:
            assert not part.add
            assert part.remove & ~goal.wanted == 0
            missed = (part.after & goal.wanted).bit_count()
            assert missed == sum(part.skipped.values())
        else:
            assert part.remove & goal.wanted == 0
            assert goal.exclusive or not part.remove
            missing = (goal.wanted & ~part.after).bit_count()
            excess = (part.after & ~goal.wanted).bit_count() if goal.exclusive else 0
            assert missing + excess == sum(part.skipped.values())
            if goal.exclusive and goal.known is not None and not goal.orphans:
                assert part.remove & ~goal.known == 0
    assert plan.adds == sum(part.add.bit_count() for part in plan.assets)
    assert plan.removes == sum(part.remove.bit_count() for part in plan.assets)
    assert plan.changed == bool(plan.adds or plan.removes)


@given(GOALS, st.lists(st.tuples(FACTS, SETS), min_size=1, max_size=3))
def test_the_plan_of_the_goal_is_empty(make_asset, plan_of, goal, drawn):
    assets = [make_asset(str(place + 1), **facts) for place, (facts, _have) in enumerate(drawn)]
    plan = plan_of(assets, {str(place + 1): bits for place, (_facts, bits) in enumerate(drawn)}, goal)
    after = {part.asset.key.adam_id: part.after for part in plan.assets}
    counts = {
        part.asset.key: part.asset.available_count + part.remove.bit_count() - part.add.bit_count()
        for part in plan.assets
    }
    left = [
        make_asset(asset.key.adam_id, **(facts | {"available_count": counts[asset.key]}))
        for asset, (facts, _have) in zip(assets, drawn, strict=True)
    ]
    again = plan_of(left, after, goal)
    assert not again.changed
    assert again.need(ASSOCIATE) == again.need(DISASSOCIATE) == {}


def test_shortage_gives_to_the_first_in_the_stated_order(make_asset, plan_of):
    asset = make_asset("1", available_count=3)
    goal = LicenseGoal(PRESENT, 0b1111_1110, shortage="partial")
    plan = plan_of([asset], {"1": 0b0000_0100}, goal)
    part = plan.assets[0]
    assert (part.add, part.short, part.already) == (0b0001_1010, 3, 1)
    assert plan.skipped == {"no_licence": 3}
    check_brakes(plan, goal)
    assert any(
        warning == "Devices that go without, since no licence is left for them: 1: 3." for warning in plan.warnings
    )


def test_shortage_fails_and_says_what_is_missing(make_asset, plan_of):
    goal = LicenseGoal(PRESENT, 0b1111)
    plan = plan_of([make_asset("1", available_count=3), make_asset("2")], {}, goal)
    with pytest.raises(ShortageError, match="1 lacks 1 of 4") as caught:
        check_brakes(plan, goal)
    assert caught.value.facts == {"missing": {"1": 1}}
    assert plan.adds == 8


@pytest.mark.parametrize(
    ("facts", "short"),
    [
        ({"total_count": UNLIMITED, "available_count": 0}, 0),
        ({"total_count": None, "available_count": None}, 0),
        ({"total_count": 9, "assigned_count": 7, "available_count": None}, 2),
        ({"total_count": 9, "assigned_count": 12, "available_count": None}, 4),
        ({"available_count": -3}, 4),
        ({"retired_count": 50, "total_count": 5, "available_count": 1}, 3),
    ],
)
def test_licence_arithmetic(make_asset, plan_of, facts, short):
    assert plan_of([make_asset("1", **facts)], {}, LicenseGoal(PRESENT, 0b1111)).assets[0].short == short


def test_freed_licences_count_and_removals_go_first(make_asset, plan_of):
    goal = LicenseGoal(PRESENT, 0b0111, exclusive=True, max_removals=parse_removal_limit(9), max_shrink=100)
    plan = plan_of([make_asset("1", available_count=1)], {"1": 0b1100}, goal)
    assert (plan.assets[0].short, plan.removals_first, plan.removes, plan.adds) == (0, True, 1, 2)
    check_brakes(plan, goal)
    assert not plan_of([make_asset("1", available_count=2)], {"1": 0b1100}, goal).removals_first
    assert plan_of([make_asset("1", available_count=1, revocable=False)], {"1": 0b1100}, goal).assets[0].short == 1


def test_devices_and_books(make_asset, plan_of):
    book = make_asset("2", product_type="Book", device_assignable=False, revocable=False)
    with pytest.raises(AssetError, match=r"2 \(Book\) can't be assigned to devices"):
        plan_of([make_asset("1"), book], {}, LicenseGoal(PRESENT, 1))
    everything = plan_of([make_asset("1"), book], {}, LicenseGoal(PRESENT, 3, all_assets=True))
    assert everything.skipped == {"not_device_assignable": 2}
    assert everything.need(ASSOCIATE) == {AssetKey("1"): 3}
    assert plan_of([book], {}, LicenseGoal(PRESENT, 3, kind=USERS)).adds == 2
    assert not plan_of([book], {}, LicenseGoal(ABSENT, 3)).changed


def test_pairs_that_apple_refuses_are_never_sent(make_asset, plan_of):
    """One of them would void the whole request."""
    assets = [make_asset("1", device_assignable=False), make_asset("2", revocable=False)]
    goal = LicenseGoal(PRESENT, 1, exclusive=True, all_assets=True, max_removals=parse_removal_limit("0"))
    plan = plan_of(assets, {"1": 0b111, "2": 0b111}, goal)
    assert plan.need(DISASSOCIATE) == {}
    assert plan.skipped == {"irrevocable": 2, "not_device_assignable": 2}
    assert [(part.holders, part.covered) for part in plan.assets] == [(0, 0), (0, 0)]
    check_brakes(plan, goal)


def test_platforms_known_to_be_wrong_get_none(make_asset, plan_of):
    asset = make_asset("1", supported_platforms=("iOS",))
    goal = LicenseGoal(PRESENT, 0b1111, platforms={"iOS": 0b0001, "macOS": 0b0110})
    part = plan_of([asset], {"1": 0b0100}, goal).assets[0]
    assert (part.add, part.already, dict(part.skipped)) == (0b1001, 1, {"unsupported_platform": 1})
    part = plan_of([asset], {}, replace(goal, platforms={"macOS": 0b0110})).assets[0]
    assert part.add == 0b1001


def test_who_holds_none_anyway_is_already_so(make_asset, plan_of):
    goal = LicenseGoal(ABSENT, 0b0111, max_removals=parse_removal_limit("9"))
    part = plan_of([make_asset("1")], {"1": 0b11001}, goal).assets[0]
    assert (part.remove, part.already) == (0b0001, 2)


def test_who_moved_or_is_kept_loses_nothing(make_asset, plan_of):
    goal = LicenseGoal(PRESENT, 0b0001, exclusive=True, keep=0b0100, elsewhere=0b0110)
    plan = plan_of([make_asset("1")], {"1": 0b1111}, goal)
    assert (plan.assets[0].remove, plan.skipped) == (0b1000, {"kept": 1, "elsewhere": 1})


def test_orphans_are_told_and_left(make_asset, plan_of):
    goal = LicenseGoal(PRESENT, 0b0001, exclusive=True, known=0b0011)
    plan = plan_of([make_asset("1")], {"1": 0b1111}, goal)
    assert (plan.assets[0].remove, plan.skipped) == (0b0010, {"orphan": 2})
    assert any("orphans: true" in warning for warning in plan.warnings)


def test_people_and_devices_both_are_told(make_asset, plan_of):
    goal = LicenseGoal(PRESENT, 0b1)
    plan = plan_of([make_asset("1")], {}, goal, others=[("1", "STDQ", None, "u1"), ("1", "STDQ", None, "u2")])
    assert "1: 1 device, 2 people" in plan.warnings[0]


def test_removal_is_told_with_the_grace(make_asset, plan_of):
    goal = LicenseGoal(ABSENT, 0b1)
    warnings = plan_of([make_asset("1")], {"1": 0b1}, goal).warnings
    assert len(warnings) == 1
    assert "30 days" in warnings[0]
    assert plan_of([make_asset("1")], {}, goal).warnings == ()


@given(GOALS, st.lists(st.tuples(FACTS, SETS), min_size=1, max_size=3))
def test_an_mdm_that_grants_leaves_nothing_to_add(make_asset, plan_of, goal, drawn):
    """What would have been added is awaited, to the bit, and nothing else differs."""
    assets = [make_asset(str(place + 1), **facts) for place, (facts, _have) in enumerate(drawn)]
    have = {str(place + 1): bits for place, (_facts, bits) in enumerate(drawn)}
    ours, theirs = plan_of(assets, have, goal), plan_of(assets, have, replace(goal, by_mdm=True))
    assert theirs.adds == ours.awaited == 0
    assert theirs.awaited == ours.adds
    assert [(part.awaited, part.remove, part.short) for part in theirs.assets] == [
        (part.add, part.remove, part.short) for part in ours.assets
    ]


def test_shortage_of_an_mdm_that_grants(make_asset, plan_of):
    goal = LicenseGoal(PRESENT, 0b1111, by_mdm=True)
    with pytest.raises(ShortageError, match="1 lacks 1 of 4"):
        check_brakes(plan_of([make_asset("1", available_count=3)], {}, goal), goal)

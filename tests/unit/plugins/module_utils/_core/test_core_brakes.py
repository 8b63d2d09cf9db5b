"""The brakes: what goes too far changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.brakes import check_brakes
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    BrakeError,
    InputError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.holdings import Holdings
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import (
    ABSENT,
    PRESENT,
    LicenseGoal,
    parse_removal_limit,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    AssetKey,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_license import plan_license
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import TargetIndex


def exclusive(wanted, limit="100%", **changes):
    removals = parse_removal_limit(limit) if limit is not None else None
    return LicenseGoal(PRESENT, wanted, exclusive=True, max_removals=removals, **changes)


@pytest.mark.parametrize(
    ("goal", "have", "sentence"),
    [
        (exclusive(0b1, None), 0b1, "max_removals is missing, which 'exclusive' requires: this plan takes 0"),
        (LicenseGoal(ABSENT, 1), 0b1, "'state: absent' requires: this plan takes 1 "),
        (LicenseGoal(PRESENT, 1, all_assets=True), 0, "'all_assets' requires"),
        (exclusive(0), 0b11, "The list is empty, so 'exclusive' would take back all 2 licences"),
        (exclusive(0b0011_1111, "1"), 0b1111_1111, "6 of 8.* loss of 20%"),
        (exclusive(0b0111_1111, "0"), 0b1111_1111, "takes back 1 of 8 licences, 1 more than max_removals 0 allows"),
        (exclusive(0b0111_1111, "12%"), 0b1111_1111, r"1 more than max_removals 12% \(0\) allows"),
        (exclusive(0b0111, "20%", known=0b1111, max_shrink=25), 0b11_1111_1111, r"takes back 1 of 4 .*20% \(0\)"),
        (exclusive(0b0111, "100%", known=0b1111), 0b11_1111_1111, r"3 of 4.* loss of 20%"),
        (exclusive(0, "1", allow_empty=True), 0b11, "takes back 2 of 2 licences, 1 more than"),
        (LicenseGoal(ABSENT, 3, max_removals=parse_removal_limit(1)), 0b111, "takes back 2 of 3 licences, 1 more"),
    ],
)
def test_brakes(make_asset, plan_of, goal, have, sentence):
    plan = plan_of([make_asset("1")], {"1": have}, goal)
    with pytest.raises(BrakeError, match=sentence):
        check_brakes(plan, goal)


@pytest.mark.parametrize(
    ("goal", "have"),
    [
        (exclusive(0b0111_1111, "1"), 0b1111_1111),
        (exclusive(0b0111_1111, "12.5%"), 0b1111_1111),
        (exclusive(0, "2", allow_empty=True), 0b11),
        (exclusive(0b1, max_shrink=100), 0b11),
        (exclusive(0b1, keep=0b10), 0b11),
        (exclusive(0b1, keep_assets=frozenset([AssetKey("1")])), 0b11),
        (exclusive(0b1, known=0b1), 0b11),
        (LicenseGoal(PRESENT, 0b1), 0b1110),
        (LicenseGoal(ABSENT, 0b1, max_removals=parse_removal_limit(1)), 0b1111),
    ],
)
def test_within_the_limits(make_asset, plan_of, goal, have):
    check_brakes(plan_of([make_asset("1")], {"1": have}, goal), goal)


def test_one_shrinking_asset_stops_all(make_asset, plan_of):
    goal = exclusive(0b0111_1111)
    plan = plan_of([make_asset("1"), make_asset("2")], {"1": 0b0111_1111, "2": 0b1100_0000}, goal)
    with pytest.raises(BrakeError, match=r"\(2: 1 of 2\)"):
        check_brakes(plan, goal)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 100))
def test_shrink_is_exact(make_asset, plan_of, stay, leave, max_shrink):
    index = TargetIndex(f"T{number}" for number in range(stay + leave + 1))
    have = (1 << (stay + leave)) - 1
    holdings = Holdings(index)
    holdings.part().page([("1", "STDQ", name, None) for name in index.names(have)])
    goal = exclusive((1 << stay) - 1 | 1 << (stay + leave), max_shrink=max_shrink)
    plan = plan_license([make_asset("1")], holdings, goal)
    stops = stay * 100 < (stay + leave) * (100 - max_shrink)
    if stops:
        with pytest.raises(BrakeError):
            check_brakes(plan, goal)
    else:
        check_brakes(plan, goal)


@pytest.mark.parametrize("unstable", [True, frozenset([AssetKey("1")])])
def test_an_unstable_read_removes_nothing(make_asset, plan_of, unstable):
    goal = exclusive(0b0111_1111)
    plan = plan_of([make_asset("1")], {"1": 0b1111_1110}, goal, unstable)
    assert (plan.adds, plan.removes, plan.skipped) == (1, 0, {"unstable": 1})
    with pytest.raises(BrakeError, match="kept changing"):
        check_brakes(plan, goal)
    check_brakes(plan, goal, defer_unstable=True)
    additive = LicenseGoal(PRESENT, 1)
    check_brakes(plan_of([make_asset("1")], {"1": 2}, additive, unstable), additive)


def test_another_asset_may_be_unstable(make_asset, plan_of):
    goal = exclusive(0b0111_1111)
    assert plan_of([make_asset("1")], {"1": 0b1111_1110}, goal, frozenset([AssetKey("2")])).removes == 1


@pytest.mark.parametrize(
    ("value", "holders", "allowed"),
    [(25, 1000, 25), ("25", 0, 25), (" 10% ", 99, 9), ("2.5%", 1000, 25), ("0%", 9, 0), ("100 %", 7, 7), (0, 5, 0)],
)
def test_removal_limit(value, holders, allowed):
    assert parse_removal_limit(value).allowed(holders) == allowed


@pytest.mark.parametrize("value", ["", "-1", "101%", "ten", "1.5", "10%%", True, "1e3", "٣", "9" * 40, -3])
def test_removal_limit_refuses(value):
    with pytest.raises(InputError, match="max_removals"):
        parse_removal_limit(value)

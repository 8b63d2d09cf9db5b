# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has no use for a licence, what of it comes back, and what stops that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.brakes_reclaim import check_reclaim_brakes
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import BrakeError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.find_unused import count_by_reason, find_unused
from ansible_collections.openmdm.vpp.plugins.module_utils._core.holdings import Holdings
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import (
    IRREVOCABLE,
    KEPT,
    NOT_DEVICE_ASSIGNABLE,
    UNSTABLE,
    parse_removal_limit,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_reclaim import plan_reclaim, removed_for
from ansible_collections.openmdm.vpp.plugins.module_utils._core.reclaim_model import (
    DOUBLY_LICENSED,
    GONE_PERSON,
    NEEDED,
    REASONS,
    RETIRED_PERSON,
    TAKE_DEVICES,
    TAKE_USERS,
    UNKNOWN_DEVICE,
    UNSEEN_DEVICE,
    Evidence,
    OwnedDevice,
    ReclaimGoal,
    Unused,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import DEVICES, USERS, TargetIndex

SERIALS = [f"S{number}" for number in range(6)]
PEOPLE = [f"p{number}" for number in range(5)]
KEY = AssetKey("1")


def held(**by_asset: tuple[str, ...]) -> Holdings:
    """Who holds what: `a1=("S0", "p1")`, serial numbers in capitals."""
    holdings = Holdings(TargetIndex(), TargetIndex())
    holdings.part().page(
        [
            (name[1:], "STDQ", holder, None) if holder[0] == "S" else (name[1:], "STDQ", None, holder)
            for name, holders in by_asset.items()
            for holder in holders
        ]
    )
    return holdings


def names_of(holdings: Holdings, unused: Unused, key: AssetKey = KEY) -> dict[str, set[str]]:
    """Holders by reason."""
    indexes = {DEVICES: holdings.device_index, USERS: holdings.user_index}
    found = {
        reason: set(indexes[kind].names(assets.get(key, 0)))
        for kind, reasons in unused.pairs.items()
        for reason, assets in reasons.items()
    }
    return {reason: names for reason, names in found.items() if names}


def evidence(*reasons: str, **facts: Any) -> Evidence:
    return Evidence(frozenset(reasons or REASONS), **{"known": SERIALS, "active": PEOPLE, "listed": PEOPLE, **facts})


def owned(**by_person: tuple[str, ...]) -> dict[str, tuple[OwnedDevice, ...]]:
    """Of iPads; `-` is a device that tells no serial number, `mac-S1` is a Mac."""
    return {
        person: tuple(
            OwnedDevice(one.removeprefix("mac-").strip("-"), "macOS" if one.startswith("mac-") else "iOS")
            for one in devices
        )
        for person, devices in by_person.items()
    }


class TestFindUnused:
    @pytest.mark.parametrize(
        ("facts", "expected"),
        [
            ({}, {}),
            ({"known": ["S0"]}, {UNKNOWN_DEVICE: {"S1"}}),
            ({"unseen": ["S1", "S5"]}, {UNSEEN_DEVICE: {"S1"}}),
            ({"known": ["S0"], "unseen": ["S1"]}, {UNKNOWN_DEVICE: {"S1"}}),
            ({"active": ["p0"], "retired": ["p1"]}, {RETIRED_PERSON: {"p1"}}),
            ({"listed": ["p1"]}, {GONE_PERSON: {"p0"}}),
            ({"listed": [], "active": ["p0"], "retired": ["p1"]}, {GONE_PERSON: {"p0"}, RETIRED_PERSON: {"p1"}}),
            # Of whom Apple has no record at all, nothing is said.
            ({"listed": [], "active": []}, {}),
        ],
    )
    def test_reasons(self, make_asset, facts, expected):
        holdings = held(a1=("S0", "S1", "p0", "p1"))
        assert names_of(holdings, find_unused([make_asset()], holdings, evidence(**facts))) == expected

    @pytest.mark.parametrize("reason", REASONS)
    def test_only_what_is_asked_for(self, make_asset, reason):
        holdings = held(a1=("S0", "S1", "S2", "p0", "p1", "p2"))
        told = evidence(
            reason,
            known=["S1", "S2"],
            unseen=["S1"],
            retired=["p1"],
            active=["p0", "p2"],
            listed=["p2"],
            owned=owned(p2=("S2",)),
        )
        assert set(names_of(holdings, find_unused([make_asset()], holdings, told))) == {reason}

    @pytest.mark.parametrize(
        ("devices", "losers", "needed"),
        [
            (("S0",), {"p0"}, 0),
            (("S0", "S1"), {"p0"}, 0),
            (("S0", "S2"), set(), 1),
            (("S0", "-"), set(), 1),
            (("S2",), set(), 0),
            ((), set(), 0),
            # On a Mac the app doesn't run, so no licence is needed for it.
            (("S0", "mac-S2"), {"p0"}, 0),
            (("mac-S0",), set(), 0),
        ],
    )
    def test_a_person_gives_back_what_each_device_holds_of_its_own(self, make_asset, devices, losers, needed):
        holdings = held(a1=("S0", "S1", "p0", "p1"))
        told = evidence(DOUBLY_LICENSED, owned=owned(p0=devices))
        unused = find_unused([make_asset(supported_platforms=("iOS",))], holdings, told)
        assert names_of(holdings, unused).get(DOUBLY_LICENSED, set()) == losers
        assert unused.needed == ({KEY: needed} if needed else {})

    def test_of_devices_each_that_its_owner_licenses_gives_back(self, make_asset):
        holdings = held(a1=("S0", "S1", "S3", "p0", "p1"))
        told = evidence(DOUBLY_LICENSED, take_from=TAKE_DEVICES, owned=owned(p0=("S0", "S2"), p2=("S3",)))
        unused = find_unused([make_asset()], holdings, told)
        assert names_of(holdings, unused) == {DOUBLY_LICENSED: {"S0"}}

    def test_another_asset_of_the_device_is_no_second_licence(self, make_asset):
        holdings = held(a1=("p0",), a2=("S0",))
        told = evidence(DOUBLY_LICENSED, owned=owned(p0=("S0",)))
        assert count_by_reason(find_unused([make_asset(), make_asset("2")], holdings, told)) == {}

    @pytest.mark.parametrize("take_from", [TAKE_USERS, TAKE_DEVICES])
    def test_nobody_loses_both(self, make_asset, take_from):
        """A licence that comes back for another reason is none that the other one could stand in for."""
        holdings = held(a1=("S0", "p0"))
        told = evidence(unseen=["S0"], owned=owned(p0=("S0",)), take_from=take_from)
        assert names_of(holdings, find_unused([make_asset()], holdings, told)) == {UNSEEN_DEVICE: {"S0"}}
        told = evidence(listed=[], owned=owned(p0=("S0",)), take_from=take_from)
        assert names_of(holdings, find_unused([make_asset()], holdings, told)) == {GONE_PERSON: {"p0"}}


SOME_SERIALS, SOME_PEOPLE = (st.frozensets(st.sampled_from(names)) for names in (SERIALS, PEOPLE))
DEVICE = st.builds(OwnedDevice, st.sampled_from([*SERIALS, ""]), st.sampled_from(["iOS", "macOS"]))
OWNED = st.dictionaries(st.sampled_from(PEOPLE), st.lists(DEVICE, max_size=3).map(tuple))
EVIDENCE = st.builds(
    Evidence,
    st.frozensets(st.sampled_from(REASONS)),
    SOME_SERIALS,
    SOME_SERIALS,
    SOME_PEOPLE,
    SOME_PEOPLE,
    SOME_PEOPLE,
    OWNED,
    st.sampled_from([TAKE_USERS, TAKE_DEVICES]),
)


def as_told(devices: set[str], people: set[str], told: Evidence) -> dict[str, set[str]]:
    """The same in sets, one holder after the other."""
    found: dict[str, set[str]] = {reason: set() for reason in REASONS}
    for one in devices:
        if one not in told.known:
            found[UNKNOWN_DEVICE].add(one)
        elif one in told.unseen:
            found[UNSEEN_DEVICE].add(one)
    for one in people:
        if one in told.retired and RETIRED_PERSON in told.reasons:
            found[RETIRED_PERSON].add(one)
        elif one in told.active and one not in told.listed and one not in told.retired:
            found[GONE_PERSON].add(one)
    found = {reason: names if reason in told.reasons else set() for reason, names in found.items()}
    gone = set().union(*found.values())
    for person in people - gone if DOUBLY_LICENSED in told.reasons else ():
        runs = [one for one in told.owned.get(person, ()) if one.platform == "iOS"]
        licensed = {one.serial_number for one in runs} & (devices - gone)
        if told.take_from == TAKE_DEVICES:
            found[DOUBLY_LICENSED] |= licensed
        elif licensed and all(one.serial_number in licensed for one in runs):
            found[DOUBLY_LICENSED].add(person)
    return {reason: names for reason, names in found.items() if names}


@given(SOME_SERIALS, SOME_PEOPLE, EVIDENCE)
def test_finds_what_a_look_at_each_holder_finds(make_asset, devices, people, told):
    holdings = held(a1=(*sorted(devices), *sorted(people)))
    unused = find_unused([make_asset(supported_platforms=("iOS",))], holdings, told)
    assert names_of(holdings, unused) == as_told(set(devices), set(people), told)


@given(SOME_SERIALS, SOME_PEOPLE, EVIDENCE, SOME_SERIALS, SOME_PEOPLE)
def test_takes_what_is_found_and_not_kept_and_nothing_else(make_asset, devices, people, told, keep, spared):
    holdings = held(a1=(*sorted(devices), *sorted(people)))
    asset = make_asset()
    unused = find_unused([asset], holdings, told)
    goal = ReclaimGoal(holdings.device_index.bits(sorted(keep)), holdings.user_index.bits(sorted(spared)))
    plans = plan_reclaim([asset], holdings, unused, goal)
    for kind, index, safe in ((DEVICES, holdings.device_index, keep), (USERS, holdings.user_index, spared)):
        (part,) = plans[kind].assets
        found = set(index.names(unused.of(kind, KEY)))
        assert set(index.names(part.remove)) == found - safe
        assert part.skipped.get(KEPT, 0) == len(found & safe)
        assert not part.add
        by_reason = removed_for(plans[kind], unused)
        assert sum(bits.bit_count() for assets in by_reason.values() for bits in assets.values()) == plans[kind].removes


class TestPlan:
    def plan(self, assets, holdings, told, goal=None, unstable=None):
        unused = find_unused(assets, holdings, told)
        return plan_reclaim(assets, holdings, unused, goal or ReclaimGoal(), unstable), unused

    @pytest.mark.parametrize(
        ("facts", "kind", "why"),
        [
            ({"revocable": False}, DEVICES, IRREVOCABLE),
            ({"revocable": False}, USERS, IRREVOCABLE),
            ({"device_assignable": False}, DEVICES, NOT_DEVICE_ASSIGNABLE),
        ],
    )
    def test_what_apple_does_not_take_back_is_told_and_left(self, make_asset, facts, kind, why):
        plans, _unused = self.plan([make_asset(**facts)], held(a1=("S0", "p0")), evidence(known=[], listed=[]))
        assert plans[kind].removes == 0
        assert plans[kind].skipped == {why: 1}
        assert any(": 1: 1." in text or "1: 1." in text for text in plans[kind].warnings)

    def test_kept_assets(self, make_asset):
        goal = ReclaimGoal(keep_assets=frozenset([KEY]))
        plans, _unused = self.plan(
            [make_asset(), make_asset("2")], held(a1=("S0",), a2=("S0",)), evidence(known=[]), goal
        )
        assert [part.remove.bit_count() for part in plans[DEVICES].assets] == [0, 1]

    def test_who_needs_it_is_counted(self, make_asset):
        told = evidence(DOUBLY_LICENSED, owned=owned(p0=("S0", "S1")))
        plans, _unused = self.plan([make_asset()], held(a1=("S0", "p0")), told)
        assert plans[USERS].skipped == {NEEDED: 1}
        assert plans[DEVICES].skipped == {}

    def test_what_wavers_is_withheld_by_kind(self, make_asset):
        plans, _unused = self.plan(
            [make_asset()], held(a1=("S0", "p0")), evidence(known=[], listed=[]), unstable={USERS: True, DEVICES: ()}
        )
        assert (plans[DEVICES].removes, plans[USERS].removes) == (1, 0)
        assert plans[USERS].skipped == {UNSTABLE: 1}

    def test_the_grace_of_apple_is_told(self, make_asset):
        plans, _unused = self.plan([make_asset()], held(a1=("S0",)), evidence(known=[]))
        assert "works on for 30 days" in plans[DEVICES].warnings[-1]
        assert plans[USERS].warnings == ()


class TestBrakes:
    def check(self, make_asset, holders, told, limit: str | None = "100%", max_shrink=100, unstable=None):
        holdings, assets = held(a1=holders), [make_asset()]
        unused = find_unused(assets, holdings, told)
        goal = ReclaimGoal(max_removals=parse_removal_limit(limit) if limit else None, max_shrink=max_shrink)
        check_reclaim_brakes(plan_reclaim(assets, holdings, unused, goal, unstable), unused, goal)

    HOLDERS = (*SERIALS[:4], *PEOPLE[:4])

    @pytest.mark.parametrize(("limit", "stops"), [("2", False), ("1", True), ("25%", False), ("24%", True)])
    def test_max_removals_counts_devices_and_people(self, make_asset, limit, stops):
        told = evidence(known=SERIALS[1:], listed=PEOPLE[1:])
        if not stops:
            self.check(make_asset, self.HOLDERS, told, limit)
            return
        with pytest.raises(BrakeError, match="takes back 2 of 8 licences, 1 more than max_removals"):
            self.check(make_asset, self.HOLDERS, told, limit)

    def test_max_removals_is_never_forgotten(self, make_asset):
        with pytest.raises(BrakeError, match="max_removals is missing: this plan takes 1 licence back"):
            self.check(make_asset, self.HOLDERS, evidence(known=SERIALS[1:]), None)

    @pytest.mark.parametrize(
        ("facts", "told"),
        [
            ({"known": SERIALS[1:]}, "1 of the 4 licences of devices .*unknown_device: 1"),
            ({"unseen": SERIALS[:1]}, "1 of the 4 licences of devices .*unseen_device: 1"),
            ({"listed": PEOPLE[1:]}, "1 of the 4 licences of people .*gone_person: 1"),
        ],
    )
    def test_max_shrink_stops_what_rests_on_an_absence(self, make_asset, facts, told):
        self.check(make_asset, self.HOLDERS, evidence(**facts), max_shrink=25)
        with pytest.raises(BrakeError, match=told):
            self.check(make_asset, self.HOLDERS, evidence(**facts), max_shrink=24)

    @pytest.mark.parametrize(
        "facts",
        [{"retired": PEOPLE[:4], "active": []}, {"owned": owned(p0=("S0",), p1=("S1",), p2=("S2",), p3=("S3",))}],
    )
    def test_max_shrink_lets_pass_what_rests_on_a_word(self, make_asset, facts):
        self.check(make_asset, self.HOLDERS, evidence(**facts), max_shrink=0)

    def test_an_answer_without_anything_stops(self, make_asset):
        with pytest.raises(BrakeError, match="4 of the 4 licences of devices"):
            self.check(make_asset, self.HOLDERS, evidence(known=[]), max_shrink=20)

    def test_a_moving_list_stops_all(self, make_asset):
        with pytest.raises(BrakeError, match="kept changing"):
            self.check(make_asset, self.HOLDERS, evidence(known=SERIALS[1:], listed=PEOPLE[1:]), unstable={USERS: True})

    def test_nothing_to_do_passes(self, make_asset):
        self.check(make_asset, self.HOLDERS, evidence(), "0", max_shrink=0)
        self.check(make_asset, (), evidence(), "0%", max_shrink=0)

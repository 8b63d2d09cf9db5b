# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences of people: who gets one and who doesn't yet, who is never touched, and licences that are being freed."""

from __future__ import annotations

from collections import deque

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    BrakeError,
    InputError,
    PartialError,
    ServiceError,
    ShortageError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import ASSOCIATE, AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.person_id import person_id
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, RETIRED, BadRow, Person
from ansible_collections.openmdm.vpp.tests.unit.fakes import UID, FakeNotify, Fault, closed
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_people import (
    APP,
    BOOK,
    emails,
    holders,
    ids,
    run,
    world,
)

EXCLUSIVE = {"exclusive": True, "max_removals": 10, "max_shrink": 100}


class TestWho:
    @pytest.mark.parametrize("listed", [ids("lea", "omar", "tama"), emails("lea", "omar", "tama")])
    def test_who_has_accepted_gets_it_and_the_others_are_no_failure(self, listed):
        api = world("lea", "omar", registered=["tama"])
        outcome = run(api, listed)
        assert outcome.error is None
        assert holders(api) == {"lea", "omar"}
        assert (outcome.summary["people"], outcome.summary["associated"]) == (3, 2)
        assert outcome.summary["left_out"] == {"not_associated": 1}
        assert not run(api, listed).changed
        api.people.accept("tama")
        later = run(api, listed)
        assert (later.summary["associated"], later.summary["left_out"]) == (1, {})
        assert holders(api) == {"lea", "omar", "tama"}

    def test_check_mode_writes_nothing_and_tells_the_same_plan(self):
        api = world("lea", registered=["tama"])
        checked = run(api, ids("lea", "tama"), check=True)
        assert api.writes == []
        assert checked.changed
        assert checked.plan == run(api, ids("lea", "tama")).plan
        assert checked.plan["operations"] == [
            {"operation": "associate", "assets": [APP], "targets": 1, "client_user_ids": ["lea"]}
        ]

    def test_whoever_is_nobody_to_apple_is_told_by_reason(self):
        api = world("lea")
        api.people.add("gone", "gone@fernhill.example", RETIRED)
        api.people.add(person_id(UID, "left@fernhill.example"), "left@fernhill.example", RETIRED)
        for key in ("t1", "t2"):
            api.people.add(key, "twins@fernhill.example", ASSOCIATED)
        notify = FakeNotify()
        listed = (*ids("lea", "gone", "nobody"), *emails("left", "twins", "none"))
        outcome = run(api, listed, notify=notify)
        assert outcome.summary["left_out"] == {"ambiguous": 1, "retired": 2, "unknown": 2}
        assert {entry["reason"]: entry["client_user_ids"] for entry in outcome.extra["left_out"]} == {
            "ambiguous": [],
            "retired": ["gone"],
            "unknown": ["nobody"],
        }
        assert {entry["reason"]: entry["lines"] for entry in outcome.extra["left_out"]} == {
            "ambiguous": [2],
            "retired": [1],
            "unknown": [3],
        }
        assert all(entry["emails"] is None for entry in outcome.extra["left_out"])
        assert notify.told == [
            "users: some are left out (ambiguous: 1, retired: 2, unknown: 2); the result lists them under 'left_out'."
        ]
        assert "@" not in str(outcome.document)

    def test_show_people_adds_addresses(self):
        outcome = run(world("lea"), emails("none"), named={"show_people": True})
        assert outcome.extra["left_out"][0]["emails"] == ["none@Fernhill.example"]

    def test_of_two_with_one_address_the_one_who_accepted_counts(self):
        api = world("lea")
        api.people.add("ghost", "lea@fernhill.example")
        api.owned[AssetKey(APP)].people.add("ghost")
        outcome = run(api, emails("lea"), **EXCLUSIVE)
        assert holders(api) == {"lea", "ghost"}, "it is the same person, as likely as not"
        assert (outcome.summary["associated"], outcome.summary["disassociated"]) == (1, 0)

    def test_somebody_with_our_id_and_no_address_is_found_by_the_address(self):
        api = world()
        api.people.add(person_id(UID, "lea@fernhill.example"), "", ASSOCIATED)
        assert run(api, emails("lea")).summary["associated"] == 1

    def test_books_are_given_and_never_promised_back(self):
        api = world("lea")
        assert run(api, ids("lea"), assets=[BOOK]).summary["associated"] == 1
        gone = run(api, ids("lea"), assets=[BOOK], state="absent", max_removals=5)
        assert not gone.changed
        assert gone.summary["skipped"] == {"irrevocable": 1}

    def test_all_assets_are_those_that_people_can_have(self):
        api = world("lea")
        assert run(api, ids("lea"), assets=(), all_assets=True, max_removals=0).summary["associated"] == 2

    def test_a_registered_person_gives_back_as_well(self):
        api = world(registered=["tama"])
        api.owned[AssetKey(APP)].people.add("tama")
        assert run(api, ids("tama"), state="absent", max_removals=1).summary["disassociated"] == 1


class TestRegistered:
    def test_are_included_when_asked_for(self):
        api = world("lea", registered=["tama"])
        outcome = run(api, ids("lea", "tama"), named={"include_registered": True})
        assert (outcome.summary["associated"], outcome.summary["left_out"]) == (2, {})

    @pytest.mark.parametrize("named", [True, False])
    def test_where_apple_refuses_they_are_left_out_and_it_is_no_failure(self, named):
        api = world("lea", registered=["tama"])
        api.faults = deque([Fault(fails=["tama"], number=9609, named=named)])
        outcome = run(api, ids("lea", "tama"), named={"include_registered": True})
        assert outcome.error is None
        assert holders(api) == {"lea"}
        assert (outcome.summary["associated"], outcome.summary["failed"]) == (1, 0)
        assert outcome.summary["left_out"] == {"not_associated": 1}
        assert outcome.extra["failures"] == []

    def test_where_apple_refuses_all_for_one_the_others_get_theirs(self):
        api = world("lea", registered=["tama"])
        api.faults = deque([Fault(error=ServiceError("registered user not found (9609)", error_number=9609))])
        outcome = run(api, ids("lea", "tama"), named={"include_registered": True})
        assert outcome.error is None
        assert holders(api) == {"lea"}
        assert [request.client_user_ids for request in api.sent] == [("lea", "tama"), ("lea",)]

    def test_who_has_not_accepted_still_gives_back(self):
        api = world("lea", registered=["tama", "zoe"])
        api.owned[AssetKey(APP)].people.add("tama")
        api.faults = deque([Fault(hollow=True), Fault(fails=["zoe"], number=9609)])
        outcome = run(api, ids("lea", "zoe"), named={"include_registered": True}, **EXCLUSIVE)
        assert outcome.error is None
        assert holders(api) == {"lea"}
        assert outcome.summary["left_out"] == {"not_associated": 1}
        assert [one.client_user_ids for one in api.sent] == [("tama",), ("lea", "zoe"), ("tama",)]

    def test_nobody_is_changed_when_all_are_refused(self):
        api = world(registered=["tama"])
        api.faults = deque([Fault(fails=["tama"], number=9609)])
        outcome = run(api, ids("tama"), named={"include_registered": True})
        assert (outcome.error, outcome.changed) == (None, False)

    def test_who_has_accepted_comes_first_when_licences_are_short(self):
        api = world("lea", "omar", registered=["tama", "zoe"], total=3)
        listed = ids("zoe", "omar", "tama", "lea")
        outcome = run(api, listed, named={"include_registered": True}, shortage="partial")
        assert [request.client_user_ids for request in api.sent] == [("omar", "lea", "zoe")]
        assert outcome.summary["short"] == 1

    def test_who_has_not_accepted_counts_when_licences_are_short(self):
        api = world("lea", registered=["tama"], total=1)
        with pytest.raises(ShortageError, match="lacks 1 of 2"):
            run(api, ids("lea", "tama"), named={"include_registered": True}, shortage="fail")
        assert api.sent == []

    def test_somebody_who_was_retired_meanwhile_is_left_out(self):
        api = world("lea", "omar")

        def retire():
            api.before.clear()
            api.people.records = [one for one in api.people.records if one.client_user_id != "omar"]

        api.before["submit"] = retire
        outcome = run(api, ids("lea", "omar"))
        assert outcome.error is None
        assert outcome.summary["left_out"] == {"retired": 1}
        assert outcome.summary["associated"] == 1


class TestExclusive:
    def test_takes_from_those_who_are_not_named_and_from_no_device(self):
        api = world("lea", "omar", "tama", devices=["DMPX00000001"])
        api.owned[AssetKey(APP)].people = {"lea", "omar"}
        outcome = run(api, ids("lea", "tama"), **EXCLUSIVE)
        assert holders(api) == {"lea", "tama"}
        assert api.holders(APP) == {"DMPX00000001"}
        assert (outcome.summary["associated"], outcome.summary["disassociated"]) == (1, 1)

    def test_whoever_waits_or_may_be_meant_keeps_what_they_hold(self):
        api = world("lea", registered=["tama"])
        for key in ("t1", "t2"):
            api.people.add(key, "twins@fernhill.example", ASSOCIATED)
        api.owned[AssetKey(APP)].people = {"tama", "t1", "t2"}
        outcome = run(api, emails("lea", "tama", "twins"), **EXCLUSIVE)
        assert holders(api) == {"lea", "tama", "t1", "t2"}
        assert outcome.summary["to_disassociate"] == 0

    def test_nobody_known_stops(self):
        api = world("lea")
        api.owned[AssetKey(APP)].people = {"lea"}
        with pytest.raises(BrakeError, match="Nobody is named whom Apple knows, so 'exclusive' would take back all 1"):
            run(api, emails("none"), **EXCLUSIVE)

    def test_a_file_tells_who_is_known(self):
        api = world("lea", "omar", "strange")
        api.owned[AssetKey(APP)].people = {"omar", "strange"}
        outcome = run(api, ids("lea"), named={"known": ids("lea", "omar")}, **EXCLUSIVE)
        assert holders(api) == {"lea", "strange"}
        assert outcome.summary["orphans"] == 1
        run(api, ids("lea"), named={"known": ids("lea", "omar")}, orphans=True, **EXCLUSIVE)
        assert holders(api) == {"lea"}

    def test_who_is_not_known_and_named_is_a_mistake(self):
        named = {"known": emails("omar"), "must_be_known": True}
        with pytest.raises(InputError, match="users: 1 of the 1 people are not in known_file: lea; correct the list"):
            run(world("lea", "omar"), ids("lea"), named=named)

    def test_kept_by_address(self):
        api = world("lea", "omar")
        api.owned[AssetKey(APP)].people = {"omar"}
        outcome = run(api, ids("lea"), named={"keep": emails("omar")}, **EXCLUSIVE)
        assert holders(api) == {"lea", "omar"}
        assert outcome.summary["skipped"] == {"kept": 1}

    def test_a_row_that_cannot_be_used_may_be_about_a_holder(self):
        api = world("lea", "omar")
        api.owned[AssetKey(APP)].people = {"omar"}
        rows = (BadRow(3, "has no e-mail address"),)
        outcome = run(api, ids("lea"), named={"bad_rows": rows, "source": "p.csv"}, unread=True, **EXCLUSIVE)
        assert holders(api) == {"lea", "omar"}
        assert isinstance(outcome.error, PartialError)
        assert str(outcome.error) == (
            "1 row of p.csv can't be used: item 3 has no e-mail address. 1 licence is not taken back, since one of "
            "these rows may be about a holder. The others are as planned; mend these and run the task again."
        )

    @pytest.mark.parametrize("keep", [(), ids("omar")])
    def test_a_holder_who_is_named_by_id_and_denied_by_apple_keeps_it(self, keep):
        api = world("lea", "omar")
        api.owned[AssetKey(APP)].people = {"lea", "omar"}
        api.people.records = [one for one in api.people.records if one.client_user_id != "omar"]
        outcome = run(api, ids("lea") if keep else ids("lea", "omar"), named={"keep": keep}, **EXCLUSIVE)
        assert not outcome.changed
        assert outcome.summary["skipped"] == {"kept": 1}
        gone = run(api, ids("omar"), state="absent", max_removals=1, check=True)
        assert gone.summary["skipped"] == {}

    def test_people_who_were_missed_by_a_read_stop_removals(self):
        api = world("lea", "omar")
        api.owned[AssetKey(APP)].people = {"lea", "omar"}
        api.overlooked = {"omar"}
        original = api.read_users

        def shaky(**options):
            api.shaky = 1
            return original(**options)

        api.read_users = shaky
        with pytest.raises(BrakeError, match="kept changing while they were read"):
            run(api, emails("lea", "omar"), **EXCLUSIVE)
        assert api.writes == []


class TestFreed:
    """Licences that were taken back and are not free yet."""

    def slow(self, api, *, until: float, after: str) -> None:
        asset = api.owned[AssetKey(APP)]
        total = asset.total
        state = {"begun": after == ""}
        if after == "":
            asset.total = asset.assigned

        def look():
            asset.total = total if not state["begun"] or api.clock.elapsed >= until else min(total, asset.assigned)

        def begin():
            state["begun"] = True

        api.before["read_assets"] = look
        if after:
            api.before[after] = begin

    def test_one_task_waits_for_what_it_frees(self):
        api = world("lea", "omar", total=1)
        api.owned[AssetKey(APP)].people = {"omar"}
        self.slow(api, until=95, after="submit")
        outcome = run(api, ids("lea"), **EXCLUSIVE)
        assert outcome.error is None
        assert holders(api) == {"lea"}
        assert len(api.sent) == 2
        assert 95 <= api.clock.elapsed <= 125

    def test_a_task_after_another_waits_as_long_as_it_is_told_to(self):
        api = world("lea", total=1)
        self.slow(api, until=95, after="")
        assert run(api, ids("lea"), wait_available=300).error is None
        assert holders(api) == {"lea"}

    @pytest.mark.parametrize(("options", "elapsed"), [({"wait_available": 60}, 60), ({}, 0)])
    def test_then_it_is_too_few(self, options, elapsed):
        api = world("lea", total=1)
        self.slow(api, until=95, after="")
        with pytest.raises(ShortageError):
            run(api, ids("lea"), **options)
        assert api.clock.elapsed == elapsed
        assert api.writes == []

    def test_events_have_their_own_time_after_that(self):
        api = world("lea", "omar", total=1)
        api.owned[AssetKey(APP)].people = {"omar"}
        self.slow(api, until=95, after="submit")
        api.faults = deque([Fault(), Fault(polls=3)])
        outcome = run(api, ids("lea"), wait_timeout=120, **EXCLUSIVE)
        assert outcome.error is None
        assert api.clock.elapsed > 120

    def test_check_mode_waits_for_nothing(self):
        api = world("lea", total=1)
        self.slow(api, until=95, after="")
        with pytest.raises(ShortageError):
            run(api, ids("lea"), check=True, wait_available=300)
        assert api.clock.elapsed == 0

    def test_a_refusal_for_want_of_licences_is_tried_again(self):
        api = world("lea", "omar", total=1)
        api.owned[AssetKey(APP)].people = {"omar"}
        api.faults = deque([Fault(), Fault(fails=["lea"], number=9709)])
        assert run(api, ids("lea"), **EXCLUSIVE).error is None
        assert holders(api) == {"lea"}


class TestCounts:
    def test_ten_thousand_people_take_few_requests(self):
        names = [f"p{number:05d}" for number in range(10000)]
        api = world(*names, total=None)
        outcome = run(api, ids(*names))
        assert outcome.summary["associated"] == 10000
        assert len(api.sent) == 10
        assert "walk_assignments" not in api.calls, "of what nobody holds nothing is read"
        assert [name for name in api.calls if name not in ("submit", "request")] == [
            "read_assets",
            "read_users",
            "read_service_config",
            "read_client_config",
            "wait_for_events",
            "read_assets",
        ]
        assert len(str({**outcome.plan, **outcome.summary, **outcome.extra})) < 20_000

    def test_few_by_id_are_asked_for_one_by_one(self):
        api = world("lea", "omar")
        run(api, ids("lea", "omar"), check=True)
        assert api.calls.count("read_user") == 2
        assert "read_users" not in api.calls

    def test_requests_keep_to_the_limit_of_people(self):
        api = world(*(names := [f"p{number}" for number in range(2500)]), total=None)
        run(api, ids(*names))
        assert sorted(len(request.client_user_ids) for request in api.sent) == [500, 1000, 1000]

    def test_failures_name_people(self):
        api = world("lea", "omar")
        api.faults = deque([Fault(fails=["omar"], number=9635)])
        outcome = run(api, ids("lea", "omar"))
        assert isinstance(outcome.error, PartialError)
        assert outcome.extra["failures"] == [
            {
                "error_number": 9635,
                "reason": "not possible",
                "adam_ids": [APP],
                "client_user_ids": ["omar"],
                "count": 1,
            }
        ]

    def test_stopped_half_way(self):
        api = world("lea")
        api.faults = deque([closed(ServiceError("broken"))])
        assert run(api, ids("lea")).error is not None
        assert api.sent_pairs(ASSOCIATE) == [(APP, "lea")]

    def test_people_are_in_the_order_of_the_list_when_licences_are_short(self):
        api = world("lea", "omar", "tama", total=2)
        listed = (Person(1, client_user_id="tama"), Person(2, client_user_id="omar"), Person(3, client_user_id="lea"))
        outcome = run(api, listed, shortage="partial")
        assert holders(api) == {"tama", "omar"}
        assert outcome.summary["short"] == 1

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reclaim: what comes back and from whom, what stops it, and that nothing is taken on half an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    BrakeError,
    InputError,
    OwnershipError,
    PartialError,
    PendingError,
    ServiceError,
    TokenError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.forecast import Growth
from ansible_collections.openmdm.vpp.plugins.module_utils._core.reclaim_model import (
    DOUBLY_LICENSED,
    GONE_PERSON,
    RETIRED_PERSON,
    TAKE_DEVICES,
    UNKNOWN_DEVICE,
    UNSEEN_DEVICE,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, RETIRED, Person
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.reclaim_info import Expected
from ansible_collections.openmdm.vpp.tests.unit.fakes import START, STUCK, FakeNotify, Fault, claim, closed, serials
from ansible_collections.openmdm.vpp.tests.unit.fakes_mdm import NORTH, SOUTH, FakeMdm
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_reclaim import (
    APP,
    BOOK,
    OTHER,
    address,
    info,
    listed,
    pairs,
    question,
    run,
    world,
)

ONE, TWO = serials(2)


def people_of(api, adam_id=APP):
    return next(asset.people for key, asset in api.owned.items() if key.adam_id == adam_id)


def unenrol(mdm: FakeMdm, *names: str) -> None:
    for key in mdm.ids(*names):
        del mdm.devices[key]


def own(mdm: FakeMdm, person: str, *names: str) -> None:
    for key in mdm.ids(*names):
        mdm.devices[key] = replace(mdm.devices[key], owner=address(person).upper())


def seen(mdm: FakeMdm, days: int, *names: str) -> None:
    for key in mdm.ids(*names):
        mdm.devices[key] = replace(mdm.devices[key], last_seen=START - timedelta(days=days))


class TestWho:
    def test_nobody_where_all_is_well(self):
        api, mdm = world()
        outcome = run(api, mdm, question())
        assert (outcome.changed, outcome.error, api.writes) == (False, None, [])
        # The book of who was retired is found, and stays.
        assert outcome.summary["skipped"] == {"irrevocable": 1}
        assert mdm.calls == ["read_units", "read_devices"]

    def test_a_device_that_the_mdm_does_not_know(self):
        api, mdm = world()
        unenrol(mdm, ONE)
        outcome = run(api, mdm, question(UNKNOWN_DEVICE))
        assert outcome.changed
        assert outcome.error is None
        assert api.holders(APP) == api.holders(OTHER) == {*serials(10)} - {ONE}
        assert pairs(outcome.extra["removals"]) == {(APP, ONE, UNKNOWN_DEVICE), (OTHER, ONE, UNKNOWN_DEVICE)}
        assert outcome.summary["disassociated"] == 2
        assert (outcome.summary["devices"], outcome.summary["people"]) == (1, 0)
        assert len(people_of(api)) == 5
        assert "read_users" not in api.calls

    def test_serial_numbers_are_compared_in_one_form(self):
        api, mdm = world()
        for key in mdm.ids(ONE):
            mdm.devices[key] = replace(mdm.devices[key], serial_number=f" {ONE.lower()}")
        assert not run(api, mdm, question(UNKNOWN_DEVICE)).changed

    def test_a_device_that_was_not_seen_for_long(self):
        api, mdm = world()
        seen(mdm, 90, ONE)
        seen(mdm, 89, TWO)
        run(api, mdm, question(UNSEEN_DEVICE))
        assert api.holders(APP) == {*serials(10)} - {ONE}

    def test_a_device_of_which_nobody_says_when_it_was_seen(self):
        api, mdm = world()
        for key in mdm.ids(ONE):
            mdm.devices[key] = replace(mdm.devices[key], last_seen=None)
        assert not run(api, mdm, question(UNSEEN_DEVICE)).changed

    @pytest.mark.parametrize("reason", [UNKNOWN_DEVICE, UNSEEN_DEVICE])
    def test_a_device_that_moved_to_another_unit(self, reason):
        """Only those are asked about who would lose something."""
        api, mdm = world()
        if reason == UNKNOWN_DEVICE:
            unenrol(mdm, ONE)
        else:
            seen(mdm, 100, ONE)
        mdm.enrol(ONE, id="new", unit=SOUTH.id)
        assert not run(api, mdm, question(reason)).changed
        assert ("read_outside", (ONE,)) in mdm.log

    def test_an_older_record_elsewhere_saves_nobody(self):
        api, mdm = world()
        seen(mdm, 100, ONE)
        mdm.enrol(ONE, id="new", unit=SOUTH.id, last_seen=START - timedelta(days=200))
        assert run(api, mdm, question(UNSEEN_DEVICE)).changed

    def test_people_who_are_not_in_the_list(self):
        api, mdm = world()
        outcome = run(api, None, question(GONE_PERSON, listed=listed("P1", "p2", "p3")))
        assert people_of(api) == {"p1", "p2", "p3"}
        assert people_of(api, BOOK) == {"p1", "p2", "p3", "p4", "p5", "old"}
        assert pairs(outcome.extra["removals"]) == {(APP, "p4", GONE_PERSON), (APP, "p5", GONE_PERSON)}
        assert outcome.summary["skipped"] == {"irrevocable": 2}
        assert len(api.holders(APP)) == 10
        assert mdm.calls == []

    @pytest.mark.parametrize(
        "person",
        [
            Person(1, client_user_id="p1"),
            Person(1, email=address("p1")),
            Person(1, client_user_id="another-id", email=address("p1")),
        ],
    )
    def test_whoever_may_be_meant_by_a_row_is_not_gone(self, person):
        api, _mdm = world()
        rows = (person, *listed("p2", "p3", "p4", "p5"))
        assert not run(api, None, question(GONE_PERSON, listed=rows)).changed

    def test_of_two_with_one_address_nobody_is_gone(self):
        api, _mdm = world()
        api.people.add("twin", address("p1"), ASSOCIATED)
        people_of(api).add("twin")
        assert not run(api, None, question(GONE_PERSON)).changed

    def test_who_was_retired_and_came_back_is_not_retired(self):
        api, _mdm = world()
        api.people.add("p1", address("p1"), RETIRED)
        assert not run(api, None, question(RETIRED_PERSON)).changed

    def test_from_who_was_retired_apple_takes_what_it_takes(self):
        """It is told that it took nothing, and that is no failure."""
        api, _mdm = world()
        people_of(api).add("old")
        outcome = run(api, None, question(RETIRED_PERSON))
        assert (outcome.error, outcome.changed) == (None, False)
        assert outcome.summary["left_out"] == {"retired": 1}
        assert ("read_users", False) in api.log


class TestDoublyLicensed:
    def test_a_person_whose_devices_all_hold_it(self):
        api, mdm = world()
        own(mdm, "p1", ONE, TWO)
        outcome = run(api, mdm, question(DOUBLY_LICENSED))
        assert people_of(api) == {"p2", "p3", "p4", "p5"}
        assert api.holders(APP) == {*serials(10)}
        assert pairs(outcome.extra["removals"]) == {(APP, "p1", DOUBLY_LICENSED)}

    def test_a_person_with_a_device_that_needs_it(self):
        api, mdm = world()
        mdm.enrol("NEWIPAD1")
        own(mdm, "p1", ONE, "NEWIPAD1")
        outcome = run(api, mdm, question(DOUBLY_LICENSED))
        assert not outcome.changed
        assert outcome.summary["skipped"] == {"needed": 1}

    def test_a_device_that_its_user_enrolled_needs_it(self):
        api, mdm = world()
        own(mdm, "p1", ONE)
        mdm.enrol("", owner=address("p1"))
        assert not run(api, mdm, question(DOUBLY_LICENSED)).changed

    def test_of_two_users_with_one_address_nobody_is_the_owner(self):
        api, mdm = world()
        own(mdm, "p1", ONE)
        api.people.add("twin", address("p1"))
        assert not run(api, mdm, question(DOUBLY_LICENSED)).changed

    def test_devices_of_who_has_accepted(self):
        api, mdm = world()
        own(mdm, "p1", ONE)
        own(mdm, "p5", TWO)
        run(api, mdm, question(DOUBLY_LICENSED, take_from=TAKE_DEVICES))
        assert api.holders(APP) == {*serials(10)} - {ONE}
        assert len(people_of(api)) == 5


class TestBrakes:
    def stopped(self, api, mdm, asked, error, match, **options):
        with pytest.raises(error, match=match):
            run(api, mdm, asked, **options)
        assert api.writes == []

    def test_a_limit(self):
        api, mdm = world()
        unenrol(mdm, ONE)
        match = "takes back 2 of 25 licences, 1 more than max_removals 1 allows"
        self.stopped(api, mdm, question(), BrakeError, match, max_removals=1)
        assert run(api, mdm, question(), max_removals=2).changed

    def test_an_mdm_that_answers_with_half(self):
        api, mdm = world()
        mdm.fewer["read_devices"] = 5
        self.stopped(api, mdm, question(), BrakeError, "10 of the 20 licences of devices", max_shrink=20)

    def test_an_mdm_that_answers_with_nothing(self):
        api, mdm = world()
        mdm.fewer["read_devices"] = 0
        self.stopped(api, mdm, question(), BrakeError, "lists no device with a serial number")
        with pytest.raises(BrakeError, match="lists no device"):
            info(api, mdm, question())

    @pytest.mark.parametrize("reason", [UNKNOWN_DEVICE, DOUBLY_LICENSED])
    def test_an_answer_that_a_second_one_does_not_bear_out(self, reason):
        """No limit would stop it."""
        api, mdm = world()
        mdm.enrol("NEWIPAD1")
        own(mdm, "p1", ONE, "NEWIPAD1")
        whole = mdm.read_devices()
        answers = iter([whole[:-1] if reason == DOUBLY_LICENSED else whole[1:], whole])
        mdm.read_devices = lambda: next(answers)
        number = 1 if reason == DOUBLY_LICENSED else 2
        self.stopped(api, mdm, question(reason), ServiceError, f"^{number} licences would come back by one answer")

    def test_a_device_that_reports_between_the_two_looks(self):
        api, mdm = world()
        seen(mdm, 100, ONE)
        real = mdm.read_devices

        def read():
            found = real()
            seen(mdm, 0, ONE)
            return found

        mdm.read_devices = read
        self.stopped(api, mdm, question(UNSEEN_DEVICE), ServiceError, "2 licences would come back by one answer")

    def test_a_unit_that_a_cut_list_of_units_lacked(self):
        api, mdm = world()
        unenrol(mdm, ONE)
        mdm.enrol(ONE, id="new", unit=SOUTH.id)

        def read(_serials):
            mdm.units = [NORTH, SOUTH]
            return []

        mdm.read_outside = read
        self.stopped(api, mdm, question(UNKNOWN_DEVICE), ServiceError, "by one answer")

    @pytest.mark.parametrize(("shaky", "match"), [(1, "kept changing"), (2, "kept changing")])
    def test_lists_that_keep_changing(self, shaky, match):
        api, mdm = world()
        unenrol(mdm, ONE)
        api.shaky = shaky
        self.stopped(api, mdm, question(UNKNOWN_DEVICE), BrakeError, match)

    def test_a_list_of_people_that_keeps_changing(self):
        """Who is missing from it may just have been overlooked."""
        api, _mdm = world()
        real = api.read_users

        def read(**options):
            api.shaky = 1
            return real(**options)

        api.read_users = read
        self.stopped(api, None, question(GONE_PERSON, listed=listed("p1")), BrakeError, "kept changing")

    def test_a_foreign_claim(self):
        api, mdm = world()
        api.config = claim(api.config, "another")
        unenrol(mdm, ONE)
        self.stopped(api, mdm, question(), OwnershipError, "is claimed by 'Another MDM'")

    def test_keep(self):
        api, mdm = world()
        unenrol(mdm, ONE, TWO)
        notify = FakeNotify()
        outcome = run(
            api,
            mdm,
            question(UNKNOWN_DEVICE, GONE_PERSON, listed=listed("p3", "p5"), kept=(*listed("p1"), Person(1, "p2"))),
            keep_serial_numbers=(ONE,),
            keep_adam_ids=frozenset({OTHER, "1"}),
            notify=notify,
        )
        assert pairs(outcome.extra["removals"]) == {(APP, TWO, UNKNOWN_DEVICE), (APP, "p4", GONE_PERSON)}
        assert outcome.summary["skipped"] == {"irrevocable": 1, "kept": 7}
        assert any("doesn't own 1" in text for text in notify.told)

    def test_an_approved_plan(self):
        api, mdm = world()
        unenrol(mdm, ONE)
        asked = question(UNKNOWN_DEVICE, GONE_PERSON, listed=listed("p1", "p2", "p3", "p4"))
        approved = run(api, mdm, asked, check=True).document
        unenrol(mdm, TWO)
        self.stopped(api, mdm, asked, BrakeError, "2 operations outside approved_plan", approved=approved)
        mdm.enrol(TWO, id="new")
        people_of(api).remove("p5")
        assert run(api, mdm, asked, approved=approved).summary["disassociated"] == 2

    def test_an_approved_plan_that_is_none(self):
        api, mdm = world()
        self.stopped(api, mdm, question(), InputError, "isn't a plan of this collection", approved={})


class TestRuns:
    ASKED = question(UNKNOWN_DEVICE, GONE_PERSON, listed=listed("p1", "p2", "p3", "p4"))

    def world(self):
        api, mdm = world()
        unenrol(mdm, ONE)
        return api, mdm

    def test_check_run_check_run(self):
        api, mdm = self.world()
        checked = run(api, mdm, self.ASKED, check=True)
        assert api.writes == []
        done = run(api, mdm, self.ASKED)
        writes = len(api.writes)
        again = [run(api, mdm, self.ASKED, check=check) for check in (True, False)]
        assert (checked.changed, checked.plan, checked.diff) == (done.changed, done.plan, done.diff)
        assert checked.changed
        assert not any(one.changed or one.plan["operations"] for one in again)
        assert len(api.writes) == writes == 2

    def test_the_diff_tells_devices_and_people_apart(self):
        api, mdm = self.world()
        diff = run(api, mdm, self.ASKED, check=True).diff
        assert diff["before"]["devices"][APP] == {"holders": 10, "taken_back": [ONE]}
        assert diff["before"]["people"] == {APP: {"holders": 5, "taken_back": ["p5"]}}
        assert diff["after"]["devices"][APP] == {"holders": 9}

    def test_a_failure_is_reported_whole(self):
        api, mdm = self.world()
        api.faults.extend([Fault(fails=[ONE], number=9699)] * 3)
        outcome = run(api, mdm, self.ASKED)
        assert isinstance(outcome.error, PartialError)
        assert outcome.changed, "the licence of the person came back"
        assert (outcome.summary["failed"], outcome.summary["disassociated"]) == (2, 1)
        (group,) = outcome.extra["failures"]
        assert (group["error_number"], group["serial_numbers"]) == (9699, [ONE])
        assert outcome.diff["after"].keys() == {"people"}

    def test_after_a_closed_door_nothing_more_is_asked(self):
        api, mdm = self.world()
        api.faults.append(closed(TokenError("Cannot disassociate: the token is revoked (9625)", error_number=9625)))
        outcome = run(api, mdm, self.ASKED)
        assert not outcome.changed
        assert outcome.error is not None
        assert outcome.error.error_number == 9625
        assert "Besides, 1 licence of a person was not asked for yet." in outcome.error.message
        assert outcome.summary["not_sent"] == 3
        assert len(api.sent) == 1

    def test_an_event_that_never_ends(self):
        api, mdm = self.world()
        api.faults.append(STUCK)
        outcome = run(api, mdm, self.ASKED, wait_timeout=60)
        assert isinstance(outcome.error, PendingError)
        assert (outcome.summary["pending"], outcome.summary["not_sent"]) == (2, 1)
        assert outcome.changed

    def test_the_next_run_asks_the_old_event_first(self, tmp_path):
        api, mdm = self.world()
        api.faults.append(replace(STUCK, polls=4))
        first = run(api, mdm, self.ASKED, wait_timeout=60, state_dir=tmp_path / "state")
        assert isinstance(first.error, PendingError)
        sent = len(api.sent)
        second = run(api, mdm, self.ASKED, state_dir=tmp_path / "state")
        assert second.error is None
        assert [request.client_user_ids for request in api.sent[sent:]] == [("p5",)]
        assert api.holders(APP) == {*serials(10)} - {ONE}

    def test_an_mdm_that_grants_again_is_told(self):
        api, mdm = self.world()
        real = api.clock.sleep

        def sleep(seconds):
            real(seconds)
            if seconds == 120:
                api.owned[next(iter(api.owned))].devices.add(ONE)

        api.clock.sleep = sleep
        outcome = run(api, mdm, question(UNKNOWN_DEVICE), settle=120.0)
        assert "1 of the 2 licences that were taken back are held again: Systems Manager probably" in str(outcome.error)
        assert outcome.summary["undone"] == outcome.extra["undone"]["disassociate"] == 1

    def test_few_requests(self):
        api, mdm = self.world()
        run(api, mdm, question(UNKNOWN_DEVICE), check=True)
        assert api.calls == ["read_assets", "walk_assignments", "read_service_config"]
        assert mdm.calls == ["read_units", "read_devices", "read_outside", "read_units", "read_devices"]


class TestInfo:
    def test_lists_what_is_unused_and_why_it_stays(self):
        api, mdm = world()
        unenrol(mdm, ONE)
        seen(mdm, 100, TWO)
        outcome = info(api, mdm, question(listed=listed("p1", "p2", "p3", "p4")))
        assert pairs(outcome.value) == {
            *((adam_id, ONE, UNKNOWN_DEVICE) for adam_id in (APP, OTHER)),
            *((adam_id, TWO, UNSEEN_DEVICE) for adam_id in (APP, OTHER)),
            (APP, "p5", GONE_PERSON),
            (BOOK, "p5", GONE_PERSON),
            (BOOK, "old", RETIRED_PERSON),
        }
        assert {row["adam_id"]: row["withheld"] for row in outcome.value} == {
            APP: None,
            OTHER: None,
            BOOK: "irrevocable",
        }
        assert {row["days_unseen"] for row in outcome.value if row["serial_number"] == TWO} == {100}
        assert outcome.extra["summary"]["by_reason"] == {
            GONE_PERSON: 2,
            RETIRED_PERSON: 1,
            UNKNOWN_DEVICE: 2,
            UNSEEN_DEVICE: 2,
        }
        assert outcome.extra["summary"]["reclaimable"] == 5
        assert api.writes == []

    def test_lists_are_bounded_and_the_document_is_not(self):
        api, mdm = world()
        unenrol(mdm, *serials(9))
        outcome = info(api, mdm, question(UNKNOWN_DEVICE), limit=2)
        assert (len(outcome.value), len(outcome.extra["licenses"])) == (2, 2)
        assert (outcome.extra["total"], outcome.extra["truncated"]) == (18, True)
        assert len(outcome.document["candidates"]) == 18

    def test_a_moving_list_is_warned_of(self):
        api, mdm = world()
        api.shaky = 1
        notify = FakeNotify()
        info(api, mdm, question(), notify=notify)
        assert any("kept changing" in text for text in notify.told)

    def test_a_forecast(self):
        api, mdm = world()
        api.own(APP, devices=serials(8), total=10)
        unenrol(mdm, ONE)
        expected = Expected(
            tuple(serials(14, 1)), {"iOS": tuple(serials(14, 1))}, Growth(planned=2, per_month=1), {"not_apple": 1}
        )
        told = {row["adam_id"]: row for row in info(api, mdm, question(UNKNOWN_DEVICE), expected).extra["licenses"]}
        # Seven of fourteen hold it; two are free, and one would come back.
        assert {name: told[APP][name] for name in ("reclaimable", "wanted", "unfit", "short", "short_after")} == {
            "reclaimable": 1,
            "wanted": 9,
            "unfit": 0,
            "short": 7,
            "short_after": 6,
        }
        assert told[APP]["runs_out"] == told[APP]["runs_out_after"] == START.date().isoformat()
        assert (told[BOOK]["wanted"], told[BOOK]["unfit"]) == (2, 14)

    def test_a_licence_that_would_be_wanted_again_helps_nobody(self):
        api, mdm = world()
        seen(mdm, 100, ONE)
        api.own(APP, devices=serials(10), total=10)
        expected = Expected((ONE, "NEWIPAD1"))
        (told,) = [
            row for row in info(api, mdm, question(UNSEEN_DEVICE), expected).extra["licenses"] if row["adam_id"] == APP
        ]
        assert (told["reclaimable"], told["short"], told["short_after"]) == (1, 1, 1)

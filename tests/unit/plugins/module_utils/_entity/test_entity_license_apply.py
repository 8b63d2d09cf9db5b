# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong while a plan is applied: nothing is doubled, hidden, or claimed that was not seen."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    LocationError,
    OwnershipError,
    PartialError,
    PendingError,
    ServiceError,
    ThrottledError,
    TokenError,
    TransportError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    COMPLETE,
    DISASSOCIATE,
    Limits,
    ServiceConfig,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes import (
    GONE,
    GONE_UNDONE,
    HOLLOW,
    OK,
    REFUSED,
    STUCK,
    FakeAppsBooks,
    Fault,
    closed,
    lost,
    serials,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench import run

OLD, NEW = serials(10), serials(10, 10)
EXCLUSIVE: dict[str, Any] = {"exclusive": True, "max_removals": 100, "max_shrink": 100}


def world(total: int | None = 1000, batch: int = 5, *faults: Fault) -> FakeAppsBooks:
    """One app that ten devices hold; a request takes few devices, so that several are needed."""
    api = FakeAppsBooks()
    api.service = ServiceConfig(Limits(max_serial_numbers=batch))
    api.own("101", devices=OLD, total=total)
    api.faults.extend(faults)
    return api


def numbers(outcome, *names):
    return tuple(outcome.summary[name] for name in names)


COUNTS = ("associated", "disassociated", "failed", "pending", "not_sent")


class TestPartialFailure:
    def test_is_reported_whole(self):
        api = world(1000, 5, Fault(fails=(NEW[0], NEW[1])), Fault(fails=(NEW[5],), number=9610))
        outcome = run(api, NEW)
        assert outcome.changed
        assert isinstance(outcome.error, PartialError)
        assert numbers(outcome, *COUNTS) == (7, 0, 3, 0, 0)
        assert [
            (group["error_number"], group["serial_numbers"], group["count"]) for group in outcome.extra["failures"]
        ] == [
            (9609, NEW[:2], 2),
            (9610, NEW[5:6], 1),
        ]
        assert outcome.error.message.startswith("7 of 10 assignments are as planned, 3 failed: not possible (9609)")

    def test_one_group_a_reason(self):
        api = world(1000, 5, Fault(fails=(NEW[0],)), Fault(fails=(NEW[5],)))
        (group,) = run(api, NEW).extra["failures"]
        assert group["serial_numbers"] == [NEW[0], NEW[5]]

    def test_diff_shows_only_what_was_done(self):
        api = world(1000, 10, Fault(fails=(NEW[0],)))
        diff = run(api, NEW).diff
        assert diff is not None
        assert diff["after"]["101"] == {"holders": 19, "given": NEW[1:]}

    def test_nothing_done_is_no_change(self):
        outcome = run(world(1000, 10, Fault(fails=tuple(NEW))), NEW)
        assert (outcome.changed, outcome.error is not None) == (False, True)

    def test_without_names_the_count_is_not_known(self):
        outcome = run(world(1000, 10, Fault(fails=(NEW[0],), named=False)), NEW)
        assert outcome.extra["failures"][0]["count"] is None
        assert numbers(outcome, *COUNTS) == (9, 0, 1, 0, 0)

    def test_a_failure_that_may_pass_is_sent_again(self):
        api = world(1000, 10, Fault(fails=(NEW[0],), number=9603))
        outcome = run(api, NEW)
        assert (outcome.changed, outcome.error, outcome.extra["failures"]) == (True, None, [])
        assert api.sent_pairs(ASSOCIATE)[10:] == [("101", NEW[0])]

    def test_a_failure_that_stays_is_not(self):
        api = world(1000, 10, Fault(fails=(NEW[0],)))
        run(api, NEW)
        assert len(api.sent) == 1

    def test_only_the_failures_of_the_last_round_are_told(self):
        api = world(1000, 10, Fault(fails=(NEW[0], NEW[1]), number=9603), Fault(fails=(NEW[1],), number=9609))
        outcome = run(api, NEW)
        (group,) = outcome.extra["failures"]
        assert (group["error_number"], group["serial_numbers"]) == (9609, [NEW[1]])
        assert numbers(outcome, *COUNTS) == (9, 0, 1, 0, 0)

    def test_a_number_is_not_told_twice(self):
        outcome = run(world(1000, 10, REFUSED), NEW)
        assert outcome.error is not None
        assert outcome.error.message.count("9602") == 1

    def test_rounds_end(self):
        api = world(1000, 10, *[Fault(fails=(NEW[0],), number=9603)] * 9)
        outcome = run(api, NEW)
        assert len(api.sent) == 3
        assert numbers(outcome, *COUNTS) == (9, 0, 1, 0, 0)
        assert isinstance(outcome.error, PartialError)

    def test_a_failure_of_what_is_so_is_none(self):
        api = world(1000, 10, Fault(fails=(NEW[0],), number=9616))
        api.before["wait_for_events"] = lambda: api.owned[next(iter(api.owned))].devices.add(NEW[0])
        outcome = run(api, NEW)
        assert (outcome.error, outcome.extra["failures"]) == (None, [])

    def test_a_refused_request_does_not_stop_the_others(self):
        api = world(1000, 5, REFUSED)
        outcome = run(api, NEW)
        assert api.holders("101") == {*OLD, *NEW[5:]}
        assert numbers(outcome, *COUNTS) == (5, 0, 5, 0, 0)
        assert outcome.extra["failures"][0]["error_number"] == 9602
        assert outcome.changed

    def test_all_refused_is_no_change(self):
        api = world(1000, 5, REFUSED, REFUSED)
        outcome = run(api, NEW)
        assert not outcome.changed
        assert outcome.error is not None
        assert "wait_for_events" not in api.calls

    def test_a_refused_request_whose_pairs_are_so_afterwards_changed_something(self):
        api = world(1000, 10, REFUSED)
        api.before["submit"] = lambda: api.owned[next(iter(api.owned))].devices.update(NEW)
        outcome = run(api, NEW)
        assert (outcome.changed, outcome.summary["failed"], outcome.extra["failures"]) == (True, 0, [])


class TestCompleteButNotSo:
    def test_additions(self):
        outcome = run(world(1000, 10, HOLLOW), NEW)
        assert outcome.changed  # Apple says that it did something
        assert numbers(outcome, *COUNTS) == (0, 0, 10, 0, 0)
        assert "Apple reported no failure" in outcome.extra["failures"][0]["reason"]

    def test_a_swap_whose_count_stays_the_same(self):
        # Ten in, ten out: the count is as expected although nothing was done.
        api = world(1000, 10, HOLLOW, HOLLOW)
        outcome = run(api, NEW, **EXCLUSIVE)
        assert outcome.changed  # Apple says that it did something
        assert numbers(outcome, *COUNTS) == (0, 0, 20, 0, 0)

    def test_removals_that_were_to_free_licences(self):
        api = world(10, 10, HOLLOW)
        outcome = run(api, NEW, **EXCLUSIVE)
        assert api.sent_pairs(ASSOCIATE) == []
        assert numbers(outcome, *COUNTS) == (0, 0, 10, 0, 10)
        assert outcome.changed  # Apple says that it did something


class TestLostAnswer:
    @pytest.mark.parametrize("processed", [True, False])
    def test_is_read_before_anything_is_repeated(self, processed):
        api = world(1000, 5, lost(processed))
        outcome = run(api, NEW)
        first, second = (place for place, name in enumerate(api.calls) if name == "submit")
        assert "read_assets" in api.calls[first:second]
        assert (outcome.error, outcome.changed) == (None, True)
        assert api.holders("101") == {*OLD, *NEW}

    def test_what_was_done_is_never_sent_twice(self):
        api = world(1000, 5, lost(processed=True))
        run(api, NEW)
        assert sorted(api.sent_pairs(ASSOCIATE)) == [("101", serial) for serial in NEW]

    def test_time_passes_before_the_read(self):
        api = world(1000, 10, replace(lost(processed=True), polls=1))
        run(api, NEW)
        assert api.clock.elapsed >= 30
        assert len(api.sent) == 1

    def test_removals_are_not_sent_again_for_what_another_gave_back(self):
        api = world(1000, 10, lost(processed=True))
        outcome = run(api, OLD, state="absent", max_removals=10)
        assert len(api.sent_pairs(DISASSOCIATE)) == 10
        assert numbers(outcome, *COUNTS) == (0, 10, 0, 0, 0)

    def test_each_time_is_said_so(self):
        api = world(1000, 10, *[lost(processed=False)] * 3)
        outcome = run(api, NEW)
        assert len(api.sent) == 3
        assert outcome.error is not None
        assert "nothing was changed" in outcome.error.message
        assert "did not answer in time. Run" in outcome.error.message
        assert not outcome.changed

    def test_without_waiting_it_is_told_and_not_repeated(self):
        api = world(1000, 5, lost(processed=True))
        outcome = run(api, NEW, wait=False)
        assert len(api.sent) == 1
        assert outcome.changed
        assert numbers(outcome, *COUNTS) == (0, 0, 0, 5, 5)
        assert outcome.error is not None
        assert "5 were accepted with an outcome not known yet, 5 were not sent" in outcome.error.message


class TestStopped:
    @pytest.mark.parametrize("kind", [TokenError, OwnershipError, LocationError, ThrottledError])
    def test_in_the_middle_of_a_submit(self, kind):
        api = world(1000, 4, OK, closed(kind("Stopped for a reason", error_number=9625)))
        outcome = run(api, NEW)
        assert api.calls[-1] == "request", "nothing more is asked of a location that is closed to us"
        assert outcome.changed
        assert numbers(outcome, *COUNTS) == (0, 0, 0, 4, 6)
        assert outcome.error is not None
        assert outcome.error.error_number == 9625
        assert "Stopped for a reason. Run" in outcome.error.message
        assert outcome.error.facts["pending_events"] == ["event-1"]
        assert [event["event_id"] for event in outcome.events] == ["event-1"]

    def test_a_claim_that_appears_before_the_first_write_stops_it(self):
        api = world(1000, 10)
        api.errors["read_client_config"] = deque([None, OwnershipError("Somebody claims it")])
        outcome = run(api, NEW)
        assert api.writes == []
        assert not outcome.changed
        assert outcome.error is not None
        assert "Somebody claims it" in outcome.error.message

    def test_at_the_first_request_nothing_was_changed(self):
        api = world(1000, 5, closed(TokenError("Revoked")))
        outcome = run(api, NEW)
        assert not outcome.changed
        assert outcome.error is not None
        assert outcome.error.message.startswith("The task stopped, and nothing was changed. Revoked.")

    def test_before_the_first_request(self):
        api = world()
        api.errors["submit"] = deque([TokenError("Revoked")])
        outcome = run(api, NEW)
        assert (outcome.changed, numbers(outcome, *COUNTS)) == (False, (0, 0, 0, 0, 10))

    def test_while_waiting_the_events_are_told(self):
        api = world(1000, 5)
        api.errors["wait_for_events"] = deque([TokenError("Revoked")])
        outcome = run(api, NEW)
        assert outcome.changed
        assert [event["event_status"] for event in outcome.events] == ["PENDING", "PENDING"]
        assert numbers(outcome, *COUNTS) == (0, 0, 0, 10, 0)

    def test_the_read_afterwards_fails(self):
        api = world(1000, 5)
        api.errors["read_assets"] = deque([None, TransportError("Cannot read the assets: no connection")])
        outcome = run(api, NEW)
        assert outcome.changed
        assert [event["event_status"] for event in outcome.events] == [COMPLETE, COMPLETE]
        assert numbers(outcome, *COUNTS) == (0, 0, 0, 10, 0)
        assert outcome.error is not None
        assert "10 were accepted with an outcome not known yet" in outcome.error.message

    def test_in_a_later_round_the_earlier_ones_count(self):
        api = world(1000, 10, Fault(fails=(NEW[0],), number=9603))
        api.errors["wait_for_events"] = deque([None, TokenError("Revoked")])
        outcome = run(api, NEW)
        assert numbers(outcome, *COUNTS) == (9, 0, 0, 1, 0)

    def test_no_connection_stops_the_rest_and_the_state_is_read(self):
        api = world(1000, 4, OK, closed(TransportError("no connection")))
        outcome = run(api, NEW)
        assert numbers(outcome, *COUNTS) == (4, 0, 0, 0, 6)
        assert outcome.changed

    def test_an_error_of_the_service_while_reading_is_reported(self):
        api = world(1000, 10, Fault(fails=(NEW[0],)))
        api.errors["walk_assignments"] = deque([None, ServiceError("Cannot read: broken", http_status=500)])
        outcome = run(api, NEW)
        assert outcome.error is not None
        assert outcome.error.http_status == 500
        assert outcome.changed


class TestEvents:
    def test_pending_for_a_while_is_waited_for(self):
        api = world(1000, 10, Fault(polls=5))
        outcome = run(api, NEW)
        assert outcome.error is None
        assert api.clock.elapsed == 150

    def test_a_time_out_names_the_events_and_tells_what_is_done(self):
        api = world(1000, 5, OK, STUCK)
        outcome = run(api, NEW)
        assert isinstance(outcome.error, PendingError)
        assert outcome.error.facts["pending_events"] == ["event-2"]
        assert outcome.changed
        assert numbers(outcome, *COUNTS) == (5, 0, 0, 5, 0)
        assert api.clock.elapsed == 900

    def test_an_event_that_did_its_work_and_is_not_over_is_counted_once(self):
        api = world(1000, 10, STUCK)
        api.before["read_assets"] = lambda: api.sent and api.owned[next(iter(api.owned))].devices.update(NEW[:4])
        outcome = run(api, NEW)
        assert numbers(outcome, *COUNTS) == (4, 0, 0, 6, 0)

    def test_failures_beside_a_time_out_are_told_apart(self):
        outcome = run(world(1000, 5, Fault(fails=(NEW[0],)), STUCK), NEW)
        assert numbers(outcome, *COUNTS) == (4, 0, 1, 5, 0)
        assert outcome.error is not None
        assert "4 of 10 assignments are as planned, 5 were accepted" in outcome.error.message

    @pytest.mark.parametrize("fault", [GONE, GONE_UNDONE])
    def test_an_event_that_is_no_longer_known_is_answered_by_reading(self, fault):
        api = world(1000, 10, fault)
        assert run(api, NEW).error is None
        assert api.holders("101") == {*OLD, *NEW}
        assert len(api.sent) == (1 if fault is GONE else 2)

    def test_not_waited_for(self):
        api = world(1000, 5, STUCK, STUCK)
        outcome = run(api, NEW, wait=False)
        assert (outcome.error, outcome.changed) == (None, True)
        assert [event["event_status"] for event in outcome.events] == ["PENDING", "PENDING"]
        assert numbers(outcome, *COUNTS) == (0, 0, 0, 10, 0)
        assert "wait_for_events" not in api.calls
        assert api.clock.elapsed == 0

    def test_not_waited_for_but_refused(self):
        outcome = run(world(1000, 5, OK, REFUSED), NEW, wait=False)
        assert isinstance(outcome.error, PartialError)
        assert numbers(outcome, *COUNTS) == (0, 0, 5, 5, 0)

    def test_those_of_an_earlier_run_are_waited_for_before_anything_is_read(self):
        api = world(1000, 10, Fault(polls=3))
        run(api, NEW, wait=False)
        api.log.clear()
        outcome = run(api, NEW, request={"events": ("event-1",)})
        assert api.calls.index("wait_for_events") < api.calls.index("read_assets")
        assert (outcome.changed, api.writes) == (False, [])

    def test_those_of_an_earlier_run_that_are_not_over_stop_the_task(self):
        api = world(1000, 10, STUCK)
        run(api, NEW, wait=False)
        api.log.clear()
        with pytest.raises(PendingError, match="1 of the 1 events"):
            run(api, NEW, request={"events": ("event-1",)})
        assert api.writes == []

    def test_those_of_an_earlier_run_that_nobody_knows_do_not(self):
        assert run(world(), NEW, request={"events": ("long-gone",)}).error is None


class TestRemovalsFirst:
    def test_additions_wait_for_the_licences(self):
        api = world(10, 10, Fault(polls=2))
        outcome = run(api, NEW, **EXCLUSIVE)
        assert [request.verb for request in api.sent] == [DISASSOCIATE, ASSOCIATE]
        assert api.calls.count("submit") == 2
        assert (outcome.error, api.holders("101")) == (None, set(NEW))

    def test_all_at_once_where_there_are_enough(self):
        api = world(20, 10)
        run(api, NEW, **EXCLUSIVE)
        assert api.calls.count("submit") == 1

    @pytest.mark.parametrize(
        "fault",
        [Fault(fails=(OLD[0],)), STUCK, closed(TokenError("Revoked")), REFUSED],
        ids=["failed", "pending", "token", "refused"],
    )
    def test_no_addition_when_the_removals_are_not_complete(self, fault):
        api = world(10, 10, fault)
        outcome = run(api, NEW, **EXCLUSIVE)
        assert api.sent_pairs(ASSOCIATE) == []
        assert outcome.summary["not_sent"] >= 10
        assert outcome.error is not None

    def test_an_asset_whose_removals_are_complete_goes_on(self):
        api = world(10, 10)
        api.own("102", devices=OLD, total=10)
        api.service = ServiceConfig(Limits(max_assets=1, max_serial_numbers=10))
        api.faults.append(Fault(fails=(OLD[0],)))
        outcome = run(api, NEW, **EXCLUSIVE)
        assert {adam_id for adam_id, _serial in api.sent_pairs(ASSOCIATE)} == {"102"}
        assert numbers(outcome, *COUNTS) == (10, 19, 1, 0, 10)

    def test_a_failed_removal_that_is_not_needed_holds_nothing_up(self):
        api = world(12, 10, Fault(fails=(OLD[0],)))
        outcome = run(api, serials(11, 10), **EXCLUSIVE)
        assert numbers(outcome, *COUNTS) == (11, 9, 1, 0, 0)

    def test_a_removal_that_may_pass_is_sent_again_before_the_additions(self):
        api = world(10, 10, Fault(fails=(OLD[0],), number=9603))
        outcome = run(api, NEW, **EXCLUSIVE)
        assert [request.verb for request in api.sent] == [DISASSOCIATE, DISASSOCIATE, ASSOCIATE]
        assert outcome.error is None


class TestRounds:
    def test_removals_never_go_beyond_the_first_plan(self):
        api = world(1000, 10, Fault(fails=(OLD[0],), number=9603))
        # Ten more get the app from somebody else meanwhile: they are no part of this plan.
        api.before["wait_for_events"] = lambda: api.owned[next(iter(api.owned))].devices.update(serials(10, 50))
        run(api, NEW, **EXCLUSIVE)
        assert {serial for _adam_id, serial in api.sent_pairs(DISASSOCIATE)} == set(OLD)
        assert set(serials(10, 50)) <= api.holders("101")

    def test_what_others_change_between_read_and_write_is_seen(self):
        api = world(20, 10)
        api.before["submit"] = lambda: api.owned[next(iter(api.owned))].devices.update(serials(5, 50))
        outcome = run(api, NEW)
        assert numbers(outcome, *COUNTS) == (5, 0, 5, 0, 0)
        assert outcome.extra["failures"][0]["error_number"] == 9709


class TestCounts:
    def test_exact_ones_spare_a_read(self):
        api = world()
        run(api, NEW)
        assert api.calls.count("walk_assignments") == 1

    def test_those_that_lag_make_it_read(self):
        api = world()
        api.freeze_counts()
        outcome = run(api, NEW)
        assert api.calls.count("walk_assignments") == 2
        assert (outcome.error, outcome.summary["associated"]) == (None, 10)

    def test_none_before_and_none_after_is_still_read(self):
        api = FakeAppsBooks()
        api.own("101")
        api.freeze_counts()
        assert run(api, NEW).error is None
        assert api.calls.count("walk_assignments") == 1


class TestUnstable:
    def test_additions_proceed_and_removals_stop(self):
        api = world()
        api.before["walk_assignments"] = lambda: setattr(api, "shaky", 1)
        outcome = run(api, NEW, **EXCLUSIVE)
        assert api.holders("101") == {*OLD, *NEW}
        assert api.sent_pairs(DISASSOCIATE) == []
        assert outcome.changed
        assert outcome.error is not None
        assert outcome.error.message.startswith("10 licences are not taken back by this task")

    def test_removals_alone_stop_the_task(self):
        api = world()
        api.before["walk_assignments"] = lambda: setattr(api, "shaky", 1)
        with pytest.raises(Exception, match="kept changing"):
            run(api, OLD, state="absent", max_removals=10)
        assert api.writes == []

    def test_a_list_of_assets_that_keeps_changing_stops_removals_too(self):
        api = world()
        api.shaky = 1
        run(api, NEW, **EXCLUSIVE)
        assert api.sent_pairs(DISASSOCIATE) == []

    def test_absence_from_a_changing_list_is_no_proof_of_removal(self):
        api = world(1000, 10, Fault(fails=(OLD[0],)))
        api.overlooked = {OLD[0]}
        api.before["wait_for_events"] = lambda: setattr(api, "shaky", 2)
        outcome = run(api, OLD, state="absent", max_removals=10)
        assert OLD[0] in api.holders("101")
        assert outcome.error is not None
        assert "as far as can be seen" in outcome.error.message

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for events on fake time."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    TokenError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    COMPLETE,
    FAILED,
    PENDING,
    UNKNOWN,
    AssignmentRequest,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import PAGES, WRITE, World


def start(world: World, count: int) -> list[str]:
    with world.client() as client:
        return [item.event_id or "" for item in client.submit([WRITE] * count)]


def test_a_partly_failed_event_names_its_targets(world: World) -> None:
    request = AssignmentRequest(ASSOCIATE, (PAGES,), ("TESTA00004",), ("nobody",))
    with world.client() as client:
        (done,) = client.submit([request])
        (event,) = client.wait_for_events([done.event_id or ""], poll_interval=30, timeout=600)
    assert (event.status, event.num_requested) == (FAILED, 2)
    assert event.failures[0].error_number == 9609
    assert event.failures[0].client_user_ids == ("nobody",)


def test_waiting_needs_about_one_question_an_event(world: World) -> None:
    world.switch(event_seconds=100, pending_polls=0)
    ids = start(world, 60)
    begin = world.clock.monotonic()
    with world.client() as client:
        events = client.wait_for_events(ids, poll_interval=30, timeout=600)
    assert {event.status for event in events} == {COMPLETE}
    assert len(world.sent("/status")) <= 60 + 10
    assert world.clock.monotonic() - begin < 100 + 30 + 10


def test_one_event_is_asked_once_an_interval(world: World) -> None:
    world.switch(events_finish=False)
    (event_id,) = start(world, 1)
    moments: list[float] = []
    answer = world.app.handle
    world.app.handle = lambda request: (moments.append(world.clock.monotonic()), answer(request))[1]  # type: ignore
    with world.client() as client:
        (event,) = client.wait_for_events([event_id], poll_interval=30, timeout=1200)
    assert event.status == PENDING
    asked = moments[1:]  # the first one read the configuration
    waits = [later - earlier for earlier, later in pairwise(asked)]
    waits = [wait for wait in waits if wait > 1]  # the configuration is read again every five minutes
    assert min(waits) > 29
    assert max(waits) < 31


@pytest.mark.parametrize("seconds", [2, 36, 171, 461, 551])
def test_the_wait_ends_one_interval_after_the_event_at_the_latest(world: World, seconds: int) -> None:
    world.switch(event_seconds=seconds, pending_polls=0)
    begin = world.clock.monotonic()
    ids = start(world, 3)
    with world.client() as client:
        events = client.wait_for_events(ids, poll_interval=30, timeout=900)
    assert {event.status for event in events} == {COMPLETE}
    assert world.clock.monotonic() - begin - seconds < 31  # and a second for the requests themselves


def test_an_event_that_the_service_forgot_is_unknown(world: World) -> None:
    with world.client() as client:
        (event,) = client.wait_for_events(["never-heard-of"], poll_interval=1, timeout=10)
    assert (event.status, event.failures) == (UNKNOWN, ())


def test_at_the_time_out_all_are_asked_a_last_time(world: World) -> None:
    world.switch(pending_polls=0)
    world.fault("event_pending_forever", "/assets/associate")
    ids = start(world, 4)
    with world.client() as client:
        events = client.wait_for_events([*ids, ids[1]], poll_interval=10, timeout=60)
    assert sorted(event.status for event in events) == [COMPLETE] * 4 + [PENDING]
    assert [event.event_id for event in events] == [*ids, ids[1]]


def test_a_transient_error_while_polling_is_survived(world: World) -> None:
    ids = start(world, 2)
    world.fault("status", "/status", times=12, error_number=9603)
    world.fault("lost_answer", "/status", times=4)
    with world.client() as client:
        events = client.wait_for_events(ids, poll_interval=10, timeout=600)
    assert [event.status for event in events] == [COMPLETE, COMPLETE]


def test_an_error_about_the_event_itself_makes_it_unknown(world: World) -> None:
    ids = start(world, 1)
    world.fault("unknown_error", "/status", error_number=9999)
    with world.client() as client:
        (event,) = client.wait_for_events(ids, poll_interval=10, timeout=600)
    assert event.status == UNKNOWN
    assert event.failures[0].error_number == 9999


def test_a_dead_token_ends_the_wait(world: World) -> None:
    ids = start(world, 1)
    world.fault("token", "/status", action="revoke")
    with world.client() as client, pytest.raises(TokenError):
        client.wait_for_events(ids, poll_interval=10, timeout=600)


def test_no_events_no_questions(world: World) -> None:
    with world.client() as client:
        assert client.wait_for_events([], poll_interval=30, timeout=600) == []
        assert client.submit([]) == []
    assert world.sent("/status") == []
    assert world.clock.monotonic() < 1

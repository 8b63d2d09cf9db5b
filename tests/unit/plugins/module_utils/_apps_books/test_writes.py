# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes against the sandbox: order, repetition, lost answers, changed limits."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    AssetError,
    OutcomeUnknownError,
    ServiceError,
    ThrottledError,
    TransportError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    COMPLETE,
    DISASSOCIATE,
    AssignmentRequest,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import (
    BOOK,
    PAGES,
    WORD,
    WRITE,
    World,
)


def test_results_come_in_the_order_of_the_requests(world: World) -> None:
    requests = [
        AssignmentRequest(ASSOCIATE, (PAGES,), ("TESTA00003",)),
        AssignmentRequest(ASSOCIATE, (BOOK,), ("TESTA00003",)),  # a book is not for devices
        AssignmentRequest(DISASSOCIATE, (PAGES,), ("TESTA00001",), ("u-0001",)),
        AssignmentRequest(ASSOCIATE, (WORD, PAGES), ("TESTA00004", "TESTA00005")),
    ]
    with world.client() as client:
        done = client.submit(requests)
        assert [item.request for item in done] == requests
        assert [item.event_id is not None for item in done] == [True, False, True, True]
        assert isinstance(done[1].error, AssetError)
        ids = [item.event_id for item in done if item.event_id]
        events = client.wait_for_events(ids, poll_interval=1, timeout=60)
        assert [event.event_id for event in events] == ids
        assert [event.num_requested for event in events] == [1, 2, 4]
        assert {event.status for event in events} == {COMPLETE}
    assert sorted(world.sent("/assets/associate", "POST")) == [200, 200, 400]


@pytest.mark.parametrize("number", [9603, 9644, 9646, 9729])
def test_a_write_refused_in_passing_is_sent_again(world: World, number: int) -> None:
    world.fault("status", "/assets/associate", error_number=number)
    with world.client() as client:
        assert client.submit([WRITE])[0].event_id
    assert len(world.sent("/assets/associate", "POST")) == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_answer"},
        {"kind": "reset_before"},
        {"kind": "truncated_body"},
        {"kind": "not_json"},
        {"kind": "status", "status": 502},
        {"kind": "status", "status": 504},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503},
    ],
)
def test_a_write_with_a_lost_answer_is_sent_once_and_stops_the_rest(world: World, fault: dict[str, object]) -> None:
    world.fault(path="/assets/associate", times=None, **fault)  # type: ignore[arg-type]
    with world.client() as client:
        done = client.submit([WRITE] * 40)
    posts = len(world.sent("/assets/associate", "POST"))
    lost = [item for item in done if isinstance(item.error, OutcomeUnknownError)]
    assert len(lost) == posts <= 6, "those under way, no more"
    assert done[0] in lost
    assert done[-1].error is None
    assert done[-1].event_id is None


def test_too_many_serials_surface_with_their_number_and_limits_are_read_again(world: World) -> None:
    with world.client() as client:
        client.read_service_config()
        world.switch(limits={"maxSerialNumbers": 1})
        (done,) = client.submit([AssignmentRequest(ASSOCIATE, (PAGES,), ("TESTA00004", "TESTA00005"))])
        assert done.error.__class__ is ServiceError
        assert done.error.error_number == 9702
        assert client.read_service_config().limits.max_serial_numbers == 1


@pytest.mark.parametrize("number", [9634, None])
def test_gone_reads_the_configuration_again_and_tries_once(world: World, number: int | None) -> None:
    gone = {"status": 410} if number is None else {"error_number": number}
    world.fault("status", "/assets/associate", **gone)
    with world.client() as client:
        assert client.submit([WRITE])[0].event_id
        world.fault("status", "/assets/associate", times=None, **gone)
        (done,) = client.submit([WRITE])
    assert isinstance(done.error, ServiceError)
    assert world.sent("/service/config") == [200] * 3
    assert world.sent("/assets/associate", "POST") == [410, 200, 410, 410]


def test_throttling_without_end_stops_the_rest(world: World) -> None:
    world.fault("status", "/assets/associate", times=None, error_number=9646, retry_after=600)
    with world.client() as client:
        done = client.submit([WRITE] * 40)
    assert isinstance(done[0].error, ThrottledError)
    assert "600 s" in done[0].error.message
    assert done[-1].error is None
    assert len(world.sent("/assets/associate", "POST")) <= 5


def test_a_redirect_is_refused(world: World) -> None:
    world.fault("redirect", "/assets", url="https://evil.example/x")
    world.fault("redirect", "/assets/associate", url="http://localhost/mdm/v2/assets/associate", status=308)
    with world.client() as client:
        with pytest.raises(TransportError, match=r"refused redirect to host evil\.example"):
            client.read_assets()
        (done,) = client.submit([WRITE])
    assert isinstance(done.error, TransportError)
    assert "refused redirect of a write" in done.error.message

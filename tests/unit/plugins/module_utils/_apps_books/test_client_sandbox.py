# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation against the sandbox, its switches and its faults."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    AssetError,
    LocationError,
    OutcomeUnknownError,
    OwnershipError,
    ServiceError,
    ThrottledError,
    TokenError,
    TransportError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    COMPLETE,
    DISASSOCIATE,
    FAILED,
    PENDING,
    UNKNOWN,
    AssetKey,
    AssignmentQuery,
    AssignmentRequest,
    ClientConfigChange,
    MdmInfo,
    Secret,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import Sink, World

EVERYTHING = AssignmentQuery()
PAGES, WORD, BOOK = AssetKey("361309726"), AssetKey("586447913"), AssetKey("900000001")
WRITE = AssignmentRequest(ASSOCIATE, (PAGES,), ("TESTA00005",))
CLAIM = MdmInfo("our-id", "Ours", "1")


@pytest.fixture
def world() -> World:
    return World()


# Reading


def test_the_configuration_is_read_once_in_five_minutes(world: World) -> None:
    with world.client() as client:
        client.read_service_config()
        client.read_client_config()
        world.clock.advance(299)
        client.read_client_config()
        assert world.sent("/service/config") == [200]
        world.clock.advance(2)
        world.switch(limits={"maxAssets": 7})
        client.read_client_config()
        assert client.read_service_config().limits.max_assets == 7
    assert world.sent("/service/config") == [200, 200]


def test_client_config_and_expiry(world: World) -> None:
    with world.client() as client:
        assert client.token_expiration_date is None
        config = client.read_client_config()
        assert (config.uid, config.country, config.default_platform) == ("7700000000000042", "NZ", "volumestore")
        assert config.mdm_info is None
        assert client.token_expiration_date == config.token_expiration_date
        assert str(client.token_expiration_date) == "2031-03-02 09:15:00+00:00"


def test_assets_are_sorted_by_key_over_pages(world: World) -> None:
    world.switch(page_size=2)
    with world.client() as client:
        assets, walk = client.read_assets()
    assert (walk.stable, walk.pages, walk.rows) == (True, 4, 7)
    keys = [asset.key for asset in assets]
    assert keys == sorted(keys)
    assert AssetKey("900000001", "PLUS") in keys
    pages = next(asset for asset in assets if asset.key == PAGES)
    assert pages.unlimited
    assert pages.assigned_count == 3


def test_assignments_filtered(world: World) -> None:
    with world.client() as client:
        wanted = {
            EVERYTHING: 5,
            AssignmentQuery(asset=PAGES): 3,
            AssignmentQuery(serial_number="TESTA00001"): 2,
            AssignmentQuery(client_user_id="u-0001"): 2,
            AssignmentQuery(asset=WORD): 0,
        }
        sinks = [Sink() for _ in wanted]
        walks = client.walk_assignments(list(zip(wanted, sinks, strict=True)))
        assert [len(sink.rows) for sink in sinks] == list(wanted.values())
        assert [(walk.rows, walk.stable) for walk in walks] == [(rows, True) for rows in wanted.values()]
        assert client.walk_assignments([]) == []


def test_a_large_walk_is_whole_paced_and_free_of_429() -> None:
    world = World("generated", {"apps": "5", "devices": "2000", "people": "0", "drift": "0"})
    with world.client() as client:
        sink = Sink()
        (walk,) = client.walk_assignments([(EVERYTHING, sink)])
    assert (walk.rows, len(set(sink.rows)), walk.stable, walk.pages) == (10_000, 10_000, True, 19)
    assert world.sent("/assignments") == [200] * 19
    assert world.clock.monotonic() == pytest.approx(19 / (0.97 * 15), rel=0.01)


@pytest.mark.parametrize("count", [0, 30, -30])
def test_a_change_in_mid_walk_restarts_it(count: int) -> None:
    world = World("generated", {"apps": "2", "devices": "100", "people": "0", "drift": "0.5"})
    world.switch(page_size=10)
    world.fault("version_change", "/assignments", after=4, count=count)
    with world.client() as client:
        sink = Sink()
        (walk,) = client.walk_assignments([(EVERYTHING, sink)])
    assert (walk.stable, sink.begun, len(sink.rows)) == (True, 2, walk.rows)
    total = world.control("GET", "/locations/main/assignments")["assignments"]
    assert len(set(sink.rows)) == len(total)


def test_a_data_set_that_never_rests_is_read_and_called_unstable() -> None:
    world = World("generated", {"apps": "2", "devices": "100", "people": "0", "drift": "0.5"})
    world.switch(page_size=10)
    world.fault("version_change", "/assignments", times=None, count=-1)
    with world.client() as client:
        sink = Sink()
        (walk,) = client.walk_assignments([(EVERYTHING, sink)])
    assert not walk.stable
    assert sink.begun == 3
    assert len(sink.rows) == walk.rows > 0


@pytest.mark.parametrize("kind", ["reset_before", "lost_answer", "truncated_body"])
def test_a_broken_read_is_repeated(world: World, kind: str) -> None:
    world.fault(kind, "/assignments", times=2)
    with world.client() as client:
        assert client.walk_assignments([(EVERYTHING, Sink())])[0].rows == 5


@pytest.mark.parametrize("number", [9603, 9644, 9646, 9729])
@pytest.mark.parametrize("form", [{}, {"retry_after": 3}, {"retry_after": 3, "retry_after_form": "date"}])
def test_a_passing_error_is_waited_for(world: World, number: int, form: dict[str, object]) -> None:
    world.fault("status", "/assignments", times=2, error_number=number, **form)
    with world.client() as client:
        assert client.walk_assignments([(EVERYTHING, Sink())])[0].rows == 5
    assert len(world.sent("/assignments")) == 3
    assert world.clock.monotonic() >= (5.9 if form else 3)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_in_html_is_waited_for(world: World, status: int) -> None:
    world.fault("status", "/assignments", status=status)
    with world.client() as client:
        assert client.walk_assignments([(EVERYTHING, Sink())])[0].rows == 5


def test_unknown_fields_are_ignored_everywhere(world: World) -> None:
    world.fault("extra_fields", times=None)
    with world.client() as client:
        config = client.read_client_config()
        assets, _walk = client.read_assets()
        client.walk_assignments([(EVERYTHING, Sink())])
        assert client.lookup_metadata(assets, config)[PAGES.adam_id].name == "Pages"
        assert client.search_bundle_id("com.apple.Pages", config)[0].adam_id == PAGES.adam_id
        done = client.submit([WRITE])
        ids = [item.event_id or "" for item in done]
        assert client.wait_for_events(ids, poll_interval=1, timeout=60)[0].status == COMPLETE


def test_not_json_is_one_sentence(world: World) -> None:
    world.fault("not_json", "/client/config", times=None)
    with world.client() as client, pytest.raises(ServiceError, match="not JSON"):
        client.read_client_config()


# The token, the location and its owner


@pytest.mark.parametrize("mode", ["401", "200"])
def test_an_unknown_token(world: World, mode: str) -> None:
    world.switch(invalid_token=mode)
    refused = pytest.raises(TokenError, match=r"\.vpptoken")
    with world.client(token=Secret("bm90LWEtdG9rZW4=")) as client, refused as caught:
        client.read_client_config()
    assert caught.value.error_number == 9622


@pytest.mark.parametrize(("action", "number"), [("revoke", 9625), ("expire", 9621)])
def test_a_token_that_dies_in_mid_run(world: World, action: str, number: int) -> None:
    with world.client() as client:
        client.read_client_config()
        world.control("POST", "/locations/main/token", {"action": action})
        with pytest.raises(TokenError, match="download a new content token") as caught:
            client.read_assets()
        assert caught.value.error_number == number


@pytest.mark.parametrize(
    ("action", "number", "kind"),
    [("legacy", 9647, TokenError), ("facilitator", 9637, TokenError), ("read_only", 9602, ServiceError)],
)
def test_a_token_without_the_right_to_write(world: World, action: str, number: int, kind: type) -> None:
    world.control("POST", "/locations/main/token", {"action": action})
    with world.client() as client:
        (done,) = client.submit([WRITE])
    assert type(done.error) is kind
    assert getattr(done.error, "error_number", 0) == number


def test_our_own_claim_changes_what_is_expected(world: World) -> None:
    with world.client() as client:
        client.read_client_config()
        assert client.write_client_config(ClientConfigChange(mdm_info=CLAIM)).mdm_info == CLAIM
        client.read_assets()
        client.write_client_config(ClientConfigChange(notification_types=("ASSET_COUNT",)))


def test_a_claim_that_appears_in_mid_run_stops_everything(world: World) -> None:
    theirs = {"id": "theirs", "name": "Another product", "metadata": ""}
    world.fault("claim", "/assets/associate", mdm_info=theirs)
    requests = [AssignmentRequest(ASSOCIATE, (PAGES,), (f"TESTA{n:05d}",)) for n in range(100, 130)]
    with world.client() as client:
        client.read_client_config()
        done = client.submit(requests)
    assert isinstance(done[0].error, OwnershipError)
    assert "Another product" in str(done[0].error)
    assert done[0].event_id, "it was accepted: the event must be followed"
    assert done[-1].event_id is None
    assert done[-1].error is None


@pytest.mark.parametrize("mode", ["absent", "null"])
def test_no_claim_at_all(world: World, mode: str) -> None:
    world.switch(unclaimed_mdm_info=mode)
    with world.client() as client:
        assert client.read_client_config().mdm_info is None
        client.read_assets()


def test_another_location_under_the_run(world: World) -> None:
    with world.client() as client:
        client.read_client_config()
        world.app.world.locations["main"].uid = "7700000000000099"
        with pytest.raises(LocationError, match="7700000000000099"):
            client.read_assets()


def test_a_lost_answer_to_a_claim_leaves_both_owners_possible(world: World) -> None:
    world.fault("lost_answer", "/client/config", after=1)
    with world.client() as client:
        client.read_client_config()
        with pytest.raises(OutcomeUnknownError):
            client.write_client_config(ClientConfigChange(mdm_info=CLAIM))
        assert client.read_client_config().mdm_info == CLAIM


# Writing


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
        assert type(done.error) is ServiceError
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


# Waiting


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


def test_one_event_is_never_asked_faster_than_the_interval(world: World) -> None:
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
    assert max(waits) < 61
    assert waits[-1] > waits[0]


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

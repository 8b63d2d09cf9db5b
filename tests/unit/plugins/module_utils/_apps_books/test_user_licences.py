# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences of people against the sandbox: packed, sent, waited for, read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.client import AppsBooksClient
from ansible_collections.openmdm.vpp.plugins.module_utils._core.batch import most_targets, pack, requests
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import AssetError, ServiceError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.holdings import Holdings
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    COMPLETE,
    DISASSOCIATE,
    FAILED,
    AssetKey,
    AssignmentQuery,
    AssignmentRequest,
    Event,
    Limits,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import USERS, TargetIndex
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import RETIRE, UserFields, UserRequest
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import (
    BOOK,
    EVERYTHING,
    PAGES,
    WORD,
    Sink,
    World,
)

PEOPLE = ("u-0001", "u-0002", "u-0003")


def send(client: AppsBooksClient, *wanted: AssignmentRequest) -> list[Event]:
    done = client.submit(wanted)
    assert [item.error for item in done] == [None] * len(wanted)
    return client.wait_for_events([item.event_id or "" for item in done], poll_interval=1, timeout=60)


def packed(
    verb: str, need: Mapping[AssetKey, int], index: TargetIndex, limits: Limits | None = None
) -> list[AssignmentRequest]:
    limits = limits or Limits()
    return requests(verb, pack(need, limits.max_assets, most_targets(limits, USERS)), index, USERS)


def holders(client: AppsBooksClient, key: AssetKey) -> set[str]:
    sink = Sink()
    client.walk_assignments([(AssignmentQuery(asset=key), sink)])
    return {person for _adam, _pricing, _serial, person in sink.rows if person}


def test_there_and_back(world: World) -> None:
    index = TargetIndex(PEOPLE)
    with world.client() as client:
        wanted = packed(ASSOCIATE, {WORD: 0b111, BOOK: 0b111}, index)
        assert wanted == [AssignmentRequest(ASSOCIATE, (WORD, BOOK), client_user_ids=PEOPLE)]
        (event,) = send(client, *wanted)
        assert (event.status, event.type, event.num_requested) == (COMPLETE, "ASSOCIATE", 6)
        assert holders(client, WORD) == holders(client, BOOK) == set(PEOPLE)
        (event,) = send(client, *packed(DISASSOCIATE, {WORD: 0b011}, index))
        assert (event.status, event.type) == (COMPLETE, "DISASSOCIATE")
        assert holders(client, WORD) == {"u-0003"}


def test_people_and_devices_are_told_apart(world: World) -> None:
    people, devices = TargetIndex(PEOPLE), TargetIndex(["TESTA00001", "TESTA00002"])
    found = Holdings(devices, people)
    with world.client() as client:
        client.walk_assignments([(EVERYTHING, found.part()), (AssignmentQuery(client_user_id="u-0001"), found.part())])
    assert people.names(found.users(PAGES)) == ["u-0001"]
    assert people.names(found.users(BOOK)) == ["u-0001"]
    assert devices.names(found.devices(PAGES)) == ["TESTA00001", "TESTA00002"]


def test_the_limit_of_people_holds_and_not_that_of_devices() -> None:
    world = World("generated", {"apps": "3", "devices": "1", "people": "100", "drift": "1"})
    world.switch(limits={"maxClientUserIds": 7, "maxSerialNumbers": 1})
    with world.client() as client:
        limits = client.read_service_config().limits
        users, _walk = client.read_users()
        index = TargetIndex(user.client_user_id for user in users)
        assets, _walk = client.read_assets()
        everyone = (1 << len(index)) - 1
        wanted = packed(ASSOCIATE, {asset.key: everyone for asset in assets}, index, limits)
        assert max(len(request.client_user_ids) for request in wanted) == 7
        assert len(wanted) == -(-len(index) // 7)
        assert {event.status for event in send(client, *wanted)} == {COMPLETE}
        for asset in assets:
            assert holders(client, asset.key) == set(index.ids)


def test_9701_too_many_people(world: World) -> None:
    with world.client() as client:
        client.read_service_config()
        world.switch(limits={"maxClientUserIds": 2})
        (done,) = client.submit([AssignmentRequest(ASSOCIATE, (PAGES,), client_user_ids=PEOPLE)])
        assert isinstance(done.error, ServiceError)
        assert done.error.error_number == 9701
        assert client.read_service_config().limits.max_client_user_ids == 2


def test_9609_nobody_of_that_id_at_once_or_in_the_event(world: World) -> None:
    request = AssignmentRequest(ASSOCIATE, (WORD,), client_user_ids=("u-0001", "nobody"))
    with world.client() as client:
        (event,) = send(client, request)
        assert (event.status, event.failures[0].error_number) == (FAILED, 9609)
        assert event.failures[0].client_user_ids == ("nobody",)
        assert holders(client, WORD) == {"u-0001"}
        world.switch(unknown_user="sync_9609")
        (done,) = client.submit([request])
    assert isinstance(done.error, ServiceError)
    assert done.error.error_number == 9609


def test_9709_not_enough_for_all_people(world: World) -> None:
    procreate = AssetKey("425073498")
    with world.client() as client:
        (event,) = send(client, AssignmentRequest(ASSOCIATE, (procreate,), client_user_ids=PEOPLE))
        assert [failure.error_number for failure in event.failures] == [9709]
        assert event.failures[0].client_user_ids == ("u-0003",)
        assert holders(client, procreate) == {"u-0001", "u-0002"}


def test_9706_a_book_is_never_taken_back(world: World) -> None:
    with world.client() as client:
        (done,) = client.submit([AssignmentRequest(DISASSOCIATE, (BOOK,), client_user_ids=("u-0001",))])
        assert isinstance(done.error, AssetError)
        assert done.error.error_number == 9706
        assert holders(client, BOOK) == {"u-0001"}


@pytest.mark.parametrize(("position", "status"), [("allowed", COMPLETE), ("refused", FAILED)])
def test_a_licence_for_somebody_who_has_not_accepted(world: World, position: str, status: str) -> None:
    world.switch(registered_user=position)
    with world.client() as client:
        (event,) = send(client, AssignmentRequest(ASSOCIATE, (WORD,), client_user_ids=("u-0002",)))
    assert event.status == status


def test_who_retires_gives_back_what_can_be_given_back(world: World) -> None:
    with world.client() as client:
        (done,) = client.submit_users([UserRequest(RETIRE, (UserFields("u-0001"),))])
        client.wait_for_events([done.event_id or ""], poll_interval=1, timeout=60)
        assert (holders(client, PAGES), holders(client, BOOK)) == (set(), {"u-0001"})

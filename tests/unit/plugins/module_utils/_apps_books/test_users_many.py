# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many people against the sandbox: answers that are lost, lists that are stopped, and the number of requests."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.batch_users import pack_users
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import OutcomeUnknownError, TokenError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import COMPLETE
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    CREATE,
    UserFields,
    UserRequest,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import World

NEW = UserFields("u-0100", "hana@harbour.example")


@pytest.mark.parametrize("path", ["/users/create", "/users/update", "/users/retire"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_answer"},
        {"kind": "reset_before"},
        {"kind": "truncated_body"},
        {"kind": "not_json"},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 504},
    ],
)
def test_a_write_with_a_lost_answer_is_sent_once_and_stops_the_rest(
    world: World, path: str, fault: dict[str, object]
) -> None:
    world.fault(path=path, times=None, **fault)  # type: ignore[arg-type]
    verb = path.rpartition("/")[2]
    with world.client() as client:
        done = client.submit_users([UserRequest(verb, (UserFields("u-0002"),))] * 40)
    posts = len(world.sent(path, "POST"))
    lost = [item for item in done if isinstance(item.error, OutcomeUnknownError)]
    assert len(lost) == posts <= 6, "those under way, no more"
    assert done[0] in lost
    assert (done[-1].error, done[-1].event_id) == (None, None)


def test_a_dead_token_stops_the_rest(world: World) -> None:
    world.fault("token", "/users/create", action="revoke")
    with world.client() as client:
        done = client.submit_users(
            pack_users(CREATE, [UserFields(f"n-{n}") for n in range(2000)], client.read_service_config().limits)
        )
    assert {item.event_id for item in done} == {None}
    assert len(world.sent("/users/create", "POST")) <= 5


@pytest.mark.parametrize("number", [9603, 9644, 9646, 9729])
def test_a_write_refused_in_passing_is_sent_again(world: World, number: int) -> None:
    world.fault("status", "/users/create", error_number=number)
    with world.client() as client:
        assert client.submit_users([UserRequest(CREATE, (NEW,))])[0].event_id
        assert len(client.read_user(NEW.client_user_id)) == 1
    assert len(world.sent("/users/create", "POST")) == 2


@pytest.mark.parametrize("number", [9603, 9602, 9999])
def test_an_error_number_beside_a_success_tells_nothing_about_the_write(world: World, number: int) -> None:
    world.fault("error_in_200", "/users/create", error_number=number)
    with world.client() as client:
        (done,) = client.submit_users([UserRequest(CREATE, (NEW,))])
        assert isinstance(done.error, OutcomeUnknownError)
        assert done.error.error_number == number
        assert len(client.read_user(NEW.client_user_id)) == 1
    assert world.sent("/users/create", "POST") == [200]


def test_a_token_refused_beside_a_success_is_no_lost_answer(world: World) -> None:
    world.fault("error_in_200", "/users/create", error_number=9622)
    with world.client() as client:
        (done,) = client.submit_users([UserRequest(CREATE, (NEW,))])
    assert isinstance(done.error, TokenError)


def test_ten_thousand_people() -> None:
    world = World("generated", {"apps": "1", "devices": "1", "people": "0"})
    # The threads of a client share a clock that stands still, so that a cap on the rate would count by chance.
    world.switch(pending_polls=0, event_seconds=100, enforce_rate=False, enforce_parallel=False)
    people = [UserFields(f"n-{number:05d}", f"p{number}@school.example") for number in range(10_000)]
    with world.client() as client:
        done = client.submit_users(pack_users(CREATE, people, client.read_service_config().limits))
        events = client.wait_for_events([item.event_id or "" for item in done], poll_interval=30, timeout=900)
        assert {event.status for event in events} == {COMPLETE}
        assert sum(event.num_completed for event in events) == 10_000
        users, walk = client.read_users()
    assert [user.client_user_id for user in users] == [user.client_user_id for user in people]
    assert len({user.invite_code for user in users}) == 10_000
    assert world.sent("/users/create", "POST") == [200] * 100
    assert len(world.sent("/status")) <= 110
    assert world.sent("/users") == [200] * walk.pages == [200] * 19

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People against the sandbox: what is read, what is refused, at once or in the event."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.client import AppsBooksClient
from ansible_collections.openmdm.vpp.plugins.module_utils._core.batch_users import pack_users
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import COMPLETE, FAILED, Event
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    ASSOCIATED,
    CREATE,
    REGISTERED,
    RETIRE,
    RETIRED,
    UPDATE,
    User,
    UserFields,
    UserRequest,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import World

NEW = UserFields("u-0100", "hana@harbour.example")


def send(client: AppsBooksClient, verb: str, *users: UserFields) -> Event:
    """One request, accepted; its event at the end."""
    (done,) = client.submit_users([UserRequest(verb, users)])
    assert done.error is None, done.error
    (event,) = client.wait_for_events([done.event_id or ""], poll_interval=1, timeout=60)
    return event


def refusal(client: AppsBooksClient, verb: str, *users: UserFields) -> ServiceError:
    """The error of one request that is refused at once."""
    (done,) = client.submit_users([UserRequest(verb, users)])
    assert done.event_id is None
    assert isinstance(done.error, ServiceError)
    return done.error


def failures(event: Event) -> list[tuple[int, tuple[str, ...]]]:
    assert event.status == FAILED
    return [(failure.error_number, failure.client_user_ids) for failure in event.failures]


def facts(users: list[User]) -> list[tuple[str, str]]:
    return [(user.client_user_id, user.status) for user in users]


# Reads


def test_the_active_people_each_once(world: World) -> None:
    with world.client() as client:
        users, walk = client.read_users()
    assert facts(users) == [("u-0001", ASSOCIATED), ("u-0002", REGISTERED), ("u-0003", REGISTERED)]
    assert (walk.rows, walk.stable) == (3, True)
    assert (users[0].id_hash != "", users[0].invite_code) == (True, None)
    assert users[1].invite_code is not None
    assert users[1].email == "tama@harbour.example"


def test_all_records_with_the_active_one_of_an_id_last(world: World) -> None:
    with world.client() as client:
        users, walk = client.read_users(active_only=False)
        one = client.read_user("u-0003")
        assert client.read_user("nobody") == []
    assert facts(users)[2:] == facts(one) == [("u-0003", RETIRED), ("u-0003", REGISTERED)]
    assert walk.rows == 4
    assert one[0].id_hash
    assert one[0].invite_code is None


def test_an_id_with_many_records(world: World) -> None:
    with world.client() as client:
        for _turn in range(3):
            send(client, CREATE, NEW)
            world.control("POST", "/locations/main/accept", {"clientUserId": NEW.client_user_id})
            send(client, RETIRE, NEW)
        assert facts(client.read_user(NEW.client_user_id)) == [(NEW.client_user_id, RETIRED)] * 3
        send(client, CREATE, NEW)
        found = client.read_user(NEW.client_user_id)
        assert [user.status for user in found] == [RETIRED] * 3 + [REGISTERED]
        assert len([user for user in client.read_users()[0] if user.client_user_id == NEW.client_user_id]) == 1


@pytest.mark.parametrize("position", ["hidden", "shown"])
def test_a_used_code_is_not_kept(world: World, position: str) -> None:
    world.switch(used_code=position)
    with world.client() as client:
        world.control("POST", "/locations/main/accept", {"clientUserId": "u-0002"})
        (user,) = client.read_user("u-0002")
    assert (user.status, user.invite_code) == (ASSOCIATED, None)


@pytest.mark.parametrize("count", [0, 30])
def test_a_list_that_changes_meanwhile_is_walked_anew(count: int) -> None:
    world = World("generated", {"apps": "1", "devices": "1", "people": "95"})
    world.switch(page_size=10)
    with world.client() as client:
        quiet, walk = client.read_users()
        pages = walk.pages
        world.fault("version_change", "/users", after=3, count=count)
        again, walk = client.read_users()
        assert walk.stable
        assert again == quiet
        world.fault("version_change", "/users", times=None, count=count)
        shaky, walk = client.read_users()
    assert facts(shaky) == facts(quiet)
    assert not walk.stable
    assert pages > 3


# Writes


def test_a_life(world: World) -> None:
    with world.client() as client:
        event = send(client, CREATE, NEW)
        assert (event.status, event.type, event.num_requested, event.num_completed) == (COMPLETE, "CREATE", 1, 1)
        (user,) = client.read_user(NEW.client_user_id)
        assert (user.status, user.email) == (REGISTERED, NEW.email)
        event = send(client, UPDATE, UserFields(NEW.client_user_id, "hana.r@harbour.example"))
        assert (event.status, event.type) == (COMPLETE, "UPDATE")
        (again,) = client.read_user(NEW.client_user_id)
        assert (again.email, again.invite_code) == ("hana.r@harbour.example", user.invite_code)
        event = send(client, UPDATE, UserFields(NEW.client_user_id, managed_apple_account="hana@harbour.example"))
        (linked,) = client.read_user(NEW.client_user_id)
        assert (linked.status, linked.email, linked.invite_code) == (ASSOCIATED, "hana.r@harbour.example", None)
        event = send(client, RETIRE, UserFields(NEW.client_user_id))
        assert (event.status, event.type) == (COMPLETE, "RETIRE")
        assert facts(client.read_user(NEW.client_user_id)) == [(NEW.client_user_id, RETIRED)]


def test_a_managed_account_links_without_an_invitation(world: World) -> None:
    with world.client() as client:
        send(client, CREATE, UserFields("u-0100", "hana@harbour.example", "hana@harbour.example"))
        (user,) = client.read_user("u-0100")
    assert (user.status, user.invite_code) == (ASSOCIATED, None)


@pytest.mark.parametrize("verb", [UPDATE, RETIRE])
def test_9609_somebody_unknown_at_once_or_in_the_event(world: World, verb: str) -> None:
    both = (UserFields("u-0002", "tama.r@harbour.example"), UserFields("nobody"))
    with world.client() as client:
        error = refusal(client, verb, *both)
        assert (error.error_number, error.http_status) == (9609, 400)
        (untouched,) = client.read_user("u-0002")
        assert (untouched.status, untouched.email) == (REGISTERED, "tama@harbour.example"), (
            "nothing at all is processed"
        )
        world.switch(unknown_user_edit="async_9609")
        assert failures(send(client, verb, *both)) == [(9609, ("nobody",))]
        (touched,) = client.read_user("u-0002")
        assert (touched.status, touched.email) != (untouched.status, untouched.email), "the other one is done"


def test_9714_too_many_people_and_the_limits_are_read_again(world: World) -> None:
    people = tuple(UserFields(f"n-{number}") for number in range(6))
    with world.client() as client:
        assert client.read_service_config().limits.max_users == 100
        world.switch(limits={"maxUsers": 5})
        assert refusal(client, CREATE, *people).error_number == 9714
        limits = client.read_service_config().limits
        assert limits.max_users == 5
        done = client.submit_users(pack_users(CREATE, people, limits))
    assert [len(item.request.users) for item in done] == [5, 1]
    assert all(item.event_id for item in done)


@pytest.mark.parametrize(
    ("number", "users"),
    [
        (9715, (NEW, NEW)),
        (9717, (UserFields("u-0100", "no address"),)),
        (9720, ()),
    ],
)
@pytest.mark.parametrize("verb", [CREATE, UPDATE])
def test_refused_at_once(world: World, verb: str, number: int, users: tuple[UserFields, ...]) -> None:
    with world.client() as client:
        error = refusal(client, verb, *users)
        assert error.error_number == number
        assert "no address" not in error.message
        assert client.read_user("u-0100") == []


def test_9716_a_person_who_is_active_already(world: World) -> None:
    with world.client() as client:
        event = send(client, CREATE, NEW, UserFields("u-0002"), UserFields("u-0001"))
        assert failures(event) == [(9716, ("u-0002", "u-0001"))]
        assert (event.num_requested, event.num_completed) == (3, 1)
        assert client.read_user(NEW.client_user_id)


def test_9717_an_address_that_is_taken(world: World) -> None:
    world.switch(email_taken="failure_9717")
    with world.client() as client:
        assert failures(send(client, CREATE, UserFields("u-0100", "tama@harbour.example"))) == [(9717, ("u-0100",))]


@pytest.mark.parametrize("verb", [CREATE, UPDATE])
def test_9635_and_9641_accounts_that_cannot_be_linked(world: World, verb: str) -> None:
    world.control("POST", "/accounts", {"account": "rua@harbour.example", "state": "locked"})
    wanted = {
        "n-1": "rua@harbour.example",
        "n-2": "rua@elsewhere.example",
        "n-3": "aroha@harbour.example",
        "n-4": "good@harbour.example",
    }
    with world.client() as client:
        if verb == UPDATE:
            send(client, CREATE, *map(UserFields, wanted))
        users = [UserFields(name, managed_apple_account=account) for name, account in wanted.items()]
        assert failures(send(client, verb, *users)) == [(9635, ("n-1", "n-2")), (9641, ("n-3",))]
        assert [user.status for user in client.read_user("n-4")] == [ASSOCIATED]
        left = [client.read_user(name) for name in ("n-1", "n-2", "n-3")]
    assert [user.status for found in left for user in found] == ([REGISTERED] * 3 if verb == UPDATE else [])


@pytest.mark.parametrize(("position", "changed"), [("replaced", True), ("ignored", False), ("failure_9635", None)])
def test_another_account_for_a_linked_person(world: World, position: str, changed: bool | None) -> None:
    world.switch(relink=position)
    with world.client() as client:
        (before,) = client.read_user("u-0001")
        event = send(client, UPDATE, UserFields("u-0001", managed_apple_account="a.ngata@harbour.example"))
        (after,) = client.read_user("u-0001")
    if changed is None:
        assert failures(event) == [(9635, ("u-0001",))]
    assert (after.id_hash != before.id_hash) is bool(changed)


@pytest.mark.parametrize(("position", "records"), [("same_record", 1), ("new_record", 2)])
def test_a_retired_person_registers_again(world: World, position: str, records: int) -> None:
    world.switch(reregister=position)
    with world.client() as client:
        (before,) = client.read_user("u-0002")
        send(client, RETIRE, UserFields("u-0002"))
        send(client, CREATE, UserFields("u-0002", "tama@harbour.example"))
        found = client.read_user("u-0002")
    assert len(found) == records
    assert found[-1].status == REGISTERED
    assert (found[-1].invite_code == before.invite_code) is (position == "same_record")


@pytest.mark.parametrize(("position", "same"), [("kept", True), ("new", False)])
def test_the_code_after_an_update(world: World, position: str, same: bool) -> None:
    world.switch(invite_code=position)
    with world.client() as client:
        (before,) = client.read_user("u-0002")
        send(client, UPDATE, UserFields("u-0002", "t@harbour.example"))
        (after,) = client.read_user("u-0002")
    assert (after.invite_code == before.invite_code) is same


def test_an_event_without_names(world: World) -> None:
    world.switch(error_info="absent")
    with world.client() as client:
        assert failures(send(client, CREATE, UserFields("u-0002"))) == [(9716, ())]

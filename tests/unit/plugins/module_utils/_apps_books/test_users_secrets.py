# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invite codes and addresses of people: hunted in every exception, repr and log line. And users on the wire."""

from __future__ import annotations

import logging
from collections.abc import Callable

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books import users_codec
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.client import (
    AppsBooksClient,
    AppsBooksSettings,
    connect,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.session import APPLE_URL
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    ASSOCIATED,
    CREATE,
    DELETED,
    REGISTERED,
    RETIRE,
    RETIRED,
    UPDATE,
    User,
    UserFields,
    UserRequest,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import World
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.test_secrets import FAULTS
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import (
    TOKEN,
    FakeClock,
    Recorder,
    text_of,
)

EMAIL, ACCOUNT, CODE = "hana@home.example", "h.rewi@harbour.example", "0f0e0d0c0b0a09080706050403020100"
HANA = UserFields("u-0100", EMAIL, ACCOUNT)


def errors_of(client: AppsBooksClient) -> list[Exception]:
    caught: list[Exception] = []

    def attempt(call: Callable[[], object]) -> None:
        try:
            call()
        except VppError as exc:
            caught.append(exc)

    attempt(client.read_users)
    attempt(lambda: client.read_user("u-0002"))
    for verb in (CREATE, UPDATE, RETIRE):
        caught += [item.error for item in client.submit_users([UserRequest(verb, (HANA,))]) if item.error is not None]
    return caught


@pytest.mark.parametrize(
    "fault",
    [
        *FAULTS,
        {"kind": "status", "status": 400, "error_number": 9999, "error_message": f"{ACCOUNT}, <{EMAIL}> or {CODE}?"},
        {"kind": "not_json", "body": f"<p>{CODE} {EMAIL} {ACCOUNT}</p>"},
    ],
)
def test_no_failure_shows_a_person(fault: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world = World()
    known = world.control("GET", "/locations/main/invitations")["invitations"][0]
    with world.client() as client:
        client.read_service_config()
        world.fault(times=None, path="*", **fault)  # type: ignore[arg-type]
        errors = errors_of(client)
    assert len(errors) == 5
    shown = "\n".join([*map(text_of, errors), repr(client), caplog.text])
    for secret in (EMAIL, ACCOUNT, CODE, known["url"].partition("inviteCode=")[2].partition("&")[0], "tama@"):
        assert secret
        assert secret not in shown


def test_nothing_that_is_read_or_sent_shows_a_person(world: World) -> None:
    with world.client() as client:
        users, _walk = client.read_users(active_only=False)
        done = client.submit_users([UserRequest(CREATE, (HANA,))])
    codes = [user.invite_code.reveal() for user in users if user.invite_code]
    assert codes
    for secret in (*codes, *(user.email for user in users), *(user.id_hash for user in users if user.id_hash)):
        assert secret not in repr(users)
    assert "@" not in repr(done)


def test_an_answer_of_the_wrong_type_names_the_field_only(world: World) -> None:
    body = {"uId": "1", "totalPages": 1, "users": [{"clientUserId": "u", "status": "Registered", "inviteCode": [CODE]}]}
    recorder = Recorder(lambda _request: httpx.Response(200, json=body))
    with connect(AppsBooksSettings(Secret(TOKEN)), FakeClock(), recorder.transport) as client:
        with pytest.raises(ServiceError, match="inviteCode is not text") as caught:
            client.read_user("u")
    assert CODE not in text_of(caught.value)


# The wire


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"users": {}}, "users"),
        ({"users": ["x"]}, "users"),
        ({"users": [{"status": "Registered"}]}, "clientUserId"),
        ({"users": [{"clientUserId": "u"}]}, "status"),
        ({"users": [{"clientUserId": "u", "status": "Registered", "email": {}}]}, "email"),
    ],
)
def test_what_is_not_understood(body: dict[str, object], field: str) -> None:
    with pytest.raises(ServiceError, match=field):
        users_codec.decode_users(body)


def test_records() -> None:
    given = [
        {"clientUserId": 7, "status": "Registered", "inviteCode": CODE, "email": "a@b.example", "more": 1},
        {"clientUserId": "7", "status": "Deleted", "idHash": "h", "inviteCode": None},
        {"clientUserId": "8", "status": "Suspended", "inviteCode": CODE},
    ]
    assert users_codec.decode_users({"users": given}) == [
        User("7", REGISTERED, "a@b.example", "", Secret(CODE)),
        User("7", RETIRED, "", "h"),
        User("8", "Suspended"),
    ]
    assert users_codec.decode_users({}) == []


@pytest.mark.parametrize(
    ("verb", "fields", "wanted"),
    [
        (CREATE, HANA, {"clientUserId": "u-0100", "email": EMAIL, "managedAppleId": ACCOUNT}),
        (CREATE, UserFields("u"), {"clientUserId": "u"}),
        (UPDATE, UserFields("u", email=""), {"clientUserId": "u", "email": ""}),
        (UPDATE, UserFields("u", managed_apple_account=ACCOUNT), {"clientUserId": "u", "managedAppleId": ACCOUNT}),
        (RETIRE, HANA, {"clientUserId": "u-0100"}),
    ],
)
def test_only_what_is_given_is_sent(verb: str, fields: UserFields, wanted: dict[str, str]) -> None:
    assert users_codec.encode_users(UserRequest(verb, (fields,))) == {"users": [wanted]}


def test_addresses_of_service_config_are_followed_and_filters_sent() -> None:
    names = {"getUsers": "/moved/users", "createUsers": "/moved/create", "retireUsers": "/moved/retire"}
    urls = {name: APPLE_URL + path for name, path in names.items()}

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/service/config"):
            return httpx.Response(200, json={"urls": urls})
        return httpx.Response(200, json={"uId": "1", "versionId": "v", "totalPages": 1, "eventId": "e"})

    recorder = Recorder(handler)
    with connect(AppsBooksSettings(Secret(TOKEN)), FakeClock(), recorder.transport) as client:
        client.read_users()
        client.read_users(active_only=False)
        client.read_user("u 1")
        for verb in (CREATE, UPDATE, RETIRE):
            client.submit_users([UserRequest(verb, (UserFields("u"),))])
    asked = [(request.url.path.removeprefix("/mdm/v2"), dict(request.url.params)) for request in recorder.requests[1:]]
    assert asked == [
        ("/moved/users", {"pageIndex": "0", "activeOnly": "true"}),
        ("/moved/users", {"pageIndex": "0"}),
        ("/moved/users", {"pageIndex": "0", "clientUserId": "u 1"}),
        ("/moved/create", {}),
        ("/users/update", {}),
        ("/moved/retire", {}),
    ]


def listing(*pages: list[tuple[str, str]]) -> Recorder:
    """A service whose list of people ends with another version than it began with."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/service/config"):
            return httpx.Response(200, json={})
        index = int(request.url.params["pageIndex"])
        users = [{"clientUserId": name, "status": status, "email": f"page-{index}"} for name, status in pages[index]]
        more = {"nextPageIndex": index + 1} if index + 1 < len(pages) else {}
        body = {"uId": "1", "versionId": f"v{index}", "totalPages": len(pages), "size": len(users), "users": users}
        return httpx.Response(200, json={**body, **more})

    return Recorder(handler)


@pytest.mark.parametrize(
    ("active_only", "wanted"),
    [
        (True, [("a", ASSOCIATED, "page-1"), ("b", "Odd", "page-0"), ("c", REGISTERED, "page-0")]),
        (
            False,
            [
                ("a", RETIRED, "page-0"),
                ("a", ASSOCIATED, "page-1"),
                ("b", "Odd", "page-0"),
                ("c", RETIRED, "page-1"),
                ("c", REGISTERED, "page-0"),
                ("d", RETIRED, "page-1"),
                ("d", RETIRED, "page-1"),
            ],
        ),
    ],
)
def test_of_two_active_records_the_later_is_believed(active_only: bool, wanted: list[tuple[str, str, str]]) -> None:
    recorder = listing(
        [("c", REGISTERED), ("a", REGISTERED), ("a", DELETED), ("b", "Odd")],
        [("a", ASSOCIATED), ("c", RETIRED), ("d", RETIRED), ("d", RETIRED)],
    )
    with connect(AppsBooksSettings(Secret(TOKEN)), FakeClock(), recorder.transport) as client:
        users, walk = client.read_users(active_only=active_only)
        assert [(user.client_user_id, user.status, user.email) for user in users] == wanted
        assert (walk.stable, walk.rows) == (False, 8)
        # Should the service not look at the filter, the records of others are left out.
        assert {user.client_user_id for user in client.read_user("a")} == {"a"}

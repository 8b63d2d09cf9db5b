# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every synchronous error with its HTTP status; a refused request changes nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from sandbox.apple.errors import ERRORS

PAGES, BOOK = "361309726", "900000001"
APP = [{"adamId": PAGES, "pricingParam": "STDQ"}]
ONE = ["TESTA00001"]
CLAIM = {"id": "a", "name": "b", "metadata": "c"}
HOOK = {"notificationUrl": "https://hooks.example/x", "notificationAuthToken": "s"}


def assets(count: int) -> list[dict[str, str]]:
    return [{"adamId": str(number), "pricingParam": "STDQ"} for number in range(1, count + 1)]


def names(count: int) -> list[str]:
    return [f"n{number}" for number in range(count)]


def users(count: int) -> dict[str, Any]:
    return {"users": [{"clientUserId": name} for name in names(count)]}


CASES: list[tuple[str, Any, int]] = [
    ("/assets/associate", [], 9602),
    ("/assets/associate", {"assets": "x", "serialNumbers": ONE}, 9602),
    ("/assets/associate", {"assets": [{"adamId": 1}], "serialNumbers": ONE}, 9602),
    ("/assets/associate", {"assets": [{"adamId": PAGES, "pricingParam": "BAD"}], "serialNumbers": ONE}, 9602),
    ("/assets/associate", {"assets": APP, "serialNumbers": [1]}, 9602),
    ("/assets/associate", {"assets": APP, "serialNumbers": "TESTA00001"}, 9602),
    ("/assets/associate", {"assets": assets(1), "serialNumbers": ONE}, 9602),
    ("/assets/associate", {"serialNumbers": ONE}, 9718),
    ("/assets/associate", {"assets": [], "serialNumbers": ONE}, 9718),
    ("/assets/associate", {"assets": APP}, 9719),
    ("/assets/associate", {"assets": APP, "serialNumbers": [], "clientUserIds": []}, 9719),
    ("/assets/associate", {"assets": assets(26), "serialNumbers": ONE}, 9700),
    ("/assets/associate", {"assets": APP, "clientUserIds": names(1001)}, 9701),
    ("/assets/associate", {"assets": APP, "serialNumbers": names(1001)}, 9702),
    ("/assets/associate", {"assets": APP * 2, "serialNumbers": ONE}, 9703),
    ("/assets/associate", {"assets": [{"adamId": PAGES}, *APP], "serialNumbers": ONE}, 9703),
    ("/assets/associate", {"assets": APP, "clientUserIds": ["a", "a"]}, 9704),
    ("/assets/associate", {"assets": APP, "serialNumbers": ONE * 2}, 9705),
    ("/assets/associate", {"assets": [{"adamId": BOOK}], "serialNumbers": ONE}, 9707),
    ("/assets/disassociate", {"assets": [{"adamId": BOOK}], "clientUserIds": ["u-0001"]}, 9706),
    ("/assets/disassociate", {"assets": assets(26), "serialNumbers": ONE}, 9700),
    ("/assets/revoke", {}, 9719),
    ("/assets/revoke", {"clientUserIds": names(101)}, 9701),
    ("/assets/revoke", {"serialNumbers": names(101)}, 9702),
    ("/assets/revoke", {"clientUserIds": ["a", "a"]}, 9704),
    ("/assets/revoke", {"serialNumbers": ["a", "a"]}, 9705),
    ("/users/create", {}, 9720),
    ("/users/create", {"users": []}, 9720),
    ("/users/create", {"users": ["u"]}, 9602),
    ("/users/create", {"users": [{"email": "a@b.example"}]}, 9602),
    ("/users/create", {"users": [{"clientUserId": "x", "managedAppleId": 5}]}, 9602),
    ("/users/create", users(101), 9714),
    ("/users/update", users(101), 9714),
    ("/users/retire", users(101), 9714),
    ("/users/create", {"users": [{"clientUserId": "x"}] * 2}, 9715),
    ("/users/create", {"users": [{"clientUserId": "x", "email": "no-address"}]}, 9717),
    ("/users/update", {"users": [{"clientUserId": "u-0001", "email": "a@b@c.example"}]}, 9717),
    ("/users/update", {"users": [{"clientUserId": "nobody"}]}, 9609),
    ("/users/retire", {"users": [{"clientUserId": "nobody"}]}, 9609),
    ("/client/config", {"mdmInfo": "x"}, 9602),
    ("/client/config", {"mdmInfo": {**CLAIM, "id": 5}}, 9602),
    ("/client/config", {"mdmInfo": {"id": "a", "name": "b"}}, 9723),
    ("/client/config", {"mdmInfo": {**CLAIM, "id": "x" * 101}}, 9724),
    ("/client/config", {"mdmInfo": {**CLAIM, "name": "x" * 101}}, 9725),
    ("/client/config", {"mdmInfo": {**CLAIM, "metadata": "x" * 256}}, 9713),
    ("/client/config", {"notificationUrl": HOOK["notificationUrl"]}, 9710),
    ("/client/config", {"notificationAuthToken": "s"}, 9710),
    ("/client/config", {**HOOK, "notificationUrl": "https://h.example/" + "x" * 500}, 9711),
    ("/client/config", {**HOOK, "notificationAuthToken": "x" * 513}, 9711),
    ("/client/config", {**HOOK, "notificationUrl": "http://hooks.example/x"}, 9712),
    ("/client/config", {**HOOK, "notificationUrl": "http://127.0.0.1/x"}, 9712),
    ("/client/config", {**HOOK, "notificationUrl": "https://hooks.example/x?y=1"}, 9712),
    ("/client/config", {**HOOK, "notificationUrl": "https://h.example:port/"}, 9712),
    ("/client/config", {**HOOK, "notificationTypes": ["NO_SUCH_TYPE"]}, 9602),
]


@pytest.mark.parametrize(("path", "body", "number"), CASES)
def test_refused_and_nothing_changes(api: Any, path: str, body: Any, number: int) -> None:
    before = api.control("GET", "locations/main")
    answer = api.post(path, body)
    assert api.number(answer) == (ERRORS[number][0], number)
    assert answer.json()["errorMessage"]
    assert api.control("GET", "locations/main") == before


def test_an_unreachable_receiver_changes_nothing(api: Any) -> None:
    api.box.outbox.sender = lambda _url, _token, _body: 0
    answer = api.post("/client/config", {"mdmInfo": CLAIM, **HOOK})
    assert api.number(answer) == (400, 9728)
    assert "mdmInfo" not in api.read("/client/config")
    assert "notificationUrl" not in api.read("/client/config")


@pytest.mark.parametrize(
    ("header", "number"),
    [
        (None, 9601),
        ("Basic abc", 9722),
        ("bearer", 9722),
        ("Bearer ", 9722),
        ("Bearer not-base64!", 9622),
        ("Bearer " + base64.b64encode(b"[]").decode(), 9622),
        ("Bearer " + base64.b64encode(b'{"token": "unknown"}').decode(), 9622),
    ],
)
def test_bad_authorization(api: Any, header: str | None, number: int) -> None:
    del api.http.headers["Authorization"]
    if header:
        api.http.headers["Authorization"] = header
    for path in ("/assets", "/client/config", "/status"):
        assert api.number(api.get(path)) == (401, number)


def test_the_inner_token_is_not_accepted_but_any_form_of_the_outer_is(api: Any) -> None:
    content = json.loads(base64.b64decode(api.box.token()))
    api.http.headers["Authorization"] = f"Bearer {content['token']}"
    assert api.number(api.get("/assets")) == (401, 9622)
    pretty = json.dumps(dict(reversed(content.items())), indent=2)
    api.http.headers["Authorization"] = "Bearer " + base64.b64encode(pretty.encode()).decode()
    assert api.get("/assets").status_code == 200


@pytest.mark.parametrize(("action", "expected"), [("expire", (401, 9621)), ("revoke", (401, 9625))])
def test_tokens_end_and_come_back(api: Any, action: str, expected: tuple[int, int]) -> None:
    api.control("POST", "locations/main/token", {"action": action})
    assert api.number(api.get("/assets")) == expected
    api.control("POST", "locations/main/token", {"action": "restore"})
    assert api.get("/assets").status_code == 200


def test_a_token_expires_by_itself(api: Any) -> None:
    api.box.advance(10 * 366 * 86400)
    assert api.number(api.get("/assets")) == (401, 9621)


@pytest.mark.parametrize(
    ("action", "expected"), [("read_only", (403, 9602)), ("legacy", (403, 9647)), ("facilitator", (403, 9637))]
)
def test_tokens_with_fewer_rights_may_only_read(api: Any, action: str, expected: tuple[int, int]) -> None:
    api.control("POST", "locations/main/token", {"action": action})
    for path in ("/assets", "/assignments", "/users", "/client/config"):
        assert api.get(path).status_code == 200
    for path in ("/assets/associate", "/assets/disassociate", "/assets/revoke", "/users/create", "/users/retire"):
        assert api.number(api.post(path, {})) == expected


def test_wrong_method(api: Any) -> None:
    for method, path in (
        *(("POST", "/assets"), ("PUT", "/client/config"), ("GET", "/assets/associate"), ("GET", "/users/create")),
        *(("DELETE", "/assignments"), ("POST", "/service/config"), ("POST", "/status"), ("PATCH", "/users")),
    ):
        assert api.number(api.http.request(method, f"/mdm/v2{path}", json={})) == (405, 9726)


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_wrong_content_type(api: Any, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    for path in ("/assets/associate", "/users/create", "/client/config"):
        answer = api.http.post(f"/mdm/v2{path}", content=b"{}", headers=headers)
        assert api.number(answer) == (415, 9727)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
)
def test_right_content_types(api: Any, kind: str) -> None:
    headers = {"content-type": kind}
    assert api.http.post("/mdm/v2/client/config", content=b"{}", headers=headers).status_code == 200


def test_a_body_that_is_not_json(api: Any) -> None:
    headers = {"Content-Type": "application/json"}
    for content in (b"{", b"\xff", b"5", b"[" * 100_000):
        assert api.number(api.http.post("/mdm/v2/assets/revoke", content=content, headers=headers)) == (400, 9602)


def test_unknown_event_and_unknown_path(api: Any) -> None:
    assert api.number(api.get("/status", eventId="no-such-event")) == (400, 9708)
    assert api.number(api.get("/status")) == (400, 9708)
    assert api.get("/nothing").status_code == 404
    assert api.http.get("/elsewhere").status_code == 404


def test_limits_are_what_service_config_says(api: Any) -> None:
    api.switch(limits={"maxAssets": 1, "maxUsers": 2})
    assert api.read("/service/config")["limits"]["maxAssets"] == 1
    assert api.number(api.post("/assets/associate", {"assets": assets(2), "serialNumbers": ONE})) == (400, 9700)
    assert api.number(api.post("/users/create", users(3))) == (400, 9714)


def test_unknown_keys_are_ignored(api: Any) -> None:
    body = {"assets": [{"adamId": PAGES, "x": 1}], "serialNumbers": ["TESTA00009"], "later": {"y": 2}}
    assert api.run("/assets/associate", body)["eventStatus"] == "COMPLETE"
    assert api.post("/client/config", {"later": 1}).status_code == 200

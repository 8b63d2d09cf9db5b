# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notifications: all types, sizes, attempts, the test before a configuration is accepted."""

from __future__ import annotations

import json
from typing import Any

import pytest

PAGES, WORD, PROCREATE = "361309726", "586447913", "425073498"
URL, SECRET = "https://hooks.example/in", "hook-secret"
TYPES = ["ASSET_MANAGEMENT", "USER_MANAGEMENT", "USER_ASSOCIATED", "ASSET_COUNT", "UNLIMITED_ASSET"]


class Receiver:
    """Stands in for the network; answers as told."""

    def __init__(self) -> None:
        self.status = 200
        self.seen: list[dict[str, Any]] = []

    def __call__(self, url: str, token: str, body: bytes) -> int:
        assert (url, token) == (URL, SECRET)
        self.seen.append(json.loads(body))
        return self.status

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one["notification"] for one in self.seen if one["notificationType"] == kind]


@pytest.fixture
def receiver(api: Any) -> Receiver:
    receiver = Receiver()
    api.box.outbox.sender = receiver
    settings = {"notificationUrl": URL, "notificationAuthToken": SECRET, "notificationTypes": TYPES}
    answer = api.post("/client/config", settings).json()
    assert answer["notificationAuthToken"] == SECRET
    assert answer["subscribedNotificationTypes"] == TYPES
    assert [one["notificationType"] for one in receiver.seen] == ["TEST_NOTIFICATION"]
    assert receiver.seen[0]["notification"] == {}
    return receiver


def test_settings_are_accepted_only_after_a_test(api: Any, receiver: Receiver) -> None:
    receiver.status = 500
    answer = api.post("/client/config", {"notificationUrl": URL, "notificationAuthToken": SECRET, "mdmInfo": {}})
    assert api.number(answer) == (400, 9723)
    answer = api.post(
        "/client/config",
        {"notificationUrl": URL, "notificationAuthToken": SECRET, "notificationTypes": ["ASSET_COUNT"]},
    )
    assert api.number(answer) == (400, 9728)
    assert api.read("/client/config")["subscribedNotificationTypes"] == TYPES


def test_asset_management_tells_success_and_failure(api: Any, receiver: Receiver) -> None:
    body = {"assets": [{"adamId": PROCREATE}], "serialNumbers": [f"TESTB{n:05d}" for n in range(4)]}
    event = api.submit("/assets/associate", body)
    api.box.settle()
    success, failure = receiver.of("ASSET_MANAGEMENT")
    assert (success["eventId"], success["type"], success["result"]) == (event, "ASSOCIATE", "SUCCESS")
    assert success["assignments"][0] == {"adamId": PROCREATE, "pricingParam": "STDQ", "serialNumber": "TESTB00000"}
    assert failure["result"] == "FAILURE"
    assert failure["error"]["errorNumber"] == 9709
    assert len(failure["assignments"]) == 2
    assert receiver.seen[-1]["uId"] == "7700000000000042"


def test_no_notification_holds_more_than_100_elements(api: Any, receiver: Receiver) -> None:
    body = {"assets": [{"adamId": PAGES}], "serialNumbers": [f"TESTB{n:05d}" for n in range(250)]}
    api.submit("/assets/associate", body)
    api.box.settle()
    assert [len(one["assignments"]) for one in receiver.of("ASSET_MANAGEMENT")] == [100, 100, 50]
    assert len({one["notificationId"] for one in receiver.seen}) == len(receiver.seen)


def test_user_management_and_associated(api: Any, receiver: Receiver) -> None:
    api.submit("/users/create", {"users": [{"clientUserId": "u-0010"}, {"clientUserId": "u-0001"}]})
    api.box.settle()
    success, failure = receiver.of("USER_MANAGEMENT")
    assert success["users"][0]["status"] == "Registered"
    assert success["type"] == "CREATE"
    assert failure["error"]["errorNumber"] == 9716
    code = success["users"][0]["inviteCode"]
    api.control("POST", "locations/main/accept", {"inviteCode": code})
    api.box.settle()
    (accepted,) = receiver.of("USER_ASSOCIATED")
    assert accepted["associatedUsers"][0]["inviteCode"] == code
    assert accepted["associatedUsers"][0]["status"] == "Associated"
    assert "eventId" not in accepted


def test_asset_count_and_unlimited(api: Any, receiver: Receiver) -> None:
    api.control("POST", "locations/main/buy", {"adamId": WORD, "count": 5})
    api.control("POST", "locations/main/refund", {"adamId": WORD, "count": 2})
    api.control("POST", "locations/main/unlimited", {"adamId": WORD, "total": None})
    api.box.settle()
    assert [one["countDelta"] for one in receiver.of("ASSET_COUNT")] == [5, -2]
    assert receiver.of("UNLIMITED_ASSET")[0]["adamId"] == WORD


def test_only_wanted_types_are_sent(api: Any, receiver: Receiver) -> None:
    api.post("/client/config", {"notificationTypes": ["ASSET_COUNT"]})
    api.submit("/users/create", {"users": [{"clientUserId": "u-0010"}]})
    api.control("POST", "locations/main/buy", {"adamId": WORD, "count": 1})
    api.box.settle()
    assert [one["notificationType"] for one in receiver.seen[1:]] == ["ASSET_COUNT"]


def test_three_attempts_then_dropped(api: Any, receiver: Receiver) -> None:
    receiver.status = 503
    api.control("POST", "locations/main/buy", {"adamId": WORD, "count": 1})
    api.box.settle()
    for seen in (1, 2, 3, 3, 3):
        assert len(receiver.of("ASSET_COUNT")) == seen
        api.box.advance(59)
        assert len(receiver.of("ASSET_COUNT")) == seen
        api.box.advance(1)
    log = api.control("GET", "locations/main/notifications")
    assert log["waiting"] == 0
    attempts = [one for one in log["attempts"] if one["notificationType"] == "ASSET_COUNT"]
    assert [(one["attempt"], one["status"], one["delivered"]) for one in attempts] == [
        *((number, 503, False) for number in (1, 2, 3))
    ]
    assert SECRET not in json.dumps(log)


def test_a_second_attempt_may_succeed(api: Any, receiver: Receiver) -> None:
    api.switch(notification_retry_seconds=0.5)
    receiver.status = 0
    api.control("POST", "locations/main/buy", {"adamId": WORD, "count": 1})
    api.box.settle()
    receiver.status = 204
    api.box.advance(0.5)
    api.box.advance(100)
    first, second = receiver.seen[1:]
    assert first["notificationId"] == second["notificationId"]


def test_copies_and_reversed_order(api: Any, receiver: Receiver) -> None:
    api.switch(notification_copies=2, notification_order="reversed")
    for count in (1, 2):
        api.control("POST", "locations/main/buy", {"adamId": WORD, "count": count})
    api.box.settle()
    assert [one["countDelta"] for one in receiver.of("ASSET_COUNT")] == [2, 2, 1, 1]
    assert len({one["notificationId"] for one in receiver.seen[1:]}) == 2


def test_real_delivery_over_http(api: Any, hook: tuple[str, list[Any]]) -> None:
    url, seen = hook
    settings = {"notificationUrl": url, "notificationAuthToken": SECRET, "notificationTypes": ["ASSET_COUNT"]}
    assert api.number(api.post("/client/config", settings)) == (400, 9712)
    api.switch(notification_url="loopback")
    assert api.post("/client/config", settings).status_code == 200
    api.control("POST", "locations/main/buy", {"adamId": WORD, "count": 1})
    api.box.settle()
    assert [(path, token) for path, token, _body in seen] == [("/hook", f"Bearer {SECRET}")] * 2
    assert seen[1][2]["notification"]["countDelta"] == 1


def test_nobody_listens(api: Any) -> None:
    api.switch(notification_url="loopback")
    settings = {"notificationUrl": "http://127.0.0.1:9/", "notificationAuthToken": SECRET}
    assert api.number(api.post("/client/config", settings)) == (400, 9728)
    settings["notificationUrl"] = "https://127.0.0.1:9/"
    assert api.number(api.post("/client/config", settings)) == (400, 9728)

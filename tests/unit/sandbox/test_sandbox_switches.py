# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every position of every switch changes what it says it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.switches import SWITCHES, Switches, check

PAGES, WORD, PROCREATE, BOOK = "361309726", "586447913", "425073498", "900000001"
SERIALS = ["TESTB00001", "TESTB00002", "TESTB00003"]
CLAIM = {"id": "a", "name": "b", "metadata": "c"}


def bad_token(api: Any) -> Any:
    api.http.headers["Authorization"] = "Bearer nonsense"
    return api.number(api.get("/assets"))


def expiration(api: Any) -> Any:
    far = "tokenExpirationDate" in api.read("/assets")
    left = api.box.world.locations["main"].token.expires.timestamp() - api.box.clock.now()
    api.box.advance(left - 14 * 86400)
    return far, "tokenExpirationDate" in api.read("/assets")


def run_out(api: Any) -> Any:
    return api.run("/assets/associate", {"assets": [{"adamId": PROCREATE}], "serialNumbers": SERIALS})["numCompleted"]


def twice(api: Any) -> Any:
    status = api.run("/assets/associate", {"assets": [{"adamId": PAGES}], "serialNumbers": ["TESTA00001"]})
    assert api.asset(PAGES)["assignedCount"] == 3
    return status.get("failures", [{"errorNumber": 0}])[0]["errorNumber"]


def not_held(api: Any) -> Any:
    status = api.run("/assets/disassociate", {"assets": [{"adamId": PAGES}], "serialNumbers": ["TESTA00009"]})
    return status.get("failures", [{"errorNumber": 0}])[0]["errorNumber"]


def not_owned(api: Any) -> Any:
    answer = api.post("/assets/associate", {"assets": [{"adamId": "5"}], "serialNumbers": SERIALS})
    if answer.status_code != 200:
        return api.number(answer)
    api.status(answer.json()["eventId"])
    status = api.status(answer.json()["eventId"])
    return status["failures"][0]["errorNumber"], len(status["failures"][0]["errorInfo"]["serialNumbers"])


def unknown_user(api: Any) -> Any:
    body = {"assets": [{"adamId": PAGES}], "clientUserIds": ["nobody"]}
    return api.number(api.post("/assets/associate", body))


def unknown_edit(api: Any) -> Any:
    answer = api.post("/users/retire", {"users": [{"clientUserId": "nobody"}]})
    if answer.status_code != 200:
        return api.number(answer)
    api.status(answer.json()["eventId"])
    return api.status(answer.json()["eventId"])["failures"][0]["errorNumber"]


def registered(api: Any) -> Any:
    return api.run("/assets/associate", {"assets": [{"adamId": PAGES}], "clientUserIds": ["u-0002"]})["eventStatus"]


def again(api: Any) -> Any:
    api.run("/users/retire", {"users": [{"clientUserId": "u-0002"}]})
    api.run("/users/create", {"users": [{"clientUserId": "u-0002"}]})
    return [user["status"] for user in api.read("/users", clientUserId="u-0002")["users"]]


def no_pricing(api: Any) -> Any:
    return api.number(api.post("/assets/associate", {"assets": [{"adamId": PAGES}], "serialNumbers": SERIALS}))


def queue(api: Any) -> Any:
    api.switch(event_seconds=10, pending_polls=0)
    body = {"assets": [{"adamId": WORD}], "serialNumbers": SERIALS}
    events = [api.submit("/assets/associate", body) for _turn in range(2)]
    api.box.advance(10)
    return [api.status(event)["eventStatus"] for event in events]


def finish(api: Any) -> Any:
    event = api.submit("/assets/revoke", {"serialNumbers": ["TESTA00001"]})
    api.status(event)
    api.box.advance(10**7)
    return api.status(event)["eventStatus"]


def polls(api: Any) -> Any:
    event = api.submit("/assets/revoke", {"serialNumbers": ["TESTA00001"]})
    return [api.status(event)["eventStatus"] for _turn in range(3)].count("PENDING")


def retention(api: Any) -> Any:
    event = api.submit("/assets/revoke", {"serialNumbers": ["TESTA00001"]})
    api.box.advance(101)
    return api.number(api.get("/status", eventId=event))


def info(api: Any) -> Any:
    body = {"assets": [{"adamId": PAGES}], "clientUserIds": ["nobody"]}
    return "errorInfo" in api.run("/assets/associate", body)["failures"][0]


def omitted(api: Any) -> Any:
    api.box.outbox.sender = lambda _url, _token, _body: 200
    everything = {"notificationUrl": "https://h.example/", "notificationAuthToken": "s"}
    api.post("/client/config", {"mdmInfo": CLAIM, "notificationTypes": ["ASSET_COUNT"], **everything})
    api.post("/client/config", {})
    assert api.read("/client/config")["mdmInfo"] == CLAIM
    api.post("/client/config", {"notificationTypes": ["USER_MANAGEMENT"]})
    data = api.read("/client/config")
    kept = ["mdmInfo" in data, "notificationUrl" in data]
    api.post("/client/config", {"mdmInfo": CLAIM})
    return [*kept, "subscribedNotificationTypes" in api.read("/client/config")]


def empty_claim(api: Any) -> Any:
    api.post("/client/config", {"mdmInfo": CLAIM})
    api.post("/client/config", {"mdmInfo": {"id": "", "name": "", "metadata": ""}})
    return api.read("/client/config").get("mdmInfo")


def unclaimed(api: Any) -> Any:
    return api.read("/assets").get("mdmInfo", "absent")


def removed(api: Any) -> Any:
    start = api.read("/assignments")["versionId"]
    body = {"assets": [{"adamId": PAGES}], "serialNumbers": ["TESTA00001", "TESTA00002"]}
    api.run("/assets/disassociate", body)
    api.run("/assets/associate", {**body, "serialNumbers": ["TESTA00002"]})
    rows = api.read("/assignments", sinceVersionId=start)["assignments"]
    return sorted(row["serialNumber"] for row in rows)


def scope(api: Any) -> Any:
    reads = [("/assignments", {"adamId": PAGES}), ("/assignments", {"adamId": WORD}), ("/users", {})]
    before = [api.read(path, **filters)["versionId"] for path, filters in reads]
    api.run("/assets/associate", {"assets": [{"adamId": WORD}], "serialNumbers": SERIALS})
    after = [api.read(path, **filters)["versionId"] for path, filters in reads]
    return [old == new for old, new in zip(before, after, strict=True)]


def empty(api: Any) -> Any:
    return [api.read(path, adamId="5")["totalPages"] for path in ("/assignments", "/assets")]


def counts(api: Any) -> Any:
    def told() -> tuple[int, int, int]:
        book = api.asset(BOOK)
        assert book["totalCount"] == book["assignedCount"] + book["availableCount"]
        return book["assignedCount"], book["availableCount"], book["retiredCount"]

    api.run("/users/retire", {"users": [{"clientUserId": "u-0001"}]})
    api.box.advance(100)
    api.run("/assets/associate", {"assets": [{"adamId": BOOK}], "clientUserIds": ["u-0002"]})
    early = told()
    api.box.advance(6)
    return early, told()


def freed(api: Any) -> Any:
    """Licences that are free, and what becomes of one, before and after a while."""

    def tried() -> tuple[int, str]:
        free = api.asset(PROCREATE)["availableCount"]
        wanted = {"assets": [{"adamId": PROCREATE}], "serialNumbers": ["TESTA00009"]}
        return free, api.run("/assets/associate", wanted)["eventStatus"]

    api.run("/assets/associate", {"assets": [{"adamId": PROCREATE}], "serialNumbers": SERIALS})
    assert api.asset(PROCREATE)["availableCount"] == 0
    api.run("/assets/disassociate", {"assets": [{"adamId": PROCREATE}], "serialNumbers": SERIALS[:1]})
    early = tried()
    api.box.advance(60)
    return early, tried()


def read_only(api: Any) -> Any:
    api.control("POST", "locations/main/token", {"action": "read_only"})
    return api.number(api.post("/assets/revoke", {}))


def replaced(api: Any) -> Any:
    api.control("POST", "locations/main/token", {"action": "replace"})
    older = api.number(api.get("/assets"))
    api.http.headers["Authorization"] = f"Bearer {api.box.token()}"
    assert api.read("/assets")["uId"] == "7700000000000042"
    return older


def slash(api: Any) -> Any:
    return api.get("/assets/").status_code


def wait_429(api: Any) -> Any:
    api.switch(enforce_rate=True)
    return [api.get("/assets") for _turn in range(16)][-1].headers.get("Retry-After")


def hook_url(api: Any) -> Any:
    api.box.outbox.sender = lambda _url, _token, _body: 200
    codes = []
    for url in ("http://127.0.0.1/x", "http://hooks.example/x", "https://hooks.example/x"):
        body = {"notificationUrl": url, "notificationAuthToken": "s"}
        codes.append(api.number(api.post("/client/config", body))[1])
    return codes


def rate(api: Any) -> Any:
    return {api.get("/assets").status_code for _turn in range(40)}


def latency(api: Any) -> Any:
    before = api.box.clock.now()
    api.read("/service/config")
    api.read("/assets")
    api.read("/client/config")
    return round(api.box.clock.now() - before, 3)


def itunes(api: Any) -> Any:
    return [api.http.get("/itunes/lookup?id=5").status_code for _turn in range(3)]


def size(api: Any) -> Any:
    return [api.read("/assignments")["totalPages"], api.read("/assets")["totalPages"]]


CASES: list[tuple[str, Any, Callable[[Any], Any], Any]] = [
    ("page_size", 2, size, [3, 4]),
    ("page_size", 1000, size, [1, 1]),
    ("invalid_token", "401", bad_token, (401, 9622)),
    ("invalid_token", "200", bad_token, (200, 9622)),
    ("token_expiration_field", "always", expiration, (True, True)),
    ("token_expiration_field", "within_15_days", expiration, (False, True)),
    ("licences_run_out", "fill", run_out, 2),
    ("licences_run_out", "whole_asset", run_out, 0),
    ("already_assigned", "completed", twice, 0),
    ("already_assigned", "failure_9616", twice, 9616),
    ("not_assigned", "completed", not_held, 0),
    ("not_assigned", "failure_9619", not_held, 9619),
    ("unknown_asset", "sync_9602", not_owned, (400, 9602)),
    ("unknown_asset", "async_9709", not_owned, (9709, 3)),
    ("unknown_user", "async_9609", unknown_user, (200, 0)),
    ("unknown_user", "sync_9609", unknown_user, (400, 9609)),
    ("unknown_user_edit", "sync_9609", unknown_edit, (400, 9609)),
    ("unknown_user_edit", "async_9609", unknown_edit, 9609),
    ("registered_user", "allowed", registered, "COMPLETE"),
    ("registered_user", "refused", registered, "FAILED"),
    ("reregister", "same_record", again, ["Registered"]),
    ("reregister", "new_record", again, ["Retired", "Registered"]),
    ("pricing_param_omitted", "stdq", no_pricing, (200, 0)),
    ("pricing_param_omitted", "refused", no_pricing, (400, 9602)),
    ("event_queue", "parallel", queue, ["COMPLETE", "COMPLETE"]),
    ("event_queue", "serial", queue, ["COMPLETE", "PENDING"]),
    ("events_finish", True, finish, "COMPLETE"),
    ("events_finish", False, finish, "PENDING"),
    ("pending_polls", 0, polls, 0),
    ("pending_polls", 2, polls, 2),
    ("event_retention_seconds", None, retention, (200, 0)),
    ("event_retention_seconds", 100, retention, (400, 9708)),
    ("error_info", "grouped", info, True),
    ("error_info", "absent", info, False),
    ("omitted_client_config", "unchanged", omitted, [True, True, True]),
    ("omitted_client_config", "cleared", omitted, [False, False, False]),
    ("empty_mdm_info", "stored", empty_claim, {"id": "", "name": "", "metadata": ""}),
    ("empty_mdm_info", "cleared", empty_claim, None),
    ("unclaimed_mdm_info", "absent", unclaimed, "absent"),
    ("unclaimed_mdm_info", "null", unclaimed, None),
    ("delta_removed", "hidden", removed, ["TESTA00002"]),
    ("delta_removed", "shown", removed, ["TESTA00001", "TESTA00002"]),
    ("version_scope", "global", scope, [False, False, True]),
    ("version_scope", "per_filter", scope, [True, False, True]),
    ("empty_total_pages", "0", empty, [0, 0]),
    ("empty_total_pages", "1", empty, [1, 1]),
    ("counts", "exact", counts, ((2, 3, 0), (2, 3, 0))),
    ("counts", "lagging", counts, ((1, 4, 0), (2, 3, 0))),
    ("counts", "without_retired", counts, ((1, 3, 1), (1, 3, 1))),
    ("freed_lag", 0, freed, ((1, "COMPLETE"), (0, "COMPLETE"))),
    ("freed_lag", 60, freed, ((0, "FAILED"), (1, "COMPLETE"))),
    ("read_only_writes", "403_9602", read_only, (403, 9602)),
    ("read_only_writes", "401_9601", read_only, (401, 9601)),
    ("token_replacement", "revokes_older", replaced, (401, 9625)),
    ("token_replacement", "keeps_older", replaced, (200, 0)),
    ("trailing_slash", "accepted", slash, 200),
    ("trailing_slash", "refused", slash, 404),
    ("retry_after_429", None, wait_429, None),
    ("retry_after_429", 2, wait_429, "2"),
    ("notification_url", "strict", hook_url, [9712, 9712, 0]),
    ("notification_url", "loopback", hook_url, [0, 9712, 0]),
    ("enforce_rate", True, rate, {200, 429}),
    ("enforce_rate", False, rate, {200}),
    ("latency_ms", 0, latency, 0),
    ("latency_ms", 250, latency, 0.75),
    ("itunes_per_minute", 0, itunes, [200, 200, 200]),
    ("itunes_per_minute", 2, itunes, [200, 200, 403]),
]
# Tested where their subject is.
ELSEWHERE = {
    *("event_seconds", "notification_retry_seconds", "notification_copies", "notification_order"),
    *("enforce_parallel", "limits", "count_lag_seconds"),
    *(
        "invite_code",
        "used_code",
        "email_taken",
        "relink",
        "page_accounts",
        "page_account_taken",
        "devices_per_account",
    ),
}


@pytest.mark.parametrize(("name", "value", "probe", "expected"), CASES)
def test_position(api: Any, name: str, value: Any, probe: Callable[[Any], Any], expected: Any) -> None:
    assert api.control("PUT", "switches", {name: value})[name] == value
    assert probe(api) == expected


def test_every_position_has_a_test() -> None:
    tested = {(name, value) for name, value, _probe, _expected in CASES}
    # Systems Manager's have a file of their own.
    mine = {name: switch for name, switch in SWITCHES.items() if not name.startswith("sm_")}
    assert {name for name, _value in tested} | ELSEWHERE == set(mine)
    for name, switch in mine.items():
        if name not in ELSEWHERE:
            assert {(name, value) for value in switch.values} <= tested


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no_such_switch", 1),
        ("counts", "wrong"),
        ("page_size", 0),
        ("page_size", 1.5),
        ("page_size", True),
        ("event_seconds", -1),
        ("event_seconds", "nan"),
        ("event_seconds", "soon"),
        ("enforce_rate", "perhaps"),
        ("limits", {"maxAssets": 0}),
        ("limits", {"maxUnicorns": 5}),
        ("limits", 5),
    ],
)
def test_a_wrong_position_changes_nothing(api: Any, name: str, value: Any) -> None:
    before = api.control("GET", "switches")
    status, answer = api.box.control("PUT", "/switches", {"page_size": 7, name: value})
    assert status == 400
    assert answer["error"].count(".") >= 1
    assert api.control("GET", "switches") == before


def test_texts_of_the_command_line_are_understood() -> None:
    assert check("page_size", "549") == 549
    assert check("event_seconds", "0.5") == 0.5
    assert check("enforce_rate", "False") is False
    assert check("event_retention_seconds", "null") is None
    assert Switches({"limits": {"maxAssets": 3}})["limits"]["maxUsers"] == 100


def test_help_speaks_of_every_switch(api: Any) -> None:
    told = api.control("GET", "switches/help")
    assert set(told) == set(SWITCHES)
    assert all(one["origin"] in ("guess", "documented", "stand-in") and one["meaning"] for one in told.values())

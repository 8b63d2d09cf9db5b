# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control surface: what people and Apple do."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.control import INDEX

PAGES, WORD, PROCREATE, BOOK, CUSTOM = "361309726", "586447913", "425073498", "900000001", "900000101"


def test_the_index_lists_every_call(api: Any) -> None:
    data = api.http.get("/_sandbox/").json()
    assert set(data["calls"]) == set(INDEX)
    assert api.http.get("/_sandbox").json() == data
    assert "lost_answer" in data["faults"]


def test_control_over_http(api: Any) -> None:
    assert api.http.put("/_sandbox/switches", json={"page_size": 3}).json()["page_size"] == 3
    answer = api.http.put("/_sandbox/switches", json={"page_size": "many"})
    assert answer.status_code == 400
    assert "page_size" in answer.json()["error"]
    assert api.http.put("/_sandbox/switches", content=b"{").status_code == 400
    assert api.http.put("/_sandbox/switches", json=[]).status_code == 400
    assert api.http.get("/_sandbox/locations/main/assignments?adamId=" + PAGES).json()["assignments"]
    assert api.box.requests[-1]["service"] == "control"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "nothing"),
        ("POST", "switches"),
        ("GET", "locations/x"),
        ("POST", "locations/main/dance"),
        ("GET", "a/b/c"),
    ],
)
def test_unknown_calls(api: Any, method: str, path: str) -> None:
    status, answer = api.box.control(method, f"/{path}", {})
    assert status == 404
    assert answer["error"]


def test_buy_refund_and_the_arithmetic(api: Any) -> None:
    bought = api.control("POST", "locations/main/buy", {"adamId": PROCREATE, "count": 7})
    assert (bought["totalCount"], bought["availableCount"]) == (10, 9)
    back = api.control("POST", "locations/main/refund", {"adamId": PROCREATE, "count": 4})
    assert (back["totalCount"], back["availableCount"], back["retiredCount"]) == (6, 5, 4)
    assert api.asset(PROCREATE)["totalCount"] == 6
    new = api.control("POST", "locations/main/buy", {"adamId": "904280696", "count": 2})
    assert new["supportedPlatforms"] == ["macOS"]
    plus = api.control("POST", "locations/main/buy", {"adamId": BOOK, "pricingParam": "PLUS", "count": 1})
    assert plus["totalCount"] == 6


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("buy", {"adamId": "5", "count": 1}),
        ("buy", {"adamId": WORD, "count": 0}),
        ("buy", {"adamId": WORD, "count": "1"}),
        ("buy", {"adamId": PAGES, "count": 1}),
        ("refund", {"adamId": PROCREATE, "count": 3}),
        ("refund", {"adamId": "5"}),
        ("transfer", {"adamId": WORD, "count": 1, "to": "main"}),
        ("transfer", {"adamId": WORD, "count": 1}),
        ("unlimited", {"adamId": PAGES, "total": 1}),
        ("unlimited", {"adamId": PAGES, "total": "1"}),
        ("accept", {"clientUserId": "u-0001"}),
        ("accept", {"inviteCode": "0f0e"}),
        ("accept", {}),
        ("token", {"action": "eat"}),
        ("assignments", {"add": [{"adamId": WORD, "clientUserId": "nobody"}]}),
        ("assignments", {"add": "x"}),
        ("client-config", {"mdmInfo": 5}),
    ],
)
def test_what_is_impossible_is_said_in_one_sentence(api: Any, verb: str, data: dict[str, Any]) -> None:
    before = api.control("GET", "locations/main")
    status, answer = api.box.control("POST", f"/locations/main/{verb}", data)
    assert status == 400
    assert answer["error"].endswith(".")
    assert api.control("GET", "locations/main") == before


def test_transfer(make: Any, api_of: Any) -> None:
    box = make("school")
    north, west = api_of(box, "north"), api_of(box, "west")
    before = west.asset(PROCREATE)["totalCount"]
    north.control("POST", "locations/north/transfer", {"adamId": PROCREATE, "count": 5, "to": "west"})
    assert north.asset(PROCREATE)["totalCount"] == 25
    assert west.asset(PROCREATE)["totalCount"] == before + 5


def test_fixed_and_unlimited(api: Any) -> None:
    fixed = api.control("POST", "locations/main/unlimited", {"adamId": PAGES, "total": 4})
    assert (fixed["unlimited"], fixed["availableCount"]) == (False, 1)
    assert api.control("POST", "locations/main/unlimited", {"adamId": PAGES, "total": None})["unlimited"]


def test_another_product_changes_assignments(api: Any) -> None:
    data = {
        "add": [{"adamId": WORD, "serialNumber": "TESTA00005"}, {"adamId": WORD, "clientUserId": "u-0002"}],
        "remove": [{"adamId": PAGES, "serialNumber": "TESTA00001"}, {"adamId": PAGES, "serialNumber": "NOBODY"}],
    }
    version = api.read("/assignments")["versionId"]
    assert api.control("POST", "locations/main/assignments", data) == {"added": 2, "removed": 1}
    assert api.control("POST", "locations/main/assignments", data) == {"added": 0, "removed": 0}
    assert api.asset(WORD)["assignedCount"] == 2
    assert api.read("/assignments")["versionId"] != version
    rows = api.control("GET", "locations/main/assignments", {"adamId": WORD})["assignments"]
    assert rows == api.read("/assignments", adamId=WORD)["assignments"]


def test_the_same_pair_twice_counts_once(api: Any) -> None:
    pair = {"adamId": WORD, "serialNumber": "TESTB00001"}
    for verb in ("add", "remove"):
        told = api.control("POST", "locations/main/assignments", {verb: [pair, dict(pair)]})
        assert told["added"] + told["removed"] == 1
    assert api.asset(WORD)["assignedCount"] == 0


def test_an_addition_beyond_the_licences_adds_nothing(api: Any) -> None:
    many = [{"adamId": PROCREATE, "serialNumber": f"TESTB{number}"} for number in range(3)]
    status, _answer = api.box.control("POST", "/locations/main/assignments", {"add": many})
    assert status == 400
    assert api.asset(PROCREATE)["assignedCount"] == 1


def test_foreign_claim_and_its_end(api: Any) -> None:
    claim = {"id": "x", "name": "Other", "metadata": ""}
    api.control("POST", "locations/main/client-config", {"mdmInfo": claim})
    assert api.read("/users")["mdmInfo"] == claim
    api.control("POST", "locations/main/client-config", {"mdmInfo": None})
    assert "mdmInfo" not in api.read("/users")


def test_users_with_their_codes(api: Any) -> None:
    users = api.control("GET", "locations/main/users")["users"]
    codes = {user["clientUserId"]: user.get("inviteCode") for user in users if user["status"] != "Retired"}
    assert codes["u-0001"] is None
    assert codes["u-0002"] == api.read("/users", clientUserId="u-0002")["users"][0]["inviteCode"]


def test_clock(api: Any) -> None:
    before = api.box.clock.now()
    api.control("POST", "clock", {"advance": 90})
    assert api.box.clock.now() == before + 90
    assert api.control("GET", "clock")["now"].endswith("+0000")
    for wrong in (-1, "x", True, None):
        assert api.box.control("POST", "/clock", {"advance": wrong})[0] == 400

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GET endpoints: shapes, filters, paging, versions and deltas."""

from __future__ import annotations

from typing import Any

import pytest

PAGES, WORD_IOS, WORD_MAC, PROCREATE = "361309726", "586447913", "462054704", "425073498"
BOOK, CUSTOM = "900000001", "900000101"


def test_service_config_needs_no_token_and_speaks_of_this_server(api: Any) -> None:
    del api.http.headers["Authorization"]
    data = api.read("/service/config")
    assert data["limits"]["maxAssets"] == 25
    assert data["limits"]["maxRequestPerSecond"] == 15
    assert len(data["urls"]) == 13
    assert all(url.startswith("http://sandbox.test/") for url in data["urls"].values())
    assert "%25inviteCode%25" in data["urls"]["invitationEmail"]
    numbers = [entry["errorNumber"] for entry in data["errorCodes"]]
    assert {9601, 9700, 9728} <= set(numbers)
    assert 9729 not in numbers
    assert "uId" not in data


def test_every_authenticated_answer_says_whose_it_is(api: Any) -> None:
    for path in ("/service/config", "/client/config", "/assets", "/assignments", "/users"):
        data = api.read(path)
        assert data["uId"] == "7700000000000042"
        assert data["tokenExpirationDate"] == "2031-03-02T09:15:00+0000"
        assert "mdmInfo" not in data
    claim = {"id": "1", "name": "n", "metadata": "m"}
    api.post("/client/config", {"mdmInfo": claim})
    for path in ("/service/config", "/client/config", "/assets", "/assignments", "/users"):
        assert api.read(path)["mdmInfo"] == claim


def test_client_config_names_the_location(api: Any) -> None:
    data = api.read("/client/config")
    assert data["locationName"] == "Harbour Street School"
    assert data["defaultPlatform"] == "volumestore"
    assert data["countryISO2ACode"] == "NZ"
    assert data["websiteURL"] == "https://school.apple.com"


def test_asset_fields_and_arithmetic(api: Any) -> None:
    for asset in api.read("/assets")["assets"]:
        assert isinstance(asset["adamId"], str)
        assert asset["totalCount"] == asset["assignedCount"] + asset["availableCount"]
        assert set(asset) == {
            *("adamId", "pricingParam", "productType", "deviceAssignable", "revocable", "supportedPlatforms"),
            *("assignedCount", "availableCount", "retiredCount", "totalCount"),
        }
    book = api.asset(BOOK)
    assert not book["deviceAssignable"]
    assert not book["revocable"]
    assert book["productType"] == "Book"
    assert api.asset(CUSTOM)["retiredCount"] == 1


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"adamId": PROCREATE}, {PROCREATE}),
        ({"adamId": "1"}, set()),
        ({"productType": "Book"}, {BOOK}),
        ({"pricingParam": "PLUS"}, {BOOK}),
        ({"deviceAssignable": "false"}, {BOOK}),
        ({"revocable": "true"}, {PAGES, WORD_IOS, WORD_MAC, PROCREATE, CUSTOM}),
        ({"maxAvailableCount": "2"}, {PROCREATE}),
        ({"minAvailableCount": "50", "maxAvailableCount": "50"}, {WORD_IOS}),
        ({"minAssignedCount": "3"}, {PAGES}),
        ({"maxAssignedCount": "0", "productType": "App"}, {WORD_IOS, WORD_MAC, CUSTOM}),
        ({"unlimited": "false", "productType": "App"}, {WORD_IOS, WORD_MAC, PROCREATE, CUSTOM}),
    ],
)
def test_asset_filters(api: Any, filters: dict[str, str], expected: set[str]) -> None:
    assert {asset["adamId"] for asset in api.read("/assets", **filters)["assets"]} == expected


def test_unlimited_assets_in_three_modes(api: Any) -> None:
    assert api.asset(PAGES)["totalCount"] == 2147483647
    apart = api.read("/assets", unlimited="true")
    assert [asset["adamId"] for asset in apart["unlimitedAssets"]] == [PAGES]
    assert not {"availableCount", "totalCount", "retiredCount"} & set(apart["unlimitedAssets"][0])
    assert PAGES not in {asset["adamId"] for asset in apart["assets"]}
    assert apart["size"] == 7
    without = api.read("/assets", unlimited="false")
    assert without["size"] == 6
    assert "unlimitedAssets" not in without


@pytest.mark.parametrize(
    ("path", "name"), [("/assets", "assets"), ("/assignments", "assignments"), ("/users", "users")]
)
def test_pages_are_complete_and_end_without_next(api: Any, path: str, name: str) -> None:
    everything = api.read(path)[name]
    for size in (1, 2, 3, 100):
        api.switch(page_size=size)
        assert api.walk(path, name) == everything
        last = -(-len(everything) // size) - 1
        page = api.read(path, pageIndex=last)
        assert "nextPageIndex" not in page
        assert page["currentPageIndex"] == last
        assert page["totalPages"] == last + 1
        for wrong in (last + 1, -1, "x", "1.5", "99999999999999999999"):
            assert api.number(api.get(path, pageIndex=wrong)) == (400, 9650)


def test_nothing_found_is_an_empty_page(api: Any) -> None:
    page = api.read("/assignments", serialNumber="NOBODY0001")
    assert page["assignments"] == []
    assert (page["size"], page["totalPages"], page["currentPageIndex"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 5),
        ({"adamId": PAGES}, 3),
        ({"adamId": BOOK, "pricingParam": "PLUS"}, 0),
        ({"pricingParam": "STDQ"}, 5),
        ({"serialNumber": "TESTA00001"}, 2),
        ({"serialNumber": "TESTA00001", "adamId": PAGES}, 1),
        ({"clientUserId": "u-0001"}, 2),
        ({"clientUserId": "nobody"}, 0),
        ({"adamId": "123"}, 0),
    ],
)
def test_assignment_filters(api: Any, filters: dict[str, str], count: int) -> None:
    rows = api.read("/assignments", **filters)["assignments"]
    assert len(rows) == count
    assert all(("serialNumber" in row) != ("clientUserId" in row) for row in rows)


def test_user_state_is_told_on_request(api: Any) -> None:
    plain = api.read("/assignments", clientUserId="u-0001")["assignments"]
    assert not any("userStatus" in row or "idHash" in row for row in plain)
    told = api.read("/assignments", clientUserId="u-0001", includeUserState="true")["assignments"]
    assert all(row["userStatus"] == "Associated" and row["idHash"] for row in told)


def test_inactive_people_can_be_left_out(api: Any) -> None:
    api.run("/users/retire", {"users": [{"clientUserId": "u-0001"}]})
    kept = api.read("/assignments", clientUserId="u-0001", includeUserState="true")["assignments"]
    assert [(row["adamId"], row["userStatus"]) for row in kept] == [(BOOK, "Retired")]
    assert api.read("/assignments", clientUserId="u-0001", excludeInactiveUsers="true")["assignments"] == []
    assert len(api.read("/assignments", excludeInactiveUsers="true")["assignments"]) == 3


def test_one_client_user_id_may_be_listed_twice(api: Any) -> None:
    assert len(api.read("/users", clientUserId="u-0003")["users"]) == 2
    active = api.read("/users", clientUserId="u-0003", activeOnly="true")["users"]
    assert [user["status"] for user in active] == ["Registered"]
    assert active[0]["inviteCode"]
    retired = api.read("/users", retiredOnly="true")["users"]
    assert [user["clientUserId"] for user in retired] == ["u-0003"]
    assert "inviteCode" not in retired[0]


@pytest.mark.parametrize("query", ["revocable=maybe", "productType=Film", "pricingParam=X", "minAssignedCount=few"])
def test_senseless_filters_are_refused(api: Any, query: str) -> None:
    assert api.number(api.http.get(f"/mdm/v2/assets?{query}")) == (400, 9602)


def test_each_write_changes_the_version_of_what_it_touches(api: Any) -> None:
    def versions() -> list[str]:
        return [api.read(path)["versionId"] for path in ("/assets", "/assignments", "/users")]

    first = versions()
    assert first == versions()
    assert len(set(first)) == 3
    api.run("/assets/associate", {"assets": [{"adamId": WORD_IOS}], "serialNumbers": ["TESTA00003"]})
    second = versions()
    assert [old == new for old, new in zip(first, second, strict=True)] == [False, False, True]
    api.run("/users/update", {"users": [{"clientUserId": "u-0001", "email": "new@harbour.example"}]})
    third = versions()
    assert [old == new for old, new in zip(second, third, strict=True)] == [True, True, False]


def test_deltas_hold_what_changed_since(api: Any) -> None:
    start = api.read("/assignments")["versionId"]
    nothing = api.read("/assignments", sinceVersionId=start)
    assert nothing["assignments"] == []
    assert nothing["versionId"] == start
    api.run("/assets/associate", {"assets": [{"adamId": WORD_IOS}], "serialNumbers": ["TESTA00003"]})
    api.run("/assets/disassociate", {"assets": [{"adamId": PAGES}], "serialNumbers": ["TESTA00001"]})
    delta = api.read("/assignments", sinceVersionId=start)
    assert [(row["adamId"], row["serialNumber"]) for row in delta["assignments"]] == [(WORD_IOS, "TESTA00003")]
    assert delta["versionId"] != start

    people = api.read("/users")["versionId"]
    api.run("/users/create", {"users": [{"clientUserId": "u-0009"}]})
    assert [user["clientUserId"] for user in api.read("/users", sinceVersionId=people)["users"]] == ["u-0009"]


def test_a_persons_new_state_changes_the_assignments_too(api: Any) -> None:
    start = api.read("/assignments")["versionId"]
    api.run("/users/retire", {"users": [{"clientUserId": "u-0001"}]})
    delta = api.read("/assignments", sinceVersionId=start, includeUserState="true")
    assert [(row["adamId"], row["userStatus"]) for row in delta["assignments"]] == [(BOOK, "Retired")]


def test_version_ids_of_something_else_are_refused(api: Any) -> None:
    assert api.number(api.get("/assignments", sinceVersionId="never-issued")) == (400, 9721)
    other = api.read("/users")["versionId"]
    assert api.number(api.get("/assignments", sinceVersionId=other)) == (400, 9721)


def test_deltas_are_paged_too(api: Any) -> None:
    start = api.read("/assignments")["versionId"]
    serials = [f"TESTB{number:05d}" for number in range(7)]
    api.run("/assets/associate", {"assets": [{"adamId": WORD_IOS}], "serialNumbers": serials})
    api.switch(page_size=3)
    rows = api.walk("/assignments", "assignments", sinceVersionId=start)
    assert [row["serialNumber"] for row in rows] == serials

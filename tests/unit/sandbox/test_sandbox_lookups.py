# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What products are called: contentMetadataLookup and the iTunes look-up."""

from __future__ import annotations

from typing import Any

import pytest

PAGES, WORD_MAC, BOOK, CUSTOM = "361309726", "462054704", "900000001", "900000101"


def lookup(api: Any, cookie: str | None = None, **params: str) -> dict[str, Any]:
    headers = {"Cookie": f"itvt={cookie}"} if cookie else {}
    answer = api.http.get(
        "/metadata/lookup", params={"version": "2", "p": "mdm-lockup", "caller": "MDM", **params}, headers=headers
    )
    assert answer.status_code == 200
    data: dict[str, Any] = answer.json()
    assert data["isAuthenticated"] is False
    results: dict[str, Any] = data["results"]
    return results


def test_public_products_need_no_cookie(api: Any) -> None:
    assert api.read("/service/config")["urls"]["contentMetadataLookup"].endswith("/metadata/lookup")
    found = lookup(api, id=f"{PAGES},{BOOK},5,{CUSTOM}", platform="volumestore", cc="nz")
    assert set(found) == {PAGES, BOOK}
    pages = found[PAGES]
    assert (pages["name"], pages["bundleId"], pages["kind"]) == ("Pages", "com.apple.Pages", "iosSoftware")
    assert {"ipad", "mac"} <= set(pages["deviceFamilies"])
    assert not pages["isB2BCustomApp"]
    assert pages["offers"][0]["version"]["display"]
    assert "bundleId" not in found[BOOK]


def test_custom_apps_need_the_owners_cookie(api: Any) -> None:
    token = api.box.token()
    assert lookup(api, token, id=CUSTOM)[CUSTOM]["isB2BCustomApp"]
    assert lookup(api, "nonsense", id=CUSTOM) == {}
    api.control("POST", "locations/main/token", {"action": "replace"})
    assert lookup(api, token, id=CUSTOM) == {}


def test_mac_metadata(api: Any) -> None:
    assert set(lookup(api, id=f"{PAGES},{WORD_MAC},586447913", platform="macappstore")) == {PAGES, WORD_MAC}
    assert lookup(api, id=PAGES, platform="nonsense") == {}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"lookup?id={PAGES}&country=nz", [361309726]),
        ("lookup?bundleId=com.apple.Pages", [361309726]),
        (f"lookup?id={PAGES},{WORD_MAC}", [361309726, 462054704]),
        (f"lookup?id={CUSTOM}", []),
        (f"lookup?id={BOOK}", []),
        ("lookup?bundleId=example.harbour.timetable", []),
        ("lookup", []),
        ("search?term=microsoft+word", [586447913, 462054704]),
        ("search?term=microsoft+word&entity=macSoftware", [462054704]),
        ("search?term=microsoft&entity=software&limit=2", [586447913, 586683407]),
    ],
)
def test_itunes(api: Any, query: str, expected: list[int]) -> None:
    data = api.http.get(f"/itunes/{query}").json()
    assert [result["trackId"] for result in data["results"]] == expected
    assert data["resultCount"] == len(expected)
    assert api.http.get("/itunes/other").status_code == 404

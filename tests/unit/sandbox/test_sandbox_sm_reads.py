# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Systems Manager's reads: organisations, networks, VPP accounts, devices and their pages, owners, groups, profiles."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from sandbox.clock import utc
from sandbox.meraki.devices import FIELDS
from sandbox.meraki.scope import parse_scope

DEFAULTS = [
    "id",
    "name",
    "tags",
    "ssid",
    "wifiMac",
    "osName",
    "systemModel",
    "uuid",
    "serialNumber",
    "serial",
    "ip",
    "notes",
]


@pytest.fixture
def school(make: Any, sm_of: Any) -> Any:
    return sm_of(make("school"), "north")


def walk(sm: Any, path: str, **params: Any) -> list[list[dict[str, Any]]]:
    """All pages, by the unquoted links."""
    answer = sm.ask("GET", path, **params)
    pages = [answer.json()]
    while "next" in answer.links:
        answer = sm.sm.get(answer.links["next"]["url"])
        assert answer.status_code == 200
        pages.append(answer.json())
    return pages


def test_organisations_and_networks(school: Any) -> None:
    (org,) = school.see("/organizations")
    assert (org["id"], org["name"]) == ("600077", "Kowhai Valley College")
    path = f"/organizations/{org['id']}/networks"
    rows = school.see(path)
    assert [row["productTypes"] for row in rows] == [["systemsManager"]] * 3 + [["wireless", "switch"]]
    assert len(school.see(path, productTypes=["systemsManager", "camera"])) == 3
    assert school.see(path, tags=["x"]) == school.see(path, tags=["x"], tagsFilterType="withAllTags") == []
    assert school.ask("GET", path, tagsFilterType="x").status_code == 400
    assert [len(page) for page in walk(school, path, perPage=3)] == [3, 1]
    assert school.ask("GET", "/networks/N_600077000004/sm/devices").status_code == 404


def test_vpp_accounts_show_the_token(school: Any) -> None:
    rows = school.see(f"/organizations/{school.org}/sm/vppAccounts")
    assert [row["vppLocationId"] for row in rows] == [place.uid for place in school.box.world.locations.values()]
    north, _south, west = rows
    assert north == school.see(f"/organizations/{school.org}/sm/vppAccounts/{north['id']}")
    assert north["contentToken"] == north["vppServiceToken"] == school.box.token("north")
    assert set(json.loads(base64.b64decode(north["vppServiceToken"]))) == {"expDate", "token", "orgName"}
    assert north["vppAccountId"] == north["id"]
    assert north["parsedToken"]["expiresAt"] == "2031-03-02T09:15:00Z"
    assert re.fullmatch("[0-9a-f]{40}", north["parsedToken"]["hashedToken"])
    assert north["assignableNetworkIds"] == [school.network]
    assert west["networkIdAdmins"] == "N_600077000003,N_600077000001"
    assert north["lastSyncedAt"] == utc(school.box.clock.now() - 7200).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_devices_and_their_fields(sm: Any) -> None:
    rows = sm.see("devices")
    assert list(rows[0]) == DEFAULTS
    assert [row["serial"] for row in rows] == [f"TESTA{number:05d}" for number in range(1, 11)]
    assert rows[0]["serial"] == rows[0]["serialNumber"]
    assert all(re.fullmatch(r"\d{13}", row["id"]) for row in rows)
    assert len({row["wifiMac"] for row in rows}) == len({row["uuid"] for row in rows}) == 10
    (row,) = sm.see("devices", fields=sorted(FIELDS), serials=["TESTA00002"])
    assert set(row) == {*DEFAULTS, *FIELDS}
    assert (row["isSupervised"], row["missingAppsCount"], row["ownerEmail"]) == (True, 0, "tama@harbour.example")
    assert (row["systemType"], row["autoTags"], row["imei"]) == ("iPad", ["ipad"], None)
    assert row["lastConnected"] == sm.box.clock.now() - 600


def test_filters_all_have_to_fit(sm: Any) -> None:
    first, second = sm.see("devices")[:2]

    def serials(**params: Any) -> list[str]:
        return [row["serial"][-2:] for row in sm.see("devices", **params)]

    assert serials(ids=[first["id"], second["id"], "5"]) == ["01", "02"]
    assert serials(wifiMacs=[first["wifiMac"]]) == serials(uuids=[first["uuid"]]) == ["01"]
    assert serials(serials=["TESTA00009", "TESTB"], systemTypes=["iPad"]) == ["09"]
    assert serials(systemTypes=["Mac"]) == []
    assert serials(scope=["withAny", "app-pages", "no-such"]) == ["01", "02"]
    assert serials(scope=["withAll", "app-pages", "app-procreate"]) == ["01"]
    assert serials(scope=["withAny", "app-pages"], serials=["TESTA00002", "TESTA00003"]) == ["02"]
    assert serials(scope=["withAny", "ipad"], ids=[first["id"]]) == ["01"]
    assert len(serials(scope=["all"])) == 10
    assert serials(scope=["none"]) == []


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("none", []),
        ("all", ["", "a", "ab"]),
        ("withAny,a,c", ["a", "ab"]),
        ("withAll, a, b", ["ab"]),
        ("withoutAny,a", [""]),
        ("withoutAll,a,b", ["", "a"]),
    ],
)
def test_operators(text: str, inside: list[str]) -> None:
    assert [tags for tags in ("", "a", "ab") if parse_scope([text]).holds(set(tags))] == inside


def test_pages(school: Any) -> None:
    whole = school.see("devices")
    assert len(whole) == 534
    pages = walk(school, "devices", perPage=200, fields=["isSupervised"])
    assert [len(page) for page in pages] == [200, 200, 134]
    assert [row["id"] for page in pages for row in page] == [row["id"] for row in whole]
    assert all("isSupervised" in row for row in pages[-1])
    answer = school.ask("GET", "devices", perPage=200, scope=["withAny", "year-7", "macs"])
    assert re.fullmatch(r"(<http://sandbox\.test/api/v1/[^>]+>; rel=[a-z]+(, |$)){2}", answer.headers["Link"])
    assert list(answer.links) == ["first", "last"]
    last = school.ask("GET", "devices", perPage=200).links["last"]["url"]
    tail = school.sm.get(last)
    assert [row["id"] for row in tail.json()] == [row["id"] for row in whole[-200:]]
    before = school.sm.get(tail.links["prev"]["url"])
    assert [row["id"] for row in before.json()] == [row["id"] for row in whole[-400:-200]]
    assert school.see("devices", startingAfter=whole[-1]["id"]) == []


@pytest.mark.parametrize(
    "params",
    [
        {"perPage": 2},
        {"perPage": 1001},
        {"perPage": "many"},
        {"startingAfter": "x"},
        {"fields": ["colour"]},
        {"scope": ["sometimes", "x"]},
        {"scope": ["withAny", "two words"]},
        {"scope": [""]},
    ],
)
def test_senseless_queries(sm: Any, params: dict[str, Any]) -> None:
    answer = sm.ask("GET", "devices", **params)
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 1


def test_owners(school: Any) -> None:
    rows = school.see("users")
    assert len(rows) == 900
    assert rows[3]["tags"] == " year-10 choir robotics "
    assert rows[3]["username"] + "@kowhaivalley.example" == rows[3]["email"]
    assert school.see("users", ids=[rows[3]["id"]]) == school.see("users", emails=[rows[3]["email"]]) == [rows[3]]
    assert school.see("users", usernames=[rows[3]["username"]], scope=["withAny", "year-7"]) == []
    assert len(school.see("users", scope=["withAny", "choir"])) == 60


def test_profiles(sm: Any) -> None:
    rows = sm.see("profiles", perPage=3)
    assert [row["scope"] for row in rows] == ["all", "withAny"]
    assert sm.see("profiles", payloadTypes=["Restrictions"])[0]["tags"] == ["year-7", "year-8"]
    assert sm.ask("GET", "profiles", perPage=51).status_code == 400


def test_target_groups(sm: Any) -> None:
    made = sm.ask("POST", "targetGroups", {"name": "readers", "scope": "withAny,app-pages, app-x"})
    assert made.status_code == 201
    group = made.json()
    assert group == {"id": group["id"], "name": "readers", "scope": "withAny", "tags": ["app-pages", "app-x"]}
    path = f"targetGroups/{group['id']}"
    details = sm.see(path, withDetails="true")
    assert details["deviceIds"] == [row["id"] for row in sm.see("devices", scope=["withAny", "app-pages"])]
    assert details["userIds"] == []
    assert sm.see("targetGroups") == [sm.see(path)] == [group]
    assert sm.ask("PUT", path, {"scope": "withAny,staff"}).json() == {**group, "tags": ["staff"]}
    assert sm.ask("PUT", path, {"name": "all"}).json()["name"] == "all"
    assert len(sm.see(path, withDetails="true")["userIds"]) == 3
    for wrong in ({"scope": "sometimes"}, {"scope": ["withAny", "x"]}, {"name": 5}):
        assert sm.ask("PUT", path, wrong).status_code == 400
    assert sm.ask("GET", path, withDetails="perhaps").status_code == 400
    gone = sm.ask("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert sm.ask("GET", path).status_code == 404
    assert sm.do("targetGroups", {})["scope"] == "none"

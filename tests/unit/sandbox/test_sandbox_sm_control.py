# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an admin does by hand in the dashboard, and what devices do."""

from __future__ import annotations

from typing import Any

import pytest

PAGES, WORD, EXCEL = "361309726", "586447913", "586683407"
THREE = "TESTA00003"


def test_link_edit_and_remove_an_account(make: Any, sm_of: Any) -> None:
    sm = sm_of(make("school"), "north")
    body = {"location": "south", "name": "More", "email": "it@school.example", "assignable_network_ids": ["north"]}
    made = sm.control("POST", "meraki/accounts", body)
    assert made["assignable_network_ids"] == [sm.network]
    path = f"/organizations/{sm.org}/sm/vppAccounts/{made['id']}"
    seen = sm.see(path)
    assert (seen["name"], seen["vppLocationId"], seen["lastForceSyncedAt"]) == ("More", "7700000000001002", None)
    edited = {"allowed_admins": "Organization", "network_id_admins": [], "email": "new@school.example"}
    sm.control("PUT", f"meraki/accounts/{made['id']}", edited)
    assert (sm.see(path)["allowedAdmins"], sm.see(path)["networkIdAdmins"]) == ("Organization", "")
    assert sm.control("POST", "meraki/sync", {"account_id": made["id"]}) == {"synced": {made["id"]: True}}
    assert sm.see(path)["lastForceSyncedAt"] is not None
    sm.control("DELETE", f"meraki/accounts/{made['id']}")
    assert sm.ask("GET", path).status_code == 404
    assert len(sm.control("GET", "meraki")["accounts"]) == 3


def test_add_edit_and_remove_an_app(sm: Any) -> None:
    sm.control("POST", "locations/main/buy", {"adamId": EXCEL, "count": 5})
    body = {"network": "main", "itunes_id": EXCEL, "scope": "withAny", "tags": ["year-7"], "uses_vpp": True}
    made = sm.control("POST", "meraki/apps", {**body, "prevent_auto_install": True})
    assert (made["bundle_id"], made["platform"], made["devices_in_scope"]) == ("com.microsoft.Office.Excel", "iOS", 6)
    assert sm.holders(EXCEL) == []
    path = f"meraki/apps/{made['app_id']}"
    assert sm.control("PUT", path, {"auto_grant": True, "scope": "withAll", "tags": ["year-7", "app-pages"]})["scope"]
    assert sm.control("PUT", path, {"scope": "all"})["devices_in_scope"] == 10
    assert len(sm.holders(EXCEL)) == 5
    device_id = sm.device(THREE)["id"]
    sm.do(f"devices/{device_id}/installApps", {"appIds": [made["app_id"]]})
    sm.do("devices/checkin", {"serials": [THREE]})
    assert sm.software(THREE, EXCEL)["isManaged"] is True
    assert sm.control("DELETE", path)["apps"] == [sm.app_id(adam_id) for adam_id in (PAGES, WORD, "425073498")]
    row = sm.software(THREE, EXCEL)
    assert (row["appId"], row["isManaged"], row["installedAt"] is None) == (None, False, False)
    own = {"network": "main", "itunes_id": "5", "bundle_id": "example.own", "name": "Own", "app_id": "5520000009999"}
    assert sm.control("POST", "meraki/apps", own)["platform"] == "iOS"
    assert sm.box.control("POST", "/meraki/apps", own)[0] == 400


def test_a_device_comes_and_goes(sm: Any) -> None:
    sm.set_app(WORD, scope="withAny", tags=["choir"])
    sm.control("POST", "meraki/owners", {"email": "new@harbour.example", "full_name": "New One", "tags": ["choir"]})
    new = {"serial": "NEW0000001", "owner_email": "new@harbour.example", "tags": ["year-7"]}
    made = sm.control("POST", "meraki/enrol", {"network": "main", "devices": [new, {"system": "tvOS"}]})["devices"]
    assert [device["supervised"] for device in made] == [True, False]
    assert sm.holders(WORD) == ["NEW0000001"]
    assert sm.control("POST", "meraki/checkin", {"all": True}) == {"checked_in": 12}
    (seen,) = sm.control("GET", "meraki/devices", {"serial": "NEW0000001"})["devices"]
    assert (seen["owner_email"], seen["scoped"]) == ("new@harbour.example", [sm.app_id(WORD)])
    assert seen["software"]["com.microsoft.Office.Word"]["status"] == "Managed"
    assert sm.control("POST", "meraki/unenrol", {"ids": [made[0]["id"], made[1]["id"]]}) == {"unenrolled": 2}
    assert len(sm.see("devices")) == 10
    assert sm.holders(WORD) == ["NEW0000001"]


def test_automatic_and_owner_tags_move_devices(sm: Any) -> None:
    sm.set_app(WORD, tags=["lost", "choir"])
    sm.control("PUT", "meraki/devices", {"serials": [THREE], "auto_tags": ["ipad", "lost"]})
    assert sm.holders(WORD) == [THREE]
    sm.control("POST", "meraki/owners", {"email": "tama@harbour.example", "tags": ["choir"]})
    assert sm.holders(WORD) == ["TESTA00002", THREE]
    sm.control("PUT", "meraki/devices", {"serials": ["TESTA00009"], "owner_email": "tama@harbour.example"})
    assert sm.holders(WORD) == ["TESTA00002", THREE, "TESTA00009"]
    changes = {"ids": [sm.device(THREE)["id"]], "owner_email": None, "supervised": None, "os_name": "iOS 9", "tags": []}
    assert sm.control("PUT", "meraki/devices", changes)["changed"] == 1
    row = sm.device(THREE, "isSupervised", "autoTags", "ownerEmail")
    assert (row["isSupervised"], row["autoTags"], row["ownerEmail"], row["tags"]) == (None, ["ipad", "lost"], None, [])


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("POST", "networks", {"name": "x"}),
        ("POST", "keys", {"name": "x", "networks": ["y"]}),
        ("POST", "keys", {"name": "x", "write": "no"}),
        ("DELETE", "keys/nobody", {}),
        ("POST", "accounts", {"location": "nowhere", "name": "x", "email": "y"}),
        ("POST", "accounts", {"location": "main", "email": "y"}),
        ("POST", "accounts", {"location": "main", "name": "x", "email": "y", "assignable_network_ids": ["z"]}),
        ("PUT", "accounts/1", {}),
        ("DELETE", "accounts/1", {}),
        ("POST", "sync", {"account_id": "1"}),
        ("GET", "apps", {"network": "z"}),
        ("POST", "apps", {"network": "main", "itunes_id": "5"}),
        ("POST", "apps", {"network": "main", "itunes_id": EXCEL, "scope": "sometimes"}),
        ("POST", "apps", {"network": "main", "itunes_id": EXCEL, "purchase_method": "cash"}),
        ("POST", "apps", {"network": "main", "itunes_id": EXCEL, "platform": "Android"}),
        ("POST", "apps", {"network": "main", "itunes_id": EXCEL, "colour": "red"}),
        ("PUT", "apps/1", {}),
        ("DELETE", "apps/1", {}),
        ("PUT", "devices", {"tags": ["x"]}),
        ("PUT", "devices", {"serials": ["NOBODY"], "tags": ["x"]}),
        ("PUT", "devices", {"all": True, "owner_email": "nobody@x.example"}),
        ("PUT", "devices", {"all": True, "installed_by_hand": ["5"]}),
        ("PUT", "devices", {"all": True, "last_seen_ago": "long"}),
        ("PUT", "devices", {"all": True, "tags": [5]}),
        ("POST", "enrol", {"network": "main", "devices": [{"serial": "X", "system": "Windows"}]}),
        ("POST", "enrol", {"network": "main", "devices": ["X"]}),
        ("POST", "enrol", {"network": "main", "devices": [{"serial": THREE}]}),
        ("POST", "enrol", {"network": "main", "devices": [{"serial": "X"}, {"serial": "X"}]}),
        ("POST", "unenrol", {}),
        ("POST", "checkin", {"serials": ["NOBODY"]}),
        ("POST", "owners", {"tags": ["x"]}),
    ],
)
def test_what_is_impossible_is_said_in_one_sentence(sm: Any, method: str, path: str, data: dict[str, Any]) -> None:
    before = [sm.control("GET", f"meraki{part}") for part in ("", "/apps", "/devices")]
    status, answer = sm.box.control(method, f"/meraki/{path}", data)
    assert status == 400
    assert answer["error"].endswith(".")
    assert "\n" not in answer["error"]
    assert [sm.control("GET", f"meraki{part}") for part in ("", "/apps", "/devices")] == before


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "nothing"), ("POST", "apps/1"), ("DELETE", "devices"), ("PUT", "a/b/c")]
)
def test_unknown_calls(sm: Any, method: str, path: str) -> None:
    status, answer = sm.box.control(method, f"/meraki/{path}", {})
    assert status == 404
    assert answer["error"].endswith(".")


def test_every_call_of_the_index_exists(sm: Any) -> None:
    for call in sm.control("GET", "")["calls"]:
        method, path = call.split(" /_sandbox")
        path = path.partition("?")[0].replace("<id>", "1").replace("<app_id>", "1").replace("<name>", "1")
        if path.startswith("/meraki"):
            assert sm.box.control(method, path, {})[0] in (200, 400)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags, check-ins, installs, and the one ledger of licences."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

PAGES, WORD, PROCREATE = "361309726", "586447913", "425073498"
ONE, THREE, FOUR = "TESTA00001", "TESTA00003", "TESTA00004"


def test_a_tag_ends_in_an_assignment_at_apple(sm: Any) -> None:
    before = sm.asset(WORD)
    assert sm.tag("add", "app-word", THREE) == [THREE]
    assert sm.tag("add", "app-word", THREE) == []
    assert sm.holders(WORD) == [THREE]
    assert sm.asset(WORD)["availableCount"] == before["availableCount"] - 1
    waiting = sm.software(THREE, WORD)
    assert (waiting["toInstall"], waiting["installedAt"], waiting["isManaged"]) == (True, None, False)
    assert sm.device(THREE, "missingAppsCount")["missingAppsCount"] == 1
    sm.box.advance(100)
    device = sm.device(THREE, "lastConnected")
    assert sm.do("devices/checkin", {"serials": [THREE]}) == {"ids": [device["id"]]}
    assert sm.device(THREE, "lastConnected")["lastConnected"] == device["lastConnected"] + 700
    row = sm.software(THREE, WORD)
    assert (row["status"], row["isManaged"], row["appId"]) == ("Managed", True, sm.app_id(WORD))
    assert row["installedAt"] is not None
    assert (row["identifier"], row["deviceId"]) == ("com.microsoft.Office.Word", device["id"])
    assert sm.device(THREE, "missingAppsCount")["missingAppsCount"] == 0
    assert sm.tag("delete", "app-word", THREE) == [THREE]
    assert sm.holders(WORD) == [THREE]


def test_update_replaces_all_tags(sm: Any) -> None:
    body = {"ids": [sm.device(ONE)["id"]], "tags": ["staff", "app-word here"], "updateAction": "update"}
    (changed,) = sm.do("devices/modifyTags", body)
    assert changed["tags"] == ["staff", "app-word", "here"]
    assert set(changed) == {"id", "tags", "wifiMac", "serial"}
    assert sm.do("devices/modifyTags", {**body, "tags": ["here", "staff", "app-word"]}) == []
    assert sm.do("devices/modifyTags", {"serials": ["NOBODY"], "tags": ["x"], "updateAction": "add"}) == []
    scoped = {"scope": ["withAny, year-7"], "tags": ["x"], "updateAction": "add"}
    assert len(sm.do("devices/modifyTags", scoped)) == 5


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("devices/modifyTags", {"serials": [ONE], "updateAction": "add"}),
        ("devices/modifyTags", {"serials": [ONE], "tags": "x", "updateAction": "add"}),
        ("devices/modifyTags", {"serials": [ONE], "tags": ["x"], "updateAction": "replace"}),
        ("devices/modifyTags", {"serials": [ONE], "tags": ["x"]}),
        ("devices/modifyTags", {"tags": ["x"], "updateAction": "add"}),
        ("devices/modifyTags", {"serials": ONE, "tags": ["x"], "updateAction": "add"}),
        ("devices/modifyTags", {"scope": ["x"], "tags": ["x"], "updateAction": "add"}),
        ("devices/checkin", {}),
        ("devices/checkin", []),
    ],
)
def test_bad_bodies_change_nothing(sm: Any, path: str, body: Any) -> None:
    before = sm.see("devices")
    answer = sm.ask("POST", path, body)
    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert sm.see("devices") == before
    assert sm.sm.post(f"/networks/{sm.network}/sm/{path}", content=b"{").status_code == 400


def test_licences_run_out(sm: Any) -> None:
    serials = [f"TESTA{number:05d}" for number in range(2, 6)]
    sm.tag("add", "app-procreate", *serials)
    assert len(sm.holders(PROCREATE)) == 3
    sm.do("devices/checkin", {"scope": ["all"]})
    states = [sm.software(serial, PROCREATE)["status"] for serial in serials]
    assert states == ["Managed", "Managed", "Failed", "Failed"]
    sm.control("POST", "locations/main/buy", {"adamId": PROCREATE, "count": 1})
    sm.do("devices/checkin", {"serials": serials})
    assert sm.software("TESTA00004", PROCREATE)["status"] == "Managed"
    assert sm.asset(PROCREATE)["availableCount"] == 0


def test_install_and_uninstall(sm: Any) -> None:
    app_id, device_id = sm.app_id(WORD), sm.device(FOUR)["id"]
    for verb in ("installApps", "uninstallApps"):
        assert sm.ask("POST", f"devices/{device_id}/{verb}", {"appIds": ["5"]}).status_code == 400
        assert sm.ask("POST", f"devices/{device_id}/{verb}", {}).status_code == 400
    assert sm.ask("POST", f"devices/{device_id}/installApps", {"appIds": [app_id], "force": "yes"}).status_code == 400
    answer = sm.ask("POST", f"devices/{device_id}/installApps", {"appIds": [app_id]})
    assert (answer.status_code, answer.content) == (200, b"")
    assert sm.holders(WORD) == []
    sm.do(f"devices/{device_id}/refreshDetails")
    first = sm.software(FOUR, WORD)
    assert first["status"] == "Managed"
    assert sm.holders(WORD) == [FOUR]
    sm.box.advance(50)
    sm.do(f"devices/{device_id}/installApps", {"appIds": [app_id]})
    assert sm.software(FOUR, WORD) == first
    sm.do(f"devices/{device_id}/installApps", {"appIds": [app_id], "force": True})
    assert sm.software(FOUR, WORD)["installedAt"] is None
    sm.do("devices/checkin", {"serials": [FOUR]})
    assert sm.software(FOUR, WORD)["installedAt"] > first["installedAt"]
    sm.do(f"devices/{device_id}/uninstallApps", {"appIds": [app_id]})
    assert sm.software(FOUR, WORD)["toUninstall"] is True
    sm.do("devices/checkin", {"serials": [FOUR]})
    gone = sm.software(FOUR, WORD)
    assert (gone["status"], gone["isManaged"], gone["toUninstall"]) == ("ManagedButUninstalled", False, False)
    assert gone["uninstalledAt"] is not None
    assert sm.holders(WORD) == [FOUR]


def test_auto_grant_and_auto_revoke(sm: Any) -> None:
    sm.set_app(WORD, auto_grant=True, auto_revoke=True, prevent_auto_install=True)
    sm.tag("add", "app-word", THREE, FOUR)
    assert sm.holders(WORD) == [THREE, FOUR]
    assert sm.software(THREE, WORD) == {}
    sm.tag("delete", "app-word", FOUR)
    assert sm.holders(WORD) == [THREE]
    # What another product does is undone at the next sync: a revocation is granted again, a grant is revoked.
    sm.run("/assets/disassociate", {"assets": [{"adamId": WORD}], "serialNumbers": [THREE]})
    sm.run("/assets/associate", {"assets": [{"adamId": WORD}], "serialNumbers": [ONE, "ELSEWHERE1"]})
    assert sm.holders(WORD) == ["ELSEWHERE1", ONE]
    assert list(sm.control("POST", "meraki/sync", {})["synced"].values()) == [True]
    assert sm.holders(WORD) == ["ELSEWHERE1", THREE]
    sm.run("/assets/disassociate", {"assets": [{"adamId": WORD}], "serialNumbers": [THREE]})
    sm.box.advance(86400)
    assert sm.holders(WORD) == ["ELSEWHERE1", THREE]


def test_a_token_that_is_over_stops_it_all(sm: Any) -> None:
    path = f"/organizations/{sm.org}/sm/vppAccounts"
    synced = sm.see(path)[0]["lastSyncedAt"]
    sm.control("POST", "locations/main/token", {"action": "replace"})
    assert list(sm.control("POST", "meraki/sync", {})["synced"].values()) == [False]
    sm.tag("add", "app-word", THREE)
    sm.do("devices/checkin", {"serials": [THREE]})
    assert sm.software(THREE, WORD)["status"] == "Failed"
    sm.box.advance(90_000)
    (account,) = sm.see(path)
    assert account["lastSyncedAt"] == synced
    assert account["vppServiceToken"] != sm.box.token()
    sm.control("PUT", f"meraki/accounts/{account['id']}", {"renew": True})
    assert sm.see(path)[0]["vppServiceToken"] == sm.box.token()
    sm.do("devices/checkin", {"serials": [THREE]})
    assert sm.software(THREE, WORD)["status"] == "Managed"
    assert sm.see(path)[0]["lastSyncedAt"] > synced


def test_an_account_that_the_network_may_not_use(sm: Any) -> None:
    (account,) = sm.see(f"/organizations/{sm.org}/sm/vppAccounts")
    sm.control("PUT", f"meraki/accounts/{account['id']}", {"assignable_network_ids": []})
    sm.tag("add", "app-word", THREE)
    assert sm.holders(WORD) == []
    sm.control("PUT", f"meraki/accounts/{account['id']}", {"assignable_networks": "All"})
    sm.do("devices/checkin", {"serials": [THREE]})
    assert sm.holders(WORD) == [THREE]


def test_licences_of_people(sm: Any) -> None:
    """Granted to an associated VPP user first; the owner's e-mail is the bond. Only auto-grant does both."""
    sm.set_app(WORD, purchase_method="user")
    sm.tag("add", "app-word", ONE, "TESTA00002", THREE, FOUR)
    sm.do("devices/checkin", {"scope": ["all"]})
    serials = (ONE, "TESTA00002", THREE, FOUR)
    assert {sm.software(serial, WORD)["status"] for serial in serials} == {"Failed"}
    sm.run("/assets/associate", {"assets": [{"adamId": WORD}], "clientUserIds": ["u-0001"]})
    sm.do("devices/checkin", {"scope": ["all"]})
    assert [sm.software(serial, WORD)["status"] for serial in serials] == ["Managed", "Failed", "Failed", "Failed"]
    sm.control("POST", "locations/main/accept", {"clientUserId": "u-0002"})
    sm.set_app(WORD, auto_grant=True)
    sm.do("devices/checkin", {"scope": ["all"]})
    assert [sm.software(serial, WORD)["status"] for serial in serials] == ["Managed", "Managed", "Failed", "Failed"]
    assert sm.holders(WORD) == []
    assert sm.asset(WORD)["assignedCount"] == 2


def test_a_free_app_without_a_licence(sm: Any) -> None:
    sm.set_app(WORD, uses_vpp=False)
    sm.set_app(PROCREATE, purchase_method="none")
    sm.tag("add", "app-word", THREE)
    sm.tag("add", "app-procreate", THREE)
    sm.do("devices/checkin", {"serials": [THREE]})
    assert sm.software(THREE, WORD)["status"] == "Managed"
    assert sm.software(THREE, PROCREATE)["status"] == "Failed"
    assert sm.holders(WORD) == []


def test_an_install_that_was_held_back_comes_with_a_check_in(sm: Any) -> None:
    sm.set_app(WORD, prevent_auto_install=True)
    sm.tag("add", "app-word", THREE)
    sm.do("devices/checkin", {"serials": [THREE]})
    assert sm.software(THREE, WORD) == {}
    assert sm.holders(WORD) == []
    sm.set_app(WORD, prevent_auto_install=False)
    sm.do("devices/checkin", {"serials": [THREE]})
    assert sm.software(THREE, WORD)["status"] == "Managed"


def test_a_device_that_is_off_hears_nothing(sm: Any) -> None:
    sm.control("PUT", "meraki/devices", {"serials": [THREE], "online": False, "last_seen_ago": 8_640_000})
    sm.tag("add", "app-word", THREE)
    assert len(sm.do("devices/checkin", {"serials": [THREE]})["ids"]) == 1
    assert sm.software(THREE, WORD)["installedAt"] is None
    assert sm.device(THREE, "lastConnected")["lastConnected"] == sm.box.clock.now() - 8_640_000
    sm.control("POST", "meraki/checkin", {"serials": [THREE]})
    assert sm.software(THREE, WORD)["status"] == "Managed"


def test_both_halves_at_once(sm: Any) -> None:
    """Many threads on the one ledger: nobody waits for ever, and the counts agree."""

    def work(number: int) -> None:
        serial = f"TESTA{number + 1:05d}"
        for _turn in range(5):
            sm.tag("add", "app-word", serial)
            sm.read("/assignments", adamId=WORD)
            sm.do("devices/checkin", {"serials": [serial]})
            sm.run("/assets/disassociate", {"assets": [{"adamId": WORD}], "serialNumbers": [serial]})
            sm.control("POST", "meraki/sync", {})
            sm.tag("delete", "app-word", serial)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert sm.asset(WORD)["assignedCount"] == len(sm.holders(WORD))


def test_name_and_notes(sm: Any) -> None:
    body = {"serial": THREE, "deviceFields": {"name": "Cart 3", "notes": "cracked"}}
    (row,) = sm.do("devices/fields", body, "PUT")
    assert (row["name"], row["notes"]) == ("Cart 3", "cracked")
    assert sm.device(THREE)["name"] == "Cart 3"
    assert sm.do("devices/fields", {**body, "serial": "NOBODY"}, "PUT") == []
    for wrong in ({"serial": THREE}, {"deviceFields": {}}, {**body, "id": "1"}):
        assert sm.ask("PUT", "devices/fields", wrong).status_code == 400


def test_all_of_a_school(make: Any, sm_of: Any) -> None:
    sm = sm_of(make("school"), "north")
    keynote = "361285480"
    body = {"scope": ["withAny", "year-7", "macs", "staff", "apple-tv", "android"], "tags": ["app-keynote"]}
    changed = sm.do("devices/modifyTags", {**body, "updateAction": "add"})
    wanted = [one["serial"] for one in sm.see("devices", scope=["withAny", "year-7", "staff"]) if one["serial"]]
    assert len(changed) > len(wanted) + 30
    assert sm.holders(keynote) == sorted(wanted)
    sm.do("devices/checkin", {"scope": ["withAny", "app-keynote"]})
    own = [row["id"] for row in sm.see("devices") if row["serial"] is None]
    rows = [row for one in own for row in sm.see(f"devices/{one}/softwares") if row["itunesId"] == keynote]
    assert [row["status"] for row in rows] == ["Failed"] * 3
    told = json.dumps(sm.box.requests)
    assert sm.box.meraki_key() not in told

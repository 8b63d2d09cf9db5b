# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every position of every switch of Systems Manager changes what it says it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.meraki.switches import SWITCHES

PAGES, WORD = "361309726", "586447913"
ONE, TWO, THREE = "TESTA00001", "TESTA00002", "TESTA00003"
WHATSAPP = "310633997"


def rate(sm: Any) -> Any:
    return {sm.ask("GET", "/organizations").status_code for _turn in range(25)}


def wait(sm: Any) -> Any:
    sm.switch(sm_enforce_rate=True)
    return [sm.ask("GET", "/organizations") for _turn in range(25)][-1].headers.get("Retry-After")


def redirect(sm: Any) -> Any:
    answer = sm.ask("GET", "/organizations")
    return answer.status_code, answer.headers.get("Location", "").endswith("/api/v1/organizations")


def link(sm: Any) -> Any:
    return sm.ask("GET", "devices", perPage=5).links["next"]["url"].partition("sm/devices")[0]


def missing(sm: Any) -> Any:
    answer = sm.ask("GET", "/nothing")
    return answer.status_code, answer.text[:6]


def unauthorized(sm: Any) -> Any:
    del sm.sm.headers["Authorization"]
    return sm.ask("GET", "/organizations").json()["errors"]


def bare(sm: Any) -> Any:
    answer = sm.ask("GET", "devices", serials=ONE)
    return answer.status_code, len(answer.json())


def latency(sm: Any) -> Any:
    before = sm.box.clock.now()
    sm.see("/organizations")
    return round(sm.box.clock.now() - before, 3)


def token_in_list(sm: Any) -> Any:
    (row,) = sm.see(f"/organizations/{sm.org}/sm/vppAccounts")
    single = sm.see(f"/organizations/{sm.org}/sm/vppAccounts/{row['id']}")
    return ["vppServiceToken" in row, "contentToken" in row, "vppServiceToken" in single]


def token_text(sm: Any) -> Any:
    (row,) = sm.see(f"/organizations/{sm.org}/sm/vppAccounts")
    return row["vppServiceToken"] == row["contentToken"] == sm.box.token()


def separator(sm: Any) -> Any:
    (row,) = sm.see(f"/organizations/{sm.org}/sm/vppAccounts")
    more = sm.control("POST", "meraki/networks", {"name": "More", "key": "more"})["id"]
    sm.control("PUT", f"meraki/accounts/{row['id']}", {"network_id_admins": [sm.network, "more"]})
    told = sm.see(f"/organizations/{sm.org}/sm/vppAccounts/{row['id']}")["networkIdAdmins"]
    return told.removeprefix(sm.network).removesuffix(more)


def sync(sm: Any) -> Any:
    sm.box.advance(100_000)
    (row,) = sm.control("GET", "meraki")["accounts"]
    return (
        row["last_sync"]
        == sm.see(f"/organizations/{sm.org}/sm/vppAccounts")[0]["lastSyncedAt"]
        != "2027-01-15T06:00:00Z"
    )


def claims(sm: Any) -> Any:
    sm.control("POST", "meraki/sync", {})
    return "mdmInfo" in sm.read("/assets")


def without(sm: Any) -> Any:
    words = ("withoutAny", "withoutAll")
    return [len(sm.see("devices", scope=[word, "app-pages", "app-procreate"])) for word in words]


def scope_tags(sm: Any) -> Any:
    sm.control("POST", "meraki/owners", {"email": "aroha@harbour.example", "tags": ["choir"]})
    return [len(sm.see("devices", scope=["withAny", tag])) for tag in ("choir", "ipad", "year-7")]


def selectors(sm: Any) -> Any:
    return len(sm.do("devices/checkin", {"serials": [ONE, THREE], "scope": ["withAny", "app-pages"]})["ids"])


def limit(sm: Any) -> Any:
    return [sm.ask("POST", "devices/checkin", {"serials": ["X"] * count}).status_code for count in (100, 101)]


def group(sm: Any) -> Any:
    return sorted(sm.do("targetGroups", {"name": "x", "scope": "withAny,a"}).items(), key=str)[-3:]


def details(sm: Any) -> Any:
    sm.do("targetGroups", {"name": "x", "scope": "withAny,app-pages"})
    return sorted(set(sm.see("targetGroups", withDetails="true")[0]) - {"id", "name", "scope", "tags"})


def unknown(sm: Any) -> Any:
    bodies = ({"serials": [ONE, "NOBODY"]}, {"ids": ["5"]}, {"serials": [ONE]})
    return [sm.ask("POST", "devices/checkin", body).status_code for body in bodies]


def no_serial(sm: Any) -> Any:
    sm.control("POST", "meraki/enrol", {"network": "main", "devices": [{"name": "Own"}]})
    row = sm.see("devices")[-1]
    assert len(sm.see("devices", scope=["all"])) == 11
    return [row.get(name, "absent") for name in ("serial", "serialNumber", "uuid")]


def taken(sm: Any) -> Any:
    sm.tag("add", "app-word", THREE)
    early = sm.holders(WORD)
    sm.do("devices/checkin", {"serials": [THREE]})
    late = sm.holders(WORD)
    assert sm.software(THREE, WORD)["status"] == ("Managed" if late else "Failed")
    sm.set_app(WORD, auto_grant=True)
    sm.do("devices/checkin", {"serials": [THREE]})
    assert sm.software(THREE, WORD)["status"] == "Managed"
    return early, late


def leaving(sm: Any) -> Any:
    sm.tag("delete", "app-pages", TWO)
    sm.do("devices/checkin", {"serials": [TWO]})
    return sm.software(TWO, PAGES)["status"]


def uninstall(sm: Any) -> None:
    sm.do(f"devices/{sm.device(TWO)['id']}/uninstallApps", {"appIds": [sm.app_id(PAGES)]})
    sm.do("devices/checkin", {"serials": [TWO]})


def after_uninstall(sm: Any) -> Any:
    uninstall(sm)
    return sm.holders(PAGES)


def after_unenrolment(sm: Any) -> Any:
    sm.control("POST", "meraki/unenrol", {"serials": [ONE]})
    assert len(sm.see("devices")) == 9
    return len([row for row in sm.walk("/assignments", "assignments") if row.get("serialNumber") == ONE])


def again(sm: Any) -> Any:
    uninstall(sm)
    sm.do("devices/checkin", {"serials": [TWO]})
    return sm.software(TWO, PAGES)["status"]


def out_of_scope(sm: Any) -> Any:
    return sm.ask("POST", f"devices/{sm.device(THREE)['id']}/installApps", {"appIds": [sm.app_id(WORD)]}).status_code


def action_body(sm: Any) -> Any:
    path, body = f"devices/{sm.device(ONE)['id']}", {"appIds": [sm.app_id(PAGES)]}
    return {sm.ask("POST", f"{path}/{verb}", body).text for verb in ("installApps", "uninstallApps", "refreshDetails")}


def status_words(sm: Any) -> Any:
    uninstall(sm)
    return [sm.software(serial, PAGES)["status"] for serial in (ONE, TWO)]


def unmanaged(sm: Any) -> Any:
    sm.control("PUT", "meraki/devices", {"serials": [THREE], "installed_by_hand": [WHATSAPP]})
    row = sm.software(THREE, WHATSAPP)
    assert (row["isManaged"], row["toInstall"], row["status"]) == (False, None, None)
    assert row["createdAt"] < row["installedAt"] == row["updatedAt"]
    assert row["createdAt"].startswith("2027-01-0")
    return row["appId"] is None


def macs(sm: Any) -> Any:
    things = "904280696"
    sm.control("POST", "locations/main/buy", {"adamId": things, "count": 2})
    app = {"network": "main", "itunes_id": things, "scope": "withAny", "tags": ["mac"], "purchase_method": "device"}
    sm.control("POST", "meraki/apps", app)
    sm.control("POST", "meraki/enrol", {"network": "main", "devices": [{"serial": "MAC1", "system": "macOS"}]})
    sm.do("devices/checkin", {"scope": ["all"]})
    assert sm.holders(things) == ["MAC1"]
    return sm.software("MAC1", things).get("status")


def dates(sm: Any) -> Any:
    row = sm.device(ONE, "lastConnected", "createdAt")
    return {type(row[name]) for name in ("lastConnected", "createdAt")}


def run(sm: Any) -> Any:
    sm.tag("add", "app-word", THREE)
    return sm.software(THREE, WORD)["status"]


def checkin_seconds(sm: Any) -> Any:
    sm.tag("add", "app-word", THREE)
    sm.do("devices/checkin", {"serials": [THREE]})
    early = sm.software(THREE, WORD)["status"]
    sm.box.advance(30)
    return early, sm.software(THREE, WORD)["status"]


def checkin_every(sm: Any) -> Any:
    sm.control("PUT", "meraki/devices", {"serials": [ONE], "online": False})
    sm.tag("add", "app-word", ONE, THREE)
    sm.box.advance(60)
    return [sm.software(serial, WORD)["status"] for serial in (ONE, THREE)]


CASES: list[tuple[str, Any, Callable[[Any], Any], Any]] = [
    ("sm_enforce_rate", True, rate, {200, 429}),
    ("sm_enforce_rate", False, rate, {200}),
    ("sm_retry_after", 1, wait, "1"),
    ("sm_retry_after", None, wait, None),
    ("sm_redirect", "never", redirect, (200, False)),
    *(("sm_redirect", str(code), redirect, (code, True)) for code in (302, 307, 308)),
    ("sm_link_style", "absolute", link, "http://sandbox.test/api/v1/networks/N_600042000001/"),
    ("sm_link_style", "relative", link, "/api/v1/networks/N_600042000001/"),
    ("sm_link_style", "below_base", link, "/networks/N_600042000001/"),
    ("sm_not_found", "json", missing, (404, '{"erro')),
    ("sm_not_found", "empty", missing, (404, "")),
    ("sm_not_found", "html", missing, (404, "<html>")),
    ("sm_unauthorized", "missing_key", unauthorized, ["Missing API key"]),
    ("sm_unauthorized", "no_method", unauthorized, ["No valid authentication method found"]),
    ("sm_bare_arrays", "ignored", bare, (200, 10)),
    ("sm_bare_arrays", "refused", bare, (400, 1)),
    ("sm_latency_ms", 0, latency, 0),
    ("sm_latency_ms", 250, latency, 0.25),
    ("sm_token_in_list", "present", token_in_list, [True, True, True]),
    ("sm_token_in_list", "absent", token_in_list, [False, False, True]),
    ("sm_token_text", "whole", token_text, True),
    ("sm_token_text", "masked", token_text, False),
    ("sm_network_id_admins", "comma", separator, ","),
    ("sm_network_id_admins", "space", separator, " "),
    ("sm_sync_seconds", 86400, sync, True),
    ("sm_sync_seconds", None, sync, False),
    ("sm_claims_location", "nothing", claims, False),
    ("sm_claims_location", "mdm_info", claims, True),
    ("sm_without_words", "natural", without, [8, 9]),
    ("sm_without_words", "swapped", without, [9, 8]),
    ("sm_scope_tags", "all_kinds", scope_tags, [1, 10, 6]),
    ("sm_scope_tags", "manual", scope_tags, [0, 0, 6]),
    ("sm_selectors", "or", selectors, 3),
    ("sm_selectors", "and", selectors, 1),
    ("sm_list_limit", None, limit, [200, 200]),
    ("sm_list_limit", 100, limit, [200, 400]),
    ("sm_target_group_answer", "plain", group, [("name", "x"), ("scope", "withAny"), ("tags", ["a"])]),
    ("sm_target_group_answer", "legacy", group, [("scope", "withAny"), ("tags", "[]"), ("type", "devices")]),
    ("sm_target_group_details", "deviceIds", details, ["deviceIds", "userIds"]),
    ("sm_target_group_details", "devices", details, ["devices", "users"]),
    ("sm_unknown_devices", "ignored", unknown, [200, 200, 200]),
    ("sm_unknown_devices", "refused", unknown, [400, 400, 200]),
    ("sm_no_serial", "null", no_serial, [None] * 3),
    ("sm_no_serial", "empty", no_serial, [""] * 3),
    ("sm_no_serial", "absent", no_serial, ["absent"] * 3),
    ("sm_licence_taken", "in_scope", taken, ([THREE], [THREE])),
    ("sm_licence_taken", "at_checkin", taken, ([], [THREE])),
    ("sm_licence_taken", "auto_grant_only", taken, ([], [])),
    ("sm_scope_exit", "stays", leaving, "Managed"),
    ("sm_scope_exit", "removed", leaving, "ManagedButUninstalled"),
    ("sm_uninstall_licence", "kept", after_uninstall, [ONE, TWO]),
    ("sm_uninstall_licence", "freed", after_uninstall, [ONE]),
    ("sm_unenrol_licence", "kept", after_unenrolment, 2),
    ("sm_unenrol_licence", "freed", after_unenrolment, 0),
    ("sm_uninstalled_in_scope", "stays_away", again, "ManagedButUninstalled"),
    ("sm_uninstalled_in_scope", "comes_back", again, "Managed"),
    ("sm_install_out_of_scope", "accepted", out_of_scope, 200),
    ("sm_install_out_of_scope", "refused", out_of_scope, 400),
    ("sm_action_body", "empty", action_body, {""}),
    ("sm_action_body", "json", action_body, {'{"success":true}'}),
    ("sm_status_words", "apple", status_words, ["Managed", "ManagedButUninstalled"]),
    ("sm_status_words", "null", status_words, ["Managed", None]),
    ("sm_unmanaged_app_id", "null", unmanaged, True),
    ("sm_unmanaged_app_id", "filled", unmanaged, False),
    ("sm_mac_push", "pushed", macs, "Managed"),
    ("sm_mac_push", "licensed_only", macs, None),
    ("sm_dates", "number", dates, {int}),
    ("sm_dates", "text", dates, {str}),
    ("sm_commands_run", "at_checkin", run, None),
    ("sm_commands_run", "at_once", run, "Managed"),
    ("sm_checkin_seconds", 0, checkin_seconds, ("Managed", "Managed")),
    ("sm_checkin_seconds", 30, checkin_seconds, (None, "Managed")),
    ("sm_checkin_every", None, checkin_every, [None, None]),
    ("sm_checkin_every", 60, checkin_every, [None, "Managed"]),
]


@pytest.mark.parametrize(("name", "value", "probe", "expected"), CASES)
def test_position(sm: Any, name: str, value: Any, probe: Callable[[Any], Any], expected: Any) -> None:
    assert sm.control("PUT", "switches", {name: value})[name] == value
    sm.box.settle()
    assert probe(sm) == expected


def test_every_position_has_a_test() -> None:
    tested = {(name, value) for name, value, _probe, _expected in CASES}
    assert {name for name, _value in tested} == set(SWITCHES)
    for name, switch in SWITCHES.items():
        assert {(name, value) for value in switch.values} <= tested

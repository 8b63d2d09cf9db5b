# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Systems Manager's transport: keys and their rights, unknown paths, the cap, the shard, faults, the log."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from sandbox.faults import TransportFault
from sandbox.meraki.service import ROUTES

# Section 4 of the reference and the few calls around it, as far as we need them.
PUBLIC = {
    "GET /administered/identities/me",
    "GET /organizations",
    "GET /organizations/{organizationId}/networks",
    "GET /organizations/{organizationId}/sm/vppAccounts",
    "GET /organizations/{organizationId}/sm/vppAccounts/{vppAccountId}",
    *(f"{method} /networks/{{networkId}}/sm/targetGroups" for method in ("GET", "POST")),
    *(f"{method} /networks/{{networkId}}/sm/targetGroups/{{targetGroupId}}" for method in ("GET", "PUT", "DELETE")),
    *(f"GET /networks/{{networkId}}/sm/{noun}" for noun in ("devices", "users", "profiles")),
    *(f"POST /networks/{{networkId}}/sm/devices/{verb}" for verb in ("modifyTags", "checkin")),
    "PUT /networks/{networkId}/sm/devices/fields",
    "GET /networks/{networkId}/sm/devices/{deviceId}/softwares",
    *(
        f"POST /networks/{{networkId}}/sm/devices/{{deviceId}}/{verb}"
        for verb in ("installApps", "uninstallApps", "refreshDetails")
    ),
}


def test_nothing_that_the_real_service_lacks() -> None:
    assert {f"{method} {path}" for path, methods in ROUTES.items() for method in methods} == PUBLIC


def test_both_forms_of_a_key(sm: Any) -> None:
    key = sm.box.meraki_key()
    assert sm.see("/administered/identities/me")["name"] == "admin"
    del sm.sm.headers["Authorization"]
    assert sm.ask("GET", "/organizations").json() == {"errors": ["Missing API key"]}
    sm.sm.headers["X-Cisco-Meraki-API-Key"] = key
    assert sm.ask("GET", "/organizations").status_code == 200
    sm.sm.headers["X-Cisco-Meraki-API-Key"] = "wrong"
    answer = sm.ask("GET", "/organizations")
    assert (answer.status_code, answer.json()) == (401, {"errors": ["Invalid API key"]})


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/organizations/1/networks",
        "/organizations/1/sm/vppAccounts",
        "/organizations/600042/sm/vppAccounts/1",
        "/organizations/600042/sm/vppUsers",
        "/networks/N_1/sm/devices",
        "/networks/N_600042000001/sm/devices/1/softwares",
        "/networks/N_600042000001/sm/devices/1",
        "/networks/N_600042000001/sm/targetGroups/1",
        "/networks/N_600042000001/sm/apps",
        "/networks/N_600042000001/sm/app/polaris",
    ],
)
def test_what_is_not_there(sm: Any, path: str) -> None:
    answer = sm.ask("GET", path)
    assert (answer.status_code, answer.json()) == (404, {"errors": ["Not found"]})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_vpp_accounts_are_never_written(sm: Any, method: str) -> None:
    (account,) = sm.see(f"/organizations/{sm.org}/sm/vppAccounts")
    for path in ("", f"/{account['id']}"):
        answer = sm.ask(method, f"/organizations/{sm.org}/sm/vppAccounts{path}", {"name": "x"})
        assert answer.status_code == 405
        assert answer.json()["errors"]
    assert sm.see(f"/organizations/{sm.org}/sm/vppAccounts") == [account]


def test_a_key_that_only_reads(sm: Any) -> None:
    sm.use(sm.control("POST", "meraki/keys", {"name": "reader", "write": False})["key"])
    assert len(sm.see("devices")) == 10
    body = {"serials": ["TESTA00003"], "tags": ["x"], "updateAction": "add"}
    answer = sm.ask("POST", "devices/modifyTags", body)
    assert answer.status_code == 403
    assert sm.ask("POST", "/networks/N_1/sm/devices/modifyTags", body).status_code == 404
    assert "x" not in sm.device("TESTA00003")["tags"]
    sm.control("DELETE", "meraki/keys/reader")
    assert sm.ask("GET", "devices").status_code == 401


def test_a_key_of_one_network(make: Any, sm_of: Any) -> None:
    sm = sm_of(make("school"), "north")
    sm.use(sm.control("POST", "meraki/keys", {"name": "north", "networks": ["north"]})["key"])
    assert [row["id"] for row in sm.see(f"/organizations/{sm.org}/networks")] == [sm.network]
    assert len(sm.see("devices", perPage=3)) == 3
    assert sm.ask("GET", "/networks/N_600077000002/sm/devices").status_code == 404
    assert sm.ask("GET", f"/organizations/{sm.org}/sm/vppAccounts").status_code == 404


def test_the_bucket(make: Any, sm_of: Any) -> None:
    sm = sm_of(make(rate=True))
    codes = [sm.ask("GET", "/organizations").status_code for _turn in range(22)]
    assert codes == [200] * 20 + [429] * 2
    last = sm.ask("GET", "/organizations")
    assert last.json() == {"errors": ["API rate limit exceeded for organization"]}
    assert last.headers["Retry-After"] == "1"
    sm.box.clock.advance(1)
    assert [sm.ask("GET", "/organizations").status_code for _turn in range(11)] == [200] * 10 + [429]
    assert sm.get("/assets").status_code == 200


def test_the_shard_answers_and_needs_the_key(sm: Any) -> None:
    sm.switch(sm_redirect="308")
    answer = sm.ask("POST", "devices/checkin", {"ids": []}, x="1")
    assert (answer.status_code, answer.content) == (308, b"")
    assert answer.headers["Location"] == f"{sm.box.context.shard}/api/v1/networks/{sm.network}/sm/devices/checkin?x=1"
    with httpx.Client(transport=httpx.WSGITransport(app=sm.box)) as other:
        assert other.get(answer.headers["Location"]).status_code == 401
        key = {"X-Cisco-Meraki-API-Key": sm.box.meraki_key()}
        assert other.get(f"{sm.box.context.shard}/api/v1/organizations", headers=key).status_code == 200


def test_faults_reach_systems_manager(sm: Any) -> None:
    match = {"service": "meraki", "path": "/devices"}
    sm.fault("redirect", match=match, origin="http://elsewhere.example")
    location = sm.ask("GET", "devices", perPage=3).headers["Location"]
    assert location == f"http://elsewhere.example/api/v1/networks/{sm.network}/sm/devices?perPage=3"
    sm.fault("status", match=match, status=502)
    assert sm.ask("GET", "devices").status_code == 502
    sm.fault("fewer_rows", match=match)
    assert len(sm.see("devices")) == 5
    sm.fault("fewer_rows", match=match, count=1)
    assert len(sm.see("devices")) == 1
    sm.fault("extra_fields", match=match)
    assert sm.see("devices")[0]["futureNumber"] == 7
    sm.fault("not_json", match=match, body="")
    assert sm.ask("GET", "devices").content == b""
    sm.fault("lost_answer", match={"service": "meraki", "path": "/modifyTags"})
    with pytest.raises(TransportFault):
        sm.tag("add", "app-word", "TESTA00003")
    assert "app-word" in sm.device("TESTA00003")["tags"]
    assert sm.get("/assets").status_code == 200


def test_fewer_rows_at_apple(sm: Any) -> None:
    sm.fault("fewer_rows", match={"service": "apple"}, count=2)
    assert len(sm.get("/assignments").json()["assignments"]) == 2
    sm.fault("fewer_rows", match={"path": "/modifyTags"})
    sm.fault("not_json", match={"path": "/organizations"})
    sm.fault("fewer_rows", match={"path": "/organizations"})
    assert sm.ask("GET", "/organizations").status_code == 200


def test_no_secret_in_the_log(sm: Any) -> None:
    sm.see(f"/organizations/{sm.org}/sm/vppAccounts")
    key, text = sm.box.meraki_key(), sm.box.token()
    sm.ask("GET", "/organizations", key=key)
    sm.box.control("POST", "/meraki/keys", {"name": "second"})
    log = json.dumps(sm.box.requests)
    assert [entry["service"] for entry in sm.box.requests] == ["meraki"] * 2
    assert key not in log
    assert text not in log
    assert sm.box.world.meraki.keys["second"].value not in log
    assert key not in json.dumps(sm.control("GET", "meraki"))

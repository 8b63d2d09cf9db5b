# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_account and its twin beside Systems Manager, and the content token from there, over the sandbox."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import (
    vpp_account,
    vpp_account_info,
    vpp_license,
    vpp_license_info,
)
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box, use_systems
from sandbox.app import create_app
from sandbox.clock import ManualClock

NORTH, SOUTH, WEST = (f"770000000000100{number}" for number in (1, 2, 3))
FROM_MDM = {"content_token_from": "meraki"}
MANAGER = "Systems Manager"


class Bench:
    def __init__(self, patch: Any, seed: str) -> None:
        self.box = create_app(seed, {"enforce_rate": "false", "sm_enforce_rate": "false"}, clock=ManualClock())
        self.own = use_box(patch, self.box)
        self.systems = use_systems(patch, self.box)

    def run(self, module: Any = vpp_account, *, check: bool = False, **options: Any) -> Result:
        """With the token of the first location unless `content_token_from` or another one is said."""
        base = {**self.own, **self.systems}
        if "content_token_from" in options:
            del base["content_token"]
        told = {name: value for name, value in {**base, **options}.items() if value is not None}
        return run_main(module.main, told, check=check, loud=True)

    def info(self, **options: Any) -> dict[str, Any]:
        """`accounts[0].mdm` of the info module."""
        facts = self.run(vpp_account_info, **options).data["accounts"][0]["mdm"]
        assert isinstance(facts, dict)
        return facts

    def states(self, module: Any = vpp_account, **options: Any) -> dict[str, str]:
        return {step["step"]: step["state"] for step in self.run(module, **options).data["manual_steps"]}

    def control(self, method: str, path: str, body: object = None) -> Any:
        status, answer = self.box.control(method, path, body)
        assert status == 200, answer
        return answer

    def switch(self, **switches: object) -> None:
        self.box.switches.update(switches)

    def account(self, location: str = "main") -> str:
        accounts = self.control("GET", "/meraki")["accounts"]
        return str(next(one["id"] for one in accounts if one["location"] == location))

    def asked(self, service: str = "meraki") -> list[str]:
        return [f"{entry['method']} {entry['path']}" for entry in self.box.requests if entry["service"] == service]

    def secrets(self) -> list[str]:
        tokens = [location.token.text for location in self.box.world.locations.values()]
        values = [json.loads(base64.b64decode(text))["token"] for text in tokens]
        return [*tokens, *values, self.box.meraki_key()]


@pytest.fixture
def make(monkeypatch) -> Iterator[Callable[[str], Bench]]:
    made: list[Bench] = []

    def bench(seed: str) -> Bench:
        made.append(Bench(monkeypatch, seed))
        return made[-1]

    yield bench
    for one in made:
        one.box.close()


@pytest.fixture
def small(make) -> Bench:
    return make("small")


@pytest.fixture
def school(make) -> Bench:
    return make("school")


class TestAccount:
    def test_as_it_should_be(self, small):
        result = small.run(
            linked=True, account_name="Harbour Street School apps", account_network_ids=["N_600042000001"]
        )
        assert not result.data["changed"]
        assert not result.data.get("warnings")
        (shown,) = result.data["account"]["mdm"]["accounts"]
        assert (shown["token"], shown["networks_named"]) == ("ours", ["Harbour Street devices"])
        assert {step["step"]: step["state"] for step in result.data["manual_steps"]} == {
            "link_account": "done",
            "account_name": "done",
            "account_units": "done",
            "allowed_admins": "unverifiable",
            "renew_token": "done",
            "sync_account": "done",
        }

    def test_asks_systems_manager_two_questions(self, small):
        small.run()
        assert [path.split("?")[0] for path in small.asked()] == [
            "GET /api/v1/organizations/600042/networks",
            "GET /api/v1/organizations/600042/sm/vppAccounts",
        ]

    def test_without_a_connector_nothing_is_asked_of_it(self, small):
        result = small.run(connector=None)
        assert (result.data["account"]["mdm"], result.data["manual_steps"], small.asked()) == (None, [], [])

    def test_another_token_there(self, small):
        small.control("POST", "/locations/main/token", {"action": "replace"})
        result = small.run(vpp_account_info, content_token=small.box.token())
        assert result.data["accounts"][0]["mdm"]["accounts"][0]["token"] == "other"
        assert "another content token" in json.dumps(result.data["warnings"])
        states = {step["step"]: step["state"] for step in result.data["manual_steps"]}
        assert (states["link_account"], states["renew_token"]) == ("done", "to_do")
        small.control("PUT", f"/meraki/accounts/{small.account()}", {"renew": True})
        assert small.states(content_token=small.box.token())["renew_token"] == "done"

    def test_a_token_that_is_not_told(self, small):
        for switches in ({"sm_token_text": "masked"}, {"sm_token_in_list": "absent", "sm_token_text": "masked"}):
            small.switch(**switches)
            assert small.states()["renew_token"] == "unverifiable"
            assert small.info()["linked"] is True

    def test_a_token_that_the_list_leaves_out_is_asked_for(self, small):
        small.switch(sm_token_in_list="absent")
        assert small.states()["renew_token"] == "done"

    def test_a_sync_that_is_too_old(self, small):
        small.switch(sm_sync_seconds=None)
        small.box.advance(86400 * 3)
        result = small.run()
        assert "last synced the location 'Harbour Street School' 74 hours ago" in json.dumps(result.data["warnings"])
        assert small.states()["sync_account"] == "to_do"
        assert small.states(max_sync_age=80)["sync_account"] == "done"
        small.control("POST", "/meraki/sync", {})
        assert small.states()["sync_account"] == "done"

    def test_removed_by_hand(self, small):
        assert small.states(state="absent") == {"remove_account": "to_do"}
        assert "still linked" in small.run(state="absent", linked=False).data["msg"]
        small.control("DELETE", f"/meraki/accounts/{small.account()}")
        assert small.states(state="absent", linked=False) == {"remove_account": "done"}
        assert small.info() == {"connector": "meraki", "linked": False, "accounts": [], "other_locations": 0}
        result = small.run(linked=True)
        assert "is not linked to Systems Manager" in result.data["msg"]
        assert result.data["manual_steps"][0]["state"] == "to_do"

    def test_a_dead_token_shows_what_the_mdm_has(self, small):
        uid = small.info()["accounts"][0]["location_uid"]
        small.control("POST", "/locations/main/token", {"action": "revoke"})
        result = small.run(vpp_account_info, location={"uid": uid})
        assert result.data["accounts"][0]["token_state"] == "revoked"
        assert result.data["accounts"][0]["mdm"]["linked"] is True

    def test_a_token_past_its_date_does_so_too(self, small):
        small.box.advance(86400 * 366 * 6)
        for options in ({}, FROM_MDM):
            result = small.run(vpp_account_info, **options)
            assert result.data["accounts"][0]["token_state"] == "expired"
            assert result.data["accounts"][0]["mdm"]["accounts"][0]["token"] == "ours"
            assert {step["step"]: step["state"] for step in result.data["manual_steps"]}["renew_token"] == "to_do"

    @pytest.mark.parametrize(
        "options",
        [
            {"account_name": "X"},
            {"account_email": "x@y.example"},
            {"account_network_ids": ["N_1"]},
            {"linked": False},
            {"linked": True},
        ],
        ids=str,
    )
    def test_what_needs_a_connector(self, small, options):
        (name,) = options
        assert small.run(connector=None, **options).data["msg"] == (
            f"{name} needs an MDM: set connector (such as connector: meraki) and its options."
        )
        assert small.asked("apple") == []

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"account_name": " "}, "account_name is empty"),
            ({"account_email": ""}, "account_email is empty"),
            ({"account_network_ids": []}, "account_network_ids is an empty list"),
            ({"account_network_ids": [" "]}, "account_network_ids: an id is empty"),
            (
                {"account_network_ids": ["N_1"]},
                "account_network_ids: Systems Manager shows no network N_1; choose from",
            ),
            ({"max_sync_age": 0}, "max_sync_age is 0"),
        ],
        ids=str,
    )
    def test_bad_input(self, small, options, words):
        result = small.run(**options)
        assert (result.failed, result.data["changed"]) == (True, False)
        assert result.data["msg"].startswith(words)

    def test_a_network_that_the_task_does_not_read_is_no_mistake(self, school):
        states = school.states(meraki_network_ids=["N_600077000001"], account_network_ids=["N_600077000002"])
        assert states["account_units"] == "to_do"


class TestRule5:
    @pytest.mark.parametrize("claims", ["nothing", "mdm_info"])
    @pytest.mark.parametrize("check", [True, False])
    def test_a_linked_location_is_never_claimed(self, small, claims, check):
        small.switch(sm_claims_location=claims)
        small.control("POST", "/meraki/sync", {})
        options = {"claim": True, "owner_name": "Us", "takeover": True}
        before = small.control("GET", "/locations/main")["mdmInfo"]
        result = small.run(check=check, **options)
        assert result.data["msg"] == (
            "Systems Manager uses this location, and its client config is that product's to write, so nothing was "
            "changed; leave claim and notification settings out of this task."
        )
        assert (before is None) == (claims == "nothing")
        assert small.control("GET", "/locations/main")["mdmInfo"] == before
        assert [entry for entry in small.asked("apple") if entry.startswith("POST")] == []

    def test_a_foreign_claim_stops_as_ever(self, small):
        small.switch(sm_claims_location="mdm_info")
        small.control("POST", "/meraki/sync", {})
        assert "is claimed by 'Cisco Meraki Systems Manager'" in small.run().data["msg"]
        assert "is claimed by 'Cisco Meraki Systems Manager'" in small.run(connector=None).data["msg"]
        assert small.run(takeover=True).data["account"]["owner"]["state"] == "foreign"

    def test_after_the_account_was_removed_it_can_be_claimed(self, small):
        small.control("DELETE", f"/meraki/accounts/{small.account()}")
        assert small.run(claim=True, owner_name="Us").data["changed"]


class TestTokenFrom:
    @pytest.mark.parametrize(
        ("options", "uid"),
        [
            ({"location": {"uid": SOUTH}}, SOUTH),
            ({"meraki_network_ids": ["N_600077000003"]}, WEST),
            ({"meraki_network_ids": ["N_600077000003"], "location": {"uid": NORTH}}, NORTH),
        ],
        ids=str,
    )
    def test_by_pin_or_network(self, school, options, uid):
        assert school.run(**FROM_MDM, **options).data["location"]["uid"] == uid

    def test_by_name(self, school):
        name = school.box.world.locations["south"].name
        assert school.run(**FROM_MDM, location={"name": name}).data["location"]["uid"] == SOUTH

    def test_the_accounts_are_read_once(self, school):
        school.run(**FROM_MDM, location={"uid": SOUTH})
        assert len([path for path in school.asked() if path.endswith("vppAccounts")]) == 1

    def test_a_task_that_wants_no_more_of_the_mdm(self, small):
        assert small.run(vpp_license_info, **FROM_MDM).data["total"] == 7
        assert [path.split("?")[0].rpartition("/")[2] for path in small.asked()] == ["vppAccounts"]

    @pytest.mark.parametrize("module", [vpp_account, vpp_account_info, vpp_license_info])
    def test_the_environment_does_not_count(self, small, monkeypatch, tmp_path, module):
        monkeypatch.setenv("OPENMDM_VPP_CONTENT_TOKEN", "no token at all")
        monkeypatch.setenv("OPENMDM_VPP_CONTENT_TOKEN_FILE", str(tmp_path / "nowhere"))
        assert not small.run(module, **FROM_MDM).failed

    def test_ambiguous(self, school):
        message = school.run(**FROM_MDM).data["msg"]
        assert message.startswith(
            "content_token_from: 3 locations that are linked to Systems Manager fit; set location"
        )
        assert all(f"(uid {uid})" in message for uid in (NORTH, SOUTH, WEST))
        assert school.asked("apple") == []

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"location": {"uid": "1"}}, "no location that is linked to Systems Manager has the uid '1'"),
            ({"location": {}}, "location: give its uid or its name"),
            ({"connector": None}, "content_token_from: meraki needs an MDM: set connector"),
            ({"content_token": "x"}, "content_token and content_token_from are both given; give one of them."),
            ({"content_token_file": "/x"}, "content_token_file and content_token_from are both given; give one"),
        ],
        ids=str,
    )
    @pytest.mark.parametrize("module", [vpp_account, vpp_account_info, vpp_license_info])
    def test_refused(self, small, module, options, words):
        result = small.run(module, **FROM_MDM, **options)
        assert result.failed
        assert words in result.data["msg"]

    @pytest.mark.parametrize("module", [vpp_account, vpp_account_info, vpp_license_info])
    def test_a_token_in_place_of_its_path_is_masked(self, small, module):
        pasted = "QUJD" * 30
        result = small.run(module, **FROM_MDM, content_token_file=pasted)
        assert "are both given" in str(result.data)
        assert pasted not in result.text

    @pytest.mark.parametrize("switches", [{"sm_token_text": "masked"}])
    def test_a_token_that_is_not_told(self, small, switches):
        small.switch(**switches)
        assert small.run(**FROM_MDM).data["msg"] == (
            "content_token_from: Systems Manager doesn't tell the token of 'Harbour Street School' (uid "
            "7700000000000042) in full; give content_token_file, the file that was uploaded there."
        )

    def test_nothing_linked(self, small):
        small.control("DELETE", f"/meraki/accounts/{small.account()}")
        assert "lists no linked location" in small.run(**FROM_MDM).data["msg"]

    @pytest.mark.parametrize("module", [vpp_account, vpp_account_info, vpp_license_info, vpp_license])
    @pytest.mark.parametrize(
        "options",
        [{"location": {"uid": NORTH}}, {}, {"location": {"uid": "1"}}, {"apps_books_url": "http://127.0.0.1:8443/x"}],
        ids=str,
    )
    def test_no_token_of_any_location_is_shown(self, school, module, options):
        if module is vpp_license:
            options = {**options, "assets": [{"adam_id": "1"}], "devices": {"serial_numbers": ["TESTA00001"]}}
            options["licensing"] = "collection"
        result = school.run(module, **FROM_MDM, **options)
        assert not [secret for secret in school.secrets() if secret in result.text]

    def test_a_token_that_a_service_echoes_is_masked(self, school):
        """Also that of another location."""
        other = school.box.world.locations["west"].token.text
        body = json.dumps({"errorMessage": f"Broken {other} end", "errorNumber": 9602})
        school.box.faults.add({"kind": "status", "status": 400, "body": body, "times": 9, "match": {"path": "/config"}})
        result = school.run(**FROM_MDM, location={"uid": NORTH})
        assert result.failed
        assert other not in result.text

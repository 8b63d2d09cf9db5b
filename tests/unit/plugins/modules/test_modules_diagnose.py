# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_diagnose over the sandbox: the situations of its integration target, and what can go wrong while it reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.openmdm.vpp.plugins.modules import vpp_diagnose, vpp_license
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box, use_systems
from sandbox.app import Sandbox, create_app
from sandbox.clock import ManualClock

ROOT = Path(__file__).resolve().parents[4]
TABLE = ROOT / "tests/integration/targets/vpp_diagnose/vars/main.yml"
SITUATIONS = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["situations"]


class Place:
    """The small world; `options` reach both services."""

    def __init__(self, box: Sandbox, options: dict[str, Any], state: Path) -> None:
        self.box, self.options, self.state = box, options, str(state)

    def control(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        status, answer = self.box.control(method, f"/_sandbox/{path}", body or {})
        assert status in (200, 201), answer
        return answer

    def why(self, *, check: bool = False, **options: Any) -> Result:
        return run_main(vpp_diagnose.main, {**self.options, **options}, check=check)

    def grant(self, **options: Any) -> None:
        more = {"licensing": "collection", "wait": False, "poll_interval": 30, "state_dir": self.state}
        result = run_main(vpp_license.main, {**self.options, **more, **options})
        assert not result.failed, result.data["msg"]

    def writes(self) -> list[str]:
        return [one["path"] for one in self.box.requests if one["method"] != "GET" and one["service"] != "control"]


@pytest.fixture
def place(monkeypatch: Any, tmp_path: Path) -> Iterator[Place]:
    box = create_app("small", {}, clock=ManualClock())
    box.switches.update({"enforce_rate": False, "sm_enforce_rate": False})
    options = {**use_box(monkeypatch, box), **use_systems(monkeypatch, box)}
    yield Place(box, options, tmp_path / "state")
    box.close()


def test_the_situations(place):
    for one in SITUATIONS:
        for call in one.get("calls", ()):
            place.control(call["path"], call.get("body"), call.get("method", "POST"))
        if "grants" in one:
            place.grant(**one["grants"])
        before = place.writes()
        memory = {"state_dir": place.state} if one.get("memory") else {}
        found, checked = (place.why(**one["options"], **memory, check=check).data for check in (False, True))
        assert "msg" not in found, (one["name"], found["msg"])
        told = [row["sentence"] for row in found["diagnoses"] if row["status"] != "unknown"]
        assert told == one.get("says", []), one["name"]
        assert [row["subject"] for row in found["diagnoses"] if row["status"] == "unknown"] == one.get("unknown", [])
        assert found["stopped"] == one.get("stopped")
        assert [row["step"] for row in found["diagnoses"][:1]] == ([one["step"]] if "step" in one else [])
        assert found["read"] == one.get("read", 0), one["name"]
        assert checked["diagnoses"] == found["diagnoses"]
        assert place.writes() == before


PAGES, WORD, PROCREATE, KINDLE = "361309726", "586447913", "425073498", "302584613"
IN_SCOPE = {"assets": [{"adam_id": PAGES, "tag": "app-pages"}]}


def devices(*numbers: int) -> dict[str, list[str]]:
    return {"serial_numbers": [f"TESTA{number:05d}" for number in numbers]}


def links(result: Result, place: int = 0) -> dict[str, dict[str, Any]]:
    assert not result.failed, result.data["msg"]
    return {step["step"]: step for step in result.data["diagnoses"][place]["steps"]}


class TestWithout:
    """What the task was not given is unknown, and the rest is told."""

    def test_an_mdm(self, place):
        del place.options["connector"]
        result = place.why(**IN_SCOPE, devices=devices(1, 3))
        assert [one["status"] for one in result.data["diagnoses"]] == ["broken", "unknown"]
        assert result.data["diagnoses"][0]["step"] == "license"
        assert links(result)["known"]["reason"] == "The task names no connector to an MDM."
        assert (
            place.why(**IN_SCOPE, devices={"scope": [{"match": "all"}]}).data["msg"].startswith("devices.scope needs")
        )

    def test_a_tag(self, place):
        result = place.why(assets=[{"adam_id": PAGES}], devices=devices(3))
        assert links(result)["scope"]["status"] == "unknown"
        assert result.data["diagnoses"][0]["step"] == "license"

    def test_a_state_dir(self, place):
        result = place.why(**IN_SCOPE, users={"client_user_ids": ["u-0002"]})
        assert [links(result)[name]["status"] for name in ("invitation", "event")] == ["unknown", "unknown"]

    def test_asking_any_device(self, place):
        result = place.why(**IN_SCOPE, devices=devices(1), ask_at_most=0)
        assert links(result)["install"]["reason"] == "Only the first 0 devices were asked (ask_at_most)."
        assert result.data["diagnoses"][0]["status"] == "unknown"
        assert result.data["read"] == 0


FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "devices": ({"path": "*/sm/devices", "service": "meraki"}, "known", "Systems Manager did not tell its devices"),
    "accounts": ({"path": "*/vppAccounts", "service": "meraki"}, "linked", "Systems Manager did not tell its accounts"),
    "licences": ({"path": "*/assignments", "service": "apple"}, "license", "Apple's list of licences was not read"),
}


class TestErrors:
    @pytest.mark.parametrize(("match", "name", "why"), FAULTS.values(), ids=FAULTS)
    def test_that_concern_one_link_leave_it_unknown(self, place, match, name, why):
        place.box.faults.add({"kind": "status", "status": 404, "times": None, "match": match})
        result = place.why(**IN_SCOPE, devices=devices(1))
        assert links(result)[name]["status"] == "unknown"
        assert links(result)[name]["reason"].startswith(why)
        assert result.data["diagnoses"][0]["status"] in ("ok", "unknown")

    def test_of_the_store_leave_the_name_unknown(self, place):
        match = {"service": "metadata"}
        place.box.faults.add({"kind": "reset_before", "times": None, "match": match})
        result = place.why(**IN_SCOPE, devices=devices(1))
        assert links(result)["os_version"]["status"] == "unknown"
        assert result.data["diagnoses"][0]["sentence"].startswith("TESTA00001 has 361309726")

    def test_of_the_list_of_people_are_said_once(self, place):
        match = {"path": "*/users", "service": "apple"}
        place.box.faults.add({"kind": "status", "status": 404, "times": None, "match": match})
        result = place.why(**IN_SCOPE, users={"client_user_ids": ["u-0001", "u-0002"]})
        assert [one["subject"] for one in result.data["diagnoses"]] == ["Everybody named"]
        assert links(result)["registered"]["reason"].startswith("Apple's list of people was not read")

    def test_of_the_memory_leave_it_unknown(self, place, tmp_path):
        folder = tmp_path / "state"
        place.grant(assets=[{"adam_id": WORD}], devices=devices(2))
        (file,) = folder.glob("*.sqlite3")
        file.write_bytes(b"no database")
        result = place.why(**IN_SCOPE, devices=devices(3), state_dir=str(folder))
        assert links(result)["event"]["status"] == "unknown"
        assert links(result)["event"]["reason"].startswith("State_dir was not read: ")

    def test_of_the_location_itself_are_the_answer(self, place):
        place.box.faults.add({"kind": "status", "status": 503, "times": None, "match": {"path": "*/assets"}})
        result = place.why(**IN_SCOPE, devices=devices(1))
        assert result.failed
        assert "assets" in result.data["msg"]

    def test_without_the_devices_of_a_scope_there_is_nobody(self, place):
        match = {"path": "*/sm/devices", "service": "meraki"}
        place.box.faults.add({"kind": "status", "status": 403, "times": None, "match": match})
        assert place.why(**IN_SCOPE, devices={"scope": [{"match": "all"}]}).failed


class TestEnd:
    """What ends the chain of everybody, said once; nobody is looked at."""

    def told(self, result: Result) -> str:
        assert not result.failed, result.data["msg"]
        assert (result.data["diagnoses"], result.data["total"], result.data["location"]) == ([], 0, None)
        (step,) = result.data["location_steps"]
        assert step["status"] == "broken"
        return str(result.data["stopped"])

    @pytest.mark.parametrize(("action", "word"), [("expire", "expired on"), ("revoke", "was revoked")])
    def test_a_dead_token(self, place, action, word):
        place.control("locations/main/token", {"action": action})
        assert word in self.told(place.why(**IN_SCOPE, devices=devices(1, 2)))
        assert not [one for one in place.box.requests if one["service"] == "meraki"]

    def test_a_token_past_its_own_date(self, place):
        place.box.advance(3600 * 24 * 365 * 10)
        before = len(place.box.requests)
        assert "expired on 2031-03-02" in self.told(place.why(**IN_SCOPE, devices=devices(1)))
        assert len(place.box.requests) == before

    def test_another_location(self, place):
        told = self.told(place.why(**IN_SCOPE, devices=devices(1), location={"uid": "1"}))
        assert "governs 'Harbour Street School' (uid 7700000000000042)" in told


class TestDevices:
    def test_enrolled_elsewhere(self, place):
        place.control("meraki/networks", {"name": "Annex", "key": "annex"})
        place.control("meraki/enrol", {"network": "annex", "devices": [{"serial": "AWAY000001"}]})
        (main, annex) = place.box.world.meraki.networks
        result = place.why(**IN_SCOPE, devices={"serial_numbers": ["AWAY000001"]}, meraki_network_ids=[main])
        assert result.data["diagnoses"][0]["step"] == "enrolled"
        assert annex in result.data["diagnoses"][0]["sentence"]

    def test_that_hide_their_serial_number(self, place):
        body = {
            "network": "main",
            "devices": [{"serial": None, "tags": ["own"], "owner_email": "aroha@harbour.example"}],
        }
        place.control("meraki/enrol", body)
        scope = {"scope": [{"match": "with_any", "tags": ["own"]}]}
        result = place.why(**IN_SCOPE, devices=scope)
        assert result.data["diagnoses"][0]["step"] == "known"
        assert result.data["diagnoses"][0]["subject"].startswith("id ")
        owned = place.why(assets=[{"adam_id": PAGES, "scope": [{"match": "all"}]}], devices=scope, assignment="user")
        assert links(owned)["license"]["status"] == "ok"
        assert links(owned)["owner"]["evidence"] == {"client_user_id": "u-0001"}

    def test_by_the_licences_of_their_owners(self, place):
        result = place.why(assets=[{"adam_id": PAGES, "tag": "year-7"}], devices=devices(1, 2, 4), assignment="user")
        told = {one["subject"]: one["step"] for one in result.data["diagnoses"]}
        assert told == {"TESTA00001": "", "TESTA00002": "account", "TESTA00004": "owner"}
        assert "harbour.example" not in result.text

    def test_what_apple_refused_is_told_with_its_number(self, place):
        place.box.switches.update({"event_seconds": 60, "pending_polls": 0})
        place.box.faults.add({"kind": "event_fail", "count": 1, "error_number": 9709})
        place.grant(assets=[{"adam_id": WORD}], devices=devices(2))
        place.box.advance(120)
        asset = {"adam_id": WORD, "scope": [{"match": "all"}]}
        result = place.why(assets=[asset], devices=devices(2), state_dir=place.state)
        assert "there are not enough licences; buy or free some (9709)" in result.data["diagnoses"][0]["sentence"]


class TestPeople:
    def test_are_named_by_id_unless_asked_otherwise(self, place):
        emails = ["tama@harbour.example", "nobody@harbour.example"]
        hidden = place.why(**IN_SCOPE, users={"emails": emails})
        assert "harbour.example" not in hidden.text
        subjects = [one["subject"] for one in hidden.data["diagnoses"]]
        assert subjects == ["u-0002", "The person of users, item 2,"]
        shown = place.why(**IN_SCOPE, users={"emails": emails}, show_people=True)
        assert [one["email"] for one in shown.data["diagnoses"]] == emails
        assert [one["sentence"] for one in shown.data["diagnoses"]] == [
            one["sentence"] for one in hidden.data["diagnoses"]
        ]

    def test_who_was_mailed_and_when(self, mailing):
        mailing.register([{"email": "lea@fernhill.example"}])
        mailing.invite(users=[{"email": "lea@fernhill.example"}])
        mailing.box.advance(12 * 86400)
        options = {**mailing.apple, **mailing.state, "assets": [{"adam_id": PAGES}]}
        result = run_main(vpp_diagnose.main, {**options, "users": {"emails": ["lea@fernhill.example"]}})
        assert (
            "because the invitation, first mailed 12 days ago, is not accepted"
            in result.data["diagnoses"][0]["sentence"]
        )
        assert links(result)["registered"]["evidence"] == {"status": "invited"}


class TestMany:
    def test_devices_of_a_scope_and_few_requests(self, school):
        options = {**IN_SCOPE, "devices": {"scope": [{"match": "with_any", "tags": ["year-7"]}]}, "ask_at_most": 5}
        result = run_main(vpp_diagnose.main, {**school.options, **options, "limit": 10})
        data = result.data
        assert not result.failed, data["msg"]
        assert data["read"] == 5
        assert data["total"] == data["summary"]["devices"] > 50
        assert len(data["diagnoses"]) == 10
        assert data["truncated"]
        systems, apple = school.requests("meraki"), school.requests("apple")
        assert sum(one.endswith("/softwares") for one in systems) == 5
        # Networks, devices and who is in the scope of the task, accounts; all have the tag, so that it isn't asked for.
        assert len(systems) == 4 + 5, systems
        assert len(apple) <= 8, apple

    def test_the_report_holds_all(self, school, tmp_path):
        path = tmp_path / "why.json"
        options = {**IN_SCOPE, "devices": {"scope": [{"match": "with_any", "tags": ["year-9"]}]}, "limit": 1}
        result = run_main(vpp_diagnose.main, {**school.options, **options, "report_path": str(path)}, check=True)
        report = yaml.safe_load(path.read_text())
        assert len(report["diagnoses"]) == result.data["total"]
        assert report["summary"] == result.data["summary"]
        assert result.data["summary"]["because_of"] == {"scope": result.data["total"]}
        assert result.data["read"] == 0

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_license and vpp_account from options to result over the sandbox, with all that it can do to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import vpp_account, vpp_license, vpp_license_info
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box
from sandbox.app import Sandbox, create_app
from sandbox.clock import ManualClock

PAGES, NUMBERS = "361309726", "586447913"
FIRST = ["TESTA00001", "TESTA00002"]
WANTED = [f"TESTA{number:05d}" for number in range(2, 9)]
WRITES = ("/assets/associate", "/assets/disassociate")

EXCLUSIVE: dict[str, Any] = {
    "assets": [{"adam_id": PAGES}, {"adam_id": NUMBERS}],
    "devices": {"serial_numbers": WANTED},
    "exclusive": True,
    "max_removals": "99",
    "max_shrink": 100,
    "poll_interval": 30,
    "wait_timeout": 300,
}


class Bench:
    def __init__(self, box: Sandbox, options: dict[str, Any]) -> None:
        self.box, self.options = box, options

    def run(self, *, check: bool = False, module: Any = vpp_license, **options: Any) -> Result:
        base = EXCLUSIVE if module is vpp_license else {}
        return run_main(module.main, {**self.options, **base, **options}, check=check, loud=True)

    def rows(self, **wanted: str) -> list[dict[str, str]]:
        status, answer = self.box.control("GET", "/_sandbox/locations/main/assignments", wanted)
        assert status == 200, answer
        rows: list[dict[str, str]] = answer["assignments"]
        return rows

    def holders(self, adam_id: str) -> set[str]:
        return {row["serialNumber"] for row in self.rows(adamId=adam_id) if "serialNumber" in row}

    def others(self) -> list[dict[str, str]]:
        """What the task must not touch: people, and other assets."""
        return [row for row in self.rows() if "clientUserId" in row or row["adamId"] not in (PAGES, NUMBERS)]

    def writes(self) -> int:
        return sum(entry["method"] == "POST" for entry in self.box.requests)

    def state(self) -> tuple[set[str], set[str]]:
        return self.holders(PAGES), self.holders(NUMBERS)


@pytest.fixture
def bench(monkeypatch) -> Iterator[Bench]:
    box = create_app("small", {"enforce_rate": "false"}, clock=ManualClock())
    yield Bench(box, use_box(monkeypatch, box))
    box.close()


def test_bench_sees_the_holders(bench):
    assert bench.state() == (set(FIRST), set())


FAULTS: dict[str, dict[str, Any]] = {
    "fails in part": {"kind": "event_fail", "count": 2, "error_number": 9609},
    "fails whole": {"kind": "event_fail", "error_number": 9609},
    "fails and passes": {"kind": "event_fail", "error_number": 9603},
    "hollow": {"kind": "event_hollow"},
    "hollow for a while": {"kind": "event_hollow", "seconds": 60},
    "slow": {"kind": "event_slow", "seconds": 100},
    "never ends": {"kind": "event_pending_forever"},
    "lost": {"kind": "lost_answer", "match": {"method": "POST"}},
    "cut off": {"kind": "truncated_body", "match": {"method": "POST"}},
    "reset": {"kind": "reset_before", "match": {"method": "POST"}},
    "no JSON": {"kind": "not_json", "match": {"method": "POST"}},
    "error in 200": {"kind": "error_in_200", "error_number": 9603, "match": {"method": "POST"}},
    "refused": {"kind": "status", "status": 400, "error_number": 9602, "match": {"method": "POST"}},
    "unknown number": {"kind": "unknown_error", "error_number": 9999, "match": {"method": "POST"}},
    "throttled": {"kind": "status", "status": 429, "error_number": 9646, "times": None, "match": {"method": "POST"}},
    "revoked": {"kind": "token", "action": "revoke", "match": {"method": "POST", "after": 1}},
    "taken over": {
        "kind": "claim",
        "mdm_info": {"id": "theirs", "name": "Other MDM", "metadata": ""},
        "match": {"method": "POST", "after": 1},
    },
    "status fails": {"kind": "status", "status": 401, "error_number": 9625, "match": {"path": "/status"}},
    "last read fails": {
        "kind": "status",
        "status": 400,
        "error_number": 9602,
        "match": {"path": "/assets", "after": 1},
    },
    "others write": {"kind": "version_change", "count": 1, "times": None, "match": {"path": "/assignments"}},
}


@dataclass
class Story:
    """A run that meets a fault, and two more an hour later without it."""

    before: tuple[set[str], set[str]]
    result: Result
    after: tuple[set[str], set[str]]
    others_kept: bool
    again: Result
    end: tuple[set[str], set[str]]
    last: Result
    token: str


@pytest.fixture(scope="module", params=FAULTS.values(), ids=FAULTS)
def story(request) -> Story:
    box = create_app("small", {"enforce_rate": "false"}, clock=ManualClock())
    with pytest.MonkeyPatch.context() as patch:
        bench = Bench(box, use_box(patch, box))
        before, others = bench.state(), bench.others()
        box.faults.add(request.param)
        result = bench.run()
        after, others_kept = bench.state(), bench.others() == others
        box.faults.clear()
        box.control("POST", "/_sandbox/locations/main/token", {"action": "restore"})
        box.control("POST", "/_sandbox/locations/main/client-config", {"mdmInfo": None})
        box.advance(3600)
        again = bench.run()
        return Story(before, result, after, others_kept, again, bench.state(), bench.run(), box.token())


class TestFault:
    def test_changed_is_true_to_what_became_of_it(self, story):
        if story.after != story.before:
            assert story.result.data["changed"] is True
        if not story.result.failed:
            assert set(WANTED) <= story.after[0]
            assert FIRST[0] not in story.after[0]

    def test_counts_are_true(self, story):
        summary = story.result.data["summary"]
        parts = ("associated", "disassociated", "failed", "pending", "not_sent")
        assert sum(summary[part] for part in parts) == summary["to_associate"] + summary["to_disassociate"]
        gained = [now - was for was, now in zip(story.before, story.after, strict=True)]
        assert summary["associated"] <= sum(map(len, gained))

    def test_its_sentence_is_clear_and_no_defect(self, story):
        message = story.result.data.get("msg", "")
        assert "unexpected" not in message
        assert not re.search(r"\n|\.\.|(\(\d+\)) \1", message)
        assert len(message) < 800
        assert bool(message) == story.result.failed

    def test_no_token_in_the_output(self, story):
        assert story.token not in story.result.text

    def test_nothing_but_the_plan_is_touched(self, story):
        assert story.others_kept

    def test_another_run_reaches_the_goal(self, story):
        assert not story.again.failed, story.again.data["msg"]
        assert story.end == (set(WANTED), set(WANTED))

    def test_the_run_after_that_has_nothing_to_do(self, story):
        assert (story.last.failed, story.last.data["changed"]) == (False, False)


SWITCHES: dict[str, dict[str, Any]] = {
    "counts lag": {"counts": "lagging", "count_lag_seconds": 120},
    "a page a row": {"page_size": 1},
    "already so is a failure": {"already_assigned": "failure_9616", "not_assigned": "failure_9619"},
    "no error info": {"error_info": "absent"},
    "events forgotten": {"event_retention_seconds": 0, "event_seconds": 40},
    "serial queue": {"event_queue": "serial", "event_seconds": 40},
    "small limits": {"limits": {"maxAssets": 1, "maxSerialNumbers": 2}},
    "no claim is null": {"unclaimed_mdm_info": "null"},
    "whole asset": {"licences_run_out": "whole_asset"},
}


@pytest.mark.parametrize("switches", SWITCHES.values(), ids=SWITCHES)
def test_every_guess_about_apple_is_coped_with(bench, switches):
    bench.box.switches.update(switches)
    first = bench.run()
    assert (first.failed, first.data["changed"]) == (False, True), first.data
    bench.box.advance(600)
    second = bench.run()
    assert (second.failed, second.data["changed"]) == (False, False)
    assert bench.state() == (set(WANTED), set(WANTED))


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_check_sends_no_write(bench, state):
    before = bench.state()
    options: dict[str, Any] = {"state": state, "exclusive": state == "present"}
    bench.run(check=True, **options)
    bench.run(check=True, module=vpp_account, claim=True, owner_name="Us")
    bench.run(check=True, module=vpp_license_info, assignments=True)
    assert bench.writes() == 0
    assert bench.state() == before


def test_the_plan_of_a_check_is_what_a_run_does(bench, tmp_path):
    path = str(tmp_path / "plan.json")
    checked = bench.run(check=True, report_path=path)
    done = bench.run(approved_plan=path)
    assert (checked.data["plan"], checked.data["diff"]) == (done.data["plan"], done.data["diff"])
    assert bench.run(approved_plan=path).data["changed"] is False


ACCOUNT: dict[str, dict[str, Any]] = {
    "lost": {"kind": "lost_answer"},
    "reset": {"kind": "reset_before"},
    "cut off": {"kind": "truncated_body"},
    "no JSON": {"kind": "not_json"},
    "refused": {"kind": "status", "status": 400, "error_number": 9725},
    "error in 200": {"kind": "error_in_200", "error_number": 9603},
}


@pytest.mark.parametrize("fault", ACCOUNT.values(), ids=ACCOUNT)
def test_a_claim_that_goes_wrong_is_told_truly(bench, fault):
    bench.box.faults.add({**fault, "match": {"method": "POST", "path": "/client/config"}})
    options: dict[str, Any] = {"module": vpp_account, "claim": True, "owner_name": "Us"}
    result = bench.run(**options)
    claimed = bench.box.control("GET", "/_sandbox/locations/main")[1]["mdmInfo"] is not None
    assert result.data["changed"] is claimed
    assert result.failed is not claimed
    assert bench.run(**options).data["changed"] is not claimed
    assert bench.run(**options).data["changed"] is False

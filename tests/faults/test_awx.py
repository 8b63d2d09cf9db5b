# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each job template of extensions/awx by ansible-runner, from a directory as AWX lays it out, in check mode and for
real; its job events, artifacts and files are searched for secrets. And the workflow: what was approved is done, and no
more."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.tests.faults.awx_job import TEMPLATES, Job, start
from ansible_collections.openmdm.vpp.tests.faults.hunt_stage import search
from ansible_collections.openmdm.vpp.tests.faults.stage import PEOPLE

ROLLOUT, ONBOARD, RETIRE_DEVICES, RETIRE_PEOPLE, DIAGNOSE, UNUSED, REPORT, PLAN, APPLY, PLAN_RECLAIM, RECLAIM = (
    TEMPLATES
)
PAGES = "361309726"
UNCHANGED = (RETIRE_PEOPLE, DIAGNOSE, UNUSED, REPORT)
"""The first retires people of whom nobody is registered yet, two only read; a report is written in check mode, too."""


def people(stage) -> str:
    stage.write("people.csv", "email,name\n" + "".join(f"{one['email']},{one['name']}\n" for one in PEOPLE))
    return stage.files["people.csv"]


def answers(stage, out, name) -> dict[str, Any]:
    """Of the surveys; what the sandbox needs beside them is what an admin writes into the template."""
    state = {"state_dir": str(out / "state"), "poll_interval": 0.1}
    mail = {"smtp_port": stage.mail.port, "smtp_security": "none", "mail_from": "apps@harbour.example"}
    unused = {"reasons": ["unknown_device"], "unseen_after": 90, "max_removals": 25, "max_shrink": 50, **state}
    given = {
        ROLLOUT: {"device_tags": "year-7 staff", "shortage": "fail", "licensing": "mdm", **state},
        ONBOARD: {"src": people(stage), "max_mails": 500, "redirect_all_to": "", **mail, **state},
        RETIRE_DEVICES: {"leavers": "TESTA00001\nTESTA00002", "max_removals": 25, "poll_interval": 0.1},
        RETIRE_PEOPLE: {"src": people(stage), "max_removals": 10, **state},
        DIAGNOSE: {"adam_id": PAGES, "app_tag": "app-pages", "serials": "TESTA00001 TESTA00009", "addresses": ""},
        UNUSED: {"reasons": ["unknown_device", "unseen_device"], "unseen_after": 90},
        REPORT: {"title": "Licences", "people": "as numbers", "report_dir": str(out / "reports")},
        PLAN: {"targets_file": devices(stage, 3, 4), "poll_interval": 0.1},
        APPLY: {"targets_file": devices(stage, 3, 4), "poll_interval": 0.1},
        PLAN_RECLAIM: unused,
        RECLAIM: unused,
    }
    return given[name]


def devices(stage, *numbers: int) -> str:
    name = f"devices-{len(numbers)}.csv"
    stage.write(name, "serial_number\n" + "".join(f"TESTA{number:05d}\n" for number in numbers))
    return stage.files[name]


def holders(stage) -> set[str]:
    rows = stage.control("GET", "locations/main/assignments", {"adamId": PAGES})["assignments"]
    return {row["serialNumber"] for row in rows if "serialNumber" in row}


def lose(stage, *serials: str) -> None:
    """Licences for devices that no network knows."""
    rows = [{"adamId": PAGES, "serialNumber": serial} for serial in serials]
    stage.control("POST", "locations/main/assignments", {"add": rows})


def changed(job: Job) -> int:
    (stats,) = (event["event_data"]["changed"] for event in job.events if event["event"] == "playbook_on_stats")
    return sum(stats.values())


def went_well(stage, job: Job) -> None:
    assert job.run.code == 0, job.run.said[-3000:]
    assert len(job.events) > 10
    assert job.artifacts["openmdm_summary"]
    assert not str(search(stage, job.run))


@pytest.mark.parametrize("name", [ROLLOUT, ONBOARD, RETIRE_DEVICES, RETIRE_PEOPLE, DIAGNOSE, UNUSED, REPORT])
def test_a_job(stage, out, name):
    given = answers(stage, out, name)
    went_well(stage, start(stage, out, name, given, check=True, ident="check"))
    assert not [one for one in stage.box.requests if one["method"] != "GET" and one["service"] in ("apple", "meraki")]
    job = start(stage, out, name, given, check=False, ident="run")
    went_well(stage, job)
    assert bool(changed(job)) is (name not in UNCHANGED)
    if name == DIAGNOSE:
        assert len(job.artifacts["openmdm_sentences"]) == 2
    if name == REPORT:
        assert (out / "reports/report.html").is_file()


class TestWorkflow:
    def apply(self, stage, out, ident: str, plan: dict[str, Any], **more: Any) -> Job:
        return start(stage, out, APPLY, {**answers(stage, out, APPLY), **plan, **more}, ident=ident)

    def test_what_was_approved_is_done_and_nothing_else(self, stage, out):
        plan = start(stage, out, PLAN, answers(stage, out, PLAN), ident="plan")
        went_well(stage, plan)
        (operation,) = plan.artifacts["openmdm_plan"]["operations"]
        assert operation["serial_numbers"] == ["TESTA00003", "TESTA00004"]
        before = holders(stage)

        moved = self.apply(stage, out, "moved", plan.artifacts, targets_file=devices(stage, 3, 4, 5))
        assert moved.run.code != 0
        assert "The fresh plan holds 1 operation outside approved_plan" in moved.run.said
        assert not str(search(stage, moved.run))

        edited = copy.deepcopy(plan.artifacts)
        edited["openmdm_plan"]["operations"][0]["serial_numbers"].append("TESTA00005")
        refused = self.apply(stage, out, "edited", edited)
        assert refused.run.code != 0
        assert "approved_plan was changed or damaged" in refused.run.said
        assert holders(stage) == before

        job = self.apply(stage, out, "approved", plan.artifacts)
        went_well(stage, job)
        assert holders(stage) - before == {"TESTA00003", "TESTA00004"}

    def test_without_a_plan_nothing_is_done(self, stage, out):
        job = self.apply(stage, out, "apply", {})
        assert job.run.code != 0
        assert "There is no approved plan: start the workflow" in job.run.said
        assert not [one for one in stage.box.requests if one["service"] == "apple"]

    def test_the_plan_is_never_carried_out_by_its_own_job(self, stage, out):
        job = start(stage, out, PLAN, answers(stage, out, PLAN), check=False)
        assert job.run.code != 0
        assert "Set the job type of its template to Check" in job.run.said
        assert not [one for one in stage.box.requests if one["service"] == "apple"]

    def test_a_plan_too_large_for_an_artifact_is_refused(self, stage, out):
        job = start(stage, out, PLAN, {**answers(stage, out, PLAN), "plan_most": 1})
        assert job.run.code != 0
        assert "The plan has 2 operations, more than AWX should carry from job to job." in " ".join(
            job.run.said.split()
        )
        assert "openmdm_plan" not in job.artifacts

    def test_licences_that_nobody_uses_come_back_as_approved(self, stage, out):
        given = answers(stage, out, PLAN_RECLAIM)
        lose(stage, "ELSEWHERE0001", "ELSEWHERE0002")
        before = holders(stage)
        plan = start(stage, out, PLAN_RECLAIM, given, ident="plan")
        went_well(stage, plan)
        (operation,) = plan.artifacts["openmdm_plan"]["operations"]
        assert operation["serial_numbers"] == ["ELSEWHERE0001", "ELSEWHERE0002"]
        assert plan.artifacts["openmdm_summary"]["to_disassociate"] == 2
        assert holders(stage) == before

        lose(stage, "ELSEWHERE0003")
        moved = start(stage, out, RECLAIM, {**given, **plan.artifacts}, ident="moved")
        assert moved.run.code != 0
        assert "The fresh plan holds 1 operation outside approved_plan" in moved.run.said
        assert not str(search(stage, moved.run))
        assert holders(stage) == before | {"ELSEWHERE0003"}

        rows = [{"adamId": PAGES, "serialNumber": "ELSEWHERE0003"}]
        stage.control("POST", "locations/main/assignments", {"remove": rows})
        job = start(stage, out, RECLAIM, {**given, **plan.artifacts}, ident="approved")
        went_well(stage, job)
        assert holders(stage) == before - {"ELSEWHERE0001", "ELSEWHERE0002"}

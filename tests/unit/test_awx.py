# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What extensions/awx promises to AWX against the playbooks and the specs that it speaks of."""

from __future__ import annotations

import re

import pytest
import yaml

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.options import CONNECTED, MAIL, STATE
from ansible_collections.openmdm.vpp.tests.unit.awx_files import (
    AWX,
    CREDENTIAL_TYPES,
    JOB_TEMPLATES,
    ROOT,
    SCHEDULES,
    WORKFLOWS,
    imported,
    load,
    words_of,
)

FALLBACKS = {
    variable: option
    for spec in (CONNECTED, MAIL, STATE)
    for option, facts in spec.options.items()
    if "fallback" in facts
    for variable in facts["fallback"][1]
}
NAMED = {template["name"]: template for template in JOB_TEMPLATES}
ANSWERS = {"text": str, "textarea": str, "integer": int, "multiplechoice": str, "multiselect": str}
"""Kinds of questions that our surveys ask; a password is none, since AWX hands its answer on as a variable."""
WHOLE = re.compile(r"\{\{ ([\w.]+) \}\}")
RULE = re.compile(r"DTSTART;TZID=[A-Za-z_]+/[A-Za-z_]+:\d{8}T\d{6} RRULE:FREQ=DAILY;INTERVAL=1")


def ids(found):
    return {"argvalues": found, "ids": [one["name"] for one in found]}


@pytest.mark.parametrize("kind", **ids(CREDENTIAL_TYPES))
class TestCredentialType:
    def test_every_variable_of_the_environment_is_one_that_a_module_reads(self, kind):
        assert set(kind["injectors"]["env"]) <= set(FALLBACKS)

    def test_a_secret_reaches_the_job_as_a_file_and_in_no_other_way(self, kind):
        secrets = {field["id"] for field in kind["inputs"]["fields"] if field.get("secret")}
        assert len(secrets) == 1
        files = {name.removeprefix("template."): text for name, text in kind["injectors"]["file"].items()}
        assert set(files) == secrets
        elsewhere = {**kind["injectors"]["env"], **kind["injectors"].get("extra_vars", {})}
        for name, text in elsewhere.items():
            (said,) = WHOLE.fullmatch(text).groups()
            assert said not in secrets
            assert name.endswith("_FILE") is said.startswith("tower.filename."), name
        paths = {name for name, text in elsewhere.items() if "tower.filename." in text}
        assert {elsewhere[name] for name in paths} == {f"{{{{ tower.filename.{one} }}}}" for one in secrets}

    def test_every_template_speaks_of_an_input(self, kind):
        fields = {field["id"]: field for field in kind["inputs"]["fields"]}
        injected = [text for part in kind["injectors"].values() for text in part.values()]
        said = {WHOLE.fullmatch(text)[1].removeprefix("tower.filename.") for text in injected}
        assert said == set(fields)
        assert set(kind["inputs"]["required"]) <= set(fields)

    def test_an_empty_input_leaves_the_option_as_if_it_were_not_set(self, kind):
        """AWX sets a variable for an input that was left empty, too."""
        optional = {field["id"] for field in kind["inputs"]["fields"]} - set(kind["inputs"]["required"])
        for variable, text in kind["injectors"]["env"].items():
            if WHOLE.fullmatch(text)[1] in optional:
                assert CONNECTED.options[FALLBACKS[variable]].get("default") is None, variable


@pytest.mark.parametrize("template", **ids(JOB_TEMPLATES))
class TestJobTemplate:
    def test_its_playbook_is_in_the_project_and_imports_one_of_ours(self, template):
        assert (AWX / "project" / template["playbook"]).is_file()
        (name,) = imported(template["playbook"])
        assert (ROOT / f"playbooks/{name}.yml").is_file()

    def test_the_playbook_reads_every_variable_that_it_is_given(self, template):
        asked = {question["variable"] for question in template["survey"]}
        assert not asked & set(template["extra_vars"])
        assert asked | set(template["extra_vars"]) <= words_of(template["playbook"])

    def test_no_variable_is_a_secret(self, template):
        given = [*template["extra_vars"], *(question["variable"] for question in template["survey"])]
        assert not [name for name in given if re.search(r"token|secret|password|api_key", name)]

    def test_every_question_can_be_answered(self, template):
        judge(template["survey"])


@pytest.mark.parametrize("asks", **ids([one for one in [*JOB_TEMPLATES, *WORKFLOWS] if one["survey"]]))
def test_what_takes_away_asks_for_a_limit(asks):
    limits = [question for question in asks["survey"] if question["variable"] == "max_removals"]
    assert bool(limits) is bool(re.search("retire|reclaim", asks["name"]))
    assert all(question["required"] and question["default"] <= 25 for question in limits)


def judge(survey):
    for question in survey:
        kind = ANSWERS[question["type"]]
        assert question["question_name"]
        assert isinstance(question["required"], bool)
        assert isinstance(question.get("default", kind()), kind)
        if question["type"].startswith("multi"):
            assert question["default"] in question["choices"]
        if question["type"] == "integer":
            assert question["min"] <= question["default"] <= question["max"]
    assert len({question["variable"] for question in survey}) == len(survey)


@pytest.mark.parametrize("workflow", **ids(WORKFLOWS))
class TestWorkflow:
    def test_is_a_plan_an_approval_and_a_run(self, workflow):
        nodes = {node["identifier"]: node for node in workflow["nodes"]}
        assert list(nodes) == ["plan", "approval", "apply"]
        links = {name: node.get("related", {}).get("success_nodes", []) for name, node in nodes.items()}
        follows = {name: [one["identifier"] for one in found] for name, found in links.items()}
        assert follows == {"plan": ["approval"], "approval": ["apply"], "apply": []}
        assert all(set(node.get("related", {})) <= {"success_nodes"} for node in nodes.values())
        assert nodes["approval"]["unified_job_template"]["type"] == "workflow_approval"
        plan, run = (NAMED[nodes[name]["unified_job_template"]["name"]] for name in ("plan", "apply"))
        assert (plan["job_type"], run["job_type"]) == ("check", "run")
        assert plan["extra_vars"] == run["extra_vars"]
        assert plan["credentials"] == run["credentials"]

    def test_its_answers_are_read_by_both_jobs(self, workflow):
        judge(workflow["survey"])
        asked = {question["variable"] for question in workflow["survey"]}
        jobs = [node["unified_job_template"] for node in workflow["nodes"]]
        templates = [NAMED[job["name"]] for job in jobs if job["type"] == "job_template"]
        assert len(templates) == 2
        for template in templates:
            assert not template["survey"]
            assert asked <= words_of(template["playbook"])
            assert not asked & set(template["extra_vars"])


@pytest.mark.parametrize("schedule", **ids(SCHEDULES))
class TestSchedule:
    def test_answers_the_survey_of_its_template(self, schedule):
        survey = {question["variable"]: question for question in NAMED[schedule["template"]]["survey"]}
        needed = {name for name, question in survey.items() if question["required"]}
        assert needed <= set(schedule["extra_data"]) <= set(survey)
        for name, answer in schedule["extra_data"].items():
            assert isinstance(answer, ANSWERS[survey[name]["type"]])
            assert answer in survey[name].get("choices", [answer])

    def test_its_rule_is_every_night(self, schedule):
        assert RULE.fullmatch(schedule["rrule"])


def test_every_credential_that_a_template_wants_is_named_where_they_are_made():
    (play,) = load("configure.yml")
    assert play["hosts"] == "localhost"
    told = (AWX / "configure.yml").read_text(encoding="utf-8")
    wanted = {name for template in JOB_TEMPLATES for name in template["credentials"]}
    assert not [name for name in wanted if f'"{name}"' not in told]


def test_every_playbook_of_the_project_has_a_template():
    assert {path.name for path in (AWX / "project").glob("*.yml")} == {one["playbook"] for one in JOB_TEMPLATES}


def test_every_template_without_questions_belongs_to_one_workflow():
    jobs = [node["unified_job_template"]["name"] for one in WORKFLOWS for node in one["nodes"]]
    silent = [template["name"] for template in JOB_TEMPLATES if not template["survey"]]
    assert sorted(name for name in jobs if name in NAMED) == sorted(silent)


def test_the_execution_environment_has_the_collection_of_this_version():
    (collection,) = load("execution-environment.yml")["dependencies"]["galaxy"]["collections"]
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    assert collection["name"] == f"openmdm-vpp-{galaxy['version']}.tar.gz"

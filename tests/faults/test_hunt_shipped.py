# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles, playbooks and the inventory, and AWX's way of running them: no secret in anything that they leave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.openmdm.vpp.tests.faults.hunt import Hit
from ansible_collections.openmdm.vpp.tests.faults.hunt_process import ansible, playbook
from ansible_collections.openmdm.vpp.tests.faults.hunt_stage import PAYLOAD, search, told
from ansible_collections.openmdm.vpp.tests.faults.plays import (
    ENVIRONMENT,
    FILE,
    OPTIONS,
    PAGES,
    SERIALS,
    TEXT,
    WAYS,
    Plays,
    environment,
)
from ansible_collections.openmdm.vpp.tests.faults.soak import SOAK
from ansible_collections.openmdm.vpp.tests.faults.stage import PEOPLE, SMTP_USER, Stage
from ansible_collections.openmdm.vpp.tests.unit.conftest import ROOT

pytestmark = pytest.mark.skipif(not SOAK, reason="only by make soak")
PLAYBOOKS = sorted(path.stem for path in (Path(ROOT) / "playbooks").glob("*.yml"))


def inputs_of(stage: Stage, out: Path, name: str, plays: Plays) -> dict[str, Any]:
    apps = [{"adam_id": PAGES, "name": "Pages", "tag": "app-pages"}]
    if name == "device_assignment":
        return {"apps": apps, "devices": {"serial_numbers": SERIALS}, "licensing": "mdm", "report_dir": str(out)}
    people = {"users": PEOPLE, "state_dir": str(out / "state"), "licensing": "mdm"}
    return {**plays.mail, **people, "apps": apps, "report_dir": str(out)}


ROLE_FAULTS: dict[str, dict[str, Any]] = {"well": {}, "wrong type": {"takeover": "perhaps"}, "wrong location": {}}


@pytest.mark.parametrize("fault", ROLE_FAULTS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["device_assignment", "user_assignment"])
def test_a_role(stage, out, name, way, fault):
    plays = Plays(stage, out, way)
    inputs = {"poll_interval": 0.1, **inputs_of(stage, out, name, plays), **ROLE_FAULTS[fault]}
    if fault == "wrong location":
        inputs["location"] = {"uid": "1"}
    run = playbook(out, stage.folder, plays.role(name, **inputs), env=environment(stage) if way == ENVIRONMENT else {})
    assert (run.code == 0) is (fault == "well"), run.said[-3000:]
    hits = search(stage, run)
    if way == TEXT:
        assert hits or fault == "wrong type"
        hits = [hit for hit in hits if PAYLOAD not in hit.where]
    assert told(hits) == ""


def variables_of(stage: Stage, out: Path) -> dict[str, dict[str, Any]]:
    token = {"content_token_file": stage.files["token"], "poll_interval": 0.1}
    key = {"connector": "meraki", "meraki_api_key_file": stage.files["key"]}
    devices = {"serial_numbers": ["TESTA00001"], "max_removals": "90%"}
    app = {"adam_id": PAGES, "name": "Pages", "tag": "app-pages"}
    mail = {
        "smtp_host": "127.0.0.1",
        "smtp_port": stage.mail.port,
        "smtp_security": "none",
        "smtp_username": SMTP_USER,
        "smtp_password_file": stage.files["smtp_password"],
        "mail_from": "apps@harbour.example",
    }
    people = {"users": PEOPLE, "state_dir": str(out / "state")}
    report = {"report_path": str(out / "report.json")}
    report_dir = {"report_dir": str(out)}
    rollout = {**token, **key, "apps": [app], "serial_numbers": SERIALS, "licensing": "mdm", "report_dir": str(out)}
    return {
        "assign_licenses": {**token, "assets": [{"adam_id": PAGES}], "serial_numbers": SERIALS, **report},
        "onboard_users": {**token, **people, **mail, "apps": [{"adam_id": PAGES}], "report_dir": str(out)},
        "move_to_devices": {
            **token,
            **key,
            **report_dir,
            "assets": [{"adam_id": PAGES}],
            "serial_numbers": SERIALS,
            "max_removals": "90%",
        },
        "reclaim": {**token, **key, **report, "reasons": ["doubly_licensed"], "max_removals": "90%"},
        "renew_token": {"content_token_file": stage.files["renewed"], "new_token_file": stage.files["token"]},
        "retire_app": {**token, **key, **devices, "app": app, "licensing": "collection", "report_dir": str(out)},
        "retire_devices": {**token, **devices, **report},
        "retire_users": {**token, **people, "max_removals": 5, **report},
        "rollout_devices": rollout,
    }


@pytest.mark.parametrize("fault", ["", "foreign_token", "cut_token"])
@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_playbook(stage, out, name, fault):
    stage.write("renewed", Path(stage.files["token"]).read_text())
    variables = variables_of(stage, out)[name]
    if fault:
        variables["new_token_file" if name == "renew_token" else "content_token_file"] = stage.files[fault]
    path = stage.folder / "variables.json"
    path.write_text(json.dumps(variables), encoding="utf-8")
    env = {
        "OPENMDM_VPP_APPS_BOOKS_URL": f"{stage.origin}/mdm/v2",
        "OPENMDM_VPP_ITUNES_URL": f"{stage.origin}/itunes",
        "OPENMDM_MERAKI_BASE_URL": f"{stage.origin}/api/v1",
    }
    command = ["ansible-playbook", "-vvvv", "--diff", f"openmdm.vpp.{name}", "-e", f"@{path}"]
    run = ansible(out, command, env=env)
    assert (run.code == 0) is not bool(fault), run.said[-3000:]
    assert told(search(stage, run)) == ""


INVENTORIES: dict[str, dict[str, Any]] = {
    "files": {"token_files": ["{token}"]},
    "variables": {"token_envs": ["NORTH_TOKEN"]},
    "a variable that is cut": {"token_envs": ["CUT_TOKEN"]},
    "a variable that is foreign": {"token_envs": ["FOREIGN_TOKEN"]},
    "a file that is cut": {"token_files": ["{cut_token}"]},
    "twice": {"token_files": ["{token}"], "token_envs": ["NORTH_TOKEN"]},
    "a vault without its password": {"token_files": ["{vaulted}"]},
    "pasted in place of a file": {"token_files": ["<token>"]},
    "pasted in place of a variable": {"token_envs": ["<token>"]},
    "a group that fails": {"token_envs": ["NORTH_TOKEN"], "groups": {"x": "no_such_variable.a"}, "strict": True},
}


@pytest.mark.parametrize("name", INVENTORIES)
def test_the_inventory(stage, out, name):
    texts = {key: Path(path).read_text().strip() for key, path in stage.files.items() if Path(path).is_file()}
    stage.write("vaulted", "$ANSIBLE_VAULT;1.1;AES256\n3133\n")
    config = {
        option: [one.format(**stage.files).replace("<token>", texts["token"]) for one in value]
        if isinstance(value, list)
        else value
        for option, value in INVENTORIES[name].items()
    }
    path = stage.folder / "locations.openmdm.yml"
    shared = {"plugin": "openmdm.vpp.locations", "apps_books_url": f"{stage.origin}/mdm/v2", "cache": True}
    path.write_text(yaml.safe_dump({**shared, **config}), encoding="utf-8")
    env = {
        "NORTH_TOKEN": texts["token"],
        "CUT_TOKEN": texts["cut_token"],
        "FOREIGN_TOKEN": texts["foreign_token"],
        "ANSIBLE_INVENTORY_CACHE": "true",
        "ANSIBLE_INVENTORY_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(out / "inventory"),
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
    }
    run = ansible(out, ["ansible-inventory", "-vvvv", "-i", str(path), "--list", "--export"], env=env)
    assert (run.code == 0) is (name in ("files", "variables", "a variable that is foreign")), run.said[-2000:]
    assert told(search(stage, run)) == ""


@pytest.mark.parametrize("way", WAYS)
def test_the_events_and_artifacts_of_ansible_runner(stage, out, way):
    """Which is what AWX runs. What it writes down of its own is told on the page on secrets: the whole environment of a
    job, and the parameters of a task that does not say no_log."""
    plays = Plays(stage, out, way)
    hits = run_by_runner(stage, plays, plays.play([*plays.everything()[::3], *plays.mistakes()[::3]]))
    artifacts = out / "runner/artifacts/job"
    assert len(list((artifacts / "job_events").iterdir())) > 20
    own = {FILE: "none", ENVIRONMENT: str(artifacts / "command"), TEXT: str(artifacts / "job_events")}[way]
    written = {hit.secret for hit in hits if hit.where.startswith(own)}
    assert written >= ({"token", "key"} if way != FILE else set())
    assert told(hit for hit in hits if not hit.where.startswith(own)) == ""


def test_the_runner_keeps_no_parameter_of_a_task_with_no_log(stage, out):
    plays = Plays(stage, out, TEXT)
    assert told(run_by_runner(stage, plays, plays.play(plays.everything()[2:4], no_log=True))) == ""


def run_by_runner(stage: Stage, plays: Plays, play: Any) -> list[Hit]:
    """What is found outside of Ansible's payload."""
    out = plays.out
    (out / "runner/project").mkdir(parents=True)
    path = stage.folder / "play.yml"
    path.write_text(yaml.safe_dump(play), encoding="utf-8")
    env = environment(stage) if plays.way == ENVIRONMENT else {}
    command = [
        "ansible-runner",
        "run",
        str(out / "runner"),
        "-p",
        str(path),
        "--cmdline=-vvvv --diff",
        "--ident",
        "job",
    ]
    run = ansible(out, command, env=env)
    assert run.code == 0, run.said[-2000:]
    return [hit for hit in search(stage, run) if PAYLOAD not in hit.where]


def test_environment_in_a_playbook_is_printed_by_ansible(stage, out):
    """Ansible's own doing, told on the page on secrets."""
    plays = Plays(stage, out, ENVIRONMENT)
    given = {
        name: f"{{{{ lookup('ansible.builtin.file', '{stage.files[OPTIONS[option]]}') }}}}"
        for option, name in (("content_token", "OPENMDM_VPP_CONTENT_TOKEN"),)
    }
    run = playbook(out, stage.folder, plays.play(plays.everything()[2:3], environment=given))
    assert run.code == 0
    assert any(hit.where == str(out / "said") for hit in search(stage, run))

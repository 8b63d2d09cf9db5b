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

from ansible_collections.openmdm.vpp.tests.faults.hunt_process import ansible, playbook
from ansible_collections.openmdm.vpp.tests.faults.hunt_stage import ARGUMENTS, EVERYTHING, PAYLOAD, Found, search
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
ROLES = ("device_assignment", "user_assignment")
PLAYBOOKS = sorted(path.stem for path in (Path(ROOT) / "playbooks").glob("*.yml"))


def inputs_of(stage: Stage, out: Path, name: str, plays: Plays) -> dict[str, Any]:
    apps = [{"adam_id": PAGES, "name": "Pages", "tag": "app-pages"}]
    if name == "device_assignment":
        return {"apps": apps, "devices": {"serial_numbers": SERIALS}, "licensing": "mdm", "report_dir": str(out)}
    people = {"users": PEOPLE, "state_dir": str(out / "state"), "licensing": "mdm"}
    return {**plays.mail, **people, "apps": apps, "report_dir": str(out)}


ROLE_FAULTS: dict[str, dict[str, Any]] = {"well": {}, "wrong type": {"takeover": "perhaps"}, "wrong location": {}}


ROLE_RUNS = [
    (name, way, fault)
    for place, name in enumerate(ROLES)
    for number, way in enumerate(WAYS)
    for turn, fault in enumerate(ROLE_FAULTS)
    if not turn or (place + number + turn) % 2
]
"""All pairs: each role well by each way, and each way to fail by each way, by turns."""


@pytest.mark.parametrize(("name", "way", "fault"), ROLE_RUNS)
def test_a_role(stage, out, name, way, fault):
    plays = Plays(stage, out, way)
    inputs = {"poll_interval": 0.1, **inputs_of(stage, out, name, plays), **ROLE_FAULTS[fault]}
    if fault == "wrong location":
        inputs["location"] = {"uid": "1"}
    run = playbook(out, stage.folder, plays.role(name, **inputs), env=environment(stage) if way == ENVIRONMENT else {})
    assert (run.code == 0) is (fault == "well"), run.said[-3000:]
    found = search(stage, run, *((PAYLOAD, EVERYTHING) if way == TEXT else ()))
    if way == TEXT and fault != "wrong type":
        assert found.known
    assert not str(found)


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
        "report": {**token, **key, **report_dir},
        "why": {**token, **key, **report, "assets": [{"adam_id": PAGES}], "serial_numbers": SERIALS},
    }


TELLS = ("report", "why")
"""For these a token that Apple refuses is a finding and no failure."""
RUNS = {
    name: [("", FILE), ("foreign_token", FILE), ("cut_token", FILE)]
    if name == "renew_token"  # which is about files
    else [("", FILE), ("", ENVIRONMENT), ("foreign_token", ENVIRONMENT), ("cut_token", FILE)]
    for name in PLAYBOOKS
}


@pytest.mark.parametrize(("name", "fault", "way"), [(name, *run) for name, runs in RUNS.items() for run in runs])
def test_a_playbook(stage, out, name, fault, way):
    stage.write("renewed", Path(stage.files["token"]).read_text())
    variables = variables_of(stage, out)[name]
    env = {
        "OPENMDM_VPP_APPS_BOOKS_URL": f"{stage.origin}/mdm/v2",
        "OPENMDM_VPP_ITUNES_URL": f"{stage.origin}/itunes",
        "OPENMDM_MERAKI_BASE_URL": f"{stage.origin}/api/v1",
    }
    if way == ENVIRONMENT:
        variables = {key: value for key, value in variables.items() if key.removesuffix("_file") not in OPTIONS}
        env |= environment(stage)
        env |= {"OPENMDM_VPP_CONTENT_TOKEN": Path(stage.files[fault]).read_text().strip()} if fault else {}
    elif fault:
        variables["new_token_file" if name == "renew_token" else "content_token_file"] = stage.files[fault]
    path = stage.folder / "variables.json"
    path.write_text(json.dumps(variables), encoding="utf-8")
    command = ["ansible-playbook", "-vvvv", "--diff", f"openmdm.vpp.{name}", "-e", f"@{path}"]
    run = ansible(out, command, env=env)
    assert (run.code == 0) is (not fault or (name in TELLS and fault == "foreign_token")), run.said[-3000:]
    assert not str(search(stage, run))


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
    assert not str(search(stage, run))


FLEETS: dict[str, dict[str, Any]] = {
    "a file": {"meraki_api_key_file": "{key}"},
    "the key itself": {"meraki_api_key": "<key>"},
    "a variable": {},
    "a wrong key": {"meraki_api_key_file": "{wrong_key}"},
    "a vault without its password": {"meraki_api_key_file": "{vaulted}"},
    "pasted in place of a file": {"meraki_api_key_file": "<key>"},
    "a group that fails": {"meraki_api_key_file": "{key}", "groups": {"x": "no_such_variable.a"}, "strict": True},
}


@pytest.mark.parametrize("name", FLEETS)
def test_the_inventory_of_devices(stage, out, name):
    key = Path(stage.files["key"]).read_text().strip()
    stage.write("vaulted", "$ANSIBLE_VAULT;1.1;AES256\n3133\n")
    config = {
        option: value.format(**stage.files).replace("<key>", key) if isinstance(value, str) else value
        for option, value in FLEETS[name].items()
    }
    path = stage.folder / "devices.openmdm.yml"
    shared = {"plugin": "openmdm.vpp.devices", "connector": "meraki", "meraki_base_url": f"{stage.origin}/api/v1"}
    path.write_text(yaml.safe_dump({**shared, "cache": True, **config}), encoding="utf-8")
    env = {
        "ANSIBLE_INVENTORY_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(out / "inventory"),
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
        **({"OPENMDM_MERAKI_API_KEY": key} if name == "a variable" else {}),
    }
    run = ansible(out, ["ansible-inventory", "-vvvv", "-i", str(path), "--list", "--export"], env=env)
    assert (run.code == 0) is (name in ("a file", "the key itself", "a variable")), run.said[-2000:]
    assert not str(search(stage, run))


@pytest.mark.parametrize("way", WAYS)
def test_the_events_and_artifacts_of_ansible_runner(stage, out, way):
    """Which is what AWX runs. What it writes down of its own is told on the page on secrets: the whole environment of a
    job, and the parameters of a task that does not say no_log."""
    plays = Plays(stage, out, way)
    artifacts = out / "runner/artifacts/job"
    own = {FILE: (), ENVIRONMENT: (str(artifacts / "command"),), TEXT: (str(artifacts / "job_events"), EVERYTHING)}[way]
    found = run_by_runner(stage, plays, plays.play([*plays.everything()[::3], *plays.mistakes()[::3]]), *own)
    assert len(list((artifacts / "job_events").iterdir())) > 20
    kept = {hit.secret for hit in found.known if any(place in hit.where for place in own)}
    assert kept >= ({"token", "key"} if way != FILE else set())
    assert not str(found)


def test_the_runner_keeps_no_parameter_of_a_task_with_no_log(stage, out):
    plays = Plays(stage, out, TEXT)
    found = run_by_runner(stage, plays, plays.play(plays.everything()[2:4], no_log=True), EVERYTHING)
    assert not str(found)


def run_by_runner(stage: Stage, plays: Plays, play: Any, *known: str) -> Found:
    """Ansible's payload is always known."""
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
    return search(stage, run, PAYLOAD, *known)


def test_environment_in_a_playbook_is_printed_by_ansible(stage, out):
    """Ansible's own doing, told on the page on secrets."""
    plays = Plays(stage, out, ENVIRONMENT)
    given = {
        name: f"{{{{ lookup('ansible.builtin.file', '{stage.files[OPTIONS[option]]}') }}}}"
        for option, name in (("content_token", "OPENMDM_VPP_CONTENT_TOKEN"),)
    }
    run = playbook(out, stage.folder, plays.play(plays.everything()[2:3], environment=given))
    assert run.code == 0
    found = search(stage, run, str(out), ARGUMENTS)
    assert {hit.where for hit in found.known} >= {str(out / "said"), ARGUMENTS}
    assert not str(found)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible itself, as loud as can be and keeping all that it can keep, over a sandbox on a socket: no secret in anything
that it prints, writes, remembers or shows to other users of the machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.tests.faults.hunt_process import Run, modules_of, playbook, until
from ansible_collections.openmdm.vpp.tests.faults.hunt_stage import EVERYTHING, PAYLOAD, search
from ansible_collections.openmdm.vpp.tests.faults.plays import (
    ENVIRONMENT,
    FILE,
    PAGES,
    TEXT,
    Plays,
    Task,
    environment,
)
from ansible_collections.openmdm.vpp.tests.faults.soak import SOAK
from ansible_collections.openmdm.vpp.tests.faults.stage import PROXY_PASSWORD, Stage
from ansible_collections.openmdm.vpp.tests.faults.test_hunt_shipped import ROLES
from ansible_collections.openmdm.vpp.tests.unit.conftest import ROOT

soak = pytest.mark.skipif(not SOAK, reason="only by make soak")
RUN_BY = Path(sys.executable).parent

pytestmark = pytest.mark.skipif(
    not (RUN_BY / "ansible-runner").exists(), reason="only on the newest lane, which has ansible-runner"
)


LOOKUPS = [("asset", PAGES), ("assignments", PAGES)]


def listed(plays: Plays) -> list[Task]:
    return [*plays.everything(), *plays.mistakes(), *(plays.pasted() if plays.way == TEXT else [])]


def run_tasks(stage: Stage, plays: Plays, tasks: list[Task], *arguments: str, **more: Any) -> Run:
    env = {**(environment(stage) if plays.way == ENVIRONMENT else {}), **more.pop("env", {})}
    return playbook(plays.out, stage.folder, plays.play(tasks, **more), *arguments, env=env)


def test_nothing_that_is_shipped_is_left_out(stage, out):
    """Whoever adds a module, a plugin or a role, hunts in it; playbooks are found by themselves."""
    plays, shipped = Plays(stage, out), Path(ROOT) / "plugins"
    modules = {path.stem for path in (shipped / "modules").glob("*.py")}
    assert {name for name, _options in plays.everything()} == modules
    assert {name for name, _options in plays.mistakes()} == modules
    assert {path.stem for path in (shipped / "action").glob("*.py")} <= modules
    assert {path.name for path in (Path(ROOT) / "roles").iterdir()} == set(ROLES)
    kinds = {path.parent.name for path in shipped.glob("*/*.py")}
    others = kinds - {"modules", "action", "module_utils", "plugin_utils", "doc_fragments"}
    assert others == {"inventory", "lookup"}
    assert {path.stem for path in (shipped / "inventory").glob("*.py")} == {"locations", "devices"}
    assert {path.stem for path in (shipped / "lookup").glob("*.py")} == {name for name, _terms in LOOKUPS}


@pytest.mark.parametrize("way", [FILE, ENVIRONMENT])
@pytest.mark.parametrize(("name", "term"), LOOKUPS)
def test_a_lookup_well_and_badly(stage, out, way, name, term):
    plays = Plays(stage, out, way)
    address = {key: value for key, value in plays.defaults["group/openmdm.vpp.vpp"].items() if key.endswith("_url")}
    tasks = [
        {
            "ansible.builtin.debug": {"msg": f"{{{{ lookup('openmdm.vpp.{name}', '{term}', **given) }}}}"},
            "vars": {"given": {**address, **given}},
            "ignore_errors": True,
        }
        for given in (plays.secret("content_token"), plays.secret("content_token", "cut_token"))
    ]
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    run = playbook(out, stage.folder, play, env=environment(stage) if way == ENVIRONMENT else {})
    assert "ok=2 " in run.said, run.said[-2000:]
    assert "ignored=1 " in run.said
    assert not str(search(stage, run))


@pytest.mark.skipif(SOAK, reason="a part of the next one")
def test_half_of_the_modules_well_and_half_badly(stage, out):
    """What `make test` runs of all this; the whole is below."""
    plays = Plays(stage, out)
    well, badly = plays.everything()[1::2], plays.mistakes()[::2]
    run = run_tasks(stage, plays, [*well, *badly])
    assert [failed for failed, _msg in run.outcomes] == [False] * len(well) + [True] * len(badly), run.outcomes
    assert "invocation" in run.said
    assert len(list(out.rglob(f"{PAYLOAD}*"))) > 10
    assert not str(search(stage, run))


@soak
@pytest.mark.parametrize("way", [FILE, ENVIRONMENT])
def test_every_module_well_and_badly(stage, out, way):
    plays = Plays(stage, out, way)
    run = run_tasks(stage, plays, listed(plays))
    well = len(plays.everything())
    assert [failed for failed, _msg in run.outcomes] == [False] * well + [True] * len(plays.mistakes()), run.outcomes
    assert {mail.recipient.partition("@")[0] for mail in stage.mail.arrived} == {"ana", "bo"}
    assert not str(search(stage, run))


@soak
def test_a_secret_that_is_a_parameter_is_where_ansible_keeps_parameters(stage, out):
    """Ansible's own doing, and the proof that this hunt finds what is there."""
    plays = Plays(stage, out, TEXT)
    run = run_tasks(stage, plays, listed(plays))
    found = search(stage, run, PAYLOAD, EVERYTHING)
    for place in (PAYLOAD, EVERYTHING):
        kept = {hit.secret for hit in found.known if place in hit.where}
        assert kept >= {"token", "key", "smtp_password", "notification_token"}, place
    assert not str(found)


CALLBACKS: dict[str, dict[str, str]] = {
    "default, YAML": {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml", "ANSIBLE_CALLBACK_FORMAT_PRETTY": "true"},
    "minimal": {"ANSIBLE_STDOUT_CALLBACK": "minimal", "ANSIBLE_DEBUG": "1"},
    "oneline": {"ANSIBLE_STDOUT_CALLBACK": "oneline", "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
}
"""Those that write to the screen, beside the default with JSON of all other runs. With each of them there are always
junit, tree, and one that writes everything."""


@soak
@pytest.mark.parametrize("way", [FILE, ENVIRONMENT])
@pytest.mark.parametrize("callback", CALLBACKS)
def test_other_callbacks(stage, out, way, callback):
    """Every module once each, half of them well and half badly: in check mode by one way, for real by the other."""
    plays = Plays(stage, out, way)
    place = list(CALLBACKS).index(callback) + (way == FILE)
    run = run_tasks(stage, plays, mixed(plays, place), *["--check"][: place % 2], env=CALLBACKS[callback])
    assert (out / EVERYTHING).exists()
    assert not str(search(stage, run))


def mixed(plays: Plays, first: int) -> list[Task]:
    """Every module once, by turns well and badly."""
    well, badly = dict(plays.everything()), dict(plays.mistakes())
    return [(name, (well if (place + first) % 2 else badly)[name]) for place, name in enumerate(well)]


@soak
def test_a_service_that_repeats_what_it_was_sent(stage, out):
    plays = Plays(stage, out)
    stage.box.faults.add({**stage.echo, "match": {"service": "apple"}})
    run = run_tasks(stage, plays, [task for task in plays.everything() if task[0].startswith("vpp_")])
    assert sum("the service says" in msg for _failed, msg in run.outcomes) >= 7, run.outcomes
    assert not str(search(stage, run))


PLANT = """
import os, smtplib
try:
    import httpx
except ImportError:
    httpx = None
def send(self, request, **more):
    raise RuntimeError(f"Cannot send {dict(request.headers)} to {request.url}: {request.content}")
def docmd(self, command, args=""):
    raise RuntimeError(f"Cannot say {command} {args}")
if httpx:
    httpx.Client.send = send
smtplib.SMTP.docmd = docmd
"""


@soak
@pytest.mark.parametrize("way", [FILE, ENVIRONMENT])
def test_a_library_that_fails_with_all_that_it_knows(stage, out, way):
    planted = stage.folder / "plant"
    planted.mkdir()
    (planted / "sitecustomize.py").write_text(PLANT, encoding="utf-8")
    plays = Plays(stage, out, way)
    tasks = plays.everything()
    run = run_tasks(stage, plays, tasks, env={"PYTHONPATH": str(planted)})
    unexpected = [
        module for (module, _options), (_failed, msg) in zip(tasks, run.outcomes, strict=True) if "unexpected" in msg
    ]
    assert len(unexpected) >= len(tasks) - 3, run.outcomes
    assert not str(search(stage, run))


@soak
def test_a_proxy_with_a_password(stage, out):
    """Nothing listens there; the sandbox itself is asked directly."""
    proxy = f"http://u:{PROXY_PASSWORD.replace('/', '%2F').replace('@', '%40')}@127.0.0.1:9"
    plays = Plays(stage, out)
    tasks = [
        (module, {**options, "apps_books_url": "https://vpp.itunes.apple.com/mdm/v2"})
        for module, options in plays.everything()
        if module in ("vpp_account", "vpp_license_info", "vpp_user_info")
    ]
    run = run_tasks(stage, plays, tasks, env={"HTTPS_PROXY": proxy, "https_proxy": proxy})
    assert all(failed and "proxy" in msg for failed, msg in run.outcomes), run.outcomes
    assert not str(search(stage, run))


@soak
@pytest.mark.parametrize("way", [FILE, ENVIRONMENT])
def test_a_host_that_can_not_be_reached(stage, out, way):
    (stage.folder / "hosts").write_text("far ansible_host=127.0.0.1 ansible_port=9 ansible_ssh_retries=0\n")
    plays = Plays(stage, out, way)
    run = run_tasks(stage, plays, plays.everything()[:3], "-i", str(stage.folder / "hosts"), hosts="far")
    assert "UNREACHABLE" in run.said
    assert not str(search(stage, run))


@soak
def test_tasks_in_the_background(stage, out):
    """Whose results Ansible keeps in files until they are cleaned away."""
    plays = Plays(stage, out)
    play = plays.play(plays.everything()[1:4])
    tasks = play[0]["tasks"]
    awaited = []
    for number, task in enumerate(tasks[:3]):
        task |= {"async": 300, "poll": 0}
        looks = {"ansible.builtin.async_status": {"jid": f"{{{{ result_{number}.ansible_job_id }}}}"}}
        until_done = {"register": "done", "until": "done is finished", "retries": 200, "delay": 1}
        awaited.append({"name": "Wait for it", **looks, **until_done})
    tasks[3:3] = awaited
    run = playbook(out, stage.folder, play, env={"ANSIBLE_ASYNC_DIR": str(out / "async")})
    assert run.code == 0, run.said[-2000:]
    assert len([path for path in (out / "async").iterdir() if "licenses" in path.read_text()]) == 2
    assert not str(search(stage, run))


@soak
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGABRT])
@pytest.mark.parametrize("whom", ["ansible", "module"])
@pytest.mark.parametrize("where", ["/assets/associate", "/assignments"])
def test_an_end_in_the_middle(stage, out, number, whom, where):
    fault = stage.box.faults.add({"kind": "slow", "seconds": 20, "match": {"path": where}})

    def end(run: Run, process: subprocess.Popen[str]) -> None:
        until(lambda: fault.hits)
        for one in modules_of(run.out) if whom == "module" else [process.pid]:
            os.kill(one, number)

    plays = Plays(stage, out)
    tasks = [task for task in plays.everything() if task[0] == "vpp_license"]
    run = playbook(out, stage.folder, plays.play(tasks), meanwhile=end)
    assert fault.hits
    assert not str(search(stage, run))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job as AWX runs it: a private data directory with the project, the inventory, the answers of the survey, and each
credential as its type injects it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.openmdm.vpp.tests.faults.hunt_process import Run, ansible
from ansible_collections.openmdm.vpp.tests.faults.stage import SMTP_PASSWORD, SMTP_USER, Stage
from ansible_collections.openmdm.vpp.tests.unit.awx_files import AWX, CREDENTIAL_TYPES, JOB_TEMPLATES

TYPES = {kind["name"]: kind for kind in CREDENTIAL_TYPES}
TEMPLATES = {template["name"]: template for template in JOB_TEMPLATES}
_SAID = re.compile(r"\{\{ ([\w.]+) \}\}")


@dataclass(frozen=True)
class Job:
    """`artifacts`: what its set_stats handed on."""

    run: Run
    folder: Path
    artifacts: dict[str, Any]

    @property
    def events(self) -> list[dict[str, Any]]:
        return list(events_in(self.folder))


def events_in(folder: Path) -> Iterator[dict[str, Any]]:
    """In the order in which they came."""
    found = folder.glob("job_events/*.json")
    for path in sorted(found, key=lambda path: int(path.name.partition("-")[0])):
        yield json.loads(path.read_text(encoding="utf-8"))


def credentials_of(stage: Stage) -> dict[str, tuple[str, dict[str, str]]]:
    """What an admin typed in, by the names that the job templates want."""
    token, key = (Path(stage.files[name]).read_text(encoding="utf-8") for name in ("token", "key"))
    smtp = {"smtp_host": "127.0.0.1", "smtp_username": SMTP_USER, "smtp_password": SMTP_PASSWORD}
    meraki = {"api_key": key.strip(), "organization_id": "", "base_url": f"{stage.origin}/api/v1"}
    return {
        "OpenMDM north": ("OpenMDM content token", {"content_token": token}),
        "OpenMDM Meraki": ("OpenMDM Meraki API key", meraki),
        "OpenMDM mail": ("OpenMDM mail server", smtp),
    }


def inject(kind: Mapping[str, Any], inputs: Mapping[str, str], folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Variables of the environment and extra variables; files go into `folder`."""
    known = dict(inputs)
    for name, text in kind["injectors"].get("file", {}).items():
        key = name.removeprefix("template.")
        path = folder / f"tmp_{key}"
        path.write_text(_rendered(text, known), encoding="utf-8")
        path.chmod(0o600)
        known[f"tower.filename.{key}"] = str(path)
    env, extra = (kind["injectors"].get(part, {}) for part in ("env", "extra_vars"))
    return (
        {name: _rendered(text, known) for name, text in env.items()},
        {name: _rendered(text, known) for name, text in extra.items()},
    )


def _rendered(text: str, known: Mapping[str, str]) -> str:
    return _SAID.sub(lambda match: known[match[1]], text)


def start(
    stage: Stage, out: Path, name: str, answers: Mapping[str, Any], *, check: bool | None = None, ident: str = "job"
) -> Job:
    """Runs a job template. The private data directory lies in the stage's folder, since it holds secrets by its nature;
    what the runner leaves behind goes to `out`. `check`: None is as the template says."""
    template = TEMPLATES[name]
    private = stage.folder / f"private_{ident}"
    env_folder = private / "env"
    env_folder.mkdir(parents=True, mode=0o700)
    shutil.copytree(AWX / "project", private / "project")
    (private / "inventory").mkdir()
    (private / "inventory/hosts").write_text("localhost ansible_connection=local\n", encoding="utf-8")
    environment = {
        "OPENMDM_VPP_APPS_BOOKS_URL": f"{stage.origin}/mdm/v2",
        "OPENMDM_VPP_ITUNES_URL": f"{stage.origin}/itunes",
    }
    variables = {**template["extra_vars"], **answers}
    credentials = credentials_of(stage)
    for credential in template["credentials"]:
        kind, inputs = credentials[credential]
        env, extra = inject(TYPES[kind], inputs, env_folder)
        environment |= env
        variables |= extra
    checked = template["job_type"] == "check" if check is None else check
    (env_folder / "envvars").write_text(yaml.safe_dump(environment), encoding="utf-8")
    (env_folder / "extravars").write_text(json.dumps(variables), encoding="utf-8")
    (env_folder / "cmdline").write_text("--check --diff" if checked else "--diff", encoding="utf-8")
    artifacts = out / "artifacts"
    command = ["ansible-runner", "run", str(private), "-p", template["playbook"], "--ident", ident, "-vvvv"]
    run = ansible(out, [*command, "--artifact-dir", str(artifacts)])
    told: dict[str, Any] = {}
    for event in events_in(artifacts / ident):
        told |= event.get("event_data", {}).get("artifact_data", {})
    return Job(run, artifacts / ident, told)

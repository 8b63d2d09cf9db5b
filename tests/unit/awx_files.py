# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of extensions/awx, read as Ansible reads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
AWX = ROOT / "extensions/awx"
_COMMENT = re.compile(r"(^|\s)#.*")


class _Loader(yaml.SafeLoader):
    """Knows `!unsafe`, by which Ansible leaves a template to AWX."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def load(name: str) -> Any:
    """A file below extensions/awx."""
    return yaml.load((AWX / name).read_text(encoding="utf-8"), _Loader)


CREDENTIAL_TYPES: list[dict[str, Any]] = load("vars/credential_types.yml")["awx_credential_types"]
JOB_TEMPLATES: list[dict[str, Any]] = load("vars/job_templates.yml")["awx_job_templates"]
WORKFLOWS: list[dict[str, Any]] = load("vars/workflows.yml")["awx_workflows"]
SCHEDULES: list[dict[str, Any]] = load("vars/schedules.yml")["awx_schedules"]


OURS = "openmdm.vpp."


def _imported(path: Path) -> list[str]:
    plays = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    key = "ansible.builtin.import_playbook"
    return [play[key] for play in plays if key in play]


def imported(playbook: str) -> list[str]:
    """The playbooks of the collection that one of the project imports, by their short names."""
    names = _imported(AWX / "project" / playbook)
    return [name.removeprefix(OURS) for name in names if name.startswith(OURS)]


def words_of(playbook: str) -> set[str]:
    """Every word in a playbook of the project and in those that it imports, comments left out."""
    place = AWX / "project"
    beside = [place / name for name in _imported(place / playbook) if not name.startswith(OURS)]
    paths = [place / playbook, *beside, *(ROOT / f"playbooks/{name}.yml" for name in imported(playbook))]
    lines = [_COMMENT.sub("", line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return set(re.findall(r"\w+", "\n".join(lines)))

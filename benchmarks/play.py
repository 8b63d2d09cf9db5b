# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks by ansible-playbook, as an admin does, and tells of each how long it took and what its module needed."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .box import LINK, ROOT, Box
from .rows import adam_ids

FOLDER = ROOT / "benchmarks"
KIB = 1024
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """One task on one host. `bytes`: of its whole result as JSON. Seconds since the epoch; CPU in seconds and peak
    memory in MiB of the module's process (None where several ran, or none)."""

    task: str
    host: str
    start: float
    end: float
    bytes: int
    result: Mapping[str, Any]
    cpu: float | None = None
    peak: float | None = None

    @property
    def wall(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Played:
    """A run of ansible-playbook; `wall` with its start-up, in seconds."""

    done: tuple[Done, ...]
    wall: float

    def one(self) -> Done:
        (done,) = self.done
        return done


def licences(box: Box, folder: Path, apps: int, serials: Iterable[str] | None, **more: object) -> dict[str, object]:
    """A task that gives the first `apps` to the devices of a file, which is written into `folder`."""
    urls = box.ready["urls"]
    arguments = {
        "apps_books_url": urls["apps_books"],
        "itunes_url": urls["itunes"],
        "content_token_file": box.token_file(),
        "assets": [{"adam_id": name} for name in adam_ids(apps)],
    }
    if serials is not None:
        arguments["devices"] = {"targets_file": write_targets(folder / "targets.txt", serials)}
    return {"name": "licences", "openmdm.vpp.vpp_license": {**arguments, **more}}


def write_targets(path: Path, serials: Iterable[str]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{serial}\n" for serial in serials), encoding="ascii")
    return str(path)


def write_play(
    folder: Path, tasks: Sequence[Mapping[str, object]], hosts: Mapping[str, Mapping[str, object]] | None = None
) -> list[str]:
    """An inventory and a playbook, as arguments of ansible-playbook: one play on `hosts` (variables by name; None: the
    local machine) over a local connection."""
    folder.mkdir(parents=True, exist_ok=True)
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    named = {name: {**local, **variables} for name, variables in (hosts or {"here": {}}).items()}
    inventory, playbook = folder / "hosts.json", folder / "play.json"
    inventory.write_text(json.dumps({"all": {"hosts": named}}), encoding="utf-8")
    # A play in JSON is one in YAML.
    plays = [{"hosts": "all", "gather_facts": False, "tasks": list(tasks)}]
    playbook.write_text(json.dumps(plays), encoding="utf-8")
    return ["-i", str(inventory), str(playbook)]


def surroundings() -> dict[str, str]:
    """Variables for Ansible, in which it finds the clone and its own programs."""
    folder = Path(sys.executable).parent
    return {**os.environ, "ANSIBLE_COLLECTIONS_PATH": LINK, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def program(name: str) -> str:
    """One that is installed beside this Python."""
    return str(Path(sys.executable).with_name(name))


def play(
    folder: Path,
    tasks: Sequence[Mapping[str, object]],
    *flags: str,
    hosts: Mapping[str, Mapping[str, object]] | None = None,
) -> Played:
    """Runs one play; see write_play. RuntimeError if a task fails."""
    LOG.info("%s", "/".join(folder.parts[-3:]))
    command = [program("ansible-playbook"), *write_play(folder, tasks, hosts), *flags]
    record, probe = folder / "record.jsonl", folder / "probe.jsonl"
    environment = {
        **surroundings(),
        "ANSIBLE_CALLBACK_PLUGINS": str(FOLDER / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "bench_record",
        "BENCH_RECORD": str(record),
        "BENCH_PROBE": str(probe),
        "PYTHONPATH": str(FOLDER / "probe"),
    }
    with (folder / "output.txt").open("wb") as output:
        begun = time.monotonic()
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        )
        wall = time.monotonic() - begun
    if ended.returncode:
        said = (folder / "output.txt").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"A play failed: {said[-1500:]}")
    return Played(tuple(_merge(_lines(record), _lines(probe))), wall)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _merge(records: Sequence[Mapping[str, Any]], probes: Sequence[Mapping[str, Any]]) -> list[Done]:
    """What a module's process needed belongs to the task if there was one of each."""
    if len(records) != 1 or len(probes) != 1:
        return [Done(**line) for line in records]
    return [Done(**records[0], cpu=probes[0]["cpu"], peak=probes[0]["peak_kib"] / KIB)]

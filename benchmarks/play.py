# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks by ansible-playbook, as an admin does, and tells of each how long it took and what its module needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .box import ROOT, Box

FOLDER = ROOT / "benchmarks"
MIB = 1024


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


def options(box: Box, key: str = "main", **more: object) -> dict[str, object]:
    """The options with which a module reaches the sandbox."""
    urls = box.ready["urls"]
    return {
        "apps_books_url": urls["apps_books"],
        "itunes_url": urls["itunes"],
        "content_token_file": box.token_file(key),
        **more,
    }


def task(name: str, module: str, arguments: Mapping[str, object], **keywords: object) -> dict[str, object]:
    """One task of a module of the collection."""
    return {"name": name, f"openmdm.vpp.{module}": dict(arguments), **keywords}


def play(
    folder: Path,
    tasks: Sequence[Mapping[str, object]],
    *flags: str,
    hosts: Mapping[str, Mapping[str, object]] | None = None,
    may_fail: bool = False,
) -> Played:
    """Runs one play on `hosts` (variables by name; None: the local machine) over a local connection. RuntimeError if a
    task fails that may not."""
    folder.mkdir(parents=True)
    named = {name: {"ansible_connection": "local", **variables} for name, variables in (hosts or {"here": {}}).items()}
    for facts in named.values():
        facts["ansible_python_interpreter"] = sys.executable
    inventory, playbook = folder / "hosts.json", folder / "play.json"
    inventory.write_text(json.dumps({"all": {"hosts": named}}), encoding="utf-8")
    # A play in JSON is one in YAML.
    plays = [{"hosts": "all", "gather_facts": False, "strategy": "free", "tasks": list(tasks)}]
    playbook.write_text(json.dumps(plays), encoding="utf-8")
    record, probe = folder / "record.jsonl", folder / "probe.jsonl"
    environment = {
        **os.environ,
        "ANSIBLE_CALLBACK_PLUGINS": str(FOLDER / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "bench_record",
        "BENCH_RECORD": str(record),
        "BENCH_PROBE": str(probe),
        "PYTHONPATH": str(FOLDER / "probe"),
    }
    command = [Path(sys.executable).with_name("ansible-playbook"), "-i", inventory, playbook, *flags]
    with (folder / "output.txt").open("wb") as output:
        begun = time.monotonic()
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        )
        wall = time.monotonic() - begun
    if ended.returncode and not (may_fail and record.exists()):
        said = (folder / "output.txt").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"A task failed that may not: {said[-1500:]}")
    return Played(tuple(_merge(_lines(record), _lines(probe))), wall)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _merge(records: Sequence[Mapping[str, Any]], probes: Sequence[Mapping[str, Any]]) -> list[Done]:
    """What a module's process needed belongs to its task where there is as much of both: they end in the same order."""
    needs: Sequence[Mapping[str, Any]] = probes if len(probes) == len(records) else [{}] * len(records)
    found = []
    for line, need in zip(records, needs, strict=True):
        peak = need.get("peak_kib")
        found.append(Done(**line, cpu=need.get("cpu"), peak=None if peak is None else peak / MIB))
    return found

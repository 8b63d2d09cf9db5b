# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts of the tests of faults: each process writes its own files, and the whole is told at the end of the session."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.tests.faults.soak import FIRST_SEED
from ansible_collections.openmdm.vpp.tests.faults.summary import Session, lines_of
from ansible_collections.openmdm.vpp.tests.unit.conftest import ROOT

FOLDER = Path(os.environ.get("OPENMDM_SOAK_COUNTS") or Path(ROOT) / ".cache" / "soak")
BROKEN = ("failed", "error")
BEGUN = pytest.StashKey[float]()


class Tally:
    """Counts of one test. `seeds` are those of the draws."""

    def __init__(self, name: str) -> None:
        self.name, self.counts, self.seeds = name, Counter[str](), list[int]()
        self._must, self._parts = list[str](), 1

    def add(self, what: str, number: int = 1) -> None:
        self.counts[what] += number

    def must(self, names: Sequence[str], parts: int) -> None:
        """What all parts together have to count, where all are run."""
        self._must, self._parts = list(names), parts

    def write(self, part: object = 0) -> None:
        """`part`: no other test of the session has the same one under this name."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        found = {"name": self.name, "counts": dict(sorted(self.counts.items())), "seeds": self.seeds}
        found |= {"must": self._must, "parts": self._parts}
        (FOLDER / f"{self.name}-{part}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")

    @contextmanager
    def of(self, part: int, seed: int) -> Iterator[Tally]:
        """One part of the draws. A failure of any kind is a violation."""
        self.seeds.append(seed)
        self.add("violations", 0)
        try:
            yield self
        except BaseException:
            self.add("violations")
            self.add(f"violation at seed {seed}")
            raise
        finally:
            self.write(part)


def _is_worker(config: Any) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: Any) -> None:
    """Forgets what an earlier session counted."""
    config.stash[BEGUN] = time.monotonic()
    if not _is_worker(config) and FOLDER.is_dir():
        for path in FOLDER.glob("*-*.json"):
            path.unlink()


def pytest_sessionfinish(session: Any) -> None:
    """Fails where something that was to happen never did."""
    if not _is_worker(session.config) and missing() and session.exitstatus == 0:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """What was run, in words."""
    if _is_worker(config):
        return
    totals, seeds = gathered()
    stats = terminalreporter.stats
    broken = [report.nodeid for word in BROKEN for report in stats.get(word, ())]
    passed = [report.nodeid for report in stats.get("passed", ())]
    session = Session(totals, passed, broken, FIRST_SEED, time.monotonic() - config.stash[BEGUN])
    terminalreporter.write_sep("-", "what was counted")
    for line in lines_of(session):
        terminalreporter.write_line(line)
    for name, what in missing():
        terminalreporter.write_line(f"NEVER MET, so this has failed: {what} ({name})")
    if totals:
        found: dict[str, Any] = {
            name: {"seeds": sorted(seeds[name]), **dict(sorted(counts.items()))} for name, counts in totals.items()
        }
        found["session"] = {
            "seconds": round(session.seconds),
            "cells": session.cells,
            "passed": len(passed),
            "failed": broken,
        }
        (FOLDER / "all.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def gathered() -> tuple[dict[str, Counter[str]], dict[str, list[int]]]:
    """Counts and seeds, by name."""
    totals: dict[str, Counter[str]] = {}
    seeds: dict[str, list[int]] = {}
    for path in sorted(FOLDER.glob("*-*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        totals.setdefault(found["name"], Counter()).update(found["counts"])
        seeds.setdefault(found["name"], []).extend(found["seeds"])
    return totals, seeds


def missing() -> list[tuple[str, str]]:
    """Names of tallies all parts of which were run, and what they were to count and did not."""
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*-*.json"))]
    totals, _seeds = gathered()
    run = Counter(found["name"] for found in files)
    must = {(found["name"], what) for found in files if run[found["name"]] == found["parts"] for what in found["must"]}
    return sorted((name, what) for name, what in must if not totals[name][what])

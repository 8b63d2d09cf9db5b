# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts of the tests of faults: each process writes its own file, and the whole is told at the end of the session."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.tests.unit.conftest import ROOT

FOLDER = Path(os.environ.get("OPENMDM_SOAK_COUNTS") or Path(ROOT) / ".cache" / "soak")


class Tally:
    """Counts of one test. `seeds` are those of the draws."""

    def __init__(self, name: str) -> None:
        self.name, self.counts, self.seeds = name, Counter[str](), list[int]()

    def add(self, what: str, number: int = 1) -> None:
        self.counts[what] += number

    def write(self, part: object = 0) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        found = {"name": self.name, "counts": dict(sorted(self.counts.items())), "seeds": self.seeds}
        (FOLDER / f"{self.name}-{part}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _is_worker(config: Any) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: Any) -> None:
    """Forgets what an earlier session counted."""
    if not _is_worker(config) and FOLDER.is_dir():
        for path in FOLDER.glob("*-*.json"):
            path.unlink()


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """One paragraph a test."""
    if _is_worker(config) or not FOLDER.is_dir():
        return
    totals: dict[str, Counter[str]] = {}
    seeds: dict[str, list[int]] = {}
    for path in sorted(FOLDER.glob("*-*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        totals.setdefault(found["name"], Counter()).update(found["counts"])
        seeds.setdefault(found["name"], []).extend(found["seeds"])
    for name, counts in totals.items():
        terminalreporter.write_sep("-", f"{name} (seeds {', '.join(map(str, sorted(seeds[name])))})")
        terminalreporter.write_line("; ".join(f"{what}: {number}" for what, number in sorted(counts.items())))
    found = {name: {"seeds": sorted(seeds[name]), **dict(sorted(counts.items()))} for name, counts in totals.items()}
    (FOLDER / "all.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")

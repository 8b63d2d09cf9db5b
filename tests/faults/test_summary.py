# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make soak` tells in the end holds all that was counted, and how to run a failure again."""

from __future__ import annotations

from collections import Counter

import pytest

from ansible_collections.openmdm.vpp.tests.faults import tally
from ansible_collections.openmdm.vpp.tests.faults.summary import Session, lines_of
from ansible_collections.openmdm.vpp.tests.faults.tally import Tally

CELL = "tests/faults/test_matrix.py::test_cell[{}]"
BROKEN = "tests/faults/test_converge.py::test_two[3]"
TOTALS = {
    "licences": Counter({"worlds": 500, "kills": 7, "killed before a write": 7, "fault claim": 2, "fault slow": 3}),
    "people": Counter({"worlds": 20, "violations": 1, "violation at seed 43": 1, "fault claim": 1}),
    "killed vpp_user": Counter({"worlds": 6, "runs": 30, "kills": 8, "killed after some time": 8}),
    "readers": Counter({"inputs to token": 1000, "inputs to scope": 900, "crashes": 0}),
    "hunt": Counter({"outputs searched": 10, "bytes searched": 3_000_000}),
    "hunt in process": Counter({"outputs searched": 5, "hits": 1}),
}


def lines(**changes: object) -> list[str]:
    session = Session(TOTALS, [CELL.format(1), CELL.format(2)], [BROKEN], 40, 125.4)
    return list(lines_of(Session(**{**vars(session), **changes})))


@pytest.mark.parametrize(
    "line",
    [
        "cells of the fault matrix: 2 run, 0 failed",
        "random worlds in process: 520 (500 of licences, 20 of people)",
        "kills: 7 (before a write 7)",
        "faults met: 6 of 2 kinds (claim 3, slow 3)",
        "random worlds with processes: 6 (6 of vpp_user), 30 runs",
        "SIGKILLs: 8 (after some time 8)",
        "hostile inputs: 1900 to 2 readers, 0 crashes (scope 900, token 1000)",
        "hunt for secrets: 15 outputs of 3 MB searched, 1 hits",
        "tests that failed: 1",
        "violations: 1 (people seed 43)",
        "first seed: 40 (OPENMDM_SOAK_SEED draws others)",
        "time: 2 min 5 s",
        f"to run a failure again: OPENMDM_SOAK=1 OPENMDM_SOAK_SEED=40 scripts/faults.sh '{BROKEN}'",
    ],
)
def test_it_is_told(line):
    assert line in lines()


def test_a_cell_that_failed_counts():
    assert "cells of the fault matrix: 3 run, 1 failed" in lines(broken=[CELL.format(3)])


def test_what_was_not_run_is_not_told():
    told = lines(totals={}, passed=["tests/faults/test_reprs.py::test_a"], broken=[])
    assert told[0] == "tests that passed: 1 (reprs 1)"
    assert "violations: 0" in told


def test_a_failure_is_a_violation_and_its_seed_is_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(tally, "FOLDER", tmp_path)
    with pytest.raises(ZeroDivisionError), Tally("x").of(1, 41) as found:
        found.add("worlds", 2 // 0)
    with Tally("x").of(2, 42) as found:
        found.add("worlds", 3)
    assert tally.missing() == []
    totals, seeds = tally.gathered()
    assert totals == {"x": Counter({"worlds": 3, "violations": 1, "violation at seed 41": 1})}
    assert seeds == {"x": [41, 42]}


def test_what_was_to_happen_and_did_not_is_missed_once_all_parts_are_run(monkeypatch, tmp_path):
    monkeypatch.setattr(tally, "FOLDER", tmp_path)
    for part, what in enumerate(("fault claim", "worlds")):
        assert tally.missing() == []
        found = Tally("x")
        found.must(["fault claim", "fault slow"], 2)
        found.add(what)
        found.write(part)
    assert tally.missing() == [("x", "fault slow")]

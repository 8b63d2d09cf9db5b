# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark says: met or not, in the table, on the page, and whether the whole run fails."""

from __future__ import annotations

import json

import pytest

from benchmarks import __main__ as program
from benchmarks import page
from benchmarks.measure import MET, MISSED, TOLD, Measure, figure
from benchmarks.sizes import TINY
from benchmarks.suite import BENCHMARKS, problems, run_all
from benchmarks.table import table

GOOD = Measure("Pace", "2 pages", "time / floor", 1.04, 1.06, note="2.1 s / 2.0 s")
BAD = Measure("Pace", "3 pages", "time / floor", 1.07, 1.06)
BARE = Measure("Size", "a_b", "wall", 12345.6, unit="s")


@pytest.mark.parametrize(
    ("value", "limit", "least", "verdict", "goal"),
    [
        (1.06, 1.06, False, MET, "<= 1.06"),
        (1.0601, 1.06, False, MISSED, "<= 1.06"),
        (25, 25, True, MET, ">= 25"),
        (24.99, 25, True, MISSED, ">= 25"),
        (0, 0, False, MET, "<= 0"),
        (1, 0, False, MISSED, "<= 0"),
        (9e9, None, False, TOLD, ""),
    ],
)
def test_a_limit_itself_is_met(value, limit, least, verdict, goal):
    measure = Measure("", "", "", value, limit, least)
    assert (measure.verdict, measure.goal) == (verdict, goal)


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (1822.0, "1,822"), (1.0649, "1.065"), (20.51, "20.5"), (0.00123, "0.00123"), (12345.6, "12,346")],
)
def test_figures(value, text):
    assert figure(value) == text


@pytest.fixture
def found(tmp_path):
    def breaks_off(_sizes, _folder):
        raise OSError("no room")

    return run_all(
        {"pace": lambda _sizes, _folder: [GOOD, BAD], "disk": breaks_off, "size": lambda _sizes, _folder: [BARE]},
        TINY,
        tmp_path,
    )


def test_a_benchmark_that_breaks_off_does_not_stop_the_others(found):
    assert [one["what"] for one in found["measures"]] == ["time / floor", "time / floor", "wall"]
    assert found["broken"] == {"disk": "OSError: no room"}
    assert list(found["seconds"]) == ["pace", "disk", "size"]


def test_what_is_wrong(found):
    assert problems(found) == ["Pace, 3 pages: time / floor 1.07, not <= 1.06", "disk broke off: OSError: no room"]


def test_the_table_has_it_all(found):
    lines = table(found).splitlines()
    rows = {line.split("  ")[0]: line.split() for line in lines}
    assert rows["2 pages"][-6:] == ["met", "2.1", "s", "/", "2.0", "s"]
    assert rows["3 pages"][-2:] == ["not", "met"]
    assert rows["a_b"][-4:] == ["wall", "12,346", "s", "-"]
    assert lines[-1] == "disk broke off: OSError: no room"
    assert "tiny sizes" in lines[0]


def test_an_old_result_is_gone_before_a_benchmark_runs(tmp_path):
    (tmp_path / "pace" / "old").mkdir(parents=True)
    seen = []
    run_all({"pace": lambda _sizes, folder: seen.append(folder.exists()) or []}, TINY, tmp_path)
    assert seen == [False]


def test_the_page_is_made_of_a_whole_run_alone(found, tmp_path, capsys):
    results, target = tmp_path / "results.json", tmp_path / "page.rst"
    results.write_text(json.dumps(found))
    assert page.main(str(results), str(target)) == 1
    assert not target.exists()
    whole = {**found, "broken": {}, "seconds": dict.fromkeys(BENCHMARKS, 1.0)}
    results.write_text(json.dumps(whole))
    assert page.main(str(results), str(target)) == 0
    text = target.read_text()
    assert "1 goal was missed." in text
    assert "     - <= 1.06 (not met)\n" in text
    assert "   * - a\\_b\n     - wall\n     - 12,346 s\n     -\n     -\n" in text
    assert found["machine"]["date"] in text
    assert capsys.readouterr().err == "Only a whole run makes a page.\n"


def test_a_missed_goal_fails_the_run(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(program, "ROOT", tmp_path)
    monkeypatch.setattr(program, "BENCHMARKS", {"pace": lambda _sizes, _folder: [GOOD]})
    assert program.main([]) == 0
    monkeypatch.setattr(program, "BENCHMARKS", {"pace": lambda _sizes, _folder: [BAD]})
    assert program.main(["pace"]) == 1
    said = capsys.readouterr()
    assert said.err.endswith("Pace, 3 pages: time / floor 1.07, not <= 1.06\n")
    folder = tmp_path / ".cache" / "bench"
    assert said.out.endswith((folder / "results.txt").read_text())
    assert [one["verdict"] for one in json.loads((folder / "results.json").read_text())["measures"]] == [MISSED]


def test_an_unknown_name_is_an_error(capsys):
    assert program.main(["speed"]) == 2
    assert capsys.readouterr().err.startswith("There is no benchmark speed; there are reading, ")

"""The page of the fault matrix, from its data file: what happens, what you see, what to do, and the counts.

    python scripts/matrix_page.py

It writes docs/docsite/rst/guide_faults.rst.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests/faults"))
MATRIX = import_module("matrix_cells").MATRIX
PAGE = ROOT / "docs/docsite/rst/guide_faults.rst"
OUTCOMES = {"overcome": "overcome", "less": "less done or shown", "told": "told", "nothing": "nothing sent"}
HEAD = """..
  Copyright (c) 2026 openmdm.vpp contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

  Written by scripts/matrix_page.py from tests/faults/matrix.yml.

.. _ansible_collections.openmdm.vpp.docsite.guide_faults:

What can go wrong, and what we do
=================================

Networks break, services are busy, and other people work on the same location. A task overcomes what passes by itself.
What doesn't, it tells in one sentence: what was attempted, why it failed, and what to do. Whatever happens, this holds:

* Nothing is touched that the task is not about.
* ``changed`` is true to what was changed. Where nobody can know, it is ``true``, and the sentence says so.
* A write whose answer is lost is never repeated blindly. The state is read first.
* Check mode writes nothing, under any fault.
* No token, key, password, invite code or redemption code is in the output.
* The same task, run again when the cause is mended, reaches its goal, and a run after that writes nothing.

Each line below is tried on every module that it can meet, at every phase: before reading, between two pages, at the
first write and between two, after a write whose answer was lost, while the task waits, and when it looks at what became
of it.

See also :ref:`ansible_collections.openmdm.vpp.docsite.guide_safety`.
"""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in [header, *rows]:
        lines += [f"   {'* -' if number == 0 else '  -'} {cell}" for number, cell in enumerate(row)]
    return [*lines, ""]


def title(text: str) -> list[str]:
    return [text, "-" * len(text), ""]


def _large(text: object) -> str:
    found = str(text)
    return found if found.startswith("`") else found[:1].upper() + found[1:]


def page() -> str:
    lines = [*HEAD.splitlines(), ""]
    for service, name in MATRIX.data["services"].items():
        lines += title(_large(name))
        faults = MATRIX.data["faults"][service].values()
        rows = [[_large(fault[key]) for key in ("happens", "see", "do")] for fault in faults]
        lines += table(["What happens", "What you see", "What to do"], rows)
    return "\n".join([*lines, *_otherwise(), *_counts()]).rstrip("\n") + "\n"


def _otherwise() -> list[str]:
    lines = [
        *title("Where a task does otherwise"),
        "What follows differs from what the same fault does to the other modules.",
        "",
    ]
    rows = [
        [", ".join(f"``{job}``" for job in entry["job"]), "; ".join(entry["fault"]), _large(entry["because"])]
        for entry in MATRIX.data["exceptions"]
    ]
    return lines + table(["Task", "Fault", "What it does, and why"], rows)


def _counts() -> list[str]:
    every, run = MATRIX.all(), MATRIX.run()
    reasons = Counter(MATRIX.reason(cell) for cell in every)
    told = "; ".join(f"{reasons[key]} since {why}" for key, why in MATRIX.data["not_applicable"].items())
    rows = []
    for job in MATRIX.data["jobs"]:
        outcomes = Counter(MATRIX.expected(cell) for cell in run if cell.job == job)
        rows.append([f"``{job}``", sum(outcomes.values()), *(outcomes[key] for key in OUTCOMES)])
    total = Counter(MATRIX.expected(cell) for cell in run)
    rows.append(["all", len(run), *(total[key] for key in OUTCOMES)])
    text = (
        f"A cell is a task, a phase, and a fault. Of {len(every)} cells {len(run)} are run by ``make soak``, and must "
        f"end as this table says. By ``make test`` {len(MATRIX.part())} of them are run, which cover each task, phase "
        f"and fault. The others are not run: {told}."
    )
    return [*title("Counts"), text, "", *table(["Task", "Cells", *map(_large, OUTCOMES.values())], rows)]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m benchmarks.page RESULTS PAGE: makes a page of the documentation of the results.json of a whole run."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .measure import MISSED
from .suite import BENCHMARKS
from .table import HEAD, by_question

BEGINNING = """\
..
  Copyright (c) 2026 openmdm.vpp contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. _ansible_collections.openmdm.vpp.docsite.guide_benchmarks:

How fast it is
==============

What bounds a large run is the budget that Apple gives a content token: 15 requests a second, and 5 pages at once. So
the benchmarks count requests, and set times against the shortest that the budget allows (*floor*). They run against
the sandbox, which answers ``429`` beyond either. Apple's own speed was not measured, and only the ratios say something
about another machine.

The figures are of one run of ``{command}`` on {date}, at commit ``{commit}``, on one machine:
{machine}. {wrong}

.. code-block:: console

  $ make bench                            # everything; half an hour
  $ QUICK=1 make bench                    # small sizes; some minutes
  $ scripts/bench.sh packing unchanged    # some of them
  $ scripts/bench.sh --docs               # this page, of the last run

This page is made by the last of these; do not edit it.

The goals were set before anything was built. Two of them ask for less processor time than Python, Ansible's own
module code and the HTTP library need here before our code begins. *CPU of the module / floor*: a module starts in 0.7
seconds, and an exchange by httpx with its ``json.loads`` takes about a millisecond when it follows another at once,
and about two when each waits for its turn. *Many locations, forks*: the same start, forty times on the cores that the
sandbox needs as well. Where a job runs dozens of locations, cores count for more than all that the collection does.
"""
WIDTHS = "30 20 10 10 30"


def page(found: Mapping[str, Any]) -> str:
    its = found["machine"]
    missed = sum(one["verdict"] == MISSED for one in found["measures"])
    begin = BEGINNING.format(
        command="make bench" if found["sizes"] == "full" else "QUICK=1 make bench",
        date=its["date"],
        commit=its["commit"],
        machine=f"{its['cores']} cores and {its['memory_gib']} GiB ({its['system']}, Python {its['python']}, "
        f"ansible-core {its['ansible_core']}, httpx {its['httpx']})",
        wrong=f"{missed} goal{' was' if missed == 1 else 's were'} missed." if missed else "Every goal was met.",
    )
    return "\n".join([begin, *(_section(name, rows) for name, rows in by_question(found).items())])


def _section(question: str, rows: list[tuple[str, ...]]) -> str:
    lines = [question, "-" * len(question), "", ".. list-table::", "   :header-rows: 1", f"   :widths: {WIDTHS}", ""]
    for case, what, value, goal, verdict, note in (HEAD, *rows):
        cells = (case, what, value, f"{goal} ({verdict})" if verdict == MISSED else goal, note)
        bullets = ("   * -", *["     -"] * (len(cells) - 1))
        lines += [f"{bullet} {_escaped(cell)}".rstrip() for bullet, cell in zip(bullets, cells, strict=True)]
    return "\n".join([*lines, ""])


def _escaped(text: str) -> str:
    return re.sub(r"([\\*`|_])", r"\\\1", text)


def main(results: str, target: str) -> int:
    found = json.loads(Path(results).read_text(encoding="utf-8"))
    if found["broken"] or set(found["seconds"]) != set(BENCHMARKS):
        print("Only a whole run makes a page.", file=sys.stderr)
        return 1
    Path(target).write_text(page(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

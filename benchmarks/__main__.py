# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m benchmarks [NAME...]: runs these benchmarks, or all, and leaves what they found in .cache/bench:
results.json and results.txt, which is printed, too. QUICK=1 takes small sizes. Fails where a goal is missed or a
benchmark broke off.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Sequence

from .box import ROOT
from .sizes import FULL, QUICK
from .suite import BENCHMARKS, problems, run_all
from .table import table


def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    folder = ROOT / ".cache" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    chosen = {name: BENCHMARKS[name] for name in names or BENCHMARKS}
    found = run_all(chosen, QUICK if os.environ.get("QUICK") else FULL, folder)
    text = table(found)
    (folder / "results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (folder / "results.txt").write_text(text, encoding="utf-8")
    print(text, end="")
    wrong = problems(found)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

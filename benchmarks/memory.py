# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client's own work on a million rows with a tenth of drift: time against json.loads of the same rows, and peak
memory against a list of row dicts. Each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from .box import LINK, ROOT
from .measure import Measure
from .rows import write_pages
from .sizes import Sizes

QUESTION = "Rows to requests"
PARTS = ("fold", "diff", "pack")


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    folder.mkdir(parents=True)
    pages = folder / "pages.jsonl"
    rows = write_pages(pages, sizes.apps, sizes.devices)
    bits = [_process("bits", pages, sizes) for _turn in range(sizes.repeats)]
    dicts = _process("dicts", pages, sizes)
    # Each run is set against its own decoding, so that a machine that slows down meanwhile slows both.
    ratios = [sum(one["seconds"][part] for part in PARTS) / one["seconds"]["decode"] for one in bits]
    first = bits[0]
    told = ", ".join(f"{part} {median(one['seconds'][part] for one in bits):.2f} s" for part in ("decode", *PARTS))
    case = f"{rows:,} rows, {first['changes']:,} changes"
    peak = median(one["above_mib"] for one in bits)
    return [
        Measure(QUESTION, case, "fold + diff + pack / json.loads", median(ratios), 2, note=told),
        Measure(
            QUESTION,
            case,
            "peak memory / list of row dicts",
            peak / dicts["above_mib"],
            1 / 20,
            note=f"{peak:.1f} MiB / {dicts['above_mib']:.0f} MiB",
        ),
    ]


def _process(form: str, pages: Path, sizes: Sizes) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.holders", form, str(pages), str(sizes.apps), str(sizes.devices)]
    paths = {**os.environ, "PYTHONPATH": LINK}
    ended = subprocess.run(command, cwd=ROOT, env=paths, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(ended.stdout)
    return found

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task with very many targets in a file against one with a thousand, where nothing is to be done and the service
answers at once: what do the targets themselves cost?

Nobody holds the asset and it is to be taken back, so both tasks ask the same four things; with the cache the asset is
held by all and wanted by all, and both ask the same three.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

from .box import Box, open_box
from .measure import Measure
from .play import Done, options, play, task
from .rows import adam_ids, serial
from .sizes import Sizes
from .unchanged import has_cache

QUESTION = "Targets by file"
MOST = 1.5


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    with open_box(folder / "box", apps=1, devices=1, drift=1, people=0) as box:
        found = _ratio(sizes, folder, box, "nobody holds it, to be taken back", state="absent", max_removals="100%")
    if has_cache():
        with open_box(folder / "full", apps=1, devices=sizes.many_targets, drift=0, people=0) as box:
            state = str(folder / "state")
            found += _ratio(sizes, folder / "cached", box, "all hold it, with cache", state_dir=state)
    return found


def _ratio(sizes: Sizes, folder: Path, box: Box, word: str, **more: object) -> list[Measure]:
    few, many = [], []
    for turn in range(sizes.repeats + 1):
        # In turns, so that a machine that slows down slows both; the first of each warms the caches of the system.
        few.append(_task(folder / f"few-{turn}", box, sizes.few_targets, **more))
        many.append(_task(folder / f"many-{turn}", box, sizes.many_targets, **more))
    wall, base = (median(done.wall for done in group[1:]) for group in (many, few))
    case = f"{sizes.many_targets:,} / {sizes.few_targets:,} targets, {word}"
    return [
        Measure(QUESTION, case, "task / task", wall / base, MOST, note=f"{wall:.2f} s / {base:.2f} s"),
        Measure("Result", case, "JSON of the result", max(done.bytes for done in many), 64 * 1024, unit="bytes"),
    ]


def _task(folder: Path, box: Box, number: int, **more: object) -> Done:
    folder.mkdir(parents=True)
    path = folder / "targets.txt"
    known = box.serial_numbers()
    names = known[:number] if len(known) >= number else [serial(place) for place in range(number)]
    path.write_text("\n".join(names) + "\n", encoding="ascii")
    arguments = options(
        box, assets=[{"adam_id": name} for name in adam_ids(1)], devices={"targets_file": str(path)}, **more
    )
    done = play(folder / "play", [task("licences", "vpp_license", arguments)]).one()
    if done.result["changed"]:
        raise RuntimeError("A run that was to change nothing did.")
    return done

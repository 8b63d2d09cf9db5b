# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task with very many targets in a file against one with a thousand, where nothing is to be done and the service
answers at once: what do the targets themselves cost?

Nobody holds the asset and it is to be taken back, so both tasks ask the same things; with the cache the asset is held
by all and wanted by all, and both ask the same three.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

from .box import UNPACED, Box, open_box
from .measure import Measure
from .play import Done, licences, play
from .rows import serial
from .sizes import Sizes

QUESTION = "Targets by file"
MOST = 1.5
MOST_RESULT = 64 * 1024


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    unknown = [serial(number) for number in range(sizes.many_targets)]
    with open_box(folder / "empty", apps=1, devices=1, drift=1, people=0) as box:
        back = {"state": "absent", "max_removals": "100%"}
        found = _ratio(sizes, folder / "absent", box, unknown, "nobody holds it, to be taken back", **back)
    with open_box(folder / "full", apps=1, devices=sizes.many_targets, drift=0, people=0) as box:
        remember = {"cache": True, "state_dir": str(folder / "state")}
        return found + _ratio(
            sizes, folder / "cached", box, box.serial_numbers(), "all hold it, with cache", **remember
        )


def _ratio(sizes: Sizes, folder: Path, box: Box, serials: list[str], word: str, **more: object) -> list[Measure]:
    box.switch(**UNPACED)
    few, many = [], []
    # In turns, so that a machine that slows down slows both.
    for turn in range(sizes.repeats):
        box.take_log()
        few.append(_task(folder / f"few-{turn}", box, serials[: sizes.few_targets], **more))
        asked = len(box.take_log())
        many.append(_task(folder / f"many-{turn}", box, serials, **more))
        if turn and len(box.take_log()) != asked:
            raise RuntimeError("One of the tasks had more to ask than the other.")
    wall, base = (median(done.wall for done in group) for group in (many, few))
    case = f"{sizes.many_targets:,} / {sizes.few_targets:,} targets, {word}"
    note = f"{wall:.2f} s / {base:.2f} s, {asked} requests each"
    return [
        Measure(QUESTION, case, "task / task", wall / base, MOST, note=note),
        Measure("Result", case, "JSON of the result", max(done.bytes for done in many), MOST_RESULT, unit="bytes"),
    ]


def _task(folder: Path, box: Box, serials: list[str], **more: object) -> Done:
    done = play(folder, [licences(box, folder, 1, serials, **more)]).one()
    if done.result["changed"]:
        raise RuntimeError("A run that was to change nothing did.")
    return done

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing changed since the last run: how many requests does it take to know that, with and without the cache?

The pace is no matter here, so the sandbox is told to have no limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .box import UNPACED, Asked, Box, open_box
from .measure import Measure
from .play import licences, play
from .rows import PAGE
from .sizes import Sizes

QUESTION = "Nothing changed"
OWNED = 25
MANAGED = 20
FEW = 100
FIXED = 3
"""Service config, client config, one page of assets: what is asked before the assignments."""


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    found = []
    for devices in sizes.unchanged_devices:
        place = folder / str(devices)
        with open_box(place / "box", apps=OWNED, devices=devices, drift=0, people=0) as box:
            box.switch(**UNPACED)
            found += _world(box, place, devices)
    return found


def _world(box: Box, folder: Path, devices: int) -> list[Measure]:
    serials = box.serial_numbers()
    case = f"{OWNED * devices:,} assignments"
    found = []
    for word, names in (("all devices", serials), (f"{FEW} devices", serials[:: max(1, devices // FEW)][:FEW])):
        log = _run(box, folder / word.replace(" ", "-"), names)
        pages = sum(asked.is_page for asked in log)
        cheapest = _cheapest(devices, len(names))
        others = len(log) - pages
        where = f"{case}, {MANAGED} of {OWNED} apps, {word}"
        found.append(Measure(QUESTION, where, "pages without cache", pages, cheapest, note=f"and {others} others"))
        found.append(Measure(QUESTION, where, "writes", sum(asked.is_write for asked in log), 0))
    remember = {"cache": True, "state_dir": str(folder / "state")}
    _run(box, folder / "first", serials, **remember)
    log = _run(box, folder / "again", serials, **remember)
    asked = ", ".join(f"{number} {name}" for name, number in sorted(Counter(one.route for one in log).items()))
    return [*found, Measure(QUESTION, f"{case}, all devices", "requests with cache", len(log), FIXED, note=asked)]


def _cheapest(devices: int, targets: int) -> int:
    """Pages of the cheapest read that is enough, known from the outside: each app is held by all devices."""
    per_asset = MANAGED * -(-devices // PAGE)
    everything = -(-OWNED * devices // PAGE)
    return min(per_asset, everything, targets)


def _run(box: Box, folder: Path, serials: Sequence[str], **more: object) -> list[Asked]:
    box.take_log()
    done = play(folder / "play", [licences(box, folder, MANAGED, serials, **more)]).one()
    if done.result["changed"]:
        raise RuntimeError("A run that was to change nothing did.")
    return box.take_log()

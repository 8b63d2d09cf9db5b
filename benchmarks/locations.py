# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many locations at once: one large and many small ones as hosts of one play, against the large one alone."""

from __future__ import annotations

import os
from pathlib import Path

from .box import Box, open_box
from .measure import Measure
from .play import Played, licences, play, write_targets
from .sizes import Sizes

LATENCY = 200
SLOWER = 1.3
START = 0.4
"""Seconds of processor time that a host's module may need to start."""


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    world = {"locations": sizes.forks, "devices_elsewhere": sizes.other_devices}
    with open_box(folder / "box", apps=sizes.fork_apps, devices=sizes.fork_devices, drift=0, people=0, **world) as box:
        box.switch(latency_ms=LATENCY)
        keys = list(box.ready["locations"])
        alone = _play(sizes, folder / "alone", box, keys[:1])
        box.take_log()
        together = _play(sizes, folder / "together", box, keys)
        refused = sum(asked.status == 429 for asked in box.take_log())
    if len(together.done) != sizes.forks:
        raise RuntimeError("Not every location came to its end.")
    cores = os.cpu_count() or 1
    limit = SLOWER * alone.wall + START * sizes.forks / cores
    case = f"{sizes.fork_devices:,} devices and {sizes.forks - 1} x {sizes.other_devices:,}, {sizes.fork_apps} apps"
    question = "Many locations, forks"
    note = f"{together.wall:.1f} s / ({SLOWER} x {alone.wall:.1f} s + {START} s x {sizes.forks} / {cores} cores)"
    return [
        Measure(
            question,
            case,
            "all / (1.3 x the largest alone + 0.4 s a host and core)",
            together.wall / limit,
            1,
            note=note,
        ),
        Measure(question, case, "answers 429", refused, 0),
    ]


def _play(sizes: Sizes, folder: Path, box: Box, keys: list[str]) -> Played:
    hosts: dict[str, dict[str, object]] = {}
    for key in keys:
        targets = write_targets(folder / f"{key}.txt", box.serial_numbers(key))
        hosts[key] = {"token": box.token_file(key), "targets": targets}
    of_host = {"content_token_file": "{{ token }}", "devices": {"targets_file": "{{ targets }}"}}
    task = licences(box, folder, sizes.fork_apps, None, **of_host)
    return play(folder / "play", [task], "--forks", str(sizes.forks), hosts=hosts)

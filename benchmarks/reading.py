# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A location of a million assignments with a tenth missing: read under both caps at several latencies, and brought in
order once. How near is that to the floor, and what does it cost the client?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .box import Asked, open_box
from .measure import Measure
from .play import Done, licences, play
from .rows import PAGE
from .sizes import Sizes

RATE = 15
WIDTH = 5
MOST_RESULT = 64 * 1024
MOST_MEMORY = 64
MOST_CPU = 0.02
"""Of a run that is long enough for the start of Python not to matter."""


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    found = []
    with open_box(folder / "box", apps=sizes.apps, devices=sizes.devices, drift=0.1, people=0) as box:
        rows = box.held()
        task = licences(
            box, folder, sizes.apps, box.serial_numbers(), poll_interval=2, report_path=str(folder / "report.json")
        )
        # The last one is no check: it writes, and what it writes changes the world.
        for latency in reversed(sizes.latencies):
            box.switch(latency_ms=latency, event_seconds=3)
            last = latency == sizes.latencies[0]
            flags = ["--diff"] if last else ["--diff", "--check"]
            box.take_log()
            done = play(folder / f"at-{latency}", [task], *flags).one()
            log = box.take_log()
            found += _pace(latency, log, done)
        if box.held() != sizes.apps * sizes.devices:
            raise RuntimeError("Not every device got every app.")
    return [*found, *_whole(sizes, rows, log, done)]


def floor_of(pages: int, latency: int) -> float:
    """Seconds in which so many pages can be read at best."""
    return pages / min(RATE, WIDTH * 1000 / latency)


def _pace(latency: int, log: Sequence[Asked], done: Done) -> list[Measure]:
    pages = [asked for asked in log if asked.is_page and asked.status == 200]
    floor = floor_of(len(pages), latency)
    spent = max(asked.end for asked in pages) - min(asked.start for asked in pages)
    refused = sum(asked.status == 429 for asked in log)
    question, case = "Reading under both caps", f"{len(pages):,} pages, {latency} ms"
    note = f"{spent:.1f} s / {floor:.1f} s"
    return [
        Measure(question, case, "first to last page / floor", spent / floor, 1.06, note=note),
        Measure(question, case, "answers 429", refused, 0),
        Measure(question, case, "whole task", done.wall, unit="s"),
    ]


def _whole(sizes: Sizes, rows: int, log: Sequence[Asked], done: Done) -> list[Measure]:
    if done.cpu is None or done.peak is None:
        raise RuntimeError("Nothing is known of the module's process.")
    # The cheapest sufficient read is all rows there are, since every app of the location is managed.
    pages = -(-rows // PAGE)
    writes = sum(asked.is_write for asked in log)
    needed = pages + 2 * writes
    floor = len(log) / RATE
    case = f"{rows:,} assignments, {done.result['summary']['associated']:,} missing"
    parts = f"{pages:,} pages + {writes} writes + {writes} status = {needed:,}"
    most = MOST_CPU if sizes.full else None
    load = f"{done.cpu:.2f} s / {floor:.0f} s"
    return [
        Measure("Requests of a run", case, "requests", len(log), int(1.02 * needed + 5), note=parts),
        Measure("Client", case, "CPU of the module / floor", done.cpu / floor, most, note=load),
        Measure("Client", case, "peak memory of the module", done.peak, MOST_MEMORY, unit="MiB"),
        Measure("Result", case, "JSON of the result", done.bytes, MOST_RESULT, unit="bytes"),
    ]

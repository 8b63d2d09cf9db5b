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
from .play import Done, options, play, task
from .rows import adam_ids
from .sizes import Sizes

RATE = 15
WIDTH = 5
MOST_RESULT = 64 * 1024
MOST_MEMORY = 64


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    found = []
    with open_box(folder / "box", apps=sizes.apps, devices=sizes.devices, drift=0.1, people=0) as box:
        targets = folder / "targets.txt"
        targets.write_text("\n".join(box.serial_numbers()) + "\n", encoding="ascii")
        arguments = options(
            box,
            assets=[{"adam_id": name} for name in adam_ids(sizes.apps)],
            devices={"targets_file": str(targets)},
            poll_interval=2,
            report_path=str(folder / "report.json"),
        )
        # The last one is no check: it writes, and what it writes changes the world.
        for latency in reversed(sizes.latencies):
            box.switch(latency_ms=latency, event_seconds=3)
            last = latency == sizes.latencies[0]
            flags = ["--diff"] if last else ["--diff", "--check"]
            box.take_log()
            done = play(folder / f"at-{latency}", [task("licences", "vpp_license", arguments)], *flags).one()
            log = box.take_log()
            found += _pace(latency, log, done)
            if last:
                found += _whole(sizes, log, done)
    return found


def floor_of(pages: int, latency: int) -> float:
    """Seconds in which so many pages can be read at best [performance 1]."""
    return pages / min(RATE, WIDTH * 1000 / latency)


def _pace(latency: int, log: Sequence[Asked], done: Done) -> list[Measure]:
    pages = [asked for asked in log if asked.is_page and asked.status == 200]
    floor = floor_of(len(pages), latency)
    spent = max(asked.end for asked in pages) - min(asked.start for asked in pages)
    refused = sum(asked.status == 429 for asked in log)
    question, case = "Reading under both caps", f"{len(pages):,} pages, {latency} ms"
    return [
        Measure(
            question, case, "first to last page / floor", spent / floor, 1.06, note=f"{spent:.1f} s / {floor:.1f} s"
        ),
        Measure(question, case, "answers 429", refused, 0),
        Measure(question, case, "whole task", done.wall, unit="s"),
    ]


def _whole(sizes: Sizes, log: Sequence[Asked], done: Done) -> list[Measure]:
    pages = sum(asked.is_page for asked in log)
    writes = sum(asked.is_write for asked in log)
    needed = pages + 2 * writes
    floor = len(log) / RATE
    granted = done.result["summary"]["associated"]
    case = f"{granted:,} of {sizes.apps * sizes.devices:,} missing"
    cpu, peak = done.cpu or 0.0, done.peak or 0.0
    return [
        Measure(
            "Requests of a run",
            case,
            "requests",
            len(log),
            int(1.02 * needed + 5),
            note=f"{pages} pages + {writes} writes + {writes} status = {needed}",
        ),
        Measure("Client", case, "CPU of the module / floor", cpu / floor, 0.02, note=f"{cpu:.2f} s / {floor:.0f} s"),
        Measure("Client", case, "peak memory of the module", peak, MOST_MEMORY, unit="MiB"),
        Measure("Result", case, "JSON of the result", done.bytes, MOST_RESULT, unit="bytes"),
    ]

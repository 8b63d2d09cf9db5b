# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long after Apple's last event does a task end? At most one poll interval, since that is how often it may ask."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.events import APPLE_POLL_INTERVAL, wait_for_events
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import COMPLETE, PENDING

from .box import open_box
from .measure import Measure
from .play import options, play, task
from .rows import adam_ids
from .sizes import Sizes

QUESTION, WHAT = "End of the task", "time after the last event / poll interval"
INTERVAL = 2.0
APPS = 4
DEVICES = 3_000
LATENCY = 50
TIMEOUT = 3600.0


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    """Real events, of which one after the other too; then every length of an event up to ten minutes, reckoned."""
    found = [_real(folder / f"{queue}-{seconds:g}", queue, seconds) for queue, seconds in sizes.events]
    return [*found, *_reckoned()]


def _real(folder: Path, queue: str, seconds: float) -> Measure:
    with open_box(folder / "box", apps=APPS, devices=DEVICES, drift=1, people=0) as box:
        box.switch(event_seconds=seconds, event_queue=queue, latency_ms=LATENCY)
        targets = folder / "targets.txt"
        targets.write_text("\n".join(box.serial_numbers()) + "\n", encoding="ascii")
        arguments = options(
            box,
            assets=[{"adam_id": name} for name in adam_ids(APPS)],
            devices={"targets_file": str(targets)},
            poll_interval=INTERVAL,
        )
        done = play(folder / "play", [task("licences", "vpp_license", arguments)]).one()
        log = box.take_log()
    posted = [asked.end for asked in log if asked.is_write]
    questions = sum(asked.route.endswith("/status") for asked in log)
    last = posted[0] + seconds * len(posted) if queue == "serial" else posted[-1] + seconds
    case = f"{len(posted)} events of {seconds:g} s, {queue}, poll interval {INTERVAL:g} s"
    late = done.end - last
    return Measure(QUESTION, case, WHAT, late / INTERVAL, 1, note=f"{late:.2f} s, {questions} questions")


class _Apple:
    """A clock that moves by sleeping, and an event that is done at a moment of it."""

    def __init__(self, done_at: float) -> None:
        self.time, self.done_at, self.questions = 0.0, done_at, 0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time, tz=timezone.utc)

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def get(self, _name: str, _params: Mapping[str, str], _what: str, _budget: float) -> dict[str, Any]:
        self.questions += 1
        return {"eventStatus": COMPLETE if self.time >= self.done_at else PENDING}


def _reckoned() -> list[Measure]:
    worst = most = 0.0
    with ThreadPoolExecutor(1) as pool:
        for tenths in range(1, 6001):
            apple: Any = _Apple(tenths / 10)
            wait_for_events(apple, ["one"], poll_interval=APPLE_POLL_INTERVAL, timeout=TIMEOUT, clock=apple, pool=pool)
            worst, most = max(worst, apple.time - apple.done_at), max(most, apple.questions)
    case = f"one event of 0.1 to 600 s, poll interval {APPLE_POLL_INTERVAL:g} s, reckoned"
    note = f"{worst:.1f} s at worst, at most {most:.0f} questions"
    return [Measure(QUESTION, case, WHAT, worst / APPLE_POLL_INTERVAL, 1, note=note)]

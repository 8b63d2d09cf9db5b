# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long after Apple's last event does a task end? At most one poll interval, since that is how often it may ask."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.events import APPLE_POLL_INTERVAL, wait_for_events
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import COMPLETE, PENDING
from ansible_collections.openmdm.vpp.plugins.module_utils._core.ports import NoMeter

from .box import open_box
from .measure import Measure
from .play import licences, play
from .sizes import Sizes

QUESTION, WHAT = "End of the task", "time after the last event / poll interval"
INTERVAL = 2.0
APPS = 4
DEVICES = 3_000
LATENCY = 50
LONGEST = 600
TIMEOUT = 3600.0


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    """Real events, of which one after the other too; then events of up to ten minutes, reckoned."""
    found = [_real(folder / f"{queue}-{seconds:g}", queue, seconds) for queue, seconds in sizes.events]
    one = ([tenths / 10] for tenths in range(1, 10 * LONGEST + 1))
    return [
        *found,
        _reckoned(f"one event of 0.1 to {LONGEST} s", one),
        _reckoned(f"2 to 40 events of 0.1 to {LONGEST} s", _at_random(random.Random(1), sizes.draws)),
    ]


def _real(folder: Path, queue: str, seconds: float) -> Measure:
    with open_box(folder / "box", apps=APPS, devices=DEVICES, drift=1, people=0) as box:
        box.switch(event_seconds=seconds, event_queue=queue, latency_ms=LATENCY)
        task = licences(box, folder, APPS, box.serial_numbers(), poll_interval=INTERVAL)
        done = play(folder / "play", [task]).one()
        log = box.take_log()
    posted = [asked.end for asked in log if asked.is_write]
    questions = sum(asked.route.endswith("/status") for asked in log)
    last = posted[0] + seconds * len(posted) if queue == "serial" else posted[-1] + seconds
    case = f"{len(posted)} events of {seconds:g} s, {queue}, poll interval {INTERVAL:g} s"
    late = done.end - last
    return Measure(QUESTION, case, WHAT, late / INTERVAL, 1, note=f"{late:.2f} s, {questions} questions")


class _Apple:
    """A clock that moves by sleeping, and events that are done at moments of it."""

    meter = NoMeter()

    def __init__(self, done_at: Sequence[float]) -> None:
        self.time, self.questions = 0.0, 0
        self.done_at = {str(number): moment for number, moment in enumerate(done_at)}

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time, tz=timezone.utc)

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def get(self, _name: str, params: Mapping[str, str], _what: str, _budget: float) -> dict[str, Any]:
        self.questions += 1
        return {"eventStatus": COMPLETE if self.time >= self.done_at[params["eventId"]] else PENDING}


def _reckoned(case: str, worlds: Iterable[Sequence[float]]) -> Measure:
    """The worst of many worlds: events and when they are done."""
    worst = 0.0
    with ThreadPoolExecutor(1) as pool:
        for done_at in worlds:
            apple: Any = _Apple(done_at)
            events = wait_for_events(
                apple, list(apple.done_at), poll_interval=APPLE_POLL_INTERVAL, timeout=TIMEOUT, clock=apple, pool=pool
            )
            if any(event.status != COMPLETE for event in events):
                raise RuntimeError("The end of an event was not seen.")
            worst = max(worst, apple.time - max(done_at))
    case = f"{case}, poll interval {APPLE_POLL_INTERVAL:g} s, reckoned"
    return Measure(QUESTION, case, WHAT, worst / APPLE_POLL_INTERVAL, 1, note=f"{worst:.1f} s at worst")


def _at_random(draw: random.Random, worlds: int) -> Iterator[list[float]]:
    for _turn in range(worlds):
        yield [draw.uniform(0.1, LONGEST) for _event in range(draw.randint(2, 40))]

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Even spacing of all requests of one token, over all threads; and the clock that it and everything else reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

from .._core.errors import VppError
from .._core.ports import Clock

_SPARE = 0.97
"""Share of the permitted rate that is used: 31 ms of slack for jitter in a window of 15 [performance 2]."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Slot:
    """The permission to send one request; the sender reports what became of it."""

    def __init__(self, probe: bool) -> None:
        self.probe = probe
        self.answered = False
        self.hold_for: float | None = None
        self.hold_error: VppError | None = None

    def succeed(self) -> None:
        self.answered = True

    def hold(self, seconds: float, error: VppError) -> None:
        """All threads must wait this long. `error` is raised by those whose patience ends before."""
        self.hold_for = seconds
        self.hold_error = error


Book = Callable[[float, float], float]
"""Gives a departure that other processes leave free, from the present moment and the interval (shared_pace.py)."""


class Pacer:
    """Lets requests depart one by one, each at least 1 / (0.97 x rate) seconds after the true departure of the one
    before (not after its planned one: so no burst follows a late thread, and none stands at the start).

    After `hold` it lets a single probe through at a time until one is answered. With `book` each departure is booked
    among those of other processes, too.
    """

    def __init__(self, clock: Clock, requests_per_second: float, book: Book | None = None) -> None:
        self._clock = clock
        self._book = book
        self._turnstile = threading.Lock()
        self._state = threading.Condition()
        self._last = float("-inf")
        self._held_until = float("-inf")
        self._held_by: VppError | None = None
        self._single = False
        self._probe_out = False
        self._interval = 0.0
        self.set_rate(requests_per_second)

    def set_rate(self, requests_per_second: float) -> None:
        self._interval = 1.0 / (_SPARE * requests_per_second)

    @contextmanager
    def slot(self, deadline: float) -> Iterator[Slot]:
        """Waits for a departure. A hold beyond `deadline` (monotonic seconds) raises the error that caused the hold."""
        slot = Slot(self._enter(deadline))
        try:
            yield slot
        finally:
            self._leave(slot)

    def _enter(self, deadline: float) -> bool:
        with self._turnstile:
            booked: float | None = None
            while True:
                with self._state:
                    while self._probe_out:
                        self._state.wait()
                    if self._held_by is not None and self._held_until > deadline:
                        raise self._held_by
                    now = self._clock.monotonic()
                    due = max(self._last + self._interval, self._held_until)
                    if now >= due and self._book is not None:
                        if booked is None or booked < due:  # a hold that came meanwhile makes a booking void
                            booked = self._book(now, self._interval)
                        due = booked
                    if now >= due:
                        self._last = now
                        self._probe_out = self._single
                        return self._single
                self._clock.sleep(due - now)

    def _leave(self, slot: Slot) -> None:
        with self._state:
            if slot.hold_for is not None:
                until = self._clock.monotonic() + slot.hold_for
                if until > self._held_until:
                    self._held_until, self._held_by = until, slot.hold_error
                self._single = True
            elif slot.probe and slot.answered:
                self._single = False
                self._held_by = None
            if slot.probe:
                self._probe_out = False
                self._state.notify_all()

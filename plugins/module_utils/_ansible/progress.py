# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a task is, in a file for whoever looks on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import VppError
from .._core.ports import EVENTS, MAILS, PAGES, REQUESTS, Clock
from .files import write_report

EVERY = 1.0
"""Seconds between two states of the file, at least."""


class FileMeter:
    """Implements Meter. `warn` is told if the file can't be written; the task goes on without it."""

    def __init__(self, path: str, clock: Clock, warn: Callable[[str], None]) -> None:
        self._path, self._clock, self._warn = path, clock, warn
        self._lock = threading.Lock()
        self._counts = {what: [0, 0] for what in (REQUESTS, PAGES, EVENTS, MAILS)}
        self._first: dict[str, float] = {}
        self._begun = clock.monotonic()
        self._written = float("-inf")
        self._broken = False

    def count(self, what: str, done: int = 0, known: int = 0) -> None:
        with self._lock:
            now = self._clock.monotonic()
            pair = self._counts[what]
            pair[0] += done
            pair[1] += known
            self._first.setdefault(what, now)
            if now - self._written >= EVERY and not self._broken:
                self._written = now
                self._write(self._state(now))

    def close(self) -> None:
        """The last state, whenever the one before was written."""
        with self._lock:
            if not self._broken:
                self._write(self._state(self._clock.monotonic()))

    def _write(self, state: Mapping[str, Any]) -> None:
        try:
            write_report("progress_path", self._path, state)
        except VppError as error:
            self._broken = True
            self._warn(error.message)

    def _state(self, now: float) -> dict[str, Any]:
        counts = {what: {"done": done, "known": max(done, known)} for what, (done, known) in self._counts.items()}
        return {**counts, "seconds": round(now - self._begun, 1), "seconds_left": self._left(now)}

    def _left(self, now: float) -> float | None:
        """What is left of pages and mails at their pace so far; nobody knows how long an event takes."""
        rest = 0.0
        for what in (PAGES, MAILS):
            done, known = self._counts[what]
            if known > done:
                if not done:
                    return None
                rest += (known - done) * (now - self._first[what]) / done
        return round(rest, 1)

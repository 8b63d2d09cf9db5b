# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time as the world of the sandbox sees it: it can be moved forward, and in tests it only moves when told to."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """What the sandbox needs of a clock."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def sleep(self, seconds: float) -> None:
        """Let that much time pass."""

    def advance(self, seconds: float) -> None:
        """Jump forward."""


class SystemClock:
    """Real time plus what somebody advanced it by.

    Built on the monotonic clock so that a correction of the machine's time can't open or close a rate window.
    """

    def __init__(self) -> None:
        self._start = time.time() - time.monotonic()
        self._offset = 0.0

    def now(self) -> float:
        return self._start + time.monotonic() + self._offset

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def advance(self, seconds: float) -> None:
        self._offset += seconds


class ManualClock:
    """Stands still until told to move; sleeping moves it."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds


def utc(seconds: float) -> datetime:
    """The moment as an aware UTC datetime."""
    return datetime.fromtimestamp(seconds, tz=timezone.utc)


def apple_date(moment: datetime) -> str:
    """Apple's form of a date: no colon in the offset [D getting-started]."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of an organisation: a token bucket, ten a second and ten more at once [X]."""

from __future__ import annotations

import threading


class Bucket:
    """Full at the start."""

    RATE = 10.0
    CAPACITY = 20.0

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._level = self.CAPACITY
        self._filled: float | None = None

    def take(self, now: float) -> bool:
        """Whether one more request fits."""
        with self._lock:
            if self._filled is not None:
                self._level = min(self.CAPACITY, self._level + max(now - self._filled, 0.0) * self.RATE)
            self._filled = now
            if self._level < 1:
                return False
            self._level -= 1
            return True

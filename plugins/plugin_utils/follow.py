# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks on while a module writes how far it is, and says it in a line."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

EVERY = 10.0
"""Seconds between two lines, and before the first."""

_MOST = 65536
_LARGEST = 1e12


@contextmanager
def following(path: str, tell: Callable[[str], None], every: float = EVERY) -> Iterator[None]:
    """While the block runs, what the file says is told every so many seconds, if there is news."""
    ended = threading.Event()

    def follow() -> None:
        before: dict[str, Any] = {}
        while not ended.wait(every):
            state = read_state(path)
            counts = {key: value for key, value in state.items() if isinstance(value, dict)}
            if counts and counts != before:
                before = counts
                with contextlib.suppress(Exception):  # a line that can't be told must not end the thread
                    tell(line_of(state))

    thread = threading.Thread(target=follow, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def read_state(path: str) -> dict[str, Any]:
    """What the file says; nothing for one that isn't there, or isn't what the module writes."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        with open(path, encoding="utf-8") as stream:
            found = json.loads(stream.read(_MOST))
        if isinstance(found, dict):
            return found
    return {}


def line_of(state: Mapping[str, Any]) -> str:
    """Such as `120 of 1822 pages, 131 requests, about 110 s left`. Nothing but numbers of the file gets to the
    terminal."""
    parts = []
    for what in ("pages", "events", "mails"):
        done, known = _count(state, what)
        if known:
            parts.append(f"{done:.0f} of {known:.0f} {what}")
    parts.append(f"{_count(state, 'requests')[0]:.0f} requests in {_number(state, 'seconds'):.0f} s")
    left = _number(state, "seconds_left")
    if left:
        parts.append(f"about {left:.0f} s left")
    return ", ".join(parts)


def _count(state: Mapping[str, Any], what: str) -> tuple[float, float]:
    pair = state.get(what)
    return (_number(pair, "done"), _number(pair, "known")) if isinstance(pair, dict) else (0, 0)


def _number(source: Mapping[str, Any], name: str) -> float:
    value = source.get(name)
    return value if isinstance(value, (int, float)) and 0 <= value < _LARGEST else 0

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


@contextmanager
def following(path: str, tell: Callable[[str], None], every: float = EVERY) -> Iterator[None]:
    """While the block runs, what the file says is told every so many seconds, if there is news."""
    ended = threading.Event()

    def follow() -> None:
        before: dict[str, Any] = {}
        while not ended.wait(every):
            state = _read(path)
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


def _read(path: str) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        with open(path, encoding="utf-8") as stream:
            found = json.load(stream)
        if isinstance(found, dict):
            return found
    return {}


def line_of(state: Mapping[str, Any]) -> str:
    """Such as `120 of 1822 pages, 131 requests, about 110 s left`."""
    parts = []
    for what in ("pages", "events", "mails"):
        count = state.get(what) or {}
        if count.get("known"):
            parts.append(f"{count['done']} of {count['known']} {what}")
    parts.append(f"{(state.get('requests') or {}).get('done', 0)} requests in {state.get('seconds', 0):.0f} s")
    left = state.get("seconds_left")
    if left:
        parts.append(f"about {left:.0f} s left")
    return ", ".join(parts)

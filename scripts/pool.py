"""At most JOBS forks at a time, each with a folder of its own that is gone when it ended."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from forked import end, start

JOBS = int(os.environ.get("JOBS", os.cpu_count() or 1))
_TO_BEGIN = 120
"""Seconds by the clock till the first test; from there the plugin `Watch` decides."""


class Pool:
    def __init__(self) -> None:
        self._running: dict[int, tuple[Path, Callable[[int, str], None]]] = {}

    def submit(self, work: Callable[[], int], done: Callable[[int, str], None]) -> None:
        """`done` gets the status (below zero: the signal that ended it) and all that was printed."""
        if len(self._running) >= JOBS:
            self._settle()
        folder = Path(tempfile.mkdtemp(prefix="mutant-"))
        self._running[start(partial(_within, folder, work), _TO_BEGIN, folder / "log")] = folder, done

    def wait(self) -> None:
        while self._running:
            self._settle()

    def _settle(self) -> None:
        child, status = end()
        folder, done = self._running.pop(child)
        output = (folder / "log").read_text(encoding="utf-8", errors="replace")
        shutil.rmtree(folder, ignore_errors=True)
        done(status, output)


def _within(folder: Path, work: Callable[[], int]) -> int:
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
    return work()

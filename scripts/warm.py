"""Tests that are collected once; each run of some of them is a process of its own, forked from there."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Mapping, Sequence

import pytest
from forked import CAUGHT
from swap import Functions

_MEETS = "\nMEETS "


class Warm:
    """A plugin of pytest: when all is collected, `work` is called instead of the tests."""

    def __init__(self, work: Callable[[Warm], None]) -> None:
        self._work = work
        self.items: dict[str, pytest.Item] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("A test can't be collected.")
        self._session = session
        self.items = {one.nodeid: one for one in session.items}
        self.functions = Functions()
        gc.collect()
        gc.freeze()  # what is never looked at again is never copied
        self._work(self)
        return True

    def run(self, names: Sequence[str], *plugins: object) -> int:
        """In a fork: these tests in this order till one fails. 0 or CAUGHT."""
        hooks = self._session.config.pluginmanager
        for one in plugins:
            hooks.register(one)
        items = [self.items[name] for name in names]
        for item, after in zip(items, [*items[1:], None], strict=True):
            hooks.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self._session.testsfailed:
                return CAUGHT
        return 0


class Watch:
    """A plugin that says which test is on, and ends this process where one takes far longer than it should.

    Time on the processor decides; by the clock only where nothing moves any more, for the machine may be busy.
    """

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        os.write(1, f"{_MEETS}{nodeid}\n".encode())
        usual = self._seconds.get(nodeid, 1.0)
        signal.setitimer(signal.ITIMER_PROF, 3 + 10 * usual)
        signal.setitimer(signal.ITIMER_REAL, 60 + 30 * usual)


def last_met(output: str) -> str:
    """The test that was on when a process ended."""
    _before, found, after = output.rpartition(_MEETS)
    return after.partition("\n")[0] if found else ""

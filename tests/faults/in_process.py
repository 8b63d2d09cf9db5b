# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in this process, whose requests are watched. A kill is an exception which nothing of ours catches, and after
which nothing reaches the service or the disk any more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import session
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books import client
from ansible_collections.openmdm.vpp.plugins.module_utils._state.database import Database
from ansible_collections.openmdm.vpp.plugins.modules import vpp_license
from ansible_collections.openmdm.vpp.tests.faults.kill import DISK, POST, REQUEST, Kill
from ansible_collections.openmdm.vpp.tests.faults.runs import World
from ansible_collections.openmdm.vpp.tests.faults.storm import Storm
from ansible_collections.openmdm.vpp.tests.unit.harness import BoxTransport, Result, run_main, use_box
from sandbox.clock import ManualClock


class Killed(BaseException):
    """As a signal: no handler of the collection is meant for it."""


class Reaper:
    """Counts, and kills when its time has come."""

    def __init__(self) -> None:
        self.begin(None)

    def begin(self, kill: Kill | None) -> None:
        self._kill, self._counts, self.struck = kill, {REQUEST: 0, POST: 0, DISK: 0}, False

    @contextmanager
    def over(self, kill: Kill | None) -> Iterator[None]:
        """One run, be it within another one."""
        kept = self._kill, self._counts, self.struck
        self.begin(kill)
        try:
            yield
        finally:
            self._kill, self._counts, self.struck = kept

    def before(self, *points: str) -> None:
        self._alive()
        for point in points:
            self._counts[point] += 1
        self._strike(points, "before")

    def after(self, *points: str) -> None:
        self._strike(points, "after")

    def _alive(self) -> None:
        if self.struck:
            raise Killed

    def _strike(self, points: Iterable[str], when: str) -> None:
        kill = self._kill
        if kill and kill.when == when and kill.point in points and self._counts[kill.point] == kill.number:
            self.struck = True
            raise Killed

    @contextmanager
    def change(self, original: Callable[[Database], Any], database: Database) -> Iterator[Any]:
        """In place of Database.change."""
        self.before(DISK)
        with original(database) as connection:
            yield connection
            self._strike([DISK], "within")
        self.after(DISK)


class Watched(httpx.BaseTransport):
    """Into the sandbox, under the eyes of the world."""

    def __init__(self, world: World, reaper: Reaper) -> None:
        self._inner, self._reaper, self._world = BoxTransport(world.box), reaper, world

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        write = request.method == "POST"
        points = (REQUEST, POST) if write else (REQUEST,)
        self._reaper.before(*points)
        self._world.look(request.url.path, json.loads(request.read()) if write else None)
        try:
            return self._inner.handle_request(request)
        finally:
            self._world.look_again()
            self._reaper.after(*points)


class Inline(Executor):
    """One thing after the other, so that a world runs the same each time."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        pass

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(call(*arguments, **options))
        except BaseException as error:
            future.set_exception(error)
        return future


class InProcess(World):
    """Runs modules in this process, in the still time of the sandbox."""

    main = staticmethod(vpp_license.main)

    def __init__(self, plot: Any) -> None:
        super().__init__(plot, ManualClock())
        self._reaper, self._patch = Reaper(), pytest.MonkeyPatch()
        self.options = use_box(self._patch, self.box)
        self.transport = Watched(self, self._reaper)
        _install(self._patch, self._reaper, self.transport)

    def close(self) -> None:
        self._patch.undo()
        super().close()

    def execute(self, options: dict[str, Any], storm: Storm) -> Result | None:
        with self._reaper.over(storm.kill):
            result = self.act(options, storm)
            # Struck by the mail server, it did nothing after that by which it would have died here.
            return None if self._reaper.struck else result

    def act(self, options: dict[str, Any], storm: Storm) -> Result | None:
        """What is one run; None = killed."""
        return self.call(self.main, options, storm)

    def call(self, main: Callable[[], None], options: dict[str, Any], storm: Storm) -> Result | None:
        """None = killed."""
        try:
            return run_main(main, options, check=storm.check)
        except Killed:
            return None


def _install(patch: Any, reaper: Reaper, transport: httpx.BaseTransport) -> None:
    """Lets the modules run so until `patch` is undone."""
    original = Database.change
    patch.setattr(Database, "change", lambda database: reaper.change(original, database))
    patch.setattr(client, "ThreadPoolExecutor", Inline)
    connect = session.connect
    patch.setattr(session, "connect", lambda *given, **named: connect(*given, **{**named, "transport": transport}))

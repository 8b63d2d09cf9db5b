# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests into a sandbox that are watched, and a run that is killed: an exception which nothing of ours catches, and
after which nothing reaches the service or the disk any more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import session
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books import client
from ansible_collections.openmdm.vpp.plugins.module_utils._http import client as http
from ansible_collections.openmdm.vpp.plugins.module_utils._state.database import Database
from ansible_collections.openmdm.vpp.tests.unit.harness import BoxTransport

REQUEST, POST, DISK = "request", "post", "disk"


class Killed(BaseException):
    """As a signal: no handler of the collection is meant for it."""


@dataclass(frozen=True)
class Kill:
    """When a run is killed: at the `number`-th request, POST or change on the disk, before or after it was done."""

    point: str
    number: int
    after: bool


class Reaper:
    """Counts, and kills when its time has come."""

    def __init__(self) -> None:
        self.begin(None)

    def begin(self, kill: Kill | None) -> None:
        self._kill, self._counts, self.struck = kill, {REQUEST: 0, POST: 0, DISK: 0}, False

    def before(self, *points: str) -> None:
        self._alive()
        for point in points:
            self._counts[point] += 1
        self._strike(points, after=False)

    def after(self, *points: str) -> None:
        self._strike(points, after=True)

    def _alive(self) -> None:
        if self.struck:
            raise Killed

    def _strike(self, points: Iterable[str], *, after: bool) -> None:
        kill = self._kill
        if kill and kill.after is after and kill.point in points and self._counts[kill.point] == kill.number:
            self.struck = True
            raise Killed

    @contextmanager
    def change(self, original: Callable[[Database], Any], database: Database) -> Iterator[Any]:
        """In place of Database.change."""
        self.before(DISK)
        with original(database) as connection:
            yield connection
        self.after(DISK)


class Watched(httpx.BaseTransport):
    """`look` sees each request before the service does, with the body of a write; `look_again` when it was answered."""

    def __init__(
        self, box: Any, reaper: Reaper, look: Callable[[str, Any], None], look_again: Callable[[], None]
    ) -> None:
        self._inner, self._reaper, self._look, self._look_again = BoxTransport(box), reaper, look, look_again

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        write = request.method == "POST"
        points = (REQUEST, POST) if write else (REQUEST,)
        self._reaper.before(*points)
        body = json.loads(request.read()) if write else None
        self._look(request.url.path, body)
        try:
            return self._inner.handle_request(request)
        finally:
            self._look_again()
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


_trusted = cache(http.trust)
"""Reading the certificates takes longer than all the rest of a run."""


def install(patch: Any, reaper: Reaper, transport: httpx.BaseTransport) -> None:
    """Lets the modules run so until `patch` is undone."""
    original = Database.change
    patch.setattr(Database, "change", lambda database: reaper.change(original, database))
    patch.setattr(client, "ThreadPoolExecutor", Inline)
    patch.setattr(http, "trust", _trusted)
    connect = session.connect
    patch.setattr(session, "connect", lambda *given, **named: connect(*given, **{**named, "transport": transport}))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against the sandbox in one process, both on one fake clock."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.client import (
    AppsBooksClient,
    AppsBooksSettings,
    connect,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    AssetKey,
    AssignmentQuery,
    AssignmentRequest,
    MdmInfo,
    Row,
    Secret,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import START, FakeClock
from sandbox.app import Sandbox, create_app
from sandbox.faults import TransportFault

BASE = "http://localhost/mdm/v2"
ITUNES = "http://localhost/itunes"

EVERYTHING = AssignmentQuery()
PAGES, WORD, BOOK = AssetKey("361309726"), AssetKey("586447913"), AssetKey("900000001")
WRITE = AssignmentRequest(ASSOCIATE, (PAGES,), ("TESTA00005",))
CLAIM = MdmInfo("our-id", "Ours", "1")


class SandboxClock:
    """The sandbox's view of the fake clock."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return START.timestamp() + self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self._clock.advance(seconds)

    advance = sleep


class InProcess(httpx.BaseTransport):
    """The sandbox without sockets; connections that it breaks look like broken connections."""

    def __init__(self, app: Sandbox) -> None:
        self._inner = httpx.WSGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._inner.handle_request(request)
            content = response.read()
        except TransportFault as fault:
            kind = httpx.ReadError if fault.kind == "reset" else httpx.RemoteProtocolError
            raise kind("broken") from None
        return httpx.Response(response.status_code, headers=response.headers, content=content)


class World:
    def __init__(self, seed: str = "small", options: Mapping[str, str] | None = None) -> None:
        self.clock = FakeClock()
        self.app = create_app(seed, options or {}, clock=SandboxClock(self.clock))

    def settings(self, **more: Any) -> AppsBooksSettings:
        given: dict[str, Any] = {"token": Secret(self.app.token()), "base_url": BASE, "itunes_url": ITUNES}
        return AppsBooksSettings(**{**given, **more})

    @contextlib.contextmanager
    def client(self, **more: Any) -> Iterator[AppsBooksClient]:
        with connect(self.settings(**more), self.clock, InProcess(self.app)) as client:
            yield client

    def fault(self, kind: str, path: str = "*", times: int | None = 1, **parameters: Any) -> None:
        match = {"path": path, **({"after": parameters.pop("after")} if "after" in parameters else {})}
        self.control("POST", "/faults", {"kind": kind, "match": match, "times": times, **parameters})

    def switch(self, **values: object) -> None:
        self.control("PUT", "/switches", values)

    def control(self, method: str, path: str, data: object = None) -> Any:
        status, answer = self.app.control(method, path, data)
        assert status == 200, answer
        return answer

    def sent(self, path: str, method: str = "GET") -> list[int]:
        """Statuses of the requests to a path, in order."""
        return [
            entry["status"]
            for entry in self.app.requests
            if entry["method"] == method and entry["path"].partition("?")[0].endswith(path)
        ]


class Sink:
    """Keeps the rows of the last walk, and how many walks began."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.begun = 0

    def begin(self) -> None:
        self.begun += 1
        self.rows = []

    def page(self, rows: Sequence[Row]) -> None:
        self.rows += rows


def apple(handler: httpx.MockTransport, **more: Any) -> contextlib.AbstractContextManager[AppsBooksClient]:
    """A client of Apple's own address over a scripted transport."""
    return connect(AppsBooksSettings(Secret("dG9rZW4="), **more), FakeClock(), handler)

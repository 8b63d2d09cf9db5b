# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as one object: a WSGI callable, and a Python API for tests in the same process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .apple import events
from .apple.lookups import ITunes, metadata
from .apple.notifications import Outbox
from .apple.service import BASE, AppleService
from .clock import Clock, SystemClock, utc
from .context import Context
from .control import Control
from .effects import after, aside, before
from .faults import Fault, Faults, TransportFault
from .invite import invitation
from .journal import Journal, safe_path
from .meraki.paging import BASE as MERAKI
from .meraki.service import MerakiService
from .seeds import build
from .switches import Switches
from .world import World
from .wsgi import Request, Response, body_parts, json_response, read_request

StartResponse = Callable[..., Any]


class Sandbox:
    """One world with its clock, switches and faults. Calling it with a WSGI environment answers a request."""

    def __init__(
        self,
        world: World,
        *,
        clock: Clock | None = None,
        journal: Path | None = None,
        tokens: Path | None = None,
    ) -> None:
        self.world = world
        self.clock = clock or SystemClock()
        self.switches = Switches(world.switches)
        self.faults = Faults()
        self.outbox = Outbox(self.clock, self.switches)
        self.journal = Journal(journal)
        self.context = Context(world, self.clock, self.switches, self.faults, self.outbox, tokens)
        for location in world.locations.values():
            location.accounts = world.accounts
        self._apple = AppleService(self.context)
        self._itunes = ITunes(self.context)
        self._meraki = MerakiService(self.context)
        self._control = Control(self.context, self._meraki)
        self._stop = threading.Event()
        self._ticker: threading.Thread | None = None

    # The Python side

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The last requests, as in requests.jsonl."""
        return list(self.journal.entries)

    def token(self, location: str | None = None) -> str:
        """The text of a location's token file; without a key of the first location."""
        key = location or next(iter(self.world.locations))
        return self.world.locations[key].token.text

    def meraki_key(self, name: str = "admin") -> str:
        """An API key of Systems Manager."""
        return self.world.meraki.keys[name].value

    def settle(self) -> None:
        """Do what is due now: events, then notifications."""
        for location in self.world.locations.values():
            events.settle(self.context, location)
        self._meraki.timetable.settle()
        self.outbox.pump()

    def advance(self, seconds: float) -> None:
        """Let time pass and do what became due."""
        self.clock.advance(seconds)
        self.settle()

    def control(self, method: str, path: str, data: object = None) -> tuple[int, Any]:
        """A control call without HTTP: status and JSON."""
        return self._control.call(method, path.removeprefix("/_sandbox"), data)

    def start(self) -> None:
        """Do what becomes due in a background thread from now on."""
        self._ticker = threading.Thread(target=self._tick, name="sandbox-ticker", daemon=True)
        self._ticker.start()

    def close(self) -> None:
        """Stop the background thread, the log and the storage."""
        self._stop.set()
        if self._ticker:
            self._ticker.join(timeout=10)
        self.journal.close()
        for location in self.world.locations.values():
            location.store.close()

    def _tick(self) -> None:
        while not self._stop.wait(0.05):
            self.settle()

    # The WSGI side

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = read_request(environ)
        response = self.handle(request)
        length = str(len(response.body))
        headers = [("Content-Type", response.content_type), ("Content-Length", length), *response.headers.items()]
        start_response(response.status_line, headers)
        if request.method == "HEAD":
            return []
        return body_parts(response, TransportFault("truncated"))

    def handle(self, request: Request) -> Response:
        """Answer one request and log it; a broken connection is logged with status 0."""
        service, handler = self._route(request)
        known = self._apple.identify(request) if service == "apple" else None
        location = known[0].key if known else None
        hit = self.faults.take(service, request.method, request.path, location)
        status, size, start = 0, 0, self.clock.now()
        try:
            response = self._spoiled(request, hit, location, lambda: handler(request, hit))
            status, size = response.status, len(response.body)
            return response
        finally:
            entry: dict[str, Any] = {
                "time": utc(start).isoformat(timespec="milliseconds"),
                "ms": round((self.clock.now() - start) * 1000, 1),
                "service": service,
                "method": request.method,
                "path": safe_path(request.path, request.query),
                "status": status,
                "bytes": size,
                "location": location,
            }
            if hit:
                entry["faults"] = [fault.kind for fault in hit]
            self.journal.add(entry)

    def _spoiled(
        self, request: Request, hit: Sequence[Fault], location: str | None, answer: Callable[[], Response]
    ) -> Response:
        try:
            for fault in hit:
                aside(self.context, fault, location)
        except ValueError as error:
            return json_response({"error": f"The fault could not be staged. {error}"}, 500)
        for fault in hit:
            instead = before(self.context, fault, request)
            if instead is not None:
                return instead
        response = answer()
        for fault in hit:
            response = after(fault, response)
        return response

    def _route(self, request: Request) -> tuple[str, Callable[[Request, Sequence[Fault]], Response]]:
        path = request.path
        if path == BASE or path.startswith(BASE + "/"):
            return "apple", self._apple.answer
        if path.startswith(MERAKI + "/"):
            return "meraki", lambda request, _hit: self._meraki.answer(request)
        if path.rstrip("/") == "/metadata/lookup":
            return "metadata", lambda request, _hit: metadata(self.context, request)
        if path.startswith("/itunes/"):
            return "itunes", lambda request, _hit: self._itunes.answer(request)
        if path == "/_sandbox" or path.startswith("/_sandbox/"):
            return "control", lambda request, _hit: self._control.answer(request)
        if path == "/invite":
            return "page", lambda request, _hit: invitation(self.context, request)
        return "apple", lambda _request, _hit: json_response({"errorMessage": "There is nothing here."}, 404)


def create_app(
    seed: str = "small",
    options: Mapping[str, str] | None = None,
    *,
    clock: Clock | None = None,
    journal: Path | None = None,
    tokens: Path | None = None,
) -> Sandbox:
    """A sandbox of a named seed; what it returns is the WSGI callable itself."""
    return Sandbox(build(seed, options or {}), clock=clock, journal=journal, tokens=tokens)

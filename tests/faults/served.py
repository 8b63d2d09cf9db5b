# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs as processes of their own against a sandbox behind a socket, killed by a signal that nobody can catch."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.tests.faults import child
from ansible_collections.openmdm.vpp.tests.faults.kill import DISK, POST, REQUEST, TIME, Kill
from ansible_collections.openmdm.vpp.tests.faults.runs import World
from ansible_collections.openmdm.vpp.tests.faults.storm import Storm
from ansible_collections.openmdm.vpp.tests.faults.town import Plot
from ansible_collections.openmdm.vpp.tests.unit.conftest import ROOT
from ansible_collections.openmdm.vpp.tests.unit.harness import Result
from sandbox.clock import SystemClock
from sandbox.server import Server

PATHS = (str(Path(os.path.abspath(str(child.__file__))).parents[5]), ROOT)
TICK = 0.02
"""Seconds: a kill at a moment is drawn in these."""


class Counting(Server):
    """Knows whose connections are open, and which were ever taken."""

    def __init__(self, *given: Any) -> None:
        self.open, self.taken = set[Any](), set[Any]()
        super().__init__(*given)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(client_address)
        self.taken.add(client_address)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.open.discard(client_address)

    def finish(self) -> None:
        """Until all that was sent by clients who are gone is done: connections are taken in their order."""
        with socket.create_connection(self.server_address[:2]) as probe:
            address = probe.getsockname()
        deadline = time.monotonic() + 60
        while address not in self.taken or self.open:
            if time.monotonic() > deadline:
                raise TimeoutError("a request of a run that was killed does not end")
            time.sleep(0.001)


class Served(World):
    """The location behind a socket. The server kills the run at the request at which it is to die."""

    interval, timeout = 0.1, 20.0
    module = "vpp_license"

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot, SystemClock())
        self._kill: Kill | None = None
        self._process: subprocess.Popen[str] | None = None
        self._seen = {REQUEST: 0, POST: 0}
        self._turn = threading.Lock()
        self._server = Counting(("127.0.0.1", 0), self._answer)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.box.start()
        self.options = {"content_token": self.box.token(), "apps_books_url": f"{self._server.origin}/mdm/v2"}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        super().close()

    def execute(self, options: dict[str, Any], storm: Storm) -> Result | None:
        kill = storm.kill
        die = {"number": kill.number, "when": kill.when} if kill and kill.point == DISK else None
        self._kill, self._seen = kill, {REQUEST: 0, POST: 0}
        self._process = subprocess.Popen(
            [sys.executable, "-m", child.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(PATHS)},
        )
        told = {"module": self.module, "options": options, "check": storm.check, "die": die}
        text, errors = self._process.communicate(json.dumps(told), timeout=120)
        code = self._process.returncode
        self._process = None
        if code == -signal.SIGKILL:
            self._server.finish()
            return None
        assert not errors, errors
        return Result(code, json.loads(text), text)

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path, write = environ["PATH_INFO"], environ["REQUEST_METHOD"] == "POST"
        content = environ["wsgi.input"].read()
        self.look(path, json.loads(content) if write else None)
        with self._turn:
            points = [REQUEST, POST] if write else [REQUEST]
            for point in points:
                self._seen[point] += 1
            deadly = self._is_time(points, self._seen)
        if deadly == "before":
            self._strike(self._process)
            start("503 Nobody Listens", [])
            return []
        parts = list(self.box({**environ, "wsgi.input": BytesIO(content)}, start))
        self.look_again()
        if deadly == "after":
            self._strike(self._process)
        return parts

    def _is_time(self, points: Iterable[str], seen: Mapping[str, int]) -> str:
        kill = self._kill
        if kill is None:
            return ""
        if kill.point == TIME:
            if seen[REQUEST] == 1:
                threading.Timer(kill.number * TICK, self._strike, [self._process]).start()
            return ""
        return kill.when if kill.point in points and seen[kill.point] == kill.number else ""

    def _strike(self, process: subprocess.Popen[str] | None) -> None:
        """The run of that moment: where it has ended by itself, the next one is not meant."""
        if process is not None:
            process.send_signal(signal.SIGKILL)
            while process.poll() is None:
                time.sleep(0.001)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as a process of its own, with both caps enforced, and the log of what it was asked."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LINK = str(ROOT / ".cache" / "link")
"""Where the clone is found as openmdm.vpp."""

START_SECONDS = 300.0
UNPACED = {"limits": {"maxRequestPerSecond": 100_000}}
"""Switch positions for questions in which the pace is no matter: Apple's limit, told and enforced, is out of reach."""

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the sandbox logged it. `start` and `end` in seconds since the epoch, to the millisecond."""

    service: str
    method: str
    path: str
    status: int
    start: float
    end: float
    location: str | None

    @property
    def route(self) -> str:
        return self.path.partition("?")[0]

    @property
    def is_page(self) -> bool:
        """A page of the assignments."""
        return self.method == "GET" and self.route.endswith("/assignments")

    @property
    def is_write(self) -> bool:
        return self.service == "apple" and self.method == "POST"


class Box:
    """A running sandbox; `ready` is its ready.json."""

    def __init__(self, folder: Path, ready: Mapping[str, Any]) -> None:
        self.folder = folder
        self.ready = ready
        self._read_to = 0

    def control(self, method: str, path: str, data: object = None) -> Any:
        """A control call: what people and Apple do."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.ready['urls']['control']}/{path}", body, method=method)
        with DIRECT.open(request, timeout=60) as answer:
            return json.load(answer)

    def switch(self, **positions: object) -> None:
        self.control("PUT", "switches", positions)

    def take_log(self, service: str = "apple") -> list[Asked]:
        """What the service was asked since the last call."""
        with (self.folder / "requests.jsonl").open("rb") as file:
            file.seek(self._read_to)
            lines = file.readlines()
            self._read_to = file.tell()
        return [asked for asked in map(_asked, lines) if asked.service == service]

    def held(self, key: str = "main") -> int:
        """How many assignments a location has."""
        counts: dict[str, int] = self.control("GET", f"locations/{key}")["counts"]
        return counts["assignments"]

    def token_file(self, key: str = "main") -> str:
        return str(self.ready["files"]["tokens"][key])

    def serial_numbers(self, key: str = "main") -> list[str]:
        """The devices of a location, in the order of devices.csv."""
        with open(self.ready["files"]["devices"], encoding="utf-8") as file:
            columns = file.readline().strip().split(",")
            serial, place = columns.index("serial_number"), columns.index("location")
            rows = (line.split(",") for line in file)
            return [row[serial] for row in rows if row[place] == key]


def _asked(line: bytes) -> Asked:
    entry = json.loads(line)
    start = datetime.fromisoformat(entry["time"]).timestamp()
    return Asked(
        entry["service"],
        entry["method"],
        entry["path"],
        entry["status"],
        start,
        start + entry["ms"] / 1000,
        entry["location"],
    )


@contextmanager
def open_box(folder: Path, **options: object) -> Iterator[Box]:
    """A sandbox of the seed `generated`; `options` are those of the seed, and switches. RuntimeError if it does not
    start."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "sandbox", "serve", "--seed", "generated", "--state", str(folder)]
    for name, value in options.items():
        command += ["--option", f"{name}={value}"]
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield Box(folder, _await_ready(process, folder))
    finally:
        process.terminate()
        process.wait(30)


def _await_ready(process: subprocess.Popen[bytes], folder: Path) -> Mapping[str, Any]:
    ready, deadline = folder / "ready.json", time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            said = (folder / "sandbox.log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"The sandbox did not start: {said[-500:]}")
        time.sleep(0.02)
    found: Mapping[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
    return found

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A state directory for tests, in this process and in others that can be killed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import Mailing, Write
from ansible_collections.openmdm.vpp.plugins.module_utils._state import folder as module
from ansible_collections.openmdm.vpp.plugins.module_utils._state.folder import LocationState, StateFolder, StateSettings
from ansible_collections.openmdm.vpp.tests.unit.fakes import UID, FakeClock, FakeNotify

SERVICE = "https://vpp.itunes.apple.com:443"
NAME = f"location-{hashlib.sha256(UID.encode()).hexdigest()[:32]}"
ROOT = Path(os.path.abspath(str(module.__file__))).parents[6]
"""The folder above ansible_collections."""

PRELUDE = """
import os, signal, sys, time
from datetime import datetime, timezone
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import StateBusyError, StateError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import Mailing, Write
from ansible_collections.openmdm.vpp.plugins.module_utils._state import database, opening
from ansible_collections.openmdm.vpp.plugins.module_utils._state.folder import StateFolder, StateSettings

class Clock:
    monotonic, sleep = staticmethod(time.monotonic), staticmethod(time.sleep)
    def now(self): return datetime.now(timezone.utc)

class Notify:
    def warn(self, message): print("warning:", message)

def die(*_anything): os.kill(os.getpid(), signal.SIGKILL)

def say(*words): print(*words, flush=True)

def open_state(timeout=0.0, check=False):
    settings = StateSettings(sys.argv[1], SERVICE, timeout, check)
    return StateFolder(settings, Clock(), Notify()).open(UID)

def die_at(state, words):
    state.journal._database._connection.set_trace_callback(lambda sql: die() if sql.startswith(words) else None)

WRITE = Write("associate", "d" * 64, 7)

def mailing(person): return Mailing(person, Secret("code of " + person), person + "@school.example")
"""


def writes(count: int) -> list[Write]:
    return [Write("associate", f"{number:064x}", number + 1) for number in range(count)]


def mailing(person: str, code: str = "", address: str = "") -> Mailing:
    return Mailing(person, Secret(code or f"code of {person}"), address or f"{person}@school.example")


class Place:
    """`path` is made by the first opening."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock()
        self.notify = FakeNotify()

    @property
    def file(self) -> Path:
        return self.path / f"{NAME}.sqlite3"

    @property
    def lock(self) -> Path:
        return self.path / f"{NAME}.lock"

    def folder(self, *, service: str = SERVICE, timeout: float = 0.0, check: bool = False) -> StateFolder:
        return StateFolder(StateSettings(str(self.path), service, timeout, check), self.clock, self.notify)

    def open(
        self, uid: str = UID, *, service: str = SERVICE, timeout: float = 0.0, check: bool = False
    ) -> AbstractContextManager[LocationState]:
        return self.folder(service=service, timeout=timeout, check=check).open(uid)

    def names(self) -> set[str]:
        return set(os.listdir(self.path)) if self.path.exists() else set()

    def process(self, body: str, *before: str) -> subprocess.Popen[str]:
        """Python with the prelude and `body`; `before` are words of the command in front of it."""
        return subprocess.Popen(
            [*before, sys.executable, "-c", f"SERVICE, UID = {SERVICE!r}, {UID!r}\n{PRELUDE}{body}", str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def run(self, body: str, *before: str) -> tuple[int, str]:
        """Exit status and all that was printed."""
        process = self.process(body, *before)
        text = process.communicate()[0]
        return process.returncode, text

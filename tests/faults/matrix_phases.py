# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which request of a job begins which phase, and how a fault is put there: armed when that request arrives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.openmdm.vpp.tests.faults.matrix_stage import Stage

LOG_NAMES = {"apple": "apple", "mdm": "meraki"}
PATHS = {"apple": "/mdm/v2/", "mdm": "/api/v1/"}
COMMANDS = {"login": "AUTH", "sender": "MAIL", "recipient": "RCPT", "text": "DATA", "taken": "END", "next": "MAIL"}
Hits = Callable[[], int]


@dataclass
class Progress:
    """How far a job is with a service. `all_writes`: how many it sends where nothing goes wrong."""

    service: str
    all_writes: int
    writes: int = 0
    begun: set[str] = field(default_factory=set)

    def next(self, method: str, path: str, query: str) -> set[str]:
        """The phases that this request begins."""
        poll, written = path.endswith("/status"), self.writes == self.all_writes > 0
        self.writes += method != "GET"
        reads = method == "GET" and not poll
        if self.service == "apple":
            waits, looks = poll, reads and written
        else:  # what is read after a change of tags verifies it, what is read after all commands waits
            waits, looks = reads and written and self.all_writes > 1, reads and self.writes > 0
        later = f"&{query}".partition("&pageIndex=")[2].partition("&")[0] not in ("", "0")
        found = {
            "start": True,
            "pages": later or "startingAfter=" in query,
            "write": method != "GET",
            "next_write": method != "GET" and self.writes > 1,
            "lost": method != "GET",
            "polling": waits,
            "verify": looks,
        }
        fresh = {phase for phase, is_so in found.items() if is_so} - self.begun
        self.begun |= fresh
        return fresh


def phases_of(log: Iterable[dict[str, Any]], service: str) -> set[str]:
    """Those of a run."""
    entries = list(log)
    progress = Progress(service, sum(one["method"] != "GET" for one in entries))
    for one in entries:
        path, _mark, query = one["path"].partition("?")
        progress.next(one["method"], path, query)
    return progress.begun


def arm(stage: Stage, service: str, phase: str, fault: dict[str, Any], all_writes: int) -> Hits:
    """Puts the fault into the stage; returns how often it was met since."""
    if service == "mail":
        return _script(stage, phase, fault)
    made: list[Any] = []
    lock, progress, handle = threading.Lock(), Progress(service, all_writes), type(stage.box).handle
    alone = fault["arm"]["kind"].startswith("event_")
    lost: list[Any] = []

    def add(told: dict[str, Any], method: str) -> Any:
        match = {"service": LOG_NAMES[service]} | ({} if told.get("times", 1) is None else {"method": method})
        return stage.box.faults.add({**told, "match": match})

    def watch(method: str, begun: set[str], reads: bool) -> None:
        if phase == "lost" and phase in begun:
            lost.append(add({"kind": "lost_answer"}, method))
        # What Apple says of other events tells nothing of the write whose answer was lost; the next other read does.
        due = phase in begun if phase != "lost" or alone else bool(lost and lost[0].hits) and reads
        if due and not made:
            made.append(add(fault["arm"], method))

    def watched(request: Any) -> Any:
        if request.path.startswith(PATHS[service]):
            with lock:
                begun = progress.next(request.method, request.path, request.query)
                watch(request.method, begun, request.method == "GET" and not request.path.endswith("/status"))
        return handle(stage.box, request)

    stage.box.handle = watched
    return lambda: made[0].hits if made else 0


def _script(stage: Stage, phase: str, fault: dict[str, Any]) -> Hits:
    hits: list[str] = []
    first = 2 if phase == "next" else 1
    often = fault.get("times", 1)

    def script(command: str, _rest: str, count: int) -> str:
        if command != COMMANDS.get(phase, "CONNECT") or count < first or (often and count >= first + often):
            return ""
        hits.append(command)
        return str(fault["reply"])

    stage.script(script)
    return lambda: len(hits)

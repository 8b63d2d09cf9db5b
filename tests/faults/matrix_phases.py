# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the phases of a job are among its requests, as seen in a run without a fault, and how a fault is put there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.openmdm.vpp.tests.faults.matrix_stage import Stage

LOG_NAMES = {"apple": "apple", "mdm": "meraki"}
NEXT_PAGE = {"apple": "pageIndex=", "mdm": "startingAfter="}
WITH_LOCATION = ("version_change", "claim", "token")
COMMANDS = {"login": "AUTH", "sender": "MAIL", "recipient": "RCPT", "text": "DATA", "taken": "END", "next": "MAIL"}

Entry = dict[str, Any]


def log_of(stage: Stage, service: str, start: int) -> list[Entry]:
    return [one for one in stage.box.requests[start:] if one["service"] == LOG_NAMES.get(service)]


def places(log: Sequence[Entry], service: str) -> dict[str, int]:
    """The request of each phase that there is."""
    writes = [number for number, one in enumerate(log) if one["method"] != "GET"]
    polls = [number for number, one in enumerate(log) if _path(one).endswith("/status")]
    last = max([*writes, *polls], default=len(log))
    after = [number for number, one in enumerate(log) if number > last and one["method"] == "GET"]
    if service == "mdm":  # what is read after a change of tags verifies it, what is read after all commands waits
        polls = after
        after = [number for number, one in enumerate(log) if writes and number > writes[0] and one["method"] == "GET"]
    found = {
        "start": [0] if log else [],
        "pages": [number for number, one in enumerate(log) if _is_next_page(one, service)],
        "write": writes,
        "next_write": writes[1:],
        "lost": writes,
        "polling": polls,
        "verify": after,
    }
    return {phase: numbers[0] for phase, numbers in found.items() if numbers}


def arm(stage: Stage, service: str, phase: str, fault: dict[str, Any], log: Sequence[Entry]) -> Callable[[], int]:
    """Puts the fault into the stage; returns how often it was met since."""
    if service == "mail":
        return _script(stage, phase, fault)
    place, kind = places(log, service)[phase], fault["arm"]["kind"]
    if phase == "lost":
        _add(stage, {"kind": "lost_answer"}, _match(log, place))
        if not kind.startswith("event_"):
            place = next(number for number, one in enumerate(log) if number > place and one["method"] == "GET")
            match = {"service": LOG_NAMES[service], "method": "GET", "after": _count(_gets(log[:place]), kind)}
            return _add(stage, fault["arm"], match)
    if fault["arm"].get("times", 1) is None:
        return _add(stage, fault["arm"], {"service": LOG_NAMES[service], "after": _count(log[:place], kind)})
    if kind in WITH_LOCATION:
        place = next(number for number, one in enumerate(log) if number >= place and one["location"] is not None)
    return _add(stage, fault["arm"], _match(log, place, kind))


def _add(stage: Stage, fault: Entry, match: Entry) -> Callable[[], int]:
    made = stage.box.faults.add({**fault, "match": match})
    return lambda: made.hits


def _match(log: Sequence[Entry], place: int, kind: str = "") -> Entry:
    method, path = log[place]["method"], _path(log[place])
    same = [one for one in log[:place] if (one["method"], _path(one)) == (method, path)]
    return {"method": method, "path": path, "after": _count(same, kind)}


def _count(log: Sequence[Entry], kind: str) -> int:
    return sum(kind not in WITH_LOCATION or one["location"] is not None for one in log)


def _gets(log: Sequence[Entry]) -> list[Entry]:
    return [one for one in log if one["method"] == "GET"]


def _path(entry: Entry) -> str:
    return str(entry["path"].partition("?")[0])


def _is_next_page(entry: Entry, service: str) -> bool:
    text = entry["path"]
    return NEXT_PAGE[service] in text and not text.endswith("pageIndex=0")


def _script(stage: Stage, phase: str, fault: dict[str, Any]) -> Callable[[], int]:
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

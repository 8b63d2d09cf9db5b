# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: which request is hit, how often, and with what."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

# Answered instead of being processed.
BEFORE = {
    "status": "answer with this status (error_number, error_message, retry_after, retry_after_form, body)",
    "unknown_error": "answer 400 with an errorNumber nobody documented (error_number)",
    "reset_before": "reset the connection, nothing is processed",
    "redirect": "redirect to another place (url, or the same path at another origin; status)",
}
# Something happens first, then the request is processed as usual.
ASIDE = {
    "slow": "wait first (seconds)",
    "version_change": "the data set changes (count: assignments added, or taken away if negative; 0: version only)",
    "claim": "somebody's mdmInfo appears (mdm_info)",
    "token": "something happens to the token (action, as at /locations/<key>/token)",
}
# The request is processed, its answer suffers.
AFTER = {
    "lost_answer": "processed, but the connection closes without an answer",
    "truncated_body": "the body stops early (bytes)",
    "not_json": "200 with a body that is not JSON (body)",
    "extra_fields": "unknown JSON fields are added",
    "fewer_rows": "a list in the answer loses its last rows (count: how many stay, null: half)",
    "error_in_200": "processed, but answered with 200 and an error body (error_number)",
}
# The event that the request creates suffers.
EVENT = {
    "event_pending_forever": "PENDING for ever, nothing is applied",
    "event_slow": "takes this much longer (seconds)",
    "event_fail": "the last tasks fail (count: how many, null: all; error_number)",
    "event_hollow": "COMPLETE at once, applied later (seconds, null: never)",
}
NEED_LOCATION = frozenset({"version_change", "claim", "token"})
KINDS = {**BEFORE, **ASIDE, **AFTER, **EVENT}

# Parameter: the types it may have.
PARAMETERS: dict[str, tuple[type, ...]] = {
    "status": (int,),
    "error_number": (int,),
    "error_message": (str,),
    "retry_after": (int, float),
    "retry_after_form": (str,),
    "body": (str,),
    "content_type": (str,),
    "url": (str,),
    "origin": (str,),
    "seconds": (int, float, type(None)),
    "bytes": (int,),
    "count": (int, type(None)),
    "mdm_info": (dict,),
    "action": (str,),
}
MATCH = {"method": str, "path": str, "location": str, "service": str, "after": int}


class TransportFault(Exception):
    """The connection breaks. ``kind`` is ``reset``, ``lost`` or ``truncated``.

    The socket server really breaks the connection; in process this reaches the caller of the WSGI app.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(f"The sandbox was told to break the connection ({kind}).")
        self.kind = kind


@dataclass
class Fault:
    """One fault, with what is left of it."""

    id: int
    kind: str
    match: dict[str, Any] = field(default_factory=dict)
    times: int | None = 1
    parameters: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    hits: int = 0

    def describe(self) -> dict[str, Any]:
        """As the control surface shows it."""
        counts = {"id": self.id, "seen": self.seen, "hits": self.hits}
        return {**counts, "kind": self.kind, "match": self.match, "times": self.times, **self.parameters}

    def fits(self, service: str, method: str, path: str, location: str | None) -> bool:
        """Whether the request is of the kind this fault waits for, and one that it can do something to."""
        wanted = self.match
        if self.kind in NEED_LOCATION and location is None:
            return False
        if self.kind in EVENT and (method != "POST" or path.endswith("/client/config")):
            return False
        if service == "control" or wanted.get("service", service) != service:
            return False
        if wanted.get("method", method).upper() != method or wanted.get("location", location) != location:
            return False
        pattern = wanted.get("path")
        return pattern is None or path.endswith(pattern) or fnmatchcase(path, pattern)


def parse_fault(data: Mapping[str, Any], number: int) -> Fault:
    """A fault from its JSON form; ValueError with one sentence if it makes no sense."""
    kind = data.get("kind")
    if kind not in KINDS:
        raise ValueError(f"A fault's kind is one of {', '.join(KINDS)}, not {kind!r}.")
    match = data.get("match") or {}
    if not isinstance(match, dict):
        raise ValueError("A fault's match is an object.")
    for name, value in match.items():
        if name not in MATCH or not isinstance(value, MATCH[name]):
            raise ValueError(f"A fault can't match {name} {value!r}; it knows {', '.join(MATCH)}.")
    times = data.get("times", 1)
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise ValueError("A fault's times is a positive number, or null for ever.")
    parameters = {name: value for name, value in data.items() if name not in ("kind", "match", "times")}
    for name, value in parameters.items():
        if name not in PARAMETERS or not isinstance(value, PARAMETERS[name]):
            raise ValueError(f"A fault has no parameter {name} of value {value!r}; it knows {', '.join(PARAMETERS)}.")
    if kind == "redirect" and not {"url", "origin"} & set(parameters):
        raise ValueError("A redirect needs its url or origin.")
    return Fault(number, kind, dict(match), times, parameters)


class Faults:
    """All faults that wait for a request."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._next = 1

    def add(self, data: Mapping[str, Any]) -> Fault:
        """Arm one more."""
        with self._lock:
            fault = parse_fault(data, self._next)
            self._next += 1
            self._faults.append(fault)
            return fault

    def clear(self) -> None:
        """Disarm all."""
        with self._lock:
            self._faults.clear()

    def all(self) -> list[dict[str, Any]]:
        """What is armed or was used."""
        with self._lock:
            return [fault.describe() for fault in self._faults]

    def take(self, service: str, method: str, path: str, location: str | None) -> list[Fault]:
        """The faults that hit this request; each is one hit less afterwards."""
        hit: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                if not fault.fits(service, method, path, location):
                    continue
                fault.seen += 1
                if fault.seen <= fault.match.get("after", 0):
                    continue
                if fault.times is None or fault.hits < fault.times:
                    fault.hits += 1
                    hit.append(fault)
        return hit

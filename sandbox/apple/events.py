# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue of asynchronous events of a location [D events-status]."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from ..context import Context
from ..faults import Fault
from ..switches import Switches
from . import licences, people
from .errors import ApiError, error_body
from .location import Location
from .model import Event
from .outcome import Outcome

Applier = Callable[[Location, dict[str, Any], Switches, int, int], Outcome]

APPLIERS: dict[str, Applier] = {
    "ASSOCIATE": licences.associate,
    "DISASSOCIATE": licences.disassociate,
    "REVOKE": licences.revoke,
    "CREATE": people.apply(people.create),
    "UPDATE": people.apply(people.update),
    "RETIRE": people.apply(people.retire),
}


def submit(
    context: Context, location: Location, kind: str, payload: dict[str, Any], requested: int, faults: Sequence[Fault]
) -> Event:
    """Accept a request: the answer means accepted, not done. The caller holds the location's lock."""
    now = context.clock.now()
    seconds = context.switches["event_seconds"]
    start = max(now, location.last_due) if context.switches["event_queue"] == "serial" else now
    due: float | None = start + seconds
    event = Event(str(uuid.uuid4()), kind, payload, requested, now, due, due)
    if not context.switches["events_finish"]:
        event.due = event.apply_at = None
    for fault in faults:
        _spoil(event, fault, now)
    if event.due is not None:
        location.last_due = max(location.last_due, event.due)
    location.events[event.id] = event
    if event.apply_at is not None:
        location.waiting.append(event)
    settle(context, location)
    return event


def _spoil(event: Event, fault: Fault, now: float) -> None:
    seconds = fault.parameters.get("seconds")
    if fault.kind == "event_pending_forever":
        event.due = event.apply_at = None
    elif fault.kind == "event_slow" and event.due is not None:
        event.due = event.apply_at = event.due + (60.0 if seconds is None else float(seconds))
    elif fault.kind == "event_fail":
        count = fault.parameters.get("count")
        event.fail_count = event.requested if count is None else max(int(count), 0)
        event.fail_number = int(fault.parameters.get("error_number", 9603))
    elif fault.kind == "event_hollow":
        event.due = now
        event.apply_at = None if seconds is None else now + float(seconds)


def settle(context: Context, location: Location) -> None:
    """Do what has become due, in the order in which it became due."""
    now = context.clock.now()
    with location.store.lock:
        ready = [event for event in location.waiting if _moment(event) <= now]
        location.waiting = [event for event in location.waiting if _moment(event) > now]
        for event in sorted(ready, key=_moment):
            _apply(context, location, event, now)


def _moment(event: Event) -> float:
    return inf if event.apply_at is None else event.apply_at


def _apply(context: Context, location: Location, event: Event, now: float) -> None:
    event.applied = True
    keep_counts(context, location, now)
    location.freeing = [entry for entry in location.freeing if entry[0] > now]
    before = {asset.id: asset.assigned for asset in location.store.assets.values()}
    outcome = APPLIERS[event.kind](location, event.payload, context.switches, event.fail_count, event.fail_number)
    if lag := context.switches["freed_lag"]:
        freed = ((asset.id, before[asset.id] - asset.assigned) for asset in location.store.assets.values())
        location.freeing += [(now + lag, asset, count) for asset, count in freed if count > 0]
    failed = sum(len(tasks) for tasks in outcome.failed.values())
    event.completed = max(event.requested - failed, 0)
    event.failures = outcome.failures(context.switches["error_info"] == "grouped")
    _notify(context, location, event, outcome)
    event.payload = {}


def keep_counts(context: Context, location: Location, now: float) -> None:
    """Before a write: with lagging counts, remember what is told for a while longer."""
    if context.switches["counts"] != "lagging":
        return
    if now >= location.counts_lag_until:
        location.shown_counts = {
            asset.id: (asset.assigned, asset.retired, asset.total) for asset in location.store.assets.values()
        }
    location.counts_lag_until = now + context.switches["count_lag_seconds"]


def _notify(context: Context, location: Location, event: Event, outcome: Outcome) -> None:
    if not location.notification_url:
        return
    about_people = event.kind in ("CREATE", "UPDATE", "RETIRE")
    kind, name = ("USER_MANAGEMENT", "users") if about_people else ("ASSET_MANAGEMENT", "assignments")
    common = {"eventId": event.id, "type": event.kind}
    done: Sequence[Any] = outcome.users if about_people else [task.element() for task in outcome.done]
    context.outbox.put_many(location, kind, name, done, **common, result="SUCCESS")
    for number, tasks in outcome.failed.items():
        failed = [task.element() for task in tasks]
        context.outbox.put_many(location, kind, name, failed, **common, result="FAILURE", error=error_body(number))


def status(context: Context, location: Location, event_id: str) -> dict[str, Any]:
    """StatusResponse; FAILED is partial [D managing-assets]."""
    event = location.events.get(event_id)
    now = context.clock.now()
    retention = context.switches["event_retention_seconds"]
    if event is None or (retention is not None and now - event.accepted > retention):
        raise ApiError(9708)
    running = event.due is None or now < event.due or event.polls < context.switches["pending_polls"]
    event.polls += 1
    answer: dict[str, Any] = {"eventStatus": "PENDING", "eventType": event.kind, "numRequested": event.requested}
    if running:
        return {**answer, "numCompleted": 0}
    answer["eventStatus"] = "FAILED" if event.failures else "COMPLETE"
    answer["numCompleted"] = event.completed if event.applied else event.requested
    if event.failures:
        answer["failures"] = event.failures
    return answer

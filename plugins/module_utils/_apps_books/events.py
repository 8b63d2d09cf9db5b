# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes to assignments and users: send them, and wait for the asynchronous jobs that they start."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from .._core.errors import (
    InputError,
    LocationError,
    OutcomeUnknownError,
    OwnershipError,
    ServiceError,
    ThrottledError,
    TokenError,
    TransportError,
    VppError,
)
from .._core.model import (
    ASSOCIATE,
    COMPLETE,
    DISASSOCIATE,
    FAILED,
    PENDING,
    UNKNOWN,
    AssignmentRequest,
    Event,
    Failure,
)
from .._core.ports import EVENTS, Clock
from .codec import decode_event, decode_event_id, encode_request
from .errors import PASSING
from .session import Session, is_apple

APPLE_POLL_INTERVAL = 30.0
"""Seconds between two questions about one event [D notifications]."""

_WIDTH = 5
_FIRST_QUESTION = 5.0
_LAST_QUESTION_BUDGET = 10.0
_UNKNOWN_EVENT = 9708
_ABOUT_TOKEN = (TokenError, OwnershipError, LocationError)
_CONCERNS_ALL = (*_ABOUT_TOKEN, ThrottledError, TransportError)
_ADDRESSES = MappingProxyType({ASSOCIATE: "associateAssets", DISASSOCIATE: "disassociateAssets"})

Asked = TypeVar("Asked")
Done = TypeVar("Done")


def check_poll_interval(seconds: float, base_url: str) -> None:
    """InputError below 30 s against Apple's own host, and for what is no interval at all."""
    if not seconds > 0:
        raise InputError("poll_interval must be above zero")
    if seconds < APPLE_POLL_INTERVAL and is_apple(base_url):
        raise InputError(
            f"poll_interval must be at least {APPLE_POLL_INTERVAL:.0f} seconds with Apple's own service, to which "
            "apps_books_url leads; set that to use the sandbox."
        )


@dataclass(frozen=True, slots=True)
class Write:
    """One request that starts an event. `name` is a key of session.PATHS; `what` completes "Cannot ..."."""

    name: str
    body: Mapping[str, object] = field(repr=False)
    what: str


def assignment_write(request: AssignmentRequest) -> Write:
    """An associate or a disassociate on the wire."""
    targets = len(request.serial_numbers) + len(request.client_user_ids)
    what = f"{request.verb} {len(request.assets)} assets with {targets} targets"
    return Write(_ADDRESSES[request.verb], encode_request(request), what)


def submit(
    session: Session,
    requests: Sequence[Asked],
    write_of: Callable[[Asked], Write],
    done_of: Callable[[Asked, str | None, VppError | None], Done],
    pool: Executor,
) -> list[Done]:
    """See ports.AppsBooks.submit. `done_of` takes the request with its event id, the error that met it, or neither."""
    session.service_config()  # an error here must not look like one of the first request
    stop = threading.Event()

    def send(request: Asked) -> Done:
        if stop.is_set():
            return done_of(request, None, None)
        event_id: str | None = None
        try:
            write = write_of(request)
            body = session.post(write.name, write.body, write.what)
            try:
                event_id = decode_event_id(body)
            except ServiceError as exc:
                raise OutcomeUnknownError(f"{exc.message}; the request was accepted, its event is not known") from None
            session.guard.check(body)
        except VppError as exc:
            if isinstance(exc, _CONCERNS_ALL):
                stop.set()
            return done_of(request, event_id, exc)
        return done_of(request, event_id, None)

    return list(pool.map(send, requests))


def wait_for_events(
    session: Session, event_ids: Sequence[str], *, poll_interval: float, timeout: float, clock: Clock, pool: Executor
) -> list[Event]:
    """See ports.AppsBooks.wait_for_events.

    Only the oldest event is asked while it is pending. Once it is done, the next ones follow at once: one, two, four,
    five at a time as long as all turn out to be done. So the number of questions stays near one an event, and the last
    one comes at most `poll_interval` after the last event is done. At the end of `timeout` every event that was not
    asked lately is asked a last time.
    """
    if not event_ids:
        return []
    deadline = clock.monotonic() + timeout
    found = {event_id: Event(event_id, PENDING) for event_id in event_ids}
    pending = list(found)
    session.meter.count(EVENTS, known=len(pending))
    asked_at: dict[str, float] = {}

    def due_at(event_id: str) -> float:
        return asked_at.get(event_id, float("-inf")) + poll_interval

    def ask(asked: list[str], budget: float) -> bool:
        """True = all are done."""
        asked_at.update(dict.fromkeys(asked, clock.monotonic()))
        found.update({event.event_id: event for event in pool.map(lambda one: _status(session, one, budget), asked)})
        before = len(pending)
        pending[:] = [event_id for event_id in pending if found[event_id].status == PENDING]
        session.meter.count(EVENTS, done=before - len(pending))
        return all(found[event_id].status != PENDING for event_id in asked)

    width = 1
    clock.sleep(max(0.0, min(poll_interval, timeout, _FIRST_QUESTION)))
    while pending and (now := clock.monotonic()) < deadline:
        due = [event_id for event_id in pending[:width] if due_at(event_id) <= now]
        if pending[0] not in due:
            clock.sleep(min(due_at(pending[0]), deadline) - now)
            continue
        width = min(2 * width, _WIDTH) if ask(due, deadline - now) else 1
    now = clock.monotonic()
    if unasked := [event_id for event_id in pending if due_at(event_id) <= now]:
        ask(unasked, _LAST_QUESTION_BUDGET)
    return [found[event_id] for event_id in event_ids]


def _status(session: Session, event_id: str, budget: float) -> Event:
    """One question. What may pass by itself leaves the event pending; what will not makes its outcome unknown."""
    try:
        body = session.get("eventStatus", {"eventId": event_id}, f"read the status of event {event_id}", budget)
        event = decode_event(event_id, body)
    except _ABOUT_TOKEN:
        raise
    except VppError as exc:
        status = exc.http_status or 0
        passing = isinstance(exc, (TransportError, ThrottledError)) or exc.error_number in PASSING or status >= 500
        if passing:
            return Event(event_id, PENDING)
        failures = () if exc.error_number == _UNKNOWN_EVENT else (Failure(exc.error_number or 0, exc.message),)
        return Event(event_id, UNKNOWN, failures=failures)
    # An event status that we don't know is not an end.
    return (
        event
        if event.status in (COMPLETE, FAILED)
        else Event(event_id, PENDING, event.type, event.num_requested, event.num_completed)
    )

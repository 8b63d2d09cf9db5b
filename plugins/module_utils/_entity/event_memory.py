# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task that writes at Apple remembers of its POSTs, where it has a state directory; nothing in check mode."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from .._core.errors import OutcomeUnknownError, PendingError
from .._core.identity import samples
from .._core.model import PENDING, UNKNOWN
from .._core.ports import AppsBooks, Notify
from .._core.state_ports import OpenWork, State, Write
from .._core.words import counted

if TYPE_CHECKING:
    from .apply_license import Polling

OLD = 600.0
"""Seconds after which Apple's own advice is to look, and to send again what is missing [D notifications]."""


class Sent(Protocol):
    """What became of one request: `model.Submitted`, or that for people."""

    @property
    def event_id(self) -> str | None:
        """Of the event that Apple made of it."""

    @property
    def error(self) -> Exception | None:
        """What met it."""


class EventMemory:
    """`state` None = nothing is remembered. With `read_only` it is read and never written."""

    def __init__(self, state: State | None, *, read_only: bool) -> None:
        self._state = state
        self._written = None if read_only else state

    def open_work(self) -> OpenWork:
        return self._state.journal.open_events() if self._state else OpenWork()

    def intend(self, writes: Sequence[Write]) -> list[int]:
        """Before they go out; empty where nothing is remembered."""
        return self._written.journal.intend(writes) if self._written else []

    def settle(self, ids: Sequence[int], entries: Sequence[Sent]) -> None:
        """What came back. An answer that was lost leaves its entry open."""
        if not self._written or not ids:
            return
        pairs = list(zip(ids, entries, strict=True))
        self._written.journal.accepted({key: one.event_id for key, one in pairs if one.event_id is not None})
        self._written.journal.dropped(
            key for key, one in pairs if one.event_id is None and not isinstance(one.error, OutcomeUnknownError)
        )

    def ended(self, outcomes: Mapping[str, str]) -> None:
        if self._written and outcomes:
            self._written.journal.ended(outcomes)

    def dropped(self, ids: Collection[int]) -> None:
        if self._written and ids:
            self._written.journal.dropped(ids)


def finish_earlier_work(api: AppsBooks, memory: EventMemory, polling: Polling) -> None:
    """Events of earlier runs would change what is read: they are waited for first. Where an answer never came there is
    nothing to ask: the read that follows tells what became of the write. Raises PendingError."""
    work = memory.open_work()
    if work.events:
        ages = {one.event_id: one.age for one in work.events}
        found = api.wait_for_events(list(ages), poll_interval=polling.interval, timeout=polling.timeout)
        memory.ended({event.event_id: event.status for event in found})
        young = [event.event_id for event in found if event.status == PENDING and ages[event.event_id] < OLD]
        if young:
            are = counted(len(young), "event of an earlier run is", "events of an earlier run are")
            raise PendingError(
                f"{are} still pending after {polling.timeout:g} seconds "
                f"({samples(young)}); nothing was changed. Run the task again later.",
                facts={"pending_events": young[:100]},
            )
    memory.dropped([one.id for one in work.unknown])


def finish_named_events(api: AppsBooks, event_ids: Sequence[str], polling: Polling, notify: Notify) -> None:
    """The same for events that the task names; raises PendingError."""
    if not event_ids:
        return
    found = api.wait_for_events(event_ids, poll_interval=polling.interval, timeout=polling.timeout)
    pending = [event.event_id for event in found if event.status == PENDING]
    unknown = [event.event_id for event in found if event.status == UNKNOWN]
    if unknown:
        notify.warn(f"events: Apple does not know {samples(unknown)}; the task goes by what it reads.")
    if pending:
        raise PendingError(
            f"{len(pending)} of the {len(found)} events given are still pending after {polling.timeout:g} "
            "seconds; nothing was changed. Run the task again later, or, where they are older than ten minutes, "
            "without 'events': it then goes by what it reads.",
            facts={"pending_events": pending[:100]},
        )

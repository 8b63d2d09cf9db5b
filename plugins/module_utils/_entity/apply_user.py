# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a plan for people: sends, waits, and reads what has become of it. What is told as done was seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from .._core.batch_users import pack_users
from .._core.errors import OutcomeUnknownError, StateError, TransportError, VppError
from .._core.model import PENDING, UNKNOWN, Event, Failure, Limits
from .._core.ports import AppsBooks, Clock
from .._core.user_model import (
    CREATE,
    RETIRE,
    UPDATE,
    SubmittedUsers,
    User,
    UserFields,
    UserRequest,
)
from .._core.user_plan import VERBS, UserPlan
from .apply_license import CLOSED, PASSING, ROUNDS, Polling
from .people_memory import PeopleMemory, user_write
from .read_user import needed, read_active

UNREADABLE = 9717
GONE_MEANWHILE = 9609
"""Refusals of a whole request for one of its people, whom Apple doesn't always name [D errors]. An address that it
doesn't take is found by smaller requests; who was retired meanwhile, by the read that follows."""

EXISTS = 9716
"""Failure of a create: there is an active user with this id [D errors]."""

_SMALLER = 10


@dataclass(slots=True)
class AppliedUsers:
    """What became of a plan.

    `left`: what was not so at the last read, by verb and id; somebody whom we were to create and who is there by now,
    with another address, is left to update. `now`: the active records of the people touched, as last read. Of those
    left, `pending` were accepted, or may have been, with an outcome not yet known, `unsent` never went out, and the
    others failed. `read`: somebody was read after the work. `unsure`: the list kept changing while it was last read.
    `strangers`: who was there when we were to create them: somebody else did, and may have invited them. `twice`: of
    whom a request was sent again, since the answer to the first was lost; the first may come into effect yet.
    """

    left: dict[str, dict[str, UserFields]]
    now: dict[str, User] = field(default_factory=dict)
    read: bool = False
    events: dict[str, Event] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    refused: list[SubmittedUsers] = field(default_factory=list)
    pending: frozenset[str] = frozenset()
    unsent: frozenset[str] = frozenset()
    sent: bool = False
    timed_out: bool = False
    unsure: bool = False
    strangers: frozenset[str] = frozenset()
    twice: frozenset[str] = frozenset()
    error: VppError | None = None

    @property
    def missing(self) -> frozenset[str]:
        """Ids of people who are not as planned."""
        return frozenset(key for fields in self.left.values() for key in fields)

    def done(self, plan: UserPlan, verb: str) -> int:
        """People of the plan who were so at the last read."""
        missing = self.missing
        return sum(one.client_user_id not in missing for one in plan.fields(verb))

    @property
    def failed(self) -> int:
        return len(self.missing - self.pending - self.unsent)


class UserWriter:
    """One run over one plan. `pages`: requests that a read of all people takes."""

    def __init__(
        self,
        api: AppsBooks,
        polling: Polling,
        clock: Clock,
        plan: UserPlan,
        limits: Limits,
        memory: PeopleMemory,
        pages: int,
    ) -> None:
        self._api, self._polling, self._clock = api, polling, clock
        self._plan, self._limits, self._memory, self._pages = plan, limits, memory, pages
        self._deadline = clock.monotonic() + polling.timeout
        self._applied = AppliedUsers(
            {verb: {one.client_user_id: one for one in plan.fields(verb)} for verb in VERBS},
        )
        self._applied.unsent = self._applied.missing
        self._users: dict[str, frozenset[str]] = {}
        self._lost: VppError | None = None
        self._memory_error: StateError | None = None
        self._unanswered: frozenset[str] = frozenset()

    def run(self) -> AppliedUsers:
        applied = self._applied
        try:
            # Whose they are is on the disk first: a run that is killed must not make people whom nobody may retire.
            self._memory.record(self._plan.listed)
            # Reading takes time: who claims the location is asked once more, right before the first write.
            self._api.read_client_config()
            for _round in range(ROUNDS):
                if not self._round() or not applied.missing:
                    break
            if applied.read:
                gone = {user.client_user_id for user in self._plan.leavers} - applied.missing
                self._memory.not_ours(gone | applied.strangers)
                self._memory.release(gone | self._plan.released)
                self._memory.left(gone)
        except VppError as error:
            applied.error = applied.error or error
        if applied.missing:
            applied.error = applied.error or self._lost
        applied.error = applied.error or self._memory_error
        return applied

    def _round(self) -> bool:
        """Sends what is left. True = sending again what is left then may bring more."""
        applied = self._applied
        applied.failures.clear()
        applied.refused.clear()
        applied.unsent = applied.missing
        self._lost = None
        again = False
        linking = any(one.managed_apple_account for verb in (CREATE, UPDATE) for one in applied.left[verb].values())
        # Who leaves may have the very account that somebody else is to get.
        steps: tuple[tuple[str, ...], ...] = (VERBS,)
        if linking and applied.left[RETIRE]:
            steps = ((RETIRE,), (CREATE, UPDATE))
        for verbs in steps:
            again |= self._step(verbs)
            if applied.error is not None or applied.timed_out or not self._polling.wait:
                return False
        return again

    def _step(self, verbs: Sequence[str]) -> bool:
        applied = self._applied
        todo = [
            request for verb in verbs for request in pack_users(verb, list(applied.left[verb].values()), self._limits)
        ]
        if not todo:
            return False
        started, again = self._submit(todo)
        if isinstance(applied.error, CLOSED) or not self._polling.wait:
            return False
        again |= self._lost is not None
        if started:
            again |= self._wait(started)
        if self._lost is not None or any(applied.events[one].status == UNKNOWN for one in started):
            # What was accepted without our knowing may still be under way.
            self._clock.sleep(self._polling.interval)
        again |= self._look(verbs)
        in_flight = {key for event in self._open_events() for key in self._users[event.event_id]}
        applied.pending = (applied.missing - applied.unsent) & in_flight
        return again

    def _submit(self, todo: Sequence[UserRequest]) -> tuple[list[str], bool]:
        """Sends, and notes what became of each request; the new events, and whether sending again may bring more."""
        applied = self._applied
        started: list[str] = []
        numbers: set[int | None] = set()
        self._memory.making([one.client_user_id for request in todo if request.verb == CREATE for one in request.users])
        entries = self._memory.intend([user_write(request) for request in todo])
        applied.twice |= self._unanswered & {one.client_user_id for request in todo for one in request.users}
        found = self._api.submit_users(todo)
        for entry in found:
            ids, error = frozenset(one.client_user_id for one in entry.request.users), entry.error
            if entry.event_id is not None:
                started.append(entry.event_id)
                self._users[entry.event_id] = ids
                applied.events[entry.event_id] = Event(entry.event_id, PENDING)
                applied.pending |= ids
            if isinstance(error, OutcomeUnknownError):
                self._lost = error
                self._unanswered |= ids
                # Accepted or not, nobody knows until the state is read.
                applied.pending |= ids
            elif isinstance(error, (*CLOSED, TransportError)):
                applied.error = applied.error or error
            elif error is not None:
                applied.refused.append(entry)
                applied.unsent -= ids
                if isinstance(error, VppError) and len(ids) > 1:
                    numbers.add(error.error_number)
        applied.unsent -= applied.pending
        applied.sent = applied.sent or bool(applied.pending)
        if UNREADABLE in numbers:
            self._limits = replace(self._limits, max_users=max(1, self._limits.max_users // _SMALLER))
        self._note(lambda: self._memory.settle(entries, found))
        return started, not numbers.isdisjoint((UNREADABLE, GONE_MEANWHILE))

    def _note(self, write: Callable[[], None]) -> None:
        """Work that has begun goes on when the disk refuses; that it did is told at the end."""
        try:
            write()
        except StateError as error:
            self._memory_error = error

    def _wait(self, started: Sequence[str]) -> bool:
        """True = the events tell of something that may pass, or tell nothing."""
        applied = self._applied
        found = self._api.wait_for_events(
            started,
            poll_interval=self._polling.interval,
            timeout=max(0.0, self._deadline - self._clock.monotonic()),
        )
        for event in found:
            applied.events[event.event_id] = event
            applied.failures += event.failures
        if not self._unanswered:  # else it may have been us
            applied.strangers |= {
                key for one in applied.failures if one.error_number == EXISTS for key in one.client_user_ids
            }
        self._note(lambda: self._memory.ended({event.event_id: event.status for event in found}))
        applied.timed_out = bool(self._open_events())
        passing = any(failure.error_number in PASSING for failure in applied.failures)
        return passing or any(event.status == UNKNOWN for event in found)

    def _open_events(self) -> list[Event]:
        return [event for event in self._applied.events.values() if event.status == PENDING]

    def _look(self, verbs: Sequence[str]) -> bool:
        """Notes what is not so now. True = somebody needs another verb than the one that was sent."""
        applied = self._applied
        wanted = {key for verb in verbs for key in applied.left[verb]}
        now, stable = read_active(self._api, sorted(wanted), self._pages)
        applied.now.update(now)
        for key in wanted - now.keys():
            applied.now.pop(key, None)
        applied.read, applied.unsure = True, not stable
        others = False
        left: dict[str, dict[str, UserFields]] = {verb: {} for verb in verbs}
        for verb in verbs:
            for key, fields in applied.left[verb].items():
                need = needed(verb, fields, now.get(key))
                if need:
                    left.setdefault(need, {})[key] = fields
                    others |= need != verb
        applied.left.update(left)
        applied.unsent &= applied.missing
        return others

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a licence plan: sends, waits, and reads what has become of it. What is told as done was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .._core.batch import most_targets, pack, requests
from .._core.digest import request_digest
from .._core.errors import (
    LocationError,
    OutcomeUnknownError,
    OwnershipError,
    StateError,
    ThrottledError,
    TokenError,
    TransportError,
    VppError,
)
from .._core.license_model import AssetPlan, LicensePlan, available_licences
from .._core.model import (
    ASSOCIATE,
    COMPLETE,
    DISASSOCIATE,
    PENDING,
    UNKNOWN,
    Asset,
    AssetKey,
    AssignmentRequest,
    Event,
    Limits,
)
from .._core.ports import AppsBooks, Clock
from .._core.resolve_people import NOT_ASSOCIATED
from .._core.state_ports import Write
from .._core.targets import DEVICES, USERS, TargetIndex
from .applied_license import Applied, Verbs
from .declined import read_declined
from .event_memory import EventMemory
from .free_licences import await_licences
from .read_license import read_left

PASSING = frozenset({9603, 9644})
"""Failures that may be gone when the same is asked again [D errors]."""

NO_LICENCE_LEFT = 9709
NO_SUCH_PERSON = 9609
"""Too few licences, which passes where some are being freed; and a person whom Apple has not, or gives none [D errors].
"""

CLOSED = (TokenError, OwnershipError, LocationError, ThrottledError)
"""Errors after which nothing more is asked of this location, not even what became of the work."""

ROUNDS = 3
"""Times that the plan is sent at most: what is missing after a fresh read is sent again, never blindly."""


@dataclass(frozen=True, slots=True)
class Polling:
    """How to wait, in seconds. `settle`: how long after the work is done to look at it once more (0: not at all).
    `available`: how long for licences that are being freed (0: only for those that the task itself frees)."""

    wait: bool = True
    timeout: float = 900.0
    interval: float = 30.0
    settle: float = 0.0
    available: float = 0.0


def writes(
    verb: str, need: Mapping[AssetKey, int], index: TargetIndex, limits: Limits, kind: str = DEVICES
) -> list[AssignmentRequest]:
    """The fewest requests that cover the need within the service's limits."""
    return requests(verb, pack(need, limits.max_assets, most_targets(limits, kind)), index, kind)


class LicenseWriter:
    """One run over one plan. `first`: its requests; `pages`: requests that a read of all people takes."""

    def __init__(
        self,
        api: AppsBooks,
        polling: Polling,
        clock: Clock,
        plan: LicensePlan,
        index: TargetIndex,
        limits: Limits,
        first: Sequence[AssignmentRequest],
        memory: EventMemory,
        pages: int = 1,
    ) -> None:
        self._api, self._polling, self._clock = api, polling, clock
        self._memory, self._pages = memory, pages
        self._plan, self._index, self._limits, self._first = plan, index, limits, first
        self._deadline = clock.monotonic() + polling.timeout
        self._applied = Applied({verb: plan.need(verb) for verb in (DISASSOCIATE, ASSOCIATE)})
        self._pairs: dict[str, int] = {}
        self._lost: VppError | None = None
        self._memory_error: StateError | None = None
        self._owned: Sequence[Asset] = [part.asset for part in plan.assets]

    def run(self) -> Applied:
        applied = self._applied
        try:
            # Reading a large location takes minutes: who claims it is asked once more, right before the first write.
            self._api.read_client_config()
            for _round in range(ROUNDS):
                if not self._round() or not applied.missing():
                    break
            if self._polling.settle and self._polling.wait and applied.error is None and not applied.missing():
                self._settle()
        except VppError as error:
            applied.error = applied.error or error
        if applied.missing():
            applied.error = applied.error or self._lost
        applied.error = applied.error or self._memory_error
        return applied

    def _round(self) -> bool:
        """Sends what is left. True = sending again what is left then may bring more."""
        applied = self._applied
        applied.failures.clear()
        applied.refused.clear()
        applied.unsent = applied.missing()
        self._lost = None
        again = False
        steps: tuple[Verbs, ...] = ((DISASSOCIATE, ASSOCIATE),)
        if self._plan.removals_first:
            steps = ((DISASSOCIATE,), (ASSOCIATE,))
        for verbs in steps:
            if verbs == (ASSOCIATE,):
                self._await_licences()
            again |= self._step(verbs)
            if applied.error is not None or applied.timed_out or not self._polling.wait:
                return False
        return again

    def _step(self, verbs: Verbs) -> bool:
        applied = self._applied
        todo = [request for verb in verbs for request in self._requests(verb)]
        if not todo:
            return False
        started = self._submit(todo)
        if isinstance(applied.error, CLOSED) or not self._polling.wait:
            return False
        again = self._lost is not None
        if started:
            again |= self._wait(started)
        unknown = any(applied.events[one].status == UNKNOWN for one in started)
        if unknown or self._lost is not None or (self._frees and self._met(NO_LICENCE_LEFT)):
            # What was accepted without our knowing may still be under way, and what was freed not free yet.
            self._clock.sleep(self._polling.interval)
        if self._plan.kind == USERS and self._met(NO_SUCH_PERSON):
            again |= self._drop_people()
        self._look(verbs)
        # An event may have done a part of its work already.
        in_flight = sum(self._pairs[event.event_id] for event in self._open_events())
        applied.pending = min(in_flight, applied.missing() - applied.unsent)
        return again

    def _requests(self, verb: str) -> list[AssignmentRequest]:
        need = self._applied.left[verb]
        if verb == ASSOCIATE and self._plan.removals_first:
            held = {part.asset.key for part in self._plan.assets if not self._affordable(part)}
            need = {key: bits for key, bits in need.items() if key not in held}
        if need == self._plan.need(verb) and not self._applied.dropped:
            return [request for request in self._first if request.verb == verb]
        return writes(verb, need, self._index, self._limits, self._plan.kind)

    def _affordable(self, part: AssetPlan) -> bool:
        """Whether enough of the removals that were to free the licences of the additions are seen to be done."""
        available = available_licences(part.asset)
        if available is None:
            return True
        held = self._applied.left[DISASSOCIATE].get(part.asset.key, 0).bit_count()
        return not held or part.add.bit_count() <= available + part.remove.bit_count() - held

    @property
    def _frees(self) -> bool:
        """Whether licences of the plan are being freed, by it or just before."""
        return self._plan.removals_first or self._polling.available > 0

    def _met(self, number: int) -> bool:
        """Whether Apple refused something with this number in this round."""
        applied = self._applied
        refused = (entry.error for entry in applied.refused)
        return any(failure.error_number == number for failure in applied.failures) or any(
            isinstance(error, VppError) and error.error_number == number for error in refused
        )

    def _await_licences(self) -> None:
        """What is not free when the time is over is asked for all the same. The events' own time begins then."""
        begun = self._clock.monotonic()
        affordable = [part.asset.key for part in self._plan.assets if part.add and self._affordable(part)]
        left = self._applied.left[ASSOCIATE]
        self._owned = await_licences(
            self._api,
            self._clock,
            self._owned,
            {key: left[key].bit_count() for key in affordable if key in left},
            limit=self._polling.available or max(0.0, self._deadline - begun),
            interval=self._polling.interval,
        )
        self._deadline += self._clock.monotonic() - begun

    def _drop_people(self) -> bool:
        """Leaves out to whom Apple gives nothing. True = somebody was."""
        applied = self._applied
        declined = read_declined(self._api, self._index, applied.left, self._pages)
        for reason, people in declined.items():
            # Who has not accepted may still give back.
            applied.drop(reason, people, (ASSOCIATE,) if reason == NOT_ASSOCIATED else (ASSOCIATE, DISASSOCIATE))
        self._plan = self._plan.without(applied.dropped)
        return bool(declined)

    def _submit(self, todo: Sequence[AssignmentRequest]) -> list[str]:
        """Sends, and notes what became of each request; returns the new events."""
        applied = self._applied
        started = []
        writes_of = [Write(one.verb, request_digest(one), one.pairs) for one in todo]
        entries = self._memory.intend(writes_of)
        found = self._api.submit(todo)
        for entry in found:
            pairs, error = entry.request.pairs, entry.error
            if entry.event_id is not None:
                started.append(entry.event_id)
                self._pairs[entry.event_id] = pairs
                applied.events[entry.event_id] = Event(entry.event_id, PENDING)
                applied.pending += pairs
            if isinstance(error, OutcomeUnknownError):
                self._lost = error
                # Accepted or not, nobody knows until the state is read.
                applied.pending += pairs
            elif isinstance(error, (*CLOSED, TransportError)):
                applied.error = applied.error or error
            elif error is not None:
                applied.refused.append(entry)
                applied.unsent -= pairs
        applied.unsent -= applied.pending
        applied.sent = applied.sent or applied.pending > 0
        self._note(lambda: self._memory.settle(entries, found))
        return started

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
        self._note(lambda: self._memory.ended({event.event_id: event.status for event in found}))
        applied.timed_out = bool(self._open_events())
        numbers = PASSING | {NO_LICENCE_LEFT} if self._frees else PASSING
        passing = any(failure.error_number in numbers for failure in applied.failures)
        return passing or any(event.status == UNKNOWN for event in found)

    def _open_events(self) -> list[Event]:
        return [event for event in self._applied.events.values() if event.status == PENDING]

    def _look(self, verbs: Verbs) -> frozenset[AssetKey]:
        """Notes what is not so now; the assets whose list changed under the read."""
        applied = self._applied
        smooth = not applied.failures and not applied.refused and applied.error is None and self._lost is None
        smooth = smooth and all(event.status == COMPLETE for event in applied.events.values())
        left, unstable, self._owned = read_left(self._api, self._plan, self._index, applied.left, verbs, smooth)
        applied.left.update(left)
        # That it isn't in a list that changes under the read doesn't prove that it was taken back.
        removed_from = self._plan.need(DISASSOCIATE) if DISASSOCIATE in verbs else {}
        applied.unsure = not smooth and not unstable.isdisjoint(removed_from)
        applied.unsent = min(applied.unsent, applied.missing())
        return unstable

    def _settle(self) -> None:
        """Waits, and looks once more at what was done: another product may have undone it by then."""
        applied = self._applied
        self._clock.sleep(self._polling.settle)
        unstable = self._look((DISASSOCIATE, ASSOCIATE))
        for key in unstable:  # a row that a changing list lacks proves nothing
            applied.left[ASSOCIATE].pop(key, None)
        applied.undone = {verb: dict(bits) for verb, bits in applied.left.items() if bits}

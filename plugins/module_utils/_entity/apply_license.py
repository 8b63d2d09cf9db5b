# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a licence plan: sends, waits, and reads what has become of it. What is told as done was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .._core.batch import pack, requests
from .._core.errors import (
    LocationError,
    OutcomeUnknownError,
    OwnershipError,
    ThrottledError,
    TokenError,
    TransportError,
    VppError,
)
from .._core.license_model import AssetPlan, LicensePlan
from .._core.model import (
    ASSOCIATE,
    COMPLETE,
    DISASSOCIATE,
    PENDING,
    UNKNOWN,
    AssetKey,
    AssignmentRequest,
    Event,
    Failure,
    Limits,
    Submitted,
)
from .._core.ports import AppsBooks, Clock
from .._core.targets import TargetIndex
from .read_license import read_left

PASSING = frozenset({9603, 9644})
"""Failures that may be gone when the same is asked again [D errors]."""

CLOSED = (TokenError, OwnershipError, LocationError, ThrottledError)
"""Errors after which nothing more is asked of this location, not even what became of the work."""

ROUNDS = 3
"""Times that the plan is sent at most: what is missing after a fresh read is sent again, never blindly."""

Verbs = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Polling:
    """How to wait, in seconds. `settle`: how long after the work is done to look at it once more (0: not at all)."""

    wait: bool = True
    timeout: float = 900.0
    interval: float = 30.0
    settle: float = 0.0


@dataclass(slots=True)
class Applied:
    """What became of a plan.

    `left`: pairs of the plan that were not so at the last read (the plan's own at first), by verb and asset. Of them
    `pending` were accepted, or may have been, with an outcome not yet known, `unsent` never went out, and the others
    failed. `sent`: Apple accepted something, or may have. `unsure`: a removal after a failure was last looked for in a
    list that kept changing. `undone`: the pairs of `left` that were done, and no longer so a while later.
    """

    left: dict[str, dict[AssetKey, int]]
    events: dict[str, Event] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    refused: list[Submitted] = field(default_factory=list)
    pending: int = 0
    unsent: int = 0
    sent: bool = False
    timed_out: bool = False
    unsure: bool = False
    undone: dict[str, dict[AssetKey, int]] = field(default_factory=dict)
    error: VppError | None = None

    def missing(self, *verbs: str) -> int:
        return sum(bits.bit_count() for verb in verbs or self.left for bits in self.left[verb].values())

    def done(self, plan: LicensePlan, verb: str) -> int:
        """Pairs of the plan that were so at the last read."""
        return sum(bits.bit_count() for bits in plan.need(verb).values()) - self.missing(verb)

    def undone_pairs(self, verb: str) -> int:
        return sum(bits.bit_count() for bits in self.undone.get(verb, {}).values())

    @property
    def failed(self) -> int:
        return 0 if self.undone else max(0, self.missing() - self.pending - self.unsent)


def writes(verb: str, need: Mapping[AssetKey, int], index: TargetIndex, limits: Limits) -> list[AssignmentRequest]:
    """The fewest requests that cover the need within the service's limits."""
    return requests(verb, pack(need, limits.max_assets, limits.max_serial_numbers), index)


class LicenseWriter:
    """One run over one plan. `first`: the requests of the whole plan."""

    def __init__(
        self,
        api: AppsBooks,
        polling: Polling,
        clock: Clock,
        plan: LicensePlan,
        index: TargetIndex,
        limits: Limits,
        first: Sequence[AssignmentRequest],
    ) -> None:
        self._api, self._polling, self._clock = api, polling, clock
        self._plan, self._index, self._limits, self._first = plan, index, limits, first
        self._deadline = clock.monotonic() + polling.timeout
        self._applied = Applied({verb: plan.need(verb) for verb in (DISASSOCIATE, ASSOCIATE)})
        self._pairs: dict[str, int] = {}
        self._lost: VppError | None = None

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
        if self._lost is not None or any(applied.events[one].status == UNKNOWN for one in started):
            # What was accepted without our knowing may still be under way.
            self._clock.sleep(self._polling.interval)
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
        if need == self._plan.need(verb):
            return [request for request in self._first if request.verb == verb]
        return writes(verb, need, self._index, self._limits)

    def _affordable(self, part: AssetPlan) -> bool:
        """Whether enough of the removals that were to free the licences of the additions are seen to be done."""
        asset, available = part.asset, part.asset.available_count
        if asset.unlimited:
            return True
        if available is None:
            available = (asset.total_count or 0) - asset.assigned_count
        held = self._applied.left[DISASSOCIATE].get(asset.key, 0).bit_count()
        return not held or part.add.bit_count() <= max(0, available) + part.remove.bit_count() - held

    def _submit(self, todo: Sequence[AssignmentRequest]) -> list[str]:
        """Sends, and notes what became of each request; returns the new events."""
        applied = self._applied
        started = []
        for entry in self._api.submit(todo):
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
        return started

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
        applied.timed_out = bool(self._open_events())
        passing = any(failure.error_number in PASSING for failure in applied.failures)
        return passing or any(event.status == UNKNOWN for event in found)

    def _open_events(self) -> list[Event]:
        return [event for event in self._applied.events.values() if event.status == PENDING]

    def _look(self, verbs: Verbs) -> frozenset[AssetKey]:
        """Notes what is not so now; the assets whose list changed under the read."""
        applied = self._applied
        smooth = not applied.failures and not applied.refused and applied.error is None and self._lost is None
        smooth = smooth and all(event.status == COMPLETE for event in applied.events.values())
        left, unstable = read_left(self._api, self._plan, self._index, applied.left, verbs, smooth)
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

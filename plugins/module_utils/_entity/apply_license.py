# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a licence plan: sends, waits, and reads what has become of it. What is told as done was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from .._core.holdings import Holdings
from .._core.license_model import LicensePlan
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
from .._core.reads import choose_read
from .._core.targets import TargetIndex
from .read_license import read_holdings

PASSING = frozenset({9603, 9644})
"""Failures that may be gone when the same is asked again [D errors]."""

CLOSED = (TokenError, OwnershipError, LocationError, ThrottledError)
"""Errors after which nothing more is asked of this location, not even what became of the work."""

ROUNDS = 3
"""Times that the plan is sent at most: what is missing after a fresh read is sent again, never blindly."""


@dataclass(frozen=True, slots=True)
class Polling:
    """How to wait for events, in seconds."""

    wait: bool = True
    timeout: float = 900.0
    interval: float = 30.0


@dataclass(slots=True)
class Applied:
    """What became of a plan. `left` = pairs of the plan that are not so by the last read, by verb and asset; None = the
    state could not be read afterwards. `pending` = pairs whose event was not waited for or not over in time."""

    events: list[Event] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    refused: list[Submitted] = field(default_factory=list)
    left: dict[str, dict[AssetKey, int]] | None = None
    pending: int = 0
    timed_out: bool = False
    accepted: int = 0
    error: VppError | None = None

    def done(self, plan: LicensePlan, verb: str) -> int | None:
        """Pairs of the plan that are so now; None = not known."""
        if self.left is None:
            return None
        return sum(bits.bit_count() for bits in plan.need(verb).values()) - self.missing(verb)

    def missing(self, verb: str) -> int:
        return sum(bits.bit_count() for bits in (self.left or {}).get(verb, {}).values())


class LicenseWriter:
    """One run over one plan."""

    def __init__(
        self,
        api: AppsBooks,
        polling: Polling,
        clock: Clock,
        plan: LicensePlan,
        index: TargetIndex,
        limits: Limits,
    ) -> None:
        self._api, self._polling, self._clock = api, polling, clock
        self._plan, self._index, self._limits = plan, index, limits
        self._deadline = clock.monotonic() + polling.timeout
        self._applied = Applied()

    def run(self) -> Applied:
        applied = self._applied
        left = {verb: self._plan.need(verb) for verb in (DISASSOCIATE, ASSOCIATE)}
        try:
            for _round in range(ROUNDS):
                again = self._send(left)
                if applied.pending or isinstance(applied.error, CLOSED):
                    break
                left = applied.left = self._read_left()
                if applied.error is not None or not again or not any(left.values()):
                    break
                applied.failures.clear()
                applied.refused.clear()
        except VppError as error:
            applied.error = applied.error or error
        return applied

    def _send(self, left: Mapping[str, Mapping[AssetKey, int]]) -> bool:
        """One round over what is left; True if asking again may bring more."""
        steps = [(DISASSOCIATE,), (ASSOCIATE,)] if self._plan.removals_first else [(DISASSOCIATE, ASSOCIATE)]
        again = False
        for verbs in steps:
            todo = [
                request
                for verb in verbs
                for request in requests(
                    verb, pack(left[verb], self._limits.max_assets, self._limits.max_serial_numbers), self._index
                )
            ]
            if not todo:
                continue
            again |= self._send_and_wait(todo)
            if self._applied.pending or self._applied.error is not None:
                break
        return again

    def _send_and_wait(self, todo: Sequence[AssignmentRequest]) -> bool:
        applied = self._applied
        submitted = self._api.submit(todo)
        pairs = {entry.event_id: entry.request.pairs for entry in submitted if entry.event_id is not None}
        again = False
        for entry in submitted:
            if isinstance(entry.error, OutcomeUnknownError):
                again = True
                # Accepted or not, nobody knows: it counts as accepted until the state is read.
                applied.accepted += entry.request.pairs
            elif isinstance(entry.error, (*CLOSED, TransportError)):
                applied.error = applied.error or entry.error
            elif entry.error is not None:
                applied.refused.append(entry)
        applied.accepted += sum(pairs.values())
        lost = again
        if not self._polling.wait:
            applied.events += [Event(event_id, PENDING) for event_id in pairs]
            applied.pending += sum(pairs.values())
            return again
        events = self._api.wait_for_events(
            list(pairs),
            poll_interval=self._polling.interval,
            timeout=max(0.0, self._deadline - self._clock.monotonic()),
        )
        for event in events:
            applied.events.append(event)
            applied.failures += event.failures
            if event.status == PENDING:
                applied.pending += pairs[event.event_id]
                applied.timed_out = True
            elif event.status == UNKNOWN:
                again = True
        if any(failure.error_number in PASSING for failure in applied.failures):
            again = True
        if lost:
            # What was accepted without our knowing may still be under way.
            self._clock.sleep(self._polling.interval)
        return again

    def _read_left(self) -> dict[str, dict[AssetKey, int]]:
        """The pairs of the plan that are not so now.

        If every event is complete and every count is as it must be, the counts are proof enough: one request instead
        of a read of all holders. Otherwise the assets concerned are read.
        """
        owned, _walk = self._api.read_assets()
        now = {asset.key: asset for asset in owned}
        smooth = not self._applied.failures and not self._applied.refused and self._applied.error is None
        smooth = smooth and all(event.status == COMPLETE for event in self._applied.events)
        suspects = []
        for part in self._plan.assets:
            asset = now.get(part.asset.key, part.asset)
            expected = part.asset.assigned_count + part.add.bit_count() - part.remove.bit_count()
            if (part.add or part.remove) and not (smooth and asset.assigned_count == expected):
                # A count may lag; it must not make the read leave out what was just granted.
                suspects.append(replace(asset, assigned_count=max(asset.assigned_count, expected, 1)))
        if not suspects:
            return {ASSOCIATE: {}, DISASSOCIATE: {}}
        keys = [asset.key for asset in suspects]
        touched = 0
        for part in self._plan.assets:
            touched |= part.add | part.remove
        holdings = Holdings(self._index, managed=keys)
        plan = choose_read(suspects, owned, self._index.names(touched), all_holders=False)
        read_holdings(self._api, holdings, plan, keys)
        result: dict[str, dict[AssetKey, int]] = {ASSOCIATE: {}, DISASSOCIATE: {}}
        for part in self._plan.assets:
            if part.asset.key not in keys:
                continue
            have = holdings.devices(part.asset.key)
            for verb, bits in ((ASSOCIATE, part.add & ~have), (DISASSOCIATE, part.remove & have)):
                if bits:
                    result[verb][part.asset.key] = bits
        return result

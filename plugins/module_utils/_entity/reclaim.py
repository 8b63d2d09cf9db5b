# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes back the licences that nobody uses: reads, plans within the brakes, looks twice, and has it applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from .._core.approval import check_approved, iter_operations, plan_document
from .._core.brakes_reclaim import check_reclaim_brakes
from .._core.find_unused import find_unused
from .._core.identity import AssetSelector, samples
from .._core.license_model import LicensePlan
from .._core.model import DISASSOCIATE, ClientConfig, Limits
from .._core.plan_reclaim import plan_reclaim, removed_for
from .._core.ports import AppsBooks, Clock, Mdm, Notify
from .._core.reclaim_model import ReclaimGoal, Unused
from .._core.targets import DEVICES, USERS, TargetIndex
from .applied_license import Applied
from .apply_license import LicenseWriter, Polling, writes
from .base import Outcome
from .event_memory import EventMemory, finish_earlier_work, finish_named_events
from .license_request import Prepared
from .location import LocationGuard, require_no_foreign_claim
from .read_reclaim import ReclaimSeen, read_reclaim
from .reclaim_witness import ReclaimQuestion, Witness, unconfirmed
from .report_reclaim import ReclaimReport

_NOTHING = Unused({})


@dataclass(frozen=True, slots=True)
class ReclaimRequest:
    """What the task asks for. `selectors` empty = every asset; `goal` holds all that needs no numbering of holders;
    `approved` is the parsed plan file."""

    question: ReclaimQuestion
    goal: ReclaimGoal
    selectors: tuple[AssetSelector, ...] = ()
    keep_serial_numbers: tuple[str, ...] = ()
    keep_adam_ids: frozenset[str] = frozenset()
    approved: object = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PreparedReclaim:
    """A plan for each kind of holder, ready to be applied one after the other."""

    seen: ReclaimSeen
    parts: tuple[Prepared, ...]
    document: Mapping[str, object]

    @property
    def changed(self) -> bool:
        return any(part.changed for part in self.parts)


class ReclaimTask:
    """Implements base.Entity. `mdm` None = no reason needs one."""

    def __init__(
        self,
        api: AppsBooks,
        guard: LocationGuard,
        request: ReclaimRequest,
        mdm: Mdm | None,
        polling: Polling,
        notify: Notify,
        clock: Clock,
        memory: EventMemory,
        config: ClientConfig,
    ) -> None:
        self._api, self._guard, self._request, self._config = api, guard, request, config
        self._polling, self._notify, self._clock, self._memory = polling, notify, clock, memory
        self._witness = Witness(api, mdm, request.question, notify, clock.now())
        self._mdm_name = mdm.name if mdm is not None else ""

    def plan(self) -> PreparedReclaim:
        api, request, config = self._api, self._request, self._config
        require_no_foreign_claim(config, self._guard)
        finish_named_events(api, request.events, self._polling, self._notify)
        finish_earlier_work(api, self._memory, self._polling)
        seen = read_reclaim(api, config, request.selectors, self._witness)
        goal = self._numbered(seen)
        plans = plan_reclaim(seen.assets, seen.holdings, seen.unused, goal, seen.unstable, seen.names)
        check_reclaim_brakes(plans, seen.unused, goal)
        self._confirm(seen, plans)
        indexes = {DEVICES: seen.holdings.device_index, USERS: seen.holdings.user_index}
        if request.approved is not None:
            for kind, plan in plans.items():
                check_approved(request.approved, plan, indexes[kind], config.uid)
        for warning in (*self._warnings(seen), *chain.from_iterable(plan.warnings for plan in plans.values())):
            self._notify.warn(warning)
        changed = any(plan.changed for plan in plans.values())
        limits = api.read_service_config().limits if changed else Limits()
        operations = chain.from_iterable(iter_operations(plan, indexes[kind]) for kind, plan in plans.items())
        document = plan_document(config.uid, operations)
        parts = tuple(self._part(seen, plan, indexes[kind], limits, document) for kind, plan in plans.items())
        return PreparedReclaim(seen, parts, document)

    def apply(self, plan: PreparedReclaim) -> list[Applied | None]:
        """One for each part; None = not begun, since the one before did not end well, or had nothing to do."""
        result: list[Applied | None] = []
        stopped = False
        for part in plan.parts:
            if stopped or not part.changed:
                result.append(None)
                continue
            applied = LicenseWriter(
                self._api,
                self._polling,
                self._clock,
                part.license,
                part.index,
                part.limits,
                part.writes,
                self._memory,
                self._witness.people.pages,
            ).run()
            stopped = applied.error is not None or applied.timed_out
            result.append(applied)
        return result

    def report(self, plan: PreparedReclaim, applied: list[Applied | None] | None) -> Outcome:
        told = ReclaimReport(plan.seen, plan.parts, applied, self._mdm_name, self._polling.settle)
        return told.outcome(plan.document, changed=plan.changed)

    def _numbered(self, seen: ReclaimSeen) -> ReclaimGoal:
        request, goal = self._request, self._request.goal
        return ReclaimGoal(
            seen.holdings.device_index.bits(request.keep_serial_numbers),
            seen.holdings.user_index.bits(sorted(self._witness.people.kept)),
            frozenset(asset.key for asset in seen.owned if asset.key.adam_id in request.keep_adam_ids),
            goal.max_removals,
            goal.max_shrink,
        )

    def _confirm(self, seen: ReclaimSeen, plans: Mapping[str, LicensePlan]) -> None:
        """An answer that lacks some devices makes others look unused, and is not told from a whole one."""
        taken = {kind: removed_for(plan, seen.unused) for kind, plan in plans.items()}
        if not unconfirmed(taken, _NOTHING):
            return
        second = self._witness.confirmed()
        if second is not None and (doubtful := unconfirmed(taken, find_unused(seen.assets, seen.holdings, second))):
            raise self._witness.contradiction(doubtful)

    def _part(
        self, seen: ReclaimSeen, plan: LicensePlan, index: TargetIndex, limits: Limits, document: dict[str, object]
    ) -> Prepared:
        return Prepared(
            self._config,
            plan,
            index,
            limits,
            tuple(seen.owned),
            seen.metadata,
            document,
            tuple(writes(DISASSOCIATE, plan.need(DISASSOCIATE), index, limits, plan.kind)),
        )

    def _warnings(self, seen: ReclaimSeen) -> list[str]:
        """A slip in `keep` would leave unprotected what it was to protect."""
        unknown = self._request.keep_adam_ids - {asset.key.adam_id for asset in seen.owned}
        found = []
        if unknown:
            found.append(
                f"keep.adam_ids: the location doesn't own {samples(sorted(unknown))}, so nothing is kept by it."
            )
        if self._witness.people.kept_unknown:
            found.append(
                f"keep: Apple doesn't know {self._witness.people.kept_unknown} of the people in it, so nothing is kept "
                "by them."
            )
        return found

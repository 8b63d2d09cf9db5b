# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences of devices: reads who holds what, plans the difference within the brakes, and has it applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .._core.approval import check_approved, iter_operations, plan_document
from .._core.brakes import check_brakes
from .._core.errors import InputError, PendingError
from .._core.holdings import Holdings
from .._core.identity import AssetSelector, samples
from .._core.license_model import ABSENT, LicenseGoal, LicensePlan
from .._core.model import (
    ASSOCIATE,
    DISASSOCIATE,
    PENDING,
    UNKNOWN,
    Asset,
    AssetKey,
    AssignmentRequest,
    ClientConfig,
    Limits,
    Metadata,
)
from .._core.plan_license import plan_license
from .._core.ports import AppsBooks, Clock, Notify
from .._core.reads import choose_read
from .._core.targets import TargetIndex
from .apply_license import Applied, LicenseWriter, Polling, writes
from .assets import find_assets
from .await_license import GrantWatch
from .base import Outcome
from .location import LocationGuard, open_location, require_no_foreign_claim
from .mdm_side import MdmSide, check_linked
from .out_of_scope import OutOfScope
from .read_license import read_holdings
from .report_license import report_license
from .scope import ScopedDevices


@dataclass(frozen=True, slots=True)
class LicenseRequest:
    """What the task asks for. `goal` holds all that needs no numbering of targets; the serial numbers are in their
    stated order; `known_serial_numbers` None = every holder is known; `approved` is the parsed plan file. `scoped`,
    `out_of_scope`: where they come from a scope; `mdm`: where one works with the same location."""

    selectors: tuple[AssetSelector, ...]
    serial_numbers: tuple[str, ...]
    goal: LicenseGoal
    keep_serial_numbers: tuple[str, ...] = ()
    keep_adam_ids: frozenset[str] = frozenset()
    known_serial_numbers: tuple[str, ...] | None = None
    approved: object = None
    events: tuple[str, ...] = ()
    scoped: ScopedDevices | None = None
    out_of_scope: OutOfScope | None = None
    mdm: MdmSide | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan ready to be applied, with what the report needs. `unseen`: devices not seen for long, as bits."""

    config: ClientConfig
    license: LicensePlan
    index: TargetIndex
    limits: Limits
    owned: tuple[Asset, ...]
    metadata: Mapping[str, Metadata]
    document: dict[str, object]
    writes: tuple[AssignmentRequest, ...]
    unseen: int = 0

    @property
    def changed(self) -> bool:
        return self.license.changed


class LicenseTask:
    """Implements base.Entity for the licences of devices."""

    def __init__(
        self,
        api: AppsBooks,
        guard: LocationGuard,
        request: LicenseRequest,
        polling: Polling,
        notify: Notify,
        clock: Clock,
    ) -> None:
        self._api, self._guard, self._request = api, guard, request
        self._polling, self._notify, self._clock = polling, notify, clock

    def plan(self) -> Prepared:
        api, request = self._api, self._request
        config = open_location(api, self._guard)
        # Who only looks whether an MDM grants does not write beside it.
        if request.mdm is None or not request.goal.by_mdm:
            require_no_foreign_claim(config, self._guard)
        if request.mdm is not None and request.goal.state != ABSENT:
            check_linked(request.mdm, config, self._notify)
        self._finish_earlier_events()
        owned, walk = api.read_assets()
        assets, metadata = (
            (owned, {}) if request.goal.all_assets else find_assets(api, config, request.selectors, owned)
        )
        managed = [asset.key for asset in assets]

        index = TargetIndex(request.serial_numbers)
        goal = self._numbered(index, owned)
        holdings = Holdings(index, managed=managed)
        unstable = read_holdings(
            api,
            holdings,
            choose_read(
                assets,
                owned,
                request.serial_numbers,
                all_holders=_needs_all_holders(goal),
                removal=goal.exclusive or goal.state == ABSENT,
            ),
            managed,
        )
        names = {adam_id: entry.name for adam_id, entry in metadata.items()}
        wavering = unstable if walk.stable else True
        plan = plan_license(assets, holdings, goal, wavering, names)
        if request.out_of_scope is not None and plan.removes:
            moved = request.out_of_scope.elsewhere(index.names(plan.losers))
            if moved:
                goal = replace(goal, elsewhere=index.bits(moved))
                plan = plan_license(assets, holdings, goal, wavering, names)
        check_brakes(plan, goal, defer_unstable=plan.adds > 0)
        if request.out_of_scope is not None and goal.exclusive and plan.removes:
            request.out_of_scope.confirm(index.names(plan.losers))
        if request.approved is not None:
            check_approved(request.approved, plan, index, config.uid)
        if plan.removals_first and not self._polling.wait:
            raise InputError(
                "wait: false doesn't fit this plan: some licences must be taken back before they can be given to "
                "others, and whether that is done is only known by waiting. Nothing was changed; set wait: true.",
            )
        for warning in (*self._warnings(owned), *plan.warnings):
            self._notify.warn(warning)
        limits = api.read_service_config().limits
        return Prepared(
            config,
            plan,
            index,
            limits,
            tuple(owned),
            metadata,
            plan_document(config.uid, iter_operations(plan, index)),
            tuple(
                write for verb in (DISASSOCIATE, ASSOCIATE) for write in writes(verb, plan.need(verb), index, limits)
            ),
            index.bits(request.mdm.unseen) & goal.wanted if request.mdm else 0,
        )

    def watch(self, *, check: bool) -> Outcome:
        """A run in which an MDM grants: the plan has nothing to write, and a real run waits for what is missing."""
        plan = self.plan()
        if not (check or plan.changed) and self._polling.wait and plan.license.awaited:
            watch = GrantWatch(self._api, self._polling, self._clock, plan.license, plan.index, plan.unseen)
            plan = replace(plan, license=watch.run())
            if plan.license.awaited:
                self._notify.warn(_still_awaited(plan, self._request.mdm, self._polling.timeout))
        return self.report(plan, None)

    def apply(self, plan: Prepared) -> Applied:
        return LicenseWriter(
            self._api, self._polling, self._clock, plan.license, plan.index, plan.limits, plan.writes
        ).run()

    def report(self, plan: Prepared, applied: Applied | None) -> Outcome:
        return report_license(plan, applied, self._request, self._polling.settle)

    def _finish_earlier_events(self) -> None:
        """Events of an earlier run would change what is read: they are waited for first."""
        if not self._request.events:
            return
        found = self._api.wait_for_events(
            self._request.events, poll_interval=self._polling.interval, timeout=self._polling.timeout
        )
        pending = [event.event_id for event in found if event.status == PENDING]
        unknown = [event.event_id for event in found if event.status == UNKNOWN]
        if unknown:
            self._notify.warn(f"events: Apple does not know {samples(unknown)}; the task goes by what it reads.")
        if pending:
            raise PendingError(
                f"{len(pending)} of the {len(found)} events given are still pending after {self._polling.timeout:g} "
                "seconds; nothing was changed. Run the task again later, or, where they are older than ten minutes, "
                "without 'events': it then goes by what it reads.",
                facts={"pending_events": pending[:100]},
            )

    def _warnings(self, owned: list[Asset]) -> list[str]:
        """A slip in `keep` would leave unprotected what it was to protect."""
        unknown = self._request.keep_adam_ids - {asset.key.adam_id for asset in owned}
        if not unknown:
            return []
        return [f"keep.adam_ids: the location doesn't own {samples(sorted(unknown))}, so nothing is kept by it."]

    def _numbered(self, index: TargetIndex, owned: list[Asset]) -> LicenseGoal:
        request = self._request
        known = request.known_serial_numbers
        wanted = (1 << len(index)) - 1
        kept: frozenset[AssetKey] = frozenset(a.key for a in owned if a.key.adam_id in request.keep_adam_ids)
        return replace(
            request.goal,
            wanted=wanted,
            keep=index.bits(request.keep_serial_numbers),
            keep_assets=kept,
            known=None if known is None else index.bits(known) | wanted,
            platforms={
                platform: index.bits(serials)
                for platform, serials in (request.scoped.platforms if request.scoped else {}).items()
            },
        )


def _still_awaited(plan: Prepared, mdm: MdmSide | None, timeout: float) -> str:
    name = mdm.name if mdm else "the MDM"
    unseen = sum((part.awaited & plan.unseen).bit_count() for part in plan.license.assets)
    waiting = plan.license.awaited - unseen
    told = [f"{waiting} were not there after {timeout:g} seconds"] if waiting else []
    told += [f"{unseen} are of devices that did not report for long and were not waited for"] if unseen else []
    return (
        f"{plan.license.awaited} licences are still to be granted by {name}: {', '.join(told)}. It grants when a "
        "device in the app's scope reports; look at the app's scope and purchase method there, and run the task again."
    )


def _needs_all_holders(goal: LicenseGoal) -> bool:
    """A percentage is one of all present holders, and `exclusive` removes among all of them."""
    percentage = goal.max_removals is not None and goal.max_removals.percent is not None
    return goal.exclusive or (percentage and goal.state == ABSENT)

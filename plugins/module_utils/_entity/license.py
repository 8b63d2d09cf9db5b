# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences of devices and people: reads who holds what, plans the difference within the brakes, and has it applied."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from .._core.approval import check_approved, iter_operations, plan_document
from .._core.brakes import check_brakes
from .._core.errors import InputError
from .._core.holdings import Holdings
from .._core.identity import samples
from .._core.license_model import ABSENT, LicenseGoal, LicensePlan
from .._core.model import ASSOCIATE, DISASSOCIATE, Asset, AssetKey, ClientConfig, Limits
from .._core.plan_license import plan_license
from .._core.ports import AppsBooks, Clock, Notify
from .._core.resolve_people import AMBIGUOUS, GONE, UNKNOWN
from .._core.state_ports import AssignmentCache
from .._core.targets import TargetIndex
from .._core.words import counted
from .applied_license import Applied
from .apply_license import LicenseWriter, Polling, writes
from .assets import find_assets
from .await_license import GrantWatch
from .base import Outcome
from .event_memory import EventMemory, finish_earlier_work, finish_named_events
from .find_people import FoundPeople, find_people
from .free_licences import await_licences
from .holder_source import HolderSource, Question
from .license_request import LicenseRequest, Prepared, Targets, targets_of
from .location import LocationGuard, open_location, require_no_foreign_claim
from .mdm_side import MdmSide, check_linked
from .out_of_scope import OutOfScope
from .owners_in_scope import over_limit
from .report_license import report_license


class LicenseTask:
    """Implements base.Entity for licences of devices or people. `config`: the location, where it was read already;
    `cache`: who held what when the last run ended, None = everything is read."""

    def __init__(
        self,
        api: AppsBooks,
        guard: LocationGuard,
        request: LicenseRequest,
        polling: Polling,
        notify: Notify,
        clock: Clock,
        memory: EventMemory | None = None,
        config: ClientConfig | None = None,
        cache: AssignmentCache | None = None,
    ) -> None:
        self._api, self._guard, self._request = api, guard, request
        self._polling, self._notify, self._clock = polling, notify, clock
        self._memory, self._config = memory or EventMemory(None, read_only=True), config
        self._cache = cache
        self._source: HolderSource | None = None

    def plan(self) -> Prepared:
        api, request = self._api, self._request
        config = self._config or open_location(api, self._guard)
        # Who only looks whether an MDM grants does not write beside it.
        if request.mdm is None or not request.goal.by_mdm:
            require_no_foreign_claim(config, self._guard)
        if request.mdm is not None and request.goal.state != ABSENT:
            check_linked(request.mdm, config, self._notify)
        finish_named_events(api, request.events, self._polling, self._notify)
        finish_earlier_work(api, self._memory, self._polling)
        owned, walk = api.read_assets()
        assets, metadata = (
            (owned, {}) if request.goal.all_assets else find_assets(api, config, request.selectors, owned)
        )
        names = {adam_id: entry.name for adam_id, entry in metadata.items()}
        removal = request.goal.state == ABSENT
        people = find_people(api, config.uid, request.people, removal=removal) if request.people else None
        targets = targets_of(request, people)
        index = TargetIndex(targets.names)
        goal = targets.number(request.goal, index, owned, request.keep_adam_ids)
        holdings = Holdings.of(targets.kind, index, [asset.key for asset in assets])
        source = self._source = self._holder_source(holdings, targets, goal)
        owned, unstable = source.read(assets, owned)
        assets = _newest(assets, owned)
        # Somebody who was missed by a read of people would be taken for one who isn't named.
        missed = people is not None and not people.stable and goal.exclusive
        wavering = unstable if walk.stable and not missed else True
        plan, wavering = self._decide(source, assets, holdings, goal, wavering, names)
        source.keep()
        if plan.short and self._polling.available:
            need = {part.asset.key: (part.add | part.awaited).bit_count() for part in plan.assets if part.short}
            owned = self._await_licences(owned, need, plan)
            assets = _newest(assets, owned)
            plan, wavering = self._decide(source, assets, holdings, goal, wavering, names)
        if request.out_of_scope is not None and plan.removes and people is None:
            moved = request.out_of_scope.elsewhere(index.names(plan.losers))
            if moved:
                goal = replace(goal, elsewhere=index.bits(moved))
                plan, wavering = self._decide(source, assets, holdings, goal, wavering, names)
        check_brakes(plan, goal, defer_unstable=plan.adds > 0)
        if request.out_of_scope is not None and goal.exclusive and plan.removes:
            self._confirm(request.out_of_scope, index.names(plan.losers), people)
        if request.approved is not None:
            check_approved(request.approved, plan, index, config.uid)
        if plan.removals_first and not self._polling.wait:
            raise InputError(
                "wait: false doesn't fit this plan: some licences must be taken back before they can be given to "
                "others, and whether that is done is only known by waiting. Nothing was changed; set wait: true.",
            )
        over = self._over_limit(people)
        for warning in (*self._warnings(owned, people, over), *plan.warnings):
            self._notify.warn(warning)
        if not plan.changed:
            source.close()
        limits = api.read_service_config().limits if plan.changed else Limits()
        return Prepared(
            config,
            plan,
            index,
            limits,
            tuple(owned),
            metadata,
            plan_document(config.uid, iter_operations(plan, index)),
            tuple(
                write
                for verb in (DISASSOCIATE, ASSOCIATE)
                for write in writes(verb, plan.need(verb), index, limits, targets.kind)
            ),
            index.bits(request.mdm.unseen) & goal.wanted if request.mdm and people is None else 0,
            people,
            over,
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
        applied = LicenseWriter(
            self._api,
            self._polling,
            self._clock,
            plan.license,
            plan.index,
            plan.limits,
            plan.writes,
            self._memory,
            plan.people.pages if plan.people else 1,
        ).run()
        if self._source is not None and applied.error is None:
            done = any(applied.done(plan.license, verb) for verb in (ASSOCIATE, DISASSOCIATE))
            self._source.close(wrote=applied.sent, done=done, taken=applied.taken(plan.license))
        return applied

    def report(self, plan: Prepared, applied: Applied | None) -> Outcome:
        return report_license(plan, applied, self._request, self._polling.settle)

    def _holder_source(self, holdings: Holdings, targets: Targets, goal: LicenseGoal) -> HolderSource:
        question = Question(
            targets.kind,
            targets.names,
            all_holders=_needs_all_holders(goal),
            removal=goal.exclusive or goal.state == ABSENT,
        )
        return HolderSource(self._api, holdings, question, self._clock, self._notify, self._cache)

    @staticmethod
    def _decide(
        source: HolderSource,
        assets: Sequence[Asset],
        holdings: Holdings,
        goal: LicenseGoal,
        wavering: frozenset[AssetKey] | bool,
        names: Mapping[str, str],
    ) -> tuple[LicensePlan, frozenset[AssetKey] | bool]:
        """The plan, and what wavers now. Nothing is taken back on the word of the cache: such assets are read first."""
        while True:
            plan = plan_license(assets, holdings, goal, wavering, names)
            doubtful = [part.asset.key for part in plan.assets if part.remove and part.asset.key in source.remembered]
            if not doubtful:
                return plan, wavering
            unstable = source.read_afresh(doubtful)
            wavering = wavering if isinstance(wavering, bool) else wavering | unstable

    def _await_licences(self, owned: Sequence[Asset], need: Mapping[AssetKey, int], plan: LicensePlan) -> list[Asset]:
        """For what the plan can't free itself."""
        freed = {part.asset.key: part.remove.bit_count() for part in plan.assets}
        waited = await_licences(
            self._api,
            self._clock,
            owned,
            {key: number - freed[key] for key, number in need.items()},
            limit=self._polling.available,
            interval=self._polling.interval,
        )
        return list(waited)

    @staticmethod
    def _confirm(out_of_scope: OutOfScope, losers: Sequence[str], people: FoundPeople | None) -> None:
        """Owners are asked about by their address; who has none, or is unknown, is an orphan and no device speaks for
        him."""
        if people is None:
            out_of_scope.confirm(losers)
        else:
            out_of_scope.confirm_owners({key: people.addresses[key] for key in losers if key in people.addresses})

    def _over_limit(self, people: FoundPeople | None) -> tuple[str, ...] | None:
        named = self._request.people
        if people is None or named is None or named.fleet is None or not named.most_devices:
            return None
        return tuple(
            over_limit(named.fleet, {key: user.email for key, user in people.users.items()}, named.most_devices)
        )

    def _warnings(self, owned: list[Asset], people: FoundPeople | None, over: Collection[str] | None) -> list[str]:
        """A slip in `keep` would leave unprotected what it was to protect."""
        unknown = self._request.keep_adam_ids - {asset.key.adam_id for asset in owned}
        found = []
        if unknown:
            found.append(
                f"keep.adam_ids: the location doesn't own {samples(sorted(unknown))}, so nothing is kept by it."
            )
        if over and self._request.people is not None:
            who = counted(len(over), "person owns", "people own")
            found.append(
                f"{who} more than {self._request.people.most_devices} devices, which is the most that "
                f"one Apple Account may use licences on ({samples(over)}): apps may fail to install on the others."
            )
        if people is not None and (lost := [one for one in people.left_out if one.reason in _SURPRISING]):
            told = ", ".join(f"{one.reason}: {one.count}" for one in lost)
            found.append(f"users: some are left out ({told}); the result lists them under 'left_out'.")
        if people is not None and people.kept_unknown:
            found.append(
                f"keep: Apple doesn't know {people.kept_unknown} of the people in it, or not which user is meant, so "
                "nothing is kept by them."
            )
        return found


def _newest(assets: Sequence[Asset], owned: Sequence[Asset]) -> list[Asset]:
    now = {asset.key: asset for asset in owned}
    return [now.get(asset.key, asset) for asset in assets]


_SURPRISING = frozenset({UNKNOWN, GONE, AMBIGUOUS})
"""Reasons that hint at a mistake in the list. That somebody has not accepted yet is the way of things."""


def _still_awaited(plan: Prepared, mdm: MdmSide | None, timeout: float) -> str:
    name = mdm.name if mdm else "the MDM"
    unseen = sum((part.awaited & plan.unseen).bit_count() for part in plan.license.assets)
    waiting = plan.license.awaited - unseen
    told = [f"{waiting} were not there after {timeout:g} seconds"] if waiting else []
    told += [f"{unseen} are of devices that did not report for long and were not waited for"] if unseen else []
    are = counted(plan.license.awaited, "licence is", "licences are")
    return (
        f"{are} still to be granted by {name}: {', '.join(told)}. It grants when a "
        "device in the app's scope reports; look at the app's scope and purchase method there, and run the task again."
    )


def _needs_all_holders(goal: LicenseGoal) -> bool:
    """A percentage is one of all present holders, and `exclusive` removes among all of them."""
    percentage = goal.max_removals is not None and goal.max_removals.percent is not None
    return goal.exclusive or (percentage and goal.state == ABSENT)

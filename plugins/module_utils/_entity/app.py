# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps of an MDM: reads who is in scope and who is to be, plans the difference within the brakes, has it applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .._core.app_model import (
    NONE,
    NOT_PUSHED,
    NOT_SEEN,
    WITHOUT_LICENCE,
    AppGoal,
    AppPlan,
    AppView,
    Devices,
)
from .._core.app_state import lacks, reached, removable, seen, seen_since
from .._core.brakes_app import check_app_brakes
from .._core.identity import samples, usable_serial_number
from .._core.license_model import ABSENT
from .._core.manual_steps import ManualStep
from .._core.mdm import AppName, MdmDevice
from .._core.pack_app import pack_commands, pack_tags
from .._core.plan_app import plan_apps
from .._core.ports import Clock, Mdm, Notify
from .app_apple import AppleView, view_apple
from .app_bound import read_bound, warn_of_bound, warn_of_new_tags
from .app_evidence import tell_steps
from .app_fit import find_unfit
from .app_ids import check_app_ids, find_app_ids
from .app_request import MAC, Apple, AppRequest, Chosen, Prepared
from .app_warnings import count_over_limit, warn_of_licences
from .apply_app import AppApplied, AppWriter
from .base import Outcome
from .installs import Installs, Sweep
from .out_of_scope import OutOfScope
from .report_app import report_app
from .scope import ScopedDevices, pick_devices, resolve_scope


def choose_devices(
    mdm: Mdm, chosen: Chosen, notify: Notify, *, strict_tags: bool
) -> tuple[ScopedDevices, tuple[str, ...]]:
    """The devices that a task names, and the serial numbers among them that the MDM doesn't know."""
    if chosen.serial_numbers is None:
        return resolve_scope(mdm, chosen.scopes, chosen.within, strict_tags=strict_tags, notify=notify), ()
    scoped, unknown = pick_devices(mdm, chosen.serial_numbers, notify=notify)
    if unknown:
        notify.warn(
            f"devices: {mdm.name} doesn't know {len(unknown)} of the {len(chosen.serial_numbers)} serial numbers "
            f"({samples(unknown)}) in the units of the task, so they are left out."
        )
    return scoped, tuple(unknown)


class AppTask:
    """Implements base.Entity for apps of an MDM. `apple` None = the task has no content token."""

    def __init__(self, mdm: Mdm, apple: Apple | None, request: AppRequest, notify: Notify, clock: Clock) -> None:
        self._mdm, self._apple, self._request = mdm, apple, request
        self._notify, self._clock = notify, clock
        self._since = seen_since(clock.now(), request.seen_within)

    def plan(self) -> Prepared:
        request = self._request
        strict = (request.goal.exclusive or request.goal.state == ABSENT) and not request.goal.allow_empty
        scoped, unknown = choose_devices(self._mdm, request.devices, self._notify, strict_tags=strict)
        check_app_ids(request.apps, scoped.fleet, self._mdm.name)
        devices = scoped.fleet.devices
        goal = self._numbered(scoped)
        view = self._view_apple()
        fitness = find_unfit(scoped, request, self._apple, view, self._notify)
        scoped, unfit = fitness.scoped, fitness.unfit
        leaves = goal.exclusive or goal.state == ABSENT
        bound = read_bound(self._mdm, request.apps, devices, each=goal.uninstall) if leaves else {}
        app_views = [
            AppView(
                app,
                tagged=frozenset(key for key, device in devices.items() if app.tag in device.tags),
                unfit=unfit[app.name],
                unsendable=self._unsendable(devices),
                bound=bound.get(app.name, NONE),
            )
            for app in request.apps
        ]
        # A plan that the brakes would stop is stopped before hundreds of devices are asked.
        check_app_brakes(plan_apps(app_views, goal), goal)
        sweep = Sweep(self._mdm, request.names, self._since, self._notify, request.rate)
        found = self._look(sweep, devices, app_views, goal)
        plans = plan_apps([_informed(app_view, found) for app_view in app_views], goal)
        check_app_brakes(plans, goal)
        self._confirm(plans, goal, scoped)

        unit_of = {key: device.unit for key, device in devices.items()}
        app_ids = find_app_ids(sweep, self._mdm.name, scoped.fleet, plans)
        targets = {plan.app.name: self._reachable(plan.fit, devices) for plan in plans}
        warn_of_new_tags(request.apps, devices, self._notify)
        warn_of_bound(bound, request.apps, devices, goal, self._notify)
        over_limit = count_over_limit(request, plans, app_views, scoped.fleet)
        warn_of_licences(self._mdm.name, request, scoped, plans, app_views, over_limit, self._notify)
        return Prepared(
            mdm_name=self._mdm.name,
            scoped=scoped,
            plans=plans,
            tag_changes=pack_tags(plans, unit_of),
            uninstalls=pack_commands(((p.app.name, p.uninstall) for p in plans), unit_of, app_ids, install=False),
            installs=pack_commands(((p.app.name, p.install) for p in plans), unit_of, app_ids, install=True),
            seen=found,
            sweep=sweep,
            app_ids=app_ids,
            steps=self._steps(scoped, app_views, found, view),
            unknown=unknown,
            targets=targets,
            over_limit=over_limit,
            waits=request.wait is not None and not _reached_all(targets, found, request.wait.percent),
        )

    def apply(self, plan: Prepared) -> AppApplied:
        return AppWriter(self._mdm, self._clock, self._notify, plan, self._request).run()

    def report(self, plan: Prepared, applied: AppApplied | None) -> Outcome:
        return report_app(plan, applied, self._request)

    def _confirm(self, plans: Sequence[AppPlan], goal: AppGoal, scoped: ScopedDevices) -> None:
        """Who is taken out because a scope doesn't mean him is out of it by the MDM's own word, too."""
        scopes = self._request.devices.scopes
        losers = NONE.union(*(plan.remove for plan in plans))
        if goal.exclusive and scopes and losers:
            found = [usable_serial_number(scoped.fleet.devices[key].serial_number) for key in sorted(losers)]
            OutOfScope(self._mdm, scopes, scoped).confirm(found)

    def _numbered(self, scoped: ScopedDevices) -> AppGoal:
        fleet = scoped.fleet
        keep = (fleet.latest.get(serial) for serial in self._request.keep_serial_numbers)
        return replace(
            self._request.goal,
            wanted=frozenset(device.id for device in scoped.members),
            reach=frozenset(fleet.latest[serial].id for serial in scoped.known),
            keep=frozenset(device.id for device in keep if device is not None),
        )

    def _view_apple(self) -> AppleView | None:
        apple, request = self._apple, self._request
        if apple is None or request.goal.state == ABSENT:
            return None
        return view_apple(
            apple.api,
            apple.guard,
            request.apps,
            self._notify,
            must_own=request.granted_here,
            by_owner=request.by_owner,
        )

    def _unsendable(self, devices: Mapping[str, MdmDevice]) -> dict[str, Devices]:
        macs = {key for key, one in devices.items() if one.platform == MAC and not self._request.push_macs}
        unseen = {key for key, one in devices.items() if not seen(one, self._since)}
        return {NOT_PUSHED: frozenset(macs), NOT_SEEN: frozenset(unseen - macs)}

    def _reachable(self, ids: Devices, devices: Mapping[str, MdmDevice]) -> Devices:
        return ids.difference(*self._unsendable(devices).values())

    def _look(
        self, sweep: Sweep, devices: Mapping[str, MdmDevice], app_views: Sequence[AppView], goal: AppGoal
    ) -> Installs:
        """What became of the apps on the devices that are in scope and stay there; and on those that are to lose them,
        where they are to be uninstalled."""
        leaving: Devices = NONE
        if goal.uninstall:
            before = plan_apps(
                [replace(app_view, managed=goal.wanted | app_view.tagged) for app_view in app_views], goal
            )
            leaving = NONE.union(*(plan.uninstall for plan in before))
        if goal.state == ABSENT:
            members = {app_view.app.name: leaving for app_view in app_views}
        else:
            members = {
                app_view.app.name: app_view.tagged & _fit_but_for_licence(app_view, goal) for app_view in app_views
            }
        full = goal.install or self._request.wait is not None
        return sweep.look(devices, members, full=full, must=leaving)

    def _steps(
        self, scoped: ScopedDevices, app_views: Sequence[AppView], found: Installs, view: AppleView | None
    ) -> tuple[ManualStep, ...]:
        if self._request.goal.state == ABSENT:
            return ()
        units = {device.unit for device in scoped.members}
        return tell_steps(
            self._mdm,
            self._apple,
            view,
            scoped.fleet,
            [unit for unit in scoped.fleet.units if unit.id in units],
            app_views,
            found,
            since=self._since,
            granted_here=self._request.granted_here,
            by_owner=self._request.by_owner,
            notify=self._notify,
        )


def _fit_but_for_licence(app_view: AppView, goal: AppGoal) -> Devices:
    """Devices whose licence is gone are looked at too: one that has the app all the same is worth telling."""
    return goal.wanted.difference(*(ids for reason, ids in app_view.unfit.items() if reason not in WITHOUT_LICENCE))


def _reached_all(targets: Mapping[AppName, Devices], found: Installs, percent: int) -> bool:
    for name, ids in targets.items():
        known = found.states.get(name, {})
        if not reached({key: known.get(key, ABSENT) for key in ids}, percent):
            return False
    return True


def _informed(app_view: AppView, found: Installs) -> AppView:
    """With what the devices that were asked said."""
    name = app_view.app.name
    asked = found.records
    states = found.states.get(name, {})
    return replace(
        app_view,
        without=frozenset(key for key in states if key in asked and lacks(asked[key].get(name))),
        managed=frozenset(key for key, records in asked.items() if removable(records.get(name))),
    )

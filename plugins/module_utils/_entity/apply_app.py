# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a plan for apps: tags, then commands, then the request to report, then the wait. What is told was seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .._core.app_model import AppPlan, Devices
from .._core.app_state import reached
from .._core.errors import OutcomeUnknownError, ServiceError, ThrottledError, VppError
from .._core.mdm import ABSENT, CHECK_IN, INSTALLED, AppCommand, AppName, MdmDevice
from .._core.ports import Clock, Mdm, Notify
from .app_bound import still_bound
from .app_request import AppRequest, Prepared
from .installs import Installs

VERIFY_TRIES = 3
VERIFY_PAUSE = 5.0
"""Seconds: a list that is read right after a change may be older than it."""

Pairs = dict[AppName, Devices]


@dataclass(slots=True)
class AppApplied:
    """What became of a plan.

    `left_add`, `left_remove`: (app, device) pairs that were not so at the last read; None = it could not be read.
    `sent`: commands that were accepted, `queued`: installs left out, since the MDM had queued them by itself; `unsent`:
    commands that never went out; `unsure`: those whose answer was lost. `failures`: reasons with the devices they met.
    `installs`: the states at the end of the wait, `short`: apps that did not reach the share waited for.
    """

    left_add: Pairs | None = field(default_factory=dict)
    left_remove: Pairs | None = field(default_factory=dict)
    sent_installs: int = 0
    sent_uninstalls: int = 0
    queued: int = 0
    unsent: int = 0
    unsure: int = 0
    failures: dict[str, list[str]] = field(default_factory=dict)
    error: VppError | None = None
    installs: Installs | None = None
    short: tuple[AppName, ...] = ()
    began: bool = False

    def left(self, part: AppPlan, *, add: bool) -> Devices:
        pairs = self.left_add if add else self.left_remove
        return frozenset() if pairs is None else pairs.get(part.app.name, frozenset())

    @property
    def undone(self) -> int:
        """Tags that are not as planned, as far as is known."""
        return sum(len(ids) for pairs in (self.left_add, self.left_remove) for ids in (pairs or {}).values())


class AppWriter:
    """One run over one plan."""

    def __init__(self, mdm: Mdm, clock: Clock, notify: Notify, plan: Prepared, request: AppRequest) -> None:
        self._mdm, self._clock, self._notify = mdm, clock, notify
        self._plan, self._request = plan, request
        self._applied = AppApplied()
        self._before = plan.scoped.fleet.devices
        self._devices: Mapping[str, MdmDevice] = self._before
        self._touched: set[str] = set()

    def run(self) -> AppApplied:
        applied = self._applied
        try:
            self._change_tags()
            if applied.error is None:
                self._send(self._plan.uninstalls, self._left(add=False) | self._bound())
            if applied.error is None:
                self._send(self._plan.installs, self._left(add=True))
            if applied.error is None:
                self._ask_check_in()
                if self._request.wait is not None and self._plan.waits:
                    self._wait()
        except VppError as error:
            applied.error = applied.error or error
        return applied

    # Tags

    def _change_tags(self) -> None:
        plan, applied = self._plan, self._applied
        if not plan.tag_changes:
            return
        applied.began = True
        applied.left_add = applied.left_remove = None
        try:
            self._mdm.change_tags(plan.tag_changes)
        except VppError as error:
            applied.error = error
        try:
            self._verify_tags()
        except VppError as error:
            applied.error = applied.error or error
        if applied.error is None and applied.undone:
            reason = f"{self._mdm.name} accepted the change of tags, but does not show it on these devices"
            applied.failures[reason] = sorted(self._left(add=True) | self._left(add=False))

    def _verify_tags(self) -> None:
        applied = self._applied
        for attempt in range(VERIFY_TRIES if applied.error is None else 1):
            if attempt:
                self._clock.sleep(VERIFY_PAUSE)
            self._devices = {device.id: device for device in self._mdm.read_devices()}
            left_add: Pairs = {}
            left_remove: Pairs = {}
            gone = self._before.keys() - self._devices.keys()  # nobody knows which tags they have
            for part in self._plan.plans:
                tagged = {key for key in part.add | part.remove if self._has(key, part.app.tag)}
                left_add[part.app.name] = part.add - tagged
                left_remove[part.app.name] = part.remove & (tagged | gone)
                self._touched |= (part.add & tagged) | (part.remove - tagged - gone)
            applied.left_add, applied.left_remove = left_add, left_remove
            if not applied.undone:
                break

    def _has(self, device_id: str, tag: str) -> bool:
        device = self._devices.get(device_id)
        return device is not None and tag in device.tags

    def _left(self, *, add: bool) -> set[str]:
        pairs = self._applied.left_add if add else self._applied.left_remove
        return {key for ids in (pairs or {}).values() for key in ids}

    # Commands

    def _send(self, commands: Sequence[AppCommand], left: Iterable[str]) -> None:
        """Nothing is sent to a device whose tags are not as planned: the MDM would undo it; nor to one that left."""
        applied, barred = self._applied, set(left)
        gone = [one.device_id for one in commands if one.device_id not in self._devices and one.device_id not in barred]
        if gone:
            applied.failures[f"{self._mdm.name} doesn't list these devices any more"] = gone
            barred.update(gone)
        ready = [command for command in commands if command.device_id not in barred]
        applied.unsent += len(commands) - len(ready)
        queued = {command.device_id for command in ready if command.install and self._is_queued(command.device_id)}
        applied.queued += len(queued)
        ready = [command for command in ready if command.device_id not in queued]
        if not ready:
            return
        applied.began = True
        for command, error in zip(ready, self._mdm.send_commands(ready), strict=True):
            if error is None:
                self._touched.add(command.device_id)
                applied.sent_installs += command.install
                applied.sent_uninstalls += not command.install
            elif isinstance(error, ServiceError) and not isinstance(error, ThrottledError):
                applied.failures.setdefault(error.message, []).append(command.device_id)
            elif isinstance(error, OutcomeUnknownError):
                applied.unsure += 1
                self._touched.add(command.device_id)
                if not isinstance(applied.error, OutcomeUnknownError):
                    applied.error = error  # it tells more than those that were not sent because of it
            else:
                # It concerns all: what follows was not sent either.
                applied.error = applied.error or error
                applied.unsent += 1

    def _bound(self) -> Devices:
        plan = self._plan
        return still_bound(self._mdm, plan.plans, self._before, self._notify) if plan.uninstalls else frozenset()

    def _is_queued(self, device_id: str) -> bool:
        """Whether the MDM itself began to install all that the device is to get, as soon as it had the tags: then it
        misses so many apps more than before."""
        before, now = self._before[device_id].missing_apps, self._devices[device_id].missing_apps
        entered = sum(device_id in part.add for part in self._plan.plans)
        asked = sum(device_id in part.install for part in self._plan.plans)
        only_new = all(device_id in part.add for part in self._plan.plans if device_id in part.install)
        return only_new and bool(asked) and before is not None and now is not None and now - before >= entered

    # Reports of the devices

    def _ask_check_in(self) -> None:
        pending = self._pending() if self._plan.waits else set()
        wanted = [self._devices[key] for key in sorted(self._touched | pending) if key in self._devices]
        if not (self._request.check_in and wanted and CHECK_IN in self._mdm.capabilities):
            return
        try:
            self._mdm.ask_check_in(wanted)
        except VppError as error:
            self._notify.warn(
                f"The devices could not be asked to report ({error.message}); they do so by themselves sooner or later."
            )

    def _pending(self) -> set[str]:
        states = self._plan.seen.states
        return {
            key for name, ids in self._plan.targets.items() for key in ids if states.get(name, {}).get(key) != INSTALLED
        }

    def _is_silent(self, device_id: str) -> bool:
        """Whether it has not reported since the plan was made; where the MDM tells no times, nobody knows."""
        last_seen = self._devices[device_id].last_seen
        return last_seen is not None and last_seen == self._before[device_id].last_seen

    def _wait(self) -> None:
        applied, plan, wait = self._applied, self._plan, self._request.wait
        if wait is None:
            return
        plan.sweep.forget(self._touched)
        deadline = self._clock.monotonic() + wait.timeout
        while True:
            self._devices = {device.id: device for device in self._mdm.read_devices()}
            members = {name: ids & self._devices.keys() for name, ids in plan.targets.items()}
            waiting = {key for key in self._touched & self._devices.keys() if self._is_silent(key)}
            found = plan.sweep.look(self._devices, members, full=True, waiting=waiting)
            applied.installs = _with_gone(found, plan.targets)
            states = applied.installs.states
            applied.short = tuple(name for name in members if not reached(states[name], wait.percent))
            left = deadline - self._clock.monotonic()
            if not applied.short or left <= 0:
                return
            self._clock.sleep(min(wait.interval, left))


def _with_gone(found: Installs, targets: Mapping[AppName, Devices]) -> Installs:
    """With those that the MDM doesn't list any more: they don't have the app, as far as anybody knows."""
    states = {name: {**dict.fromkeys(targets[name], ABSENT), **known} for name, known in found.states.items()}
    return replace(found, states=states)

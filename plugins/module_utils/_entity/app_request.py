# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task about apps of an MDM asks for, and what it plans: shared by reading, applying and reporting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .._core.app_model import App, AppGoal, AppPlan, Devices
from .._core.manual_steps import ManualStep
from .._core.mdm import AppCommand, AppName, LinkedAccount, TagChange
from .._core.model import Secret
from .._core.pack_app import AppIds
from .._core.ports import AppsBooks
from .._core.scope import Scope
from .installs import Installs, Sweep
from .location import LocationGuard
from .scope import ScopedDevices

MAC = "macOS"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The devices that a task names: by scopes (then `serial_numbers` is None), or one by one."""

    scopes: tuple[Scope, ...] = ()
    within: tuple[Scope, ...] | None = None
    serial_numbers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class WaitInstalled:
    """Wait until so many per cent of the devices have each app; times in seconds."""

    percent: int = 100
    timeout: float = 900.0
    interval: float = 30.0


@dataclass(frozen=True, slots=True)
class AppRequest:
    """What the task asks for; the ids in `goal` are filled in from `devices` once the MDM was read.

    `granted_here`: licences are granted by the collection, so only holders get into scope. `seen_within` in days.
    `expected`: take all devices for licensed and don't ask Apple, since a licence would be granted to them before.
    `by_owner`: the licences are those of the people who own the devices, of whom each has one Apple Account that serves
    `devices_per_account` devices (0 = nobody counts). `rate`: requests a second, for an estimate of times.
    """

    apps: tuple[App, ...]
    devices: Chosen
    goal: AppGoal
    granted_here: bool = False
    expected: bool = False
    keep_serial_numbers: tuple[str, ...] = ()
    push_macs: bool = False
    check_in: bool = True
    seen_within: int = 14
    wait: WaitInstalled | None = None
    rate: float = 3.0
    by_owner: bool = False
    devices_per_account: int = 10

    @property
    def names(self) -> tuple[AppName, ...]:
        return tuple(app.name for app in self.apps)


@dataclass(frozen=True, slots=True)
class Apple:
    """Apple's side of the task, where it has a content token."""

    api: AppsBooks
    guard: LocationGuard
    token: Secret
    read_accounts: Callable[[], Sequence[LinkedAccount]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan ready to be applied, with what the report needs.

    `targets`: by app, the devices that `wait` waits for. `unknown`: serial numbers that the MDM doesn't know.
    `over_limit`: people who own more devices in scope than their account serves; None = not counted.
    """

    mdm_name: str
    scoped: ScopedDevices
    plans: tuple[AppPlan, ...]
    tag_changes: tuple[TagChange, ...]
    uninstalls: tuple[AppCommand, ...]
    installs: tuple[AppCommand, ...]
    seen: Installs
    sweep: Sweep
    app_ids: AppIds
    steps: tuple[ManualStep, ...] = ()
    unknown: tuple[str, ...] = ()
    targets: Mapping[AppName, Devices] = field(default_factory=dict)
    over_limit: int | None = None
    waits: bool = False

    @property
    def writes(self) -> bool:
        return bool(self.tag_changes or self.uninstalls or self.installs)

    @property
    def changed(self) -> bool:
        """Whether there is anything to do: writing, or waiting for what was written before."""
        return self.writes or self.waits

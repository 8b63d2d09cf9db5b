# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of a plan that moves devices in and out of the scope of apps, and sends and removes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .license_model import PRESENT, RemovalLimit
from .mdm import AppName

UNLICENSED = "unlicensed"
UNSUPPORTED_PLATFORM = "unsupported_platform"
"""Why a device that the task names gets no tag of an app."""

NO_OWNER = "no_owner"
OWNER_UNKNOWN = "owner_unknown"
NOT_ASSOCIATED = "not_associated"
AMBIGUOUS = "ambiguous"
"""Why nobody's licence serves a device: the MDM tells no owner with an e-mail address; Apple knows no active person
with that address; the person has not accepted the invitation; several people have the address and have accepted."""

WITHOUT_LICENCE = frozenset({UNLICENSED, NO_OWNER, OWNER_UNKNOWN, NOT_ASSOCIATED, AMBIGUOUS})
"""Reasons that pass with a licence: the device was meant all the same."""

NOT_PUSHED = "not_pushed"
NOT_SEEN = "not_seen"
"""Why a device in scope gets no install command: a Mac, or one that the MDM has not heard of lately."""

Devices = frozenset[str]
"""Ids of the MDM."""

NONE: Devices = frozenset()


@dataclass(frozen=True, slots=True)
class App:
    """One app as the task names it. `tag` alone decides whether a device is in its scope; `paid` None = not told."""

    name: AppName
    tag: str
    label: str = ""
    paid: bool | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.label})" if self.label else str(self.name)


@dataclass(frozen=True, slots=True)
class AppGoal:
    """What the task asks for, for all its apps alike.

    `wanted`: the devices that it names; `reach`: those that `exclusive` may take out; `keep` guards against removal
    only. `max_shrink` is in per cent.
    """

    state: str = PRESENT
    wanted: Devices = NONE
    reach: Devices = NONE
    exclusive: bool = False
    keep: Devices = NONE
    max_removals: RemovalLimit | None = None
    max_shrink: int = 20
    allow_empty: bool = False
    install: bool = False
    uninstall: bool = False


@dataclass(frozen=True, slots=True)
class AppView:
    """What is known of one app before the plan.

    `unfit`: devices that get no tag, by reason; `unsendable`: devices that get no install command, by reason.
    `without`: devices that neither have the app nor wait for it, as far as they were asked. `managed`: devices on which
    the MDM manages the app and does not remove it already, as far as they were asked. `bound`: devices in the scope by
    a tag that can't be taken from them, so that an app removed would come back.
    """

    app: App
    tagged: Devices = NONE
    unfit: Mapping[str, Devices] = field(default_factory=dict)
    unsendable: Mapping[str, Devices] = field(default_factory=dict)
    without: Devices = NONE
    managed: Devices = NONE
    bound: Devices = NONE


@dataclass(frozen=True, slots=True)
class AppPlan:
    """One app. `fit`: the devices that are to be in scope in the end, of those the task names.

    `holders`: devices that have what the task may take; `covered`: those of them that keep it. `skipped`: devices of
    the task by the reason why something was left out.
    """

    app: App
    fit: Devices = NONE
    in_scope: Devices = NONE
    add: Devices = NONE
    remove: Devices = NONE
    install: Devices = NONE
    uninstall: Devices = NONE
    kept: Devices = NONE
    skipped: Mapping[str, Devices] = field(default_factory=dict)
    holders: int = 0
    covered: int = 0

    @property
    def removals(self) -> int:
        """Devices that lose the tag or the app."""
        return len(self.remove | self.uninstall)

    @property
    def changed(self) -> bool:
        return bool(self.add or self.remove or self.install or self.uninstall)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a diagnosis is asked for, and with what it works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .._core.diagnosis import Unread
from .._core.errors import LocationError, TokenError, VppError
from .._core.identity import AssetSelector
from .._core.mdm import LinkedAccount
from .._core.ports import AppsBooks, Clock, Mdm
from .._core.scope import Scope
from .._core.state_ports import StateDirectory
from .._core.token import ContentToken
from .find_people import NamedPeople
from .location import LocationGuard

Found = TypeVar("Found")

NO_MDM = Unread("the task names no connector to an MDM")
NO_STATE_DIR = Unread("the task names no state_dir, where it is remembered what was sent")


@dataclass(frozen=True, slots=True)
class WantedAsset:
    """One asset as the task names it, and the scopes by which the MDM's app of it reaches devices; none = not told."""

    selector: AssetSelector
    scopes: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class DiagnoseRequest:
    """What the task asks for. Devices: by `serial_numbers`, or by `scopes`; both None = none. `by_owner`: apps come by
    licences of the devices' owners. `ask_at_most`: so many devices are asked what became of the apps."""

    assets: tuple[WantedAsset, ...]
    serial_numbers: tuple[str, ...] | None = None
    scopes: tuple[Scope, ...] | None = None
    people: NamedPeople | None = None
    by_owner: bool = False
    seen_within: int = 14
    devices_per_account: int = 10
    ask_at_most: int = 100
    show_people: bool = False

    @property
    def has_devices(self) -> bool:
        return self.serial_numbers is not None or self.scopes is not None


@dataclass(frozen=True, slots=True)
class AppleSide:
    """What speaks to Apple, and what is remembered of it."""

    api: AppsBooks
    guard: LocationGuard
    token: ContentToken
    clock: Clock
    memory: StateDirectory | None = None


@dataclass(frozen=True, slots=True)
class DiagnoseMdm:
    """The MDM; `read_accounts` asks it once for the locations that are linked to it."""

    mdm: Mdm
    read_accounts: Callable[[], Sequence[LinkedAccount]]


def tried(what: str, read: Callable[[], Found]) -> Found | Unread:
    """What was read, or why it could not be: a step that can't be asked does not stop the others. Only what ends the
    chain for everybody does. `what` begins the clause."""
    try:
        return read()
    except (TokenError, LocationError):
        raise
    except VppError as error:
        return Unread(f"{what}: {error.message.rstrip('.')}")

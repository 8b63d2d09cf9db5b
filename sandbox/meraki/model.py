# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of Systems Manager as the sandbox keeps them; all ids are strings of digits [S].

Moments are seconds since the epoch. In a seed they are negative, before the sandbox started, until begin() is called.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..apple.model import Token
from .rate import Bucket
from .scope import Scope

SYSTEMS_MANAGER = "systemsManager"
NONE = Scope()


@dataclass
class App:
    """An app as the dashboard has it; no public call shows or changes it. Names as in the old Polaris call [S]."""

    app_id: str
    network_id: str
    bundle_id: str
    itunes_id: str
    name: str
    platform: str = "iOS"
    scope: Scope = NONE
    uses_vpp: bool = False
    purchase_method: str = "none"
    prevent_auto_install: bool = False
    auto_grant: bool = False
    auto_revoke: bool = False

    @property
    def licence(self) -> str:
        """Whose licence an install takes: device, user, or none. Free and paid apps have different controls [D]."""
        if self.purchase_method == "none":
            return "device" if self.uses_vpp else "none"
        return self.purchase_method


@dataclass
class Software:
    """One app on one device. ``app_id`` None: nobody set it up, a person installed it."""

    id: str
    name: str
    bundle_id: str
    itunes_id: str
    created: float
    app_id: str | None = None
    to_install: bool | None = None
    to_uninstall: bool | None = None
    installed: float | None = None
    uninstalled: float | None = None
    updated: float = 0.0
    managed: bool = False
    status: str | None = None

    @property
    def present(self) -> bool:
        return self.installed is not None and self.uninstalled is None

    @property
    def waiting(self) -> bool:
        """Whether a command is still to be carried out."""
        return bool(self.to_uninstall and self.present) or bool(self.to_install and not self.present)


@dataclass
class ManagedDevice:
    """A device in a network. ``platform`` in Apple's word (iOS, macOS, tvOS), or Android. ``serial`` None: enrolled by
    its user, so that Systems Manager is not told the number [D]. ``online`` False: it hears no push."""

    id: str
    name: str
    network_id: str
    serial: str | None
    model: str = "iPad"
    os_name: str = "iPadOS 19.1"
    platform: str = "iOS"
    tags: list[str] = field(default_factory=list)
    auto_tags: list[str] = field(default_factory=list)
    owner_id: str | None = None
    supervised: bool | None = True
    online: bool = True
    last_seen: float = -600.0
    created: float = -30_000_000.0
    notes: str = ""
    software: dict[str, Software] = field(default_factory=dict)
    scoped: set[str] = field(default_factory=set)

    @property
    def wifi_mac(self) -> str:
        digits = f"{int(self.id) % (1 << 32):08x}"
        return "02:5a:" + ":".join(digits[part : part + 2] for part in range(0, 8, 2))

    @property
    def uuid(self) -> str | None:
        return None if self.serial is None else f"00008099-{int(self.id) % (1 << 48):016X}"


@dataclass
class Owner:
    """A person as Systems Manager has it; not a VPP user [S]."""

    id: str
    email: str
    full_name: str
    username: str
    tags: list[str] = field(default_factory=list)


@dataclass
class Profile:
    """A configuration profile; read-only [S]."""

    id: str
    name: str
    scope: Scope
    payload_types: tuple[str, ...]
    description: str = ""


@dataclass
class TargetGroup:
    """A saved scope [S]."""

    id: str
    name: str
    scope: Scope


@dataclass
class Network:
    """Devices live in networks with the product type systemsManager [S]."""

    id: str
    name: str
    key: str
    product_types: tuple[str, ...] = (SYSTEMS_MANAGER,)
    tags: tuple[str, ...] = ()
    devices: dict[str, ManagedDevice] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    profiles: list[Profile] = field(default_factory=list)
    target_groups: dict[str, TargetGroup] = field(default_factory=dict)

    @property
    def manages(self) -> bool:
        return SYSTEMS_MANAGER in self.product_types


@dataclass
class VppAccount:
    """A linked token. ``allowed_admins`` and ``assignable_networks`` are words whose full lists nobody knows [S]."""

    id: str
    location: str
    token: Token
    name: str
    email: str
    allowed_admins: str = "Network"
    network_id_admins: list[str] = field(default_factory=list)
    assignable_networks: str = "Some"
    assignable_network_ids: list[str] = field(default_factory=list)
    last_sync: float = -7200.0
    last_force_sync: float | None = -180_000.0

    def serves(self, network_id: str) -> bool:
        """Whether apps of a network may use its licences."""
        return self.assignable_networks == "All" or network_id in self.assignable_network_ids


@dataclass
class ApiKey:
    """A key acts with the rights of an admin [X]. ``networks`` None: the whole organisation."""

    name: str
    value: str
    write: bool = True
    networks: tuple[str, ...] | None = None

    def sees(self, network_id: str) -> bool:
        return self.networks is None or network_id in self.networks


@dataclass
class Organization:
    """All of it. ``lock`` guards every use, and is taken before a lock of Apple's half."""

    id: str
    name: str
    networks: dict[str, Network] = field(default_factory=dict)
    accounts: dict[str, VppAccount] = field(default_factory=dict)
    owners: dict[str, Owner] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    bucket: Bucket = field(default_factory=Bucket)
    lock: threading.RLock = field(default_factory=threading.RLock)
    answers: list[tuple[float, ManagedDevice]] = field(default_factory=list)
    next_round: float | None = None
    last_number: int = 0

    def new_id(self, prefix: str) -> str:
        """A number that nothing else has, 13 digits long."""
        self.last_number += 1
        return f"{prefix}{self.last_number:0{13 - len(prefix)}d}"

    def devices(self) -> Iterator[ManagedDevice]:
        """Of all networks."""
        for network in self.networks.values():
            yield from network.devices.values()

    def begin(self, now: float) -> None:
        """Seeds tell moments as seconds before the start; here they become moments."""
        for account in self.accounts.values():
            account.last_sync += now
            if account.last_force_sync is not None:
                account.last_force_sync += now
        for device in self.devices():
            device.last_seen += now
            device.created += now
            for row in device.software.values():
                row.created += now
                row.updated += now
                row.installed = None if row.installed is None else row.installed + now

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of an MDM as immutable values, in words that fit every connector.

A *unit* is a part of the fleet that is administered by itself (a network in Systems Manager; an MDM without such parts
has one). A *tag* is the label by which the MDM puts devices together (a tag in Systems Manager, a set in KMFDDM).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .model import Secret

OWN_LICENSING = "own_licensing"
"""It takes a licence by itself when it installs, so the admin must say who grants [design, rule 6]."""
ACCOUNTS = "accounts"
"""It tells which locations are linked to it."""
TOKENS = "tokens"
"""... with the content token itself."""
DEVICES = "devices"
"""It lists its devices with their serial numbers."""
SCOPES = "scopes"
"""It says itself which devices a scope means (it may know tags that it doesn't show)."""
TAG_WRITE = "tag_write"
"""Devices can be given a tag, and lose it."""
APP_STATE = "app_state"
"""It tells what became of an app on a device."""
INSTALL = "install"
"""An app can be sent to a device, and removed from it, by command."""
CHECK_IN = "check_in"
"""Devices can be asked to report at once."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the fleet; `id` is the MDM's own."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class MdmDevice:
    """One enrolled device. `id` and `unit` are the MDM's own ids; empty text and None = not told.

    `platform` is Apple's name (`iOS`, `macOS`, `tvOS`, `visionOS`, `watchOS`; iPads are `iOS`), or empty for a device
    that is not Apple's (`os` still tells what it is). `tags` were set by hand, `auto_tags` by the MDM. `missing_apps`:
    apps that are to be on the device and are not yet. `owner` identifies a person: shown on request only.
    """

    id: str
    unit: str
    serial_number: str = ""
    name: str = ""
    platform: str = ""
    os: str = ""
    os_version: str = ""
    model: str = ""
    supervised: bool | None = None
    last_seen: datetime | None = None
    tags: frozenset[str] = frozenset()
    auto_tags: frozenset[str] = frozenset()
    missing_apps: int | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """One location that is linked to the MDM: a VPP account. Empty and None = not told.

    `units` None = it may be used in every unit. `allowed_admins` is the MDM's own text (it may not say who they are).
    """

    id: str
    name: str = ""
    email: str = ""
    location_uid: str = ""
    location_name: str = ""
    organisation: str = ""
    token: Secret | None = None
    token_expires: datetime | None = None
    last_sync: datetime | None = None
    allowed_admins: str = ""
    admin_units: tuple[str, ...] = ()
    units: tuple[str, ...] | None = None


PENDING = "pending"
INSTALLING = "installing"
INSTALLED = "installed"
UNMANAGED = "unmanaged"
REJECTED = "rejected"
FAILED = "failed"
REMOVED = "removed"
ABSENT = "absent"
APP_STATES = (INSTALLED, INSTALLING, PENDING, FAILED, REJECTED, UNMANAGED, REMOVED, ABSENT)
"""What became of an app on a device, in words that every MDM's own map to [mdm-connectors 0.2]. `absent`: the MDM has
no record of it there."""


@dataclass(frozen=True, slots=True)
class AppRecord:
    """One app on one device as the MDM knows it. `app_id` is the MDM's own id, empty where it does not tell one.

    `wanted`: the MDM means to install it (or has), `unwanted`: it means to remove it.
    """

    state: str
    app_id: str = ""
    managed: bool = False
    wanted: bool = False
    unwanted: bool = False


@dataclass(frozen=True, slots=True)
class AppName:
    """What identifies an app to any MDM: at least one of the first two. `app_ids`: the MDM's own id by unit."""

    adam_id: str = ""
    bundle_id: str = ""
    app_ids: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return self.adam_id or self.bundle_id


@dataclass(frozen=True, slots=True)
class TagChange:
    """Gives all these tags to all these devices of one unit (`add`), or takes them away; other tags stay."""

    unit: str
    tags: tuple[str, ...]
    device_ids: tuple[str, ...]
    add: bool = True


@dataclass(frozen=True, slots=True)
class AppCommand:
    """Sends apps to one device, or removes them from it (`install` False). `app_ids` are the MDM's own."""

    unit: str
    device_id: str
    app_ids: tuple[str, ...]
    install: bool = True

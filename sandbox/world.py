# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world a seed makes: locations, the store's catalogue, a school's devices and people, its Systems Manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .apple.accounts import AppleAccount
from .apple.location import Location
from .apple.model import AppInfo, Token
from .meraki.model import Organization


@dataclass(frozen=True)
class Device:
    """A device as a school's own list has it; Apple's half knows serial numbers only."""

    serial_number: str
    name: str
    platform: str
    location: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """A person as a school's own list has it."""

    client_user_id: str
    name: str
    email: str
    location: str
    tags: tuple[str, ...] = ()
    managed_apple_id: str = ""


@dataclass
class World:
    """All that exists. ``switches`` are the positions that suit this seed."""

    seed: str
    locations: dict[str, Location] = field(default_factory=dict)
    catalogue: dict[str, AppInfo] = field(default_factory=dict)
    devices: list[Device] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    switches: Mapping[str, object] = field(default_factory=dict)
    accounts: dict[str, AppleAccount] = field(default_factory=dict)
    meraki: Organization = field(default_factory=lambda: Organization("600000", "Nobody"))

    def find_token(self, value: str) -> tuple[Location, Token] | None:
        """The location that a token governs."""
        for location in self.locations.values():
            for token in location.tokens:
                if token.value == value:
                    return location, token
        return None

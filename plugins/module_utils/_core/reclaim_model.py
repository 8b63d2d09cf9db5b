# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of taking back what nobody uses: reasons, what is known of holders, and what a task may take."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .license_model import RemovalLimit
from .model import AssetKey

UNKNOWN_DEVICE = "unknown_device"
UNSEEN_DEVICE = "unseen_device"
RETIRED_PERSON = "retired_person"
GONE_PERSON = "gone_person"
DOUBLY_LICENSED = "doubly_licensed"
REASONS = (UNKNOWN_DEVICE, UNSEEN_DEVICE, RETIRED_PERSON, GONE_PERSON, DOUBLY_LICENSED)
"""Why a licence may come back; of several that apply the first one is told."""

OF_MDM = frozenset({UNKNOWN_DEVICE, UNSEEN_DEVICE, DOUBLY_LICENSED})
OF_PEOPLE = frozenset({RETIRED_PERSON, GONE_PERSON, DOUBLY_LICENSED})
"""Reasons that take an MDM, or Apple's list of people, to tell."""

FROM_ABSENCE = frozenset({UNKNOWN_DEVICE, UNSEEN_DEVICE, GONE_PERSON})
"""Reasons that rest on what an answer or a list does not say, as one that was cut off does not."""

TAKE_USERS = "users"
TAKE_DEVICES = "devices"
"""Of which of the two licences of somebody who is doubly licensed comes back."""

NEEDED = "needed"
"""Why a doubly licensed person keeps the licence: another of the person's devices has none of its own."""


@dataclass(frozen=True, slots=True)
class OwnedDevice:
    """A device of a person. `serial_number` in Apple's form, empty = not told; `platform` is Apple's name."""

    serial_number: str
    platform: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of those who may hold licences: serial numbers in Apple's form, and people by client_user_id.

    `known`: devices that the MDM knows, `unseen`: those of them that did not report for long. `active` and `retired`
    people of Apple's list; `listed`: those who are named by the admin's list, or may be. `owned`: the devices of each
    person who is known for certain to be their owner. What no reason asks for is empty.
    """

    reasons: frozenset[str]
    known: Collection[str] = ()
    unseen: Collection[str] = ()
    active: Collection[str] = ()
    retired: Collection[str] = ()
    listed: Collection[str] = ()
    owned: Mapping[str, tuple[OwnedDevice, ...]] = field(default_factory=dict)
    take_from: str = TAKE_USERS


@dataclass(frozen=True, slots=True)
class Unused:
    """(asset, holder) pairs by kind of holder, reason and asset, as bits over the index of the kind; none stands under
    two reasons. `needed`: doubly licensed people by asset who keep the licence (see NEEDED)."""

    pairs: Mapping[str, Mapping[str, Mapping[AssetKey, int]]]
    needed: Mapping[AssetKey, int] = field(default_factory=dict)

    def of(self, kind: str, key: AssetKey) -> int:
        """All holders of this kind, whatever the reason."""
        found = 0
        for assets in self.pairs.get(kind, {}).values():
            found |= assets.get(key, 0)
        return found


@dataclass(frozen=True, slots=True)
class ReclaimGoal:
    """What a task may take. `keep_devices`, `keep_people`: bits over the indexes of the holdings; `max_shrink` is in
    per cent."""

    keep_devices: int = 0
    keep_people: int = 0
    keep_assets: frozenset[AssetKey] = frozenset()
    max_removals: RemovalLimit | None = None
    max_shrink: int = 20

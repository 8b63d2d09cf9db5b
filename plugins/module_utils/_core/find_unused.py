# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Present holders + what is known of them -> who of them has no use for the licence, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .holdings import Holdings
from .model import Asset, AssetKey
from .reclaim_model import (
    DOUBLY_LICENSED,
    GONE_PERSON,
    RETIRED_PERSON,
    TAKE_DEVICES,
    UNKNOWN_DEVICE,
    UNSEEN_DEVICE,
    Evidence,
    OwnedDevice,
    Unused,
)
from .targets import DEVICES, USERS

_Found = dict[str, dict[str, dict[AssetKey, int]]]


def find_unused(assets: Sequence[Asset], holdings: Holdings, evidence: Evidence) -> Unused:
    """The pairs of `assets` that a reason of the evidence applies to."""
    found: _Found = {DEVICES: {}, USERS: {}}
    needed: dict[AssetKey, int] = {}
    known, unseen = (holdings.device_index.bits(names) for names in (evidence.known, evidence.unseen))
    active, retired, listed = (
        holdings.user_index.bits(names) for names in (evidence.active, evidence.retired, evidence.listed)
    )
    for asset in assets:
        key = asset.key
        devices, people = holdings.devices(key), holdings.users(key)
        for kind, reason, bits in (
            (DEVICES, UNKNOWN_DEVICE, devices & ~known),
            (DEVICES, UNSEEN_DEVICE, devices & known & unseen),
            (USERS, RETIRED_PERSON, people & retired),
            (USERS, GONE_PERSON, people & active & ~retired & ~listed),
        ):
            if bits and reason in evidence.reasons:
                found[kind].setdefault(reason, {})[key] = bits
        if DOUBLY_LICENSED in evidence.reasons:
            # What comes back for another reason is no second licence any more.
            before = Unused(found)
            devices, people = devices & ~before.of(DEVICES, key), people & ~before.of(USERS, key)
            if devices and people:
                _doubly(asset, devices, people, holdings, evidence, found, needed)
    return Unused(found, needed)


def _doubly(
    asset: Asset,
    devices: int,
    people: int,
    holdings: Holdings,
    evidence: Evidence,
    found: _Found,
    needed: dict[AssetKey, int],
) -> None:
    licensed = frozenset(holdings.device_index.names(devices))
    losers: list[str] = []
    keepers: list[str] = []
    for person in holdings.user_index.names(people):
        owned = [device for device in evidence.owned.get(person, ()) if _runs_on(asset, device)]
        own = [device.serial_number for device in owned if device.serial_number in licensed]
        if not own:
            continue
        if evidence.take_from == TAKE_DEVICES:
            losers += own
        elif len(own) == len(owned):
            losers.append(person)
        else:
            keepers.append(person)
    kind, index = (
        (DEVICES, holdings.device_index) if evidence.take_from == TAKE_DEVICES else (USERS, holdings.user_index)
    )
    if losers:
        found[kind].setdefault(DOUBLY_LICENSED, {})[asset.key] = index.bits(losers)
    if keepers:
        needed[asset.key] = len(keepers)


def _runs_on(asset: Asset, device: OwnedDevice) -> bool:
    """No list of platforms = no objection."""
    return not asset.supported_platforms or device.platform in asset.supported_platforms


def count_by_reason(unused: Unused, kinds: Iterable[str] = (DEVICES, USERS)) -> dict[str, int]:
    """Pairs by reason, over all assets."""
    counts: dict[str, int] = {}
    for kind in kinds:
        for reason, assets in unused.pairs.get(kind, {}).items():
            counts[reason] = counts.get(reason, 0) + sum(bits.bit_count() for bits in assets.values())
    return dict(sorted(counts.items()))

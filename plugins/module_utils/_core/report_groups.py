# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds what, counted by asset and by group of devices; and whose licences lie idle. Sets are ints, see bits.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .eligibility import is_unseen
from .holdings import Holdings
from .mdm import MdmDevice, Unit
from .model import AssetKey
from .reclaim_model import RETIRED_PERSON, UNKNOWN_DEVICE, UNSEEN_DEVICE
from .targets import DEVICES, USERS, TargetIndex
from .user_model import User

ELSEWHERE_DEVICE = "elsewhere_device"
UNKNOWN_PERSON = "unknown_person"
REASONS = (UNKNOWN_DEVICE, ELSEWHERE_DEVICE, UNSEEN_DEVICE, RETIRED_PERSON, UNKNOWN_PERSON)
"""Why a licence lies idle: no unit of the MDM knows the device; only units of others do; it did not report for long;
Apple has the person as retired, or not at all. Each holder has the first reason that is so."""


@dataclass(frozen=True, slots=True)
class Group:
    """Devices of one unit, or with one tag, as bits."""

    name: str
    devices: int


def group_by_unit(units: Iterable[Unit], latest: Mapping[str, MdmDevice], index: TargetIndex) -> dict[str, Group]:
    """The devices of each unit, by its id. `latest`: the record that counts, by serial number."""
    serials: dict[str, list[str]] = {unit.id: [] for unit in units}
    for serial, device in latest.items():
        serials.setdefault(device.unit, []).append(serial)
    names = {unit.id: unit.name for unit in units}
    return {key: Group(names.get(key, key), index.bits(found)) for key, found in sorted(serials.items())}


def group_by_tag(latest: Mapping[str, MdmDevice], index: TargetIndex) -> dict[str, Group]:
    """The devices with each tag that was set by hand, by the tag."""
    serials: dict[str, list[str]] = {}
    for serial, device in latest.items():
        for tag in device.tags:
            serials.setdefault(tag, []).append(serial)
    return {tag: Group(tag, index.bits(serials[tag])) for tag in sorted(serials)}


def count_groups(holders: int, groups: Mapping[str, Group]) -> dict[str, int]:
    """How many of each group hold it; groups of which nobody does are left out."""
    counts = {key: (holders & group.devices).bit_count() for key, group in groups.items()}
    return {key: count for key, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Idle:
    """Licences of one reason: `by_asset` holds the holders, as bits of their kind."""

    reason: str
    kind: str
    holders: int
    by_asset: Mapping[AssetKey, int]

    @property
    def licenses(self) -> int:
        return sum(bits.bit_count() for bits in self.by_asset.values())


def idle_devices(
    index: TargetIndex,
    holders: int,
    latest: Mapping[str, MdmDevice],
    elsewhere: Collection[str],
    now: datetime,
    days: int,
) -> dict[str, int]:
    """Which of the `holders` lie idle, by reason. `elsewhere`: serial numbers that units of others know."""
    found: dict[str, list[str]] = {UNKNOWN_DEVICE: [], ELSEWHERE_DEVICE: [], UNSEEN_DEVICE: []}
    for serial in index.names(holders):
        device = latest.get(serial)
        if device is None:
            found[ELSEWHERE_DEVICE if serial in elsewhere else UNKNOWN_DEVICE].append(serial)
        elif is_unseen(device, now, days):
            found[UNSEEN_DEVICE].append(serial)
    return {reason: index.bits(serials) for reason, serials in found.items()}


def idle_people(index: TargetIndex, holders: int, users: Mapping[str, User]) -> dict[str, int]:
    """The same for people. `users`: the record that counts, by id."""
    found: dict[str, list[str]] = {RETIRED_PERSON: [], UNKNOWN_PERSON: []}
    for name in index.names(holders):
        user = users.get(name)
        if user is None:
            found[UNKNOWN_PERSON].append(name)
        elif not user.active:
            found[RETIRED_PERSON].append(name)
    return {reason: index.bits(names) for reason, names in found.items()}


def idle_licences(
    holdings: Holdings, keys: Sequence[AssetKey], devices: Mapping[str, int], people: Mapping[str, int]
) -> list[Idle]:
    """Per reason and asset, in the order of REASONS; reasons of nobody are left out."""
    result = []
    for reason in REASONS:
        kind = DEVICES if reason in devices else USERS
        bits = devices.get(reason, 0) | people.get(reason, 0)
        if bits:
            by_asset = {key: found for key in keys if (found := holdings.holders(kind, key) & bits)}
            result.append(Idle(reason, kind, bits, by_asset))
    return result

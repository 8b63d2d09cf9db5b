# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From scopes to devices: read from the MDM, checked against each other, and sorted by who can take a licence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from .._core.eligibility import latest_records, obstacle
from .._core.errors import InputError, ServiceError
from .._core.identity import samples, usable_serial_number
from .._core.mdm import MdmDevice, Unit
from .._core.ports import Mdm, Notify
from .._core.scope import Scope, merged, surely_in, tags_of

SHOWN = 10
"""Devices shown of one reason."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """All devices of the task's units, from one read. `latest`: the record that counts by serial number; `older`:
    ids of the other records of the same devices."""

    units: tuple[Unit, ...]
    devices: Mapping[str, MdmDevice]
    latest: Mapping[str, MdmDevice]
    older: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScopedDevices:
    """What a scope means. Serial numbers are in the one form that Apple uses, lists in the order of unit and id.

    `members`: devices in the scope (older records of a device left out); `wanted`: those of them that can take a
    licence, by serial number; `left_out`: the others by reason (words of eligibility.py). `known`: the universe of
    `exclusive`. `platforms`: serial numbers of `wanted` by Apple's name of the platform. `universe`: ids of
    the devices that the task is in charge of, None = all.
    """

    fleet: Fleet
    members: tuple[MdmDevice, ...]
    wanted: Mapping[str, MdmDevice]
    known: tuple[str, ...]
    left_out: Mapping[str, tuple[MdmDevice, ...]] = field(default_factory=dict)
    universe: frozenset[str] | None = None

    @property
    def serial_numbers(self) -> tuple[str, ...]:
        return tuple(self.wanted)

    @property
    def platforms(self) -> dict[str, tuple[str, ...]]:
        result: dict[str, list[str]] = {}
        for serial, device in self.wanted.items():
            result.setdefault(device.platform, []).append(serial)
        return {platform: tuple(found) for platform, found in sorted(result.items())}

    @property
    def left_out_counts(self) -> dict[str, int]:
        """For a summary."""
        return {reason: len(found) for reason, found in self.left_out.items()}

    @property
    def left_out_facts(self) -> list[dict[str, Any]]:
        """For a result: devices by serial number or the MDM's id, never by name, which may be a person's."""
        return [
            {"reason": reason, "count": len(found), "devices": [device_label(one) for one in found[:SHOWN]]}
            for reason, found in self.left_out.items()
        ]


def device_label(device: MdmDevice) -> str:
    """A device in a sentence or a sample: never its name."""
    return usable_serial_number(device.serial_number) or f"id {device.id}"


def read_fleet(mdm: Mdm, notify: Notify) -> Fleet:
    """One read of everything. Devices with two records are warned of."""
    units, devices = mdm.read_units(), mdm.read_devices()
    latest, older = latest_records(devices)
    if older:
        twice = sorted({usable_serial_number(device.serial_number) for device in older})
        notify.warn(
            f"{mdm.name} has more than one record of {len(twice)} serial numbers ({samples(twice)}); the one seen last "
            "counts. Remove the old ones there."
        )
    return Fleet(
        tuple(units),
        {device.id: device for device in devices},
        latest,
        frozenset(device.id for device in older),
    )


def resolve_scope(
    mdm: Mdm,
    scopes: Sequence[Scope],
    within: Sequence[Scope] | None,
    *,
    strict_tags: bool,
    notify: Notify,
    option: str = "devices",
    fleet: Fleet | None = None,
) -> ScopedDevices:
    """The devices in at least one of `scopes`, as the MDM evaluates them, and what is known of the fleet.

    `within` (the same form; None = the whole fleet) is the universe: a device in scope outside of it is an InputError.
    `strict_tags`: a tag that nothing has is an InputError, else a warning. `option` holds the options `scope`
    and `within` (empty: they stand alone). `fleet`: where it was read already. Raises ServiceError where the MDM's
    answers contradict each other, which is how half an answer shows itself.
    """
    fleet = fleet or read_fleet(mdm, notify)
    dotted = f"{option}." if option else ""
    members = _read_members(mdm, fleet, scopes, f"{dotted}scope")
    universe = None if within is None else _read_members(mdm, fleet, within, f"{dotted}within")
    named = {f"{dotted}scope": scopes, f"{dotted}within": within or ()}
    check_tags(mdm, fleet, named, strict_tags, notify)
    if universe is not None and (outside := members - universe):
        shown = samples(device_label(fleet.devices[key]) for key in sorted(outside))
        raise InputError(
            f"{dotted}scope: {len(outside)} of the {len(members)} devices in it are outside of {dotted}within "
            f"({shown}), so they would be in nobody's charge; widen within, or narrow scope."
        )
    return _sorted_out(fleet, members, universe)


def pick_devices(mdm: Mdm, serial_numbers: Iterable[str], *, notify: Notify) -> tuple[ScopedDevices, list[str]]:
    """The devices with these serial numbers (in the one form), as `resolve_scope` tells them; and those that the MDM
    doesn't know."""
    fleet = read_fleet(mdm, notify)
    listed = dict.fromkeys(serial_numbers)
    found = frozenset(fleet.latest[serial].id for serial in listed if serial in fleet.latest)
    return _sorted_out(fleet, found, None), [serial for serial in listed if serial not in fleet.latest]


def _sorted_out(fleet: Fleet, members: frozenset[str], universe: frozenset[str] | None) -> ScopedDevices:
    chosen = tuple(one for key, one in fleet.devices.items() if key in members and key not in fleet.older)
    wanted: dict[str, MdmDevice] = {}
    left_out: dict[str, list[MdmDevice]] = {}
    for device in chosen:
        reason = obstacle(device)
        if reason:
            left_out.setdefault(reason, []).append(device)
        else:
            wanted[usable_serial_number(device.serial_number)] = device
    known = [serial for serial, device in fleet.latest.items() if universe is None or device.id in universe]
    return ScopedDevices(
        fleet, chosen, wanted, tuple(known), {reason: tuple(left_out[reason]) for reason in sorted(left_out)}, universe
    )


def _read_members(mdm: Mdm, fleet: Fleet, scopes: Sequence[Scope], option: str) -> frozenset[str]:
    """Ids in at least one of the scopes. What can be seen of the tags must agree with what the MDM says."""
    members = mdm.read_members(merged(scopes))
    strange = sorted(members - fleet.devices.keys())
    missing = sorted(
        key
        for key, device in fleet.devices.items()
        if key not in members and any(surely_in(scope, device) for scope in scopes)
    )
    if strange or missing:
        told = (
            f"{len(strange)} devices are said to be in scope and are not in its list of devices"
            if strange
            else f"{len(missing)} devices have the tags of the scope ({samples(map(str, scopes))}) and are said not to "
            "be in it"
        )
        raise ServiceError(
            f"{option}: {mdm.name}'s answers contradict each other: {told}; nothing was changed. Its answer may have "
            "been cut off, or somebody changed tags meanwhile; run the task again.",
            facts={"strange_devices": len(strange), "missing_devices": len(missing)},
        )
    return members


def check_tags(
    mdm: Mdm,
    fleet: Fleet,
    scopes: Mapping[str, Sequence[Scope]],
    strict: bool,
    notify: Notify,
) -> None:
    """Tells the tags of the `scopes` (by option) that nothing has, as an InputError if `strict`, else as a warning: a
    slip in a tag is a scope of nobody, or, with `without_any`, one of everybody."""
    seen = {tag for device in fleet.devices.values() for tag in (*device.tags, *device.auto_tags)}
    unknown = {name: [tag for tag in tags_of(named) if tag not in seen] for name, named in scopes.items()}
    if not any(unknown.values()):
        return
    seen |= mdm.read_tags()
    problems = [
        f"{name}: neither a device nor an owner of one has the tag {tag!r}{_hint(tag, seen)}"
        for name, tags in unknown.items()
        for tag in tags
        if tag not in seen
    ]
    if not problems:
        return
    if strict:
        raise InputError(
            f"{'; '.join(problems[:3])}. Correct the tag, or set allow_empty: true if nobody is to have it yet."
        )
    for problem in problems:
        notify.warn(f"{problem}.")


def _hint(tag: str, seen: Iterable[str]) -> str:
    folded = {other.casefold(): other for other in sorted(seen)}
    near = get_close_matches(tag.casefold(), folded, 1, 0.75)
    return f" (did you mean {folded[near[0]]!r}?)" if near else ""

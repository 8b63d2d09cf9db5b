# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a control call was given, checked; a wrong one is a ValueError with one sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from .model import ManagedDevice, Network, Organization

Thing = TypeVar("Thing")
Kind = type | tuple[type, ...]
WHICH: dict[str, Kind] = {"serials": list, "ids": list, "network": str, "all": bool}


def read(
    data: object,
    types: Mapping[str, Kind],
    required: Collection[str] = (),
    empty: Collection[str] = (),
    objects: Collection[str] = (),
) -> dict[str, Any]:
    """The fields of a body, each of its type. ``empty`` may be null, ``objects`` are lists of such; others of texts."""
    if not isinstance(data, dict):
        raise ValueError(f"An object is wanted, not {data!r}.")
    for name, value in data.items():
        if name not in types:
            raise ValueError(f"There is no field {name!r} here; known are {', '.join(types)}.")
        if value is None and name in empty:
            continue
        kind = types[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"Field {name} does not take {value!r}.")
        if isinstance(value, list) and not all(isinstance(item, dict if name in objects else str) for item in value):
            raise ValueError(f"Field {name} takes a list of {'objects' if name in objects else 'texts'}.")
    if missing := [name for name in required if not data.get(name)]:
        raise ValueError(f"Field {missing[0]} is missing.")
    return dict(data)


def found(things: Mapping[str, Thing], name: str, noun: str) -> Thing:
    """The thing of that name."""
    if name not in things:
        raise ValueError(f"There is no {noun} {name!r}.")
    return things[name]


def find_network(org: Organization, text: str) -> Network:
    """A network by its id or its key."""
    for network in org.networks.values():
        if text in (network.id, network.key):
            return network
    raise ValueError(f"There is no network {text!r}; known are {', '.join(one.key for one in org.networks.values())}.")


def which(org: Organization, given: Mapping[str, Any]) -> list[ManagedDevice]:
    """The devices that a call means; one that is named but not there is an error."""
    if given.get("network"):
        return list(find_network(org, given["network"]).devices.values())
    if given.get("all"):
        return list(org.devices())
    serials, ids = given.get("serials", ()), given.get("ids", ())
    wanted = [device for device in org.devices() if device.serial in serials or device.id in ids]
    if missing := ({*serials, *ids}) - {device.serial for device in wanted} - {device.id for device in wanted}:
        raise ValueError(f"There is no device {min(missing)!r}.")
    if not wanted:
        raise ValueError(f"Say which devices: {', '.join(WHICH)}.")
    return wanted

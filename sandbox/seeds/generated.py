# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``generated``: a world of any size, from numbers; for measurements.

``drift`` is the share of all (app, device) pairs that is *not* assigned: 0 is a full assignment, 1 is an empty one.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import compress

from ..apple.location import Location
from ..apple.model import UNLIMITED, AppInfo
from ..apple.people import id_hash
from ..meraki.enrolment import enrol
from ..world import Device, Person, World
from . import parts, systems

DEFAULTS = {
    "apps": 25,
    "devices": 1000,
    "people": 100,
    "tags": 10,
    "drift": 0.1,
    "number": 1,
    "licences": 0,
    "locations": 1,
    "devices_elsewhere": 0,
}
FIRST_APP = 800000001
ORG = "Measured Learning Trust"


def build(options: Mapping[str, str]) -> World:
    """``apps`` for all ``devices``, less the drift. ``licences`` per app, 0 for unlimited.

    Of several ``locations`` the first is ``main``, the others are ``main-2`` and so on, with ``devices_elsewhere`` each
    (0: as many as ``main``) and no people.
    """
    numbers = read_options(options)
    devices, people = int(numbers["devices"]), int(numbers["people"])
    chance = random.Random(int(numbers["number"]))
    world = World("generated")
    _add_catalogue(world, int(numbers["apps"]))
    tags = max(int(numbers["tags"]), 1)
    salt = str(sorted(numbers.items()))
    for turn in range(max(int(numbers["locations"]), 1)):
        key = "main" if turn == 0 else f"main-{turn + 1}"
        uid = f"{7800000000000000 + int(numbers['number']) + turn * 10**11}"
        place = world.locations[key] = parts.location(key, uid, ORG, ORG, salt)
        serials = _add_devices(world, key, int(numbers["devices_elsewhere"]) or devices if turn else devices, tags)
        _assign(world, place, serials, chance, numbers)
    _add_people(world, people, tags)
    _add_systems(world, int(numbers["number"]))
    # Here an event takes its event_seconds and nothing else, so that requests can be counted against the fewest.
    world.switches = {"page_size": 549, "event_seconds": 0, "pending_polls": 0}
    return world


def _add_catalogue(world: World, apps: int) -> None:
    for position in range(1, apps + 1):
        adam_id = str(FIRST_APP + position - 1)
        world.catalogue[adam_id] = AppInfo(adam_id, f"Generated App {position}", f"example.generated.app{position}")


def _add_devices(world: World, key: str, devices: int, tags: int) -> list[str]:
    """More devices, of one location; their serial numbers."""
    first = len(world.devices)
    serials = [parts.serial(number) for number in range(first, first + devices)]
    world.devices.extend(
        Device(text, f"Device {number}", "iPadOS", key, (f"tag-{number % tags + 1}",))
        for number, text in enumerate(serials, first)
    )
    return serials


def _assign(
    world: World, place: Location, serials: list[str], chance: random.Random, numbers: Mapping[str, float]
) -> None:
    """Every app for every device, less the drift."""
    keep = 1.0 - numbers["drift"]
    with place.store.filling():
        for info in world.catalogue.values():
            asset = parts.own(place, info, int(numbers["licences"]) or UNLIMITED)
            held = serials if keep >= 1.0 else list(compress(serials, (chance.random() < keep for _turn in serials)))
            place.store.assign((asset, text, None) for text in held[: asset.available])


def read_options(options: Mapping[str, str]) -> dict[str, float]:
    """The numbers given, or their defaults; ValueError with one sentence if one can't be used."""
    numbers: dict[str, float] = dict(DEFAULTS)
    for name, text in options.items():
        name = "number" if name == "seed" else name
        if name not in DEFAULTS:
            raise ValueError(f"Seed generated has no option {name!r}; it knows {', '.join(DEFAULTS)} and every switch.")
        try:
            numbers[name] = float(text)
        except ValueError:
            raise ValueError(f"Option {name} of seed generated is a number, not {text!r}.") from None
        if not 0 <= numbers[name] < UNLIMITED or (name == "drift" and numbers[name] > 1):
            raise ValueError(f"Option {name} of seed generated is out of range: {text}.")
    return numbers


def _add_people(world: World, people: int, tags: int) -> None:
    rows = []
    for number in range(people):
        name = f"person-{number + 1:06d}"
        email = f"{name}@measured.example"
        # Nine of ten are associated, as in a school that uses managed accounts.
        associated = number % 10 != 9
        account = email if associated else ""
        world.people.append(Person(name, f"Person {number + 1}", email, "main", (f"tag-{number % tags + 1}",), account))
        rows.append(
            {
                "client_user_id": name,
                "email": email,
                "managed_apple_id": account or None,
                "id_hash": id_hash(account) if associated else None,
                "invite_code": None if associated else parts.invite_code("generated", name),
                "status": "Associated" if associated else "Registered",
            }
        )
    world.locations["main"].store.add_users(rows)


def _add_systems(world: World, number: int) -> None:
    """A network a location with all its devices, and the first three apps set up with a scope that nobody is in yet."""
    org = systems.organization(world, f"61{number:04d}", ORG, f"generated:{number}")
    sites = {}
    for key in world.locations:
        site = sites[key] = systems.network(org, key, "Measured devices" if key == "main" else f"Devices of {key}")
        systems.link(world, site, "apps@measured.example")
        for adam_id in list(world.catalogue)[:3]:
            systems.app(world, site, adam_id, systems.tagged(f"app-{adam_id}"), uses_vpp=True)
    for device in world.devices:
        enrol(org, sites[device.location], device.serial_number, device.name, device.platform, device.tags)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``school``: one invented school on three sites, with the apps that schools really use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..apple.model import UNLIMITED
from ..apple.people import id_hash
from ..apple.store import Pair
from ..world import Device, Person, World
from . import names, parts, school_systems

ORG = "Kowhai Valley College"
DOMAIN = "kowhaivalley.example"
# key: (library, name, devices, people)
SITES = {
    "north": ("7700000000001001", "Kowhai Valley College North Campus", 500, 400),
    "south": ("7700000000001002", "Kowhai Valley College South Campus", 450, 320),
    "west": ("7700000000001003", "Kowhai Valley College West Campus", 250, 180),
}
YEARS = tuple(f"year-{number}" for number in range(7, 13))
BOOKS = {
    "900000001": "Rivers of the Kowhai Valley",
    "900000002": "Algebra by Lantern Light",
    "900000003": "A Short History of Small Islands",
}
CUSTOM = "900000101"
PROCREATE = "425073498"
# Assets with a fixed number of licenses at each site; the rest is unlimited.
FIXED = {
    PROCREATE: 30,
    "904280696": 15,
    "409907375": 10,
    "586447913": 600,
    "586683407": 600,
    "586449534": 600,
    CUSTOM: 700,
}
# What every device holds already, and what the older half does.
COMMON = ("1085319084", "361309726")
OLDER = ("586447913", "586449534")


def build(options: Mapping[str, str]) -> World:
    """1,200 devices, 900 people, 30 real apps, three invented books and a custom app at every site.

    With ``people`` set to ``new`` none of the 900 is known to Apple yet.
    """
    if set(options) - {"people"} or options.get("people", "known") not in ("known", "new"):
        raise ValueError("Seed school has one option, people, which is known or new.")
    world = World("school", catalogue=parts.catalogue())
    for adam_id, title in BOOKS.items():
        world.catalogue[adam_id] = parts.book(adam_id, title)
    world.catalogue[CUSTOM] = parts.custom_app(CUSTOM, "Kowhai Valley Timetable", "example.kowhaivalley.timetable")
    for key, (uid, name, devices, people) in SITES.items():
        world.locations[key] = parts.location(key, uid, name, ORG, "school")
        _own(world, key)
        first_device, first_person = len(world.devices), len(world.people)
        world.devices.extend(_device(key, number) for number in range(first_device, first_device + devices))
        world.people.extend(_person(key, number) for number in range(first_person, first_person + people))
        if options.get("people") != "new":
            _add_users(world, key, first_person)
        _assign(world, key)
    school_systems.add(world, ORG, DOMAIN)
    world.switches = {"page_size": 549, "event_seconds": 1}
    return world


def _own(world: World, key: str) -> None:
    place = world.locations[key]
    for info in world.catalogue.values():
        if info.kind == "ebook":
            parts.own(place, info, 60)
            if info.adam_id == "900000001":
                parts.own(place, info, 20, "PLUS")
        else:
            parts.own(place, info, FIXED.get(info.adam_id, UNLIMITED), retired=2 if info.adam_id == PROCREATE else 0)


def _device(key: str, number: int) -> Device:
    serial = parts.serial(number, 10 + number % 3)
    if number % 10 == 8:
        return Device(serial, f"{key.title()} cart {number % 7 + 1} iPad {number}", "iPadOS", key, ("carts",))
    if number % 10 == 9:
        return Device(serial, f"{key.title()} staff iPhone {number}", "iOS", key, ("staff",))
    year = YEARS[number % len(YEARS)]
    return Device(serial, f"{key.title()} {year} iPad {number}", "iPadOS", key, (year,))


def _person(key: str, number: int) -> Person:
    full = names.full_name(number)
    email = f"{full.lower().replace(' ', '.')}.{number}@{DOMAIN}"
    tags = ("staff",) if number % 8 == 0 else (YEARS[number % len(YEARS)],)
    return Person(f"kvc-{number + 1:04d}", full, email, key, tags, email if number % 5 else "")


def _add_users(world: World, key: str, first: int) -> None:
    """Of ten people: six associated, two registered, one retired and back again, one not known to Apple yet."""
    rows: list[dict[str, Any]] = []
    for number, person in enumerate(world.people[first:], first):
        kind = number % 10
        common = {"client_user_id": person.client_user_id, "email": person.email}
        linked = {**common, "id_hash": id_hash(person.email)}
        invited = {**common, "invite_code": parts.invite_code("school", number), "status": "Registered"}
        if kind in (7, 8):
            rows.append(invited)
        elif kind == 9:
            rows.append({**linked, "status": "Deleted" if number % 50 == 49 else "Retired"})
            rows.append(invited)
        elif kind:
            rows.append({**linked, "managed_apple_id": person.managed_apple_id or None, "status": "Associated"})
    world.locations[key].store.add_users(rows)


def _assign(world: World, key: str) -> None:
    place = world.locations[key]
    devices = [device for device in world.devices if device.location == key]
    older = [device for device in devices if device.tags[0] in YEARS[3:]]
    pairs: list[Pair] = []
    for adam_ids, holders in ((COMMON, devices), (OLDER, older)):
        for adam_id in adam_ids:
            pairs.extend((_asset(world, key, adam_id), device.serial_number, None) for device in holders)
    # Art classes hold most of the few paid licenses: a whole year group more can't have them.
    pairs.extend((_asset(world, key, PROCREATE), device.serial_number, None) for device in older[:24])
    readers = place.store.users("status='Associated'")
    for adam_id in BOOKS:
        pairs.extend((_asset(world, key, adam_id), None, user["id"]) for user in readers[:40])
    gone = place.store.users("status='Retired'")
    pairs.extend((_asset(world, key, "900000002"), None, user["id"]) for user in gone[:5])
    pairs.extend((_asset(world, key, "302584613"), None, user["id"]) for user in readers)
    place.store.assign(pairs)


def _asset(world: World, key: str, adam_id: str) -> Any:
    return world.locations[key].store.find_asset(adam_id)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``small``: one location, a handful of everything; for tests."""

from __future__ import annotations

from collections.abc import Mapping

from ..apple.people import id_hash
from ..meraki.enrolment import enrol
from ..world import Device, Person, World
from . import parts, systems

ORG = "Harbour Street School"
BOOK = "900000001"
CUSTOM = "900000101"


def build(_options: Mapping[str, str]) -> World:
    """Six assets and a book in both qualities, four people (one retired and back again), ten devices."""
    world = World("small", catalogue=parts.catalogue())
    world.catalogue[BOOK] = parts.book(BOOK, "Tides of the Harbour")
    world.catalogue[CUSTOM] = parts.custom_app(CUSTOM, "Harbour Timetable", "example.harbour.timetable")
    place = parts.location("main", "7700000000000042", ORG, ORG, "small")
    world.locations["main"] = place
    pages = parts.own(place, world.catalogue["361309726"])
    parts.own(place, world.catalogue["586447913"], 50)
    parts.own(place, world.catalogue["462054704"], 10)
    procreate = parts.own(place, world.catalogue["425073498"], 3)
    parts.own(place, world.catalogue[CUSTOM], 20, retired=1)
    book = parts.own(place, world.catalogue[BOOK], 5)
    parts.own(place, world.catalogue[BOOK], 5, "PLUS")
    serials = [f"TESTA{number:05d}" for number in range(1, 11)]
    world.devices = [
        Device(text, f"Test iPad {number}", "iPadOS", "main", ("year-7" if number <= 6 else "staff",))
        for number, text in enumerate(serials, 1)
    ]
    people = [("u-0001", "Aroha Ngata"), ("u-0002", "Tama Reid"), ("u-0003", "Mere Collins")]
    world.people = [
        Person(name, full, f"{full.split()[0].lower()}@harbour.example", "main", ("staff",)) for name, full in people
    ]
    account = "aroha@harbour.example"
    place.store.add_users(
        [
            {
                "client_user_id": "u-0001",
                "email": account,
                "managed_apple_id": account,
                "id_hash": id_hash(account),
                "status": "Associated",
            },
            _registered("u-0002", "tama@harbour.example"),
            {"client_user_id": "u-0003", "email": "mere@harbour.example", "id_hash": id_hash("m"), "status": "Retired"},
            _registered("u-0003", "mere@harbour.example"),
        ]
    )
    row = {user["client_user_id"]: user["id"] for user in place.store.users("status<>'Retired'")}
    place.store.assign(
        [
            (pages, serials[0], None),
            (pages, serials[1], None),
            (procreate, serials[0], None),
            (pages, None, row["u-0001"]),
            (book, None, row["u-0001"]),
        ]
    )
    _add_systems(world)
    world.switches = {"page_size": 100, "event_seconds": 0}
    return world


def _add_systems(world: World) -> None:
    """One network with the ten devices, three owners, three apps; two devices hold and have Pages."""
    org = systems.organization(world, "600042", ORG, "small")
    site = systems.network(org, "main", "Harbour Street devices")
    systems.link(world, site, "apps@harbour.example")
    systems.app(world, site, "361309726", systems.tagged("app-pages"), uses_vpp=True)
    systems.app(world, site, "586447913", systems.tagged("app-word"), uses_vpp=True)
    systems.app(world, site, "425073498", systems.tagged("app-procreate"), purchase_method="device")
    for number, device in enumerate(world.devices):
        tags = (*device.tags, *["app-pages"] * (number < 2), *["app-procreate"] * (number < 1))
        enrol(org, site, device.serial_number, device.name, device.platform, tags)
    for person, made in zip(world.people, list(site.devices.values()), strict=False):
        made.owner_id = systems.own(org, person).id
    systems.deploy(world)


def _registered(name: str, email: str) -> dict[str, str]:
    return {
        "client_user_id": name,
        "email": email,
        "invite_code": parts.invite_code("small", name),
        "status": "Registered",
    }

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``school``'s Systems Manager: a network a site, with everything that makes a rollout hard."""

from __future__ import annotations

from collections import defaultdict

from ..meraki.enrolment import enrol, put
from ..meraki.model import App, ManagedDevice, Network
from ..meraki.scope import Scope
from ..world import Device, World
from . import parts, systems

DAY = 86400.0
# Besides the 1,200 iPads and iPhones of devices.csv: Macs, Apple TVs, Android tablets, devices enrolled by their users.
EXTRAS = {"north": (24, 6, 1, 3), "south": (18, 4, 0, 2), "west": (8, 2, 0, 1)}
FIRST_EXTRA = 5000
YOUNGER, OLDER = ("year-7", "year-8"), ("year-10", "year-11", "year-12")
WHATSAPP = "310633997"


def add(world: World, org_name: str, domain: str) -> None:
    """1,269 devices in three networks, 900 owners, an account for each location, ten apps set up by hand."""
    org = systems.organization(world, "600077", org_name, "school")
    sites = [systems.network(org, key, f"{key.title()} devices") for key in world.locations]
    systems.network(org, "wifi", "All sites Wi-Fi", "wireless", "switch")
    for number, person in enumerate(world.people):
        clubs = [club for club, turn in (("choir", 15), ("robotics", 20)) if number % turn == 3]
        systems.own(org, person, *clubs)
    for site in sites:
        admins = (site, sites[0]) if site.key == "west" else (site,)
        systems.link(world, site, f"apps.{site.key}@{domain}", admins)
        _apps(world, site)
    by_key = {site.key: site for site in sites}
    number_of_older: defaultdict[str, int] = defaultdict(int)
    for number, device in enumerate(world.devices):
        art = device.tags[0] in OLDER and number_of_older[device.location] < 24
        number_of_older[device.location] += device.tags[0] in OLDER
        _enrol(world, by_key[device.location], number, device, art)
    for site in sites:
        _extras(world, site)
        _owners(world, site)
    systems.deploy(world)


def _apps(world: World, site: Network) -> None:
    tagged = systems.tagged
    systems.app(world, site, "1085319084", Scope("all"), uses_vpp=True)  # Classroom
    systems.app(world, site, "361309726", tagged("app-pages"), uses_vpp=True)
    systems.app(world, site, "586447913", tagged("app-word"), uses_vpp=True)
    systems.app(world, site, "586449534", tagged("app-powerpoint"), uses_vpp=True, auto_revoke=True)
    systems.app(world, site, "361285480", tagged("app-keynote"), uses_vpp=True, auto_grant=True)
    systems.app(world, site, "425073498", tagged("app-procreate"), purchase_method="device")
    systems.app(world, site, "908519492", tagged("app-playground"), uses_vpp=True)  # never deployed
    systems.app(world, site, "302584613", tagged("choir"), purchase_method="user")  # Kindle, by a tag of owners
    systems.app(world, site, "904280696", tagged("app-things"), purchase_method="device")  # Things, for Macs
    systems.app(world, site, "803453959", tagged("mac"))  # Slack for Macs, without a licence, by an automatic tag


def _enrol(world: World, site: Network, number: int, device: Device, art: bool) -> None:
    year = device.tags[0]
    apps = ["app-pages"] * (year in YOUNGER) + ["app-word", "app-powerpoint"] * (year in OLDER)
    tags = (*device.tags, *apps, *["app-procreate"] * art)
    made = enrol(world.meraki, site, device.serial_number, device.name, device.platform, tags)
    made.last_seen = -60.0 * (number % 600 + 5)
    if number % 100 == 37:
        made.supervised = False
    if number % 60 == 41:
        made.last_seen, made.online = -DAY * (45 + number % 75), False
    if number % 150 == 77:
        made.os_name = "iPadOS 12.5.7"
    if number % 50 == 13:
        info = world.catalogue[WHATSAPP]
        put(world.meraki, made, App("", site.id, info.bundle_id, WHATSAPP, info.name), managed=False)


def _extras(world: World, site: Network) -> None:
    org, title = world.meraki, site.key.title()
    start = FIRST_EXTRA + 100 * list(EXTRAS).index(site.key)
    macs, televisions, tablets, own = EXTRAS[site.key]
    for number in range(macs):
        enrol(org, site, parts.serial(start + number), f"{title} Mac {number + 1}", "macOS", ("macs",))
    for number in range(televisions):
        serial = parts.serial(start + macs + number)
        enrol(org, site, serial, f"{title} Apple TV {number + 1}", "tvOS", ("rooms",))
    for number in range(tablets):
        made = enrol(org, site, f"R52X{start + 90 + number}ANDR", f"{title} tablet {number + 1}", "Android")
        made.supervised = None
    for number in range(own):
        # Apple does not tell an MDM the serial number of a device that its user enrolled [D].
        made = enrol(org, site, None, f"{title} own iPad {number + 1}", "iPadOS", ("staff",))
        made.supervised = False


def _owners(world: World, site: Network) -> None:
    """Pupils have the iPads of their year, staff the iPhones and their own iPads; carts have nobody."""
    waiting: defaultdict[str, list[ManagedDevice]] = defaultdict(list)
    for device in site.devices.values():
        if device.tags:
            waiting[device.tags[0]].append(device)
    for queue in waiting.values():
        # From the end: first the devices that a user enrolled, which certainly have an owner, then in order.
        queue.sort(key=lambda device: (device.serial is None, -int(device.id)))
    owners = {owner.email: owner for owner in world.meraki.owners.values()}
    for person in world.people:
        if person.location == site.key and waiting[person.tags[0]]:
            waiting[person.tags[0]].pop().owner_id = owners[person.email].id

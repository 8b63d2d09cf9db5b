# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building blocks of Systems Manager's part of a seed."""

from __future__ import annotations

import hashlib
from typing import Any

from ..apple.store import Store
from ..meraki.enrolment import put
from ..meraki.model import ApiKey, App, ManagedDevice, Network, Organization, Owner, Profile, VppAccount
from ..meraki.scope import Scope
from ..world import Person, World


def organization(world: World, number: str, name: str, salt: str) -> Organization:
    """An organisation with the key of an admin who may do everything."""
    org = world.meraki = Organization(number, name)
    value = hashlib.sha256(f"sandbox:key:{salt}".encode()).hexdigest()[:40]
    org.keys["admin"] = ApiKey("admin", value)
    return org


def network(org: Organization, key: str, name: str, *product_types: str) -> Network:
    """A network; one of Systems Manager unless told otherwise."""
    made = Network(f"N_{org.id}{len(org.networks) + 1:06d}", name, key)
    if product_types:
        made.product_types = product_types
    else:
        made.profiles = [
            Profile(org.new_id("991"), "Wi-Fi", Scope("all"), ("Wifi",)),
            Profile(org.new_id("991"), "Restrictions", Scope("withAny", ("year-7", "year-8")), ("Restrictions",)),
        ]
    org.networks[made.id] = made
    return made


def link(world: World, place: Network, email: str, admins: tuple[Network, ...] = ()) -> VppAccount:
    """Link the token of the location that the network is named after."""
    org, location = world.meraki, world.locations[place.key]
    account = VppAccount(org.new_id("710"), place.key, location.token, f"{location.name} apps", email)
    account.network_id_admins = [one.id for one in admins or (place,)]
    account.assignable_network_ids = [place.id]
    org.accounts[account.id] = account
    return account


def own(org: Organization, person: Person, *more_tags: str) -> Owner:
    """A person of the school's list as an owner."""
    username = person.email.partition("@")[0]
    owner = Owner(org.new_id("881"), person.email, person.name, username, [*person.tags, *more_tags])
    org.owners[owner.id] = owner
    return owner


def app(world: World, place: Network, adam_id: str, scope: Scope, **settings: Any) -> App:
    """An app that somebody set up by hand in the dashboard."""
    info = world.catalogue[adam_id]
    platform = "iOS" if "iOS" in info.platforms else info.platforms[0]
    made = App(world.meraki.new_id("552"), place.id, info.bundle_id, adam_id, info.name, platform, scope, **settings)
    place.apps[made.app_id] = made
    return made


def tagged(tag: str) -> Scope:
    """The pattern of the house: one app, one tag."""
    return Scope("withAny", (tag,))


def deploy(world: World) -> None:
    """Whoever is in scope and has a licence has the app, since a while ago; whoever has none can't get it."""
    org = world.meraki
    for place in org.networks.values():
        found: dict[str, list[tuple[ManagedDevice, Owner | None, set[str]]]] = {}
        for device in place.devices.values():
            owner = org.owners.get(device.owner_id or "")
            tags = {*device.tags, *device.auto_tags, *(owner.tags if owner else ())}
            found.setdefault(device.platform, []).append((device, owner, tags))
        for made in place.apps.values():
            serials, emails = _holders(world.locations[place.key].store, made.itunes_id)
            for device, owner, tags in found.get(made.platform, []):
                if not made.scope.holds(tags):
                    continue
                held = {"device": device.serial in serials, "user": bool(owner and owner.email in emails), "none": True}
                put(org, device, made)
                if not held[made.licence]:
                    row = device.software[made.bundle_id]
                    row.installed, row.managed, row.status = None, False, "Failed"


def _holders(store: Store, adam_id: str) -> tuple[set[str], set[str]]:
    asset = store.find_asset(adam_id)
    if asset is None:
        return set(), set()
    sql = "SELECT serial FROM assignments WHERE asset=? AND serial IS NOT NULL"
    serials = {row[0] for row in store.db.execute(sql, (asset.id,))}
    sql = "SELECT u.email FROM assignments a JOIN users u ON u.id=a.user WHERE a.asset=? AND u.status='Associated'"
    return serials, {row[0] for row in store.db.execute(sql, (asset.id,))}

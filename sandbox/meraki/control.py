# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control calls below /_sandbox/meraki: what an admin does by hand in the dashboard, and what devices do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from ..context import Context
from ..control_errors import UnknownCall
from .control_apps import AppControl
from .control_devices import DeviceControl
from .model import ApiKey, Network, Organization, VppAccount
from .organizations import iso
from .reading import Kind, find_network, found, read
from .service import MerakiService

INDEX = {
    "GET /_sandbox/meraki": "organisation, networks, VPP accounts, keys; no secrets",
    "POST /_sandbox/meraki/networks": "{name, key, product_types}: one more network",
    "POST /_sandbox/meraki/keys": "{name, write, networks}: a key with rights (networks null: all); answers the key",
    "DELETE /_sandbox/meraki/keys/<name>": "take a key back",
    "POST /_sandbox/meraki/accounts": "{location, name, email, allowed_admins, network_id_admins, assignable_networks, "
    "assignable_network_ids}: link the location's token",
    "PUT /_sandbox/meraki/accounts/<id>": "the same but location, and renew: true for the location's newest token",
    "DELETE /_sandbox/meraki/accounts/<id>": "remove a VPP account",
    "POST /_sandbox/meraki/sync": "{account_id}: force a sync, of all without an id",
    "GET /_sandbox/meraki/apps?network=": "apps set up in the dashboard",
    "POST /_sandbox/meraki/apps": "{network, itunes_id, app_id, bundle_id, name, platform, scope, tags, uses_vpp, "
    "purchase_method: none|device|user, prevent_auto_install, auto_grant, auto_revoke}",
    "PUT /_sandbox/meraki/apps/<app_id>": "the same but network and app_id: change some",
    "DELETE /_sandbox/meraki/apps/<app_id>": "remove an app from the dashboard",
    "GET /_sandbox/meraki/devices?network=&serial=&id=": "devices with owner, scopes, software",
    "PUT /_sandbox/meraki/devices": "{which, tags, auto_tags, owner_email, supervised, online, last_seen_ago, os_name, "
    "installed_by_hand: [itunes_id]}; which is serials, ids, network or all: true",
    "POST /_sandbox/meraki/enrol": "{network, devices: [{serial, name, system, tags, owner_email, supervised}]}",
    "POST /_sandbox/meraki/unenrol": "{which}",
    "POST /_sandbox/meraki/checkin": "{which}: they check in, wherever they were",
    "POST /_sandbox/meraki/owners": "{email, full_name, username, tags}: create or change an owner",
}
Handler = Callable[[str, dict[str, Any]], Any]
ACCOUNT: dict[str, Kind] = {
    "name": str,
    "email": str,
    "allowed_admins": str,
    "network_id_admins": list,
    "assignable_networks": str,
    "assignable_network_ids": list,
}


class MerakiControl:
    """Answers the calls above."""

    def __init__(self, context: Context, service: MerakiService) -> None:
        self._context = context
        self._org: Organization = context.world.meraki
        self._timetable = service.timetable
        devices, apps = DeviceControl(context, service.deployment), AppControl(context, service.deployment)
        # What stands behind the noun (an id) comes first.
        self._handlers: dict[tuple[str, str], Handler] = {
            ("GET", ""): self._describe,
            ("POST", "networks"): self._add_network,
            ("POST", "keys"): self._add_key,
            ("DELETE", "keys/"): self._remove_key,
            ("POST", "accounts"): self._link,
            ("PUT", "accounts/"): self._edit_account,
            ("DELETE", "accounts/"): self._unlink,
            ("POST", "sync"): self._sync,
            ("GET", "apps"): apps.all,
            ("POST", "apps"): apps.add,
            ("PUT", "apps/"): apps.edit,
            ("DELETE", "apps/"): apps.remove,
            ("GET", "devices"): devices.all,
            ("PUT", "devices"): devices.edit,
            ("POST", "enrol"): devices.enrol,
            ("POST", "unenrol"): devices.unenrol,
            ("POST", "checkin"): devices.check_in,
            ("POST", "owners"): devices.set_owner,
        }

    def call(self, method: str, parts: list[str], data: dict[str, Any]) -> Any:
        """One call; ``parts`` is what stands behind /_sandbox/meraki."""
        noun, name = [*parts, "", ""][:2]
        handler = self._handlers.get((method, f"{noun}/" if name else noun))
        if handler is None:
            raise UnknownCall(f"There is no control call {method} meraki {noun!r}; GET /_sandbox/ lists them.")
        self.settle()
        with self._org.lock:
            return handler(name, data)

    def settle(self) -> None:
        """Do what has become due."""
        self._timetable.settle()

    def _describe(self, _name: str, _data: dict[str, Any]) -> dict[str, Any]:
        org = self._org
        return {
            "organization": {"id": org.id, "name": org.name},
            "networks": [
                {"id": one.id, "key": one.key, "name": one.name, "devices": len(one.devices), "apps": len(one.apps)}
                for one in org.networks.values()
            ],
            "accounts": [self._account(account) for account in org.accounts.values()],
            "owners": len(org.owners),
            "keys": [{"name": key.name, "write": key.write, "networks": key.networks} for key in org.keys.values()],
        }

    def _add_network(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        given = read(data, {"name": str, "key": str, "product_types": list}, required=("name", "key"))
        number = len(self._org.networks) + 1
        network = Network(f"N_{self._org.id}{number:06d}", given["name"], given["key"])
        network.product_types = tuple(given.get("product_types", network.product_types))
        self._org.networks[network.id] = network
        return {"id": network.id, "key": network.key}

    # Keys

    def _add_key(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        given = read(data, {"name": str, "write": bool, "networks": list}, required=("name",), empty=("networks",))
        networks = given.get("networks")
        seen = None if networks is None else tuple(find_network(self._org, text).id for text in networks)
        value = hashlib.sha256(f"sandbox:key:{self._org.id}:{given['name']}".encode()).hexdigest()[:40]
        self._org.keys[given["name"]] = ApiKey(given["name"], value, given.get("write", True), seen)
        return {"name": given["name"], "key": value}

    def _remove_key(self, name: str, _data: dict[str, Any]) -> dict[str, Any]:
        found(self._org.keys, name, "key")
        del self._org.keys[name]
        return {"keys": list(self._org.keys)}

    # VPP accounts

    def _account(self, account: VppAccount) -> dict[str, Any]:
        return {
            "id": account.id,
            "location": account.location,
            "name": account.name,
            "email": account.email,
            "allowed_admins": account.allowed_admins,
            "network_id_admins": account.network_id_admins,
            "assignable_networks": account.assignable_networks,
            "assignable_network_ids": account.assignable_network_ids,
            "token_is_newest": account.token is self._context.world.locations[account.location].token,
            "token_state": account.token.state,
            "last_sync": iso(account.last_sync),
            "last_force_sync": None if account.last_force_sync is None else iso(account.last_force_sync),
        }

    def _link(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        given = read(data, {"location": str, **ACCOUNT}, required=("location", "name", "email"))
        location = found(self._context.world.locations, given.pop("location"), "location")
        now = self._context.clock.now()
        account = VppAccount(self._org.new_id("710"), location.key, location.token, "", "", last_sync=now)
        account.last_force_sync = None
        self._change(account, given)
        self._org.accounts[account.id] = account
        return self._account(account)

    def _edit_account(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        account = found(self._org.accounts, name, "VPP account")
        given = read(data, {"renew": bool, **ACCOUNT})
        renew = given.pop("renew", False)
        self._change(account, given)
        if renew:
            account.token = self._context.world.locations[account.location].token
        return self._account(account)

    def _change(self, account: VppAccount, given: dict[str, Any]) -> None:
        for field in ("network_id_admins", "assignable_network_ids"):
            if field in given:
                given[field] = [find_network(self._org, str(text)).id for text in given[field]]
        for field, value in given.items():
            setattr(account, field, value)

    def _unlink(self, name: str, _data: dict[str, Any]) -> dict[str, Any]:
        found(self._org.accounts, name, "VPP account")
        del self._org.accounts[name]
        return {"accounts": list(self._org.accounts)}

    def _sync(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        given = read(data, {"account_id": str})
        one = given.get("account_id")
        accounts = [found(self._org.accounts, one, "VPP account")] if one else list(self._org.accounts.values())
        return {"synced": {account.id: self._timetable.sync(account, forced=True) for account in accounts}}

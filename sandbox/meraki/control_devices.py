# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control calls about devices and their owners."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..context import Context
from .deployment import Deployment
from .enrolment import MODELS, enrol, put
from .model import App, ManagedDevice, Organization, Owner
from .organizations import iso
from .reading import WHICH, Kind, find_network, found, read, which

NEW: dict[str, Kind] = {"serial": str, "name": str, "system": str, "tags": list, "owner_email": str, "supervised": bool}
CHANGES: dict[str, Kind] = {
    "tags": list,
    "auto_tags": list,
    "owner_email": str,
    "supervised": bool,
    "online": bool,
    "last_seen_ago": (int, float),
    "os_name": str,
    "installed_by_hand": list,
}


class DeviceControl:
    """Enrols, changes, checks in and takes away devices."""

    def __init__(self, context: Context, deployment: Deployment) -> None:
        self._context = context
        self._org: Organization = context.world.meraki
        self._deployment = deployment

    def all(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        """GET devices: all of them, or one by serial or id."""
        given = read(data, {"network": str, "serial": str, "id": str})
        network = find_network(self._org, given["network"]) if given.get("network") else None
        rows = [
            self._view(device)
            for device in (network.devices.values() if network else self._org.devices())
            if given.get("serial") in (None, device.serial) and given.get("id") in (None, device.id)
        ]
        return {"devices": rows}

    def enrol(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        """POST enrol: a device without a serial was enrolled by its user."""
        given = read(data, {"network": str, "devices": list}, required=("network", "devices"), objects=("devices",))
        network = find_network(self._org, given["network"])
        wishes = [read(one, NEW, empty=("serial", "owner_email")) for one in given["devices"]]
        known = {device.serial for device in self._org.devices()} - {None}
        for wish in wishes:
            if wish.get("serial") in known:
                raise ValueError(f"Device {wish['serial']} is enrolled already.")
            if wish.get("serial"):
                known.add(wish["serial"])
            if wish.get("system", "iPadOS") not in MODELS:
                raise ValueError(f"Field system takes one of {', '.join(MODELS)}.")
            self._owner_id(wish.get("owner_email"))
        now, made = self._context.clock.now(), []
        for wish in wishes:
            serial = wish.get("serial")
            name = wish.get("name") or f"Device {serial or 'of its user'}"
            device = enrol(self._org, network, serial, name, wish.get("system", "iPadOS"), tuple(wish.get("tags", ())))
            device.created = device.last_seen = now
            device.supervised = wish.get("supervised", serial is not None)
            device.owner_id = self._owner_id(wish.get("owner_email"))
            made.append(device)
        self._deployment.reconcile(made)
        return {"devices": [self._view(device) for device in made]}

    def unenrol(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        """POST unenrol: gone from Systems Manager; what it holds at Apple stays there, or not."""
        gone = which(self._org, read(data, WHICH))
        for device in gone:
            del self._org.networks[device.network_id].devices[device.id]
            if self._context.switches["sm_unenrol_licence"] == "freed":
                self._deployment.ledger.free_all(device)
        self._org.answers = [entry for entry in self._org.answers if entry[1] not in gone]
        return {"unenrolled": len(gone)}

    def check_in(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        """POST checkin: also devices that were off for long."""
        devices = which(self._org, read(data, WHICH))
        for device in devices:
            self._deployment.check_in(device)
        return {"checked_in": len(devices)}

    def edit(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        """PUT devices: what the service does not let a client write, and what devices are."""
        given = read(data, {**WHICH, **CHANGES}, empty=("owner_email", "supervised"))
        devices = which(self._org, given)
        apps = [self._by_hand(str(adam_id)) for adam_id in given.get("installed_by_hand", ())]
        owner_id = self._owner_id(given.get("owner_email"))
        now = self._context.clock.now()
        for device in devices:
            for name in ("tags", "auto_tags"):
                if name in given:
                    setattr(device, name, list(given[name]))
            for name in ("supervised", "online", "os_name"):
                setattr(device, name, given.get(name, getattr(device, name)))
            if "owner_email" in given:
                device.owner_id = owner_id
            if "last_seen_ago" in given:
                device.last_seen = now - given["last_seen_ago"]
            for app in apps:
                put(self._org, device, app, managed=False, now=now)
        self._deployment.reconcile(devices)
        return {"devices": [self._view(device) for device in devices[:100]], "changed": len(devices)}

    def set_owner(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        """POST owners: tags of an owner apply to all that the owner has."""
        types: dict[str, Kind] = {"email": str, "full_name": str, "username": str, "tags": list}
        given = read(data, types, required=("email",))
        email = given["email"]
        owner = next((one for one in self._org.owners.values() if one.email == email), None)
        if owner is None:
            owner = Owner(self._org.new_id("881"), email, email.partition("@")[0], email.partition("@")[0])
            self._org.owners[owner.id] = owner
        for name, value in given.items():
            setattr(owner, name, value)
        self._deployment.reconcile([device for device in self._org.devices() if device.owner_id == owner.id])
        return asdict(owner)

    def _owner_id(self, email: str | None) -> str | None:
        if email is None:
            return None
        by_email = {owner.email: owner.id for owner in self._org.owners.values()}
        return found(by_email, email, "owner")

    def _by_hand(self, adam_id: str) -> App:
        info = found(self._context.world.catalogue, adam_id, "app in the store with the itunes_id")
        return App("", "", info.bundle_id, adam_id, info.name)

    def _view(self, device: ManagedDevice) -> dict[str, Any]:
        owner = self._org.owners.get(device.owner_id or "")
        shown = asdict(device)
        shown["owner_email"] = owner.email if owner else None
        shown["network"] = self._org.networks[device.network_id].key
        shown["scoped"] = sorted(device.scoped)
        shown["last_seen"], shown["created"] = iso(device.last_seen), iso(device.created)
        return shown

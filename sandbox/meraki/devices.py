# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET devices: twelve keys always, others when asked for, filters, and the scope as the service sees it [S]."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..wsgi import Response
from .call import Call
from .errors import Refused
from .model import ManagedDevice
from .organizations import iso
from .paging import page

# Names that fields[] takes. Most say nothing that matters here and are null.
FIELDS = {
    *("ip", "systemType", "availableDeviceCapacity", "kioskAppName", "biosVersion", "lastConnected"),
    *("missingAppsCount", "userSuppliedAddress", "location", "lastUser", "ownerEmail", "ownerUsername"),
    *("osBuild", "publicIp", "phoneNumber", "diskInfoJson", "deviceCapacity", "isManaged", "hadMdm"),
    *("isSupervised", "meid", "imei", "iccid", "simCarrierNetwork", "cellularDataUsed", "isHotspotEnabled"),
    *("createdAt", "batteryEstCharge", "quarantined", "avName", "avRunning", "asName", "fwName", "isRooted"),
    *("loginRequired", "screenLockEnabled", "screenLockDelay", "autoLoginDisabled", "autoTags", "hasMdm"),
    *("hasDesktopAgent", "diskEncryptionEnabled", "hardwareEncryptionCaps", "passCodeLock"),
    *("usesHardwareKeystore", "androidSecurityPatchVersion", "cellular", "url"),
}

Filter = Callable[[ManagedDevice], bool]


def get_devices(call: Call) -> Response:
    """GET /networks/{networkId}/sm/devices; filters of different kinds all have to fit [I]."""
    network = call.network
    fields = call.many("fields") or []
    if unknown := [name for name in fields if name not in FIELDS]:
        raise Refused(400, f"'fields' has an unknown name: {unknown[0]}")
    filters = _filters(call)
    rows = [device for device in network.devices.values() if all(fits(device) for fits in filters)]
    return page(call, rows, lambda device: {**_basics(call, device), **_extras(call, device, fields)}, 1000)


def _filters(call: Call) -> list[Filter]:
    filters: list[Filter] = []
    read: dict[str, Callable[[ManagedDevice], str | None]] = {
        "wifiMacs": lambda device: device.wifi_mac,
        "serials": lambda device: device.serial,
        "ids": lambda device: device.id,
        "uuids": lambda device: device.uuid,
        "systemTypes": lambda device: device.model,
    }
    for name, value in read.items():
        wanted = call.many(name)
        if wanted is not None:
            filters.append(_one_of(value, frozenset(wanted)))
    scope = call.scope()
    if scope is not None:
        manual = call.context.switches["sm_scope_tags"] == "manual"
        deployment = call.deployment
        filters.append(lambda device: deployment.in_scope(scope, deployment.tags(device, manual)))
    return filters


def _one_of(value: Callable[[ManagedDevice], str | None], wanted: frozenset[str]) -> Filter:
    return lambda device: value(device) in wanted


def _basics(call: Call, device: ManagedDevice) -> dict[str, Any]:
    shown = {
        "id": device.id,
        "name": device.name,
        "tags": list(device.tags),
        "ssid": "School" if device.online else None,
        "wifiMac": device.wifi_mac,
        "osName": device.os_name,
        "systemModel": device.model,
        "uuid": device.uuid,
        "serialNumber": device.serial,
        "serial": device.serial,
        "ip": f"10.{int(device.id) // 65536 % 256}.{int(device.id) // 256 % 256}.{int(device.id) % 256}",
        "notes": device.notes,
    }
    if device.serial is not None or call.context.switches["sm_no_serial"] == "null":
        return shown
    hidden = ("serial", "serialNumber", "uuid")
    if call.context.switches["sm_no_serial"] == "absent":
        return {name: value for name, value in shown.items() if name not in hidden}
    return {**shown, **dict.fromkeys(hidden, "")}


def _extras(call: Call, device: ManagedDevice, names: list[str]) -> dict[str, Any]:
    owner = call.organization.owners.get(device.owner_id or "")
    as_text = call.context.switches["sm_dates"] == "text"
    known: dict[str, Callable[[], Any]] = {
        "ip": lambda: _basics(call, device)["ip"],
        "systemType": lambda: device.model,
        "lastConnected": lambda: iso(device.last_seen) if as_text else int(device.last_seen),
        "createdAt": lambda: iso(device.created) if as_text else int(device.created),
        "missingAppsCount": lambda: sum(bool(row.to_install) and not row.present for row in device.software.values()),
        "ownerEmail": lambda: owner.email if owner else None,
        "ownerUsername": lambda: owner.username if owner else None,
        "isManaged": lambda: True,
        "hasMdm": lambda: True,
        "hadMdm": lambda: True,
        "isSupervised": lambda: device.supervised,
        "autoTags": lambda: list(device.auto_tags),
        "quarantined": lambda: False,
        "hasDesktopAgent": lambda: device.platform == "macOS",
    }
    return {name: known[name]() if name in known else None for name in names}

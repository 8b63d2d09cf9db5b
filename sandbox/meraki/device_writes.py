# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes to devices: tags, check-ins, name and notes; the selectors they share [S]."""

from __future__ import annotations

from typing import Any

from ..wsgi import Response, json_response
from .call import Call, as_scope
from .errors import Refused
from .model import ManagedDevice

ATTRIBUTES = {"wifiMacs": "wifi_mac", "ids": "id", "serials": "serial"}
SELECTORS = (*ATTRIBUTES, "scope")


def select(call: Call) -> list[ManagedDevice]:
    """The devices that a body means, in the order of their ids; what is unknown is passed over [I, E]."""
    network, deployment = call.network, call.deployment
    given = {name: call.texts(name) for name in SELECTORS if call.body.get(name) is not None}
    if not given:
        raise Refused(400, f"At least one of these is required: {', '.join(SELECTORS)}")
    scope = as_scope(given.pop("scope") or []) if "scope" in given else None
    sets = {name: frozenset(values or ()) for name, values in given.items()}
    together = any if call.context.switches["sm_selectors"] == "or" else all

    if call.context.switches["sm_unknown_devices"] == "refused":
        for name, wanted in sets.items():
            if unknown := wanted - {getattr(device, ATTRIBUTES[name]) for device in network.devices.values()}:
                raise Refused(400, f"'{name}' has an unknown device: {min(unknown)}")

    def fits(device: ManagedDevice) -> bool:
        answers = [getattr(device, ATTRIBUTES[name]) in wanted for name, wanted in sets.items()]
        if scope is not None:
            answers.append(deployment.in_scope(scope, deployment.tags(device)))
        return together(answers)

    return [device for device in network.devices.values() if fits(device)]


def modify_tags(call: Call) -> list[dict[str, Any]]:
    """POST modifyTags: the answer has only what was modified [S]. A tag with a space is two tags [D]."""
    tags = [word for text in call.texts("tags", required=True) or [] for word in text.split()]
    action = call.text("updateAction")
    if action not in ("add", "delete", "update"):
        raise Refused(400, "'updateAction' must be one of: add, delete, update")
    changed = []
    for device in select(call):
        after = {
            "add": [*device.tags, *tags],
            "delete": [tag for tag in device.tags if tag not in tags],
            "update": tags,
        }[action]
        after = list(dict.fromkeys(after))
        if set(after) != set(device.tags):
            device.tags = after
            changed.append(device)
    call.deployment.reconcile(changed)
    return [
        {"id": device.id, "tags": list(device.tags), "wifiMac": device.wifi_mac, "serial": device.serial}
        for device in changed
    ]


def check_in(call: Call) -> dict[str, Any]:
    """POST checkin: asks; a device that is off does not hear it."""
    devices = select(call)
    call.deployment.ask(devices)
    return {"ids": [device.id for device in devices]}


def refresh_details(call: Call) -> Response:
    """POST refreshDetails."""
    call.deployment.ask([call.device])
    return done(call)


def put_fields(call: Call) -> list[dict[str, Any]]:
    """PUT fields: name and notes of one device."""
    fields = call.body.get("deviceFields")
    if not isinstance(fields, dict):
        raise Refused(400, "Missing required parameter 'deviceFields'")
    names = {"wifiMac": "wifi_mac", "id": "id", "serial": "serial"}
    given = [name for name in names if call.text(name) is not None]
    if len(given) != 1:
        raise Refused(400, "Exactly one of these is required: wifiMac, id, serial")
    wanted = call.body[given[0]]
    found = [device for device in call.network.devices.values() if getattr(device, names[given[0]]) == wanted]
    for device in found:
        device.name = str(fields.get("name", device.name))
        device.notes = str(fields.get("notes", device.notes))
    return [
        {"id": one.id, "name": one.name, "wifiMac": one.wifi_mac, "serial": one.serial, "notes": one.notes}
        for one in found
    ]


def done(call: Call) -> Response:
    """200 without a documented body [S]."""
    return json_response({"success": True}) if call.context.switches["sm_action_body"] == "json" else Response()

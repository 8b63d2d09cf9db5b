# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Software of a device, and the two calls that put it there or take it away [S]."""

from __future__ import annotations

from typing import Any

from ..wsgi import Response
from .call import Call
from .device_writes import done
from .errors import Refused
from .model import ManagedDevice, Software
from .organizations import iso


def get_softwares(call: Call) -> list[dict[str, Any]]:
    """GET .../devices/{deviceId}/softwares."""
    device = call.device
    return [_shown(call, device, row) for row in device.software.values()]


def _shown(call: Call, device: ManagedDevice, row: Software) -> dict[str, Any]:
    switches = call.context.switches
    app_id = row.app_id
    if app_id is None and switches["sm_unmanaged_app_id"] == "filled":
        app_id = f"559{row.id[3:]}"
    status = row.status if row.status == "Managed" or switches["sm_status_words"] == "apple" else None
    return {
        "appId": app_id,
        "id": row.id,
        "deviceId": device.id,
        "name": row.name,
        "identifier": row.bundle_id,
        "itunesId": row.itunes_id,
        "vendor": None,
        "version": "1.0" if row.present else None,
        "shortVersion": "1.0" if row.present else None,
        "path": None,
        "isManaged": row.managed,
        "toInstall": row.to_install,
        "toUninstall": row.to_uninstall,
        "status": status,
        "installedAt": _moment(row.installed),
        "uninstalledAt": _moment(row.uninstalled),
        "createdAt": iso(row.created),
        "updatedAt": iso(row.updated),
        "iosRedemptionCode": False,
        "redemptionCode": None,
        "licenseKey": None,
        "bundleSize": 104857600 if row.present else None,
        "dynamicSize": 4096 if row.present else None,
    }


def _moment(moment: float | None) -> str | None:
    return None if moment is None else iso(moment)


def install_apps(call: Call) -> Response:
    """POST installApps: queued, done when the device checks in."""
    device, apps = call.device, call.network.apps
    force = call.body.get("force", False)
    if not isinstance(force, bool):
        raise Refused(400, "'force' must be a boolean")
    wanted = _known(call)
    outside = [app_id for app_id in wanted if app_id not in device.scoped]
    if outside and call.context.switches["sm_install_out_of_scope"] == "refused":
        raise Refused(400, f"App {outside[0]} is not in scope for this device")
    for app_id in wanted:
        call.deployment.install(apps[app_id], device, force)
    return done(call)


def uninstall_apps(call: Call) -> Response:
    """POST uninstallApps: queued as well."""
    device = call.device
    wanted = set(_known(call))
    for row in list(device.software.values()):
        if row.app_id in wanted:
            call.deployment.uninstall(row, device)
    return done(call)


def _known(call: Call) -> list[str]:
    wanted = call.texts("appIds", required=True) or []
    if unknown := [app_id for app_id in wanted if app_id not in call.network.apps]:
        raise Refused(400, f"Unknown app id: {unknown[0]}")
    return wanted

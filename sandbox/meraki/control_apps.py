# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control calls about apps: what the dashboard's Apps page does, and no public call can."""

from __future__ import annotations

from typing import Any

from ..context import Context
from .deployment import Deployment
from .model import App, Network, Organization
from .reading import Kind, find_network, read
from .scope import parse_scope

APP: dict[str, Kind] = {
    "itunes_id": str,
    "bundle_id": str,
    "name": str,
    "platform": str,
    "scope": str,
    "tags": list,
    "uses_vpp": bool,
    "purchase_method": str,
    "prevent_auto_install": bool,
    "auto_grant": bool,
    "auto_revoke": bool,
}
METHODS = ("none", "device", "user")
PLATFORMS = ("iOS", "macOS", "tvOS")


class AppControl:
    """Lists, adds, changes and removes apps of a network."""

    def __init__(self, context: Context, deployment: Deployment) -> None:
        self._context = context
        self._org: Organization = context.world.meraki
        self._deployment = deployment

    def all(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        """GET apps."""
        key = read(data, {"network": str}).get("network")
        networks = [find_network(self._org, key)] if key else list(self._org.networks.values())
        return {"apps": [view(network, app) for network in networks for app in network.apps.values()]}

    def add(self, _name: str, data: dict[str, Any]) -> dict[str, Any]:
        """POST apps: what the store knows need not be said."""
        given = read(data, {"network": str, "app_id": str, **APP}, required=("network", "itunes_id"))
        network = find_network(self._org, given["network"])
        info = self._context.world.catalogue.get(given["itunes_id"])
        if info is None and not (given.get("bundle_id") and given.get("name")):
            raise ValueError("The store does not know this itunes_id; say bundle_id and name.")
        app_id = given.get("app_id") or self._org.new_id("552")
        if any(app_id in one.apps for one in self._org.networks.values()):
            raise ValueError(f"There is an app {app_id!r} already.")
        app = App(app_id, network.id, "", given["itunes_id"], "")
        if info is not None:
            app.bundle_id, app.name = info.bundle_id, info.name
            app.platform = "iOS" if "iOS" in info.platforms else info.platforms[0]
        _change(app, {name: value for name, value in given.items() if name not in ("network", "app_id")})
        network.apps[app.app_id] = app
        self._deployment.reconcile(network.devices.values())
        return view(network, app)

    def edit(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """PUT apps/<app_id>: a changed scope is acted on at once."""
        network, app = self._find(name)
        _change(app, read(data, APP))
        self._deployment.reconcile(network.devices.values())
        return view(network, app)

    def remove(self, name: str, _data: dict[str, Any]) -> dict[str, Any]:
        """DELETE apps/<app_id>: what is installed stays, and nobody manages it any more."""
        network, app = self._find(name)
        del network.apps[app.app_id]
        for device in network.devices.values():
            device.scoped.discard(app.app_id)
            row = device.software.get(app.bundle_id)
            if row and row.app_id == app.app_id:
                row.app_id, row.to_install, row.to_uninstall, row.managed, row.status = None, None, None, False, None
        return {"apps": list(network.apps)}

    def _find(self, app_id: str) -> tuple[Network, App]:
        for network in self._org.networks.values():
            if app_id in network.apps:
                return network, network.apps[app_id]
        raise ValueError(f"There is no app {app_id!r}.")


def _change(app: App, given: dict[str, Any]) -> None:
    """Set all that is given, or nothing if one of it is wrong."""
    tags = given.pop("tags", list(app.scope.tags))
    try:
        scope = parse_scope([given.pop("scope", app.scope.operator), *tags])
    except ValueError as error:
        raise ValueError(f"{error}.") from None
    if given.get("purchase_method", "none") not in METHODS:
        raise ValueError(f"Field purchase_method takes one of {', '.join(METHODS)}.")
    if given.get("platform", "iOS") not in PLATFORMS:
        raise ValueError(f"Field platform takes one of {', '.join(PLATFORMS)}.")
    app.scope = scope
    for name, value in given.items():
        setattr(app, name, value)


def view(network: Network, app: App) -> dict[str, Any]:
    """An app as the control surface shows it."""
    return {
        "app_id": app.app_id,
        "network": network.key,
        "bundle_id": app.bundle_id,
        "itunes_id": app.itunes_id,
        "name": app.name,
        "platform": app.platform,
        "scope": app.scope.operator,
        "tags": list(app.scope.tags),
        "uses_vpp": app.uses_vpp,
        "purchase_method": app.purchase_method,
        "prevent_auto_install": app.prevent_auto_install,
        "auto_grant": app.auto_grant,
        "auto_revoke": app.auto_revoke,
        "devices_in_scope": sum(app.app_id in device.scoped for device in network.devices.values()),
    }

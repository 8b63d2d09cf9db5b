# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from scopes: installs, uninstalls and licences, at once or when a device checks in."""

from __future__ import annotations

from collections.abc import Iterable

from ..context import Context
from .ledger import Ledger
from .model import App, ManagedDevice, Network, Organization, Software
from .scope import Scope


class Deployment:
    """Systems Manager at work. The caller holds the organisation's lock."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._org: Organization = context.world.meraki
        self.ledger = Ledger(context)

    # Scopes

    def tags(self, device: ManagedDevice, manual_only: bool = False) -> set[str]:
        """Tags of all kinds: set by hand, automatic, and of the owner [D]."""
        if manual_only:
            return set(device.tags)
        owner = self._org.owners.get(device.owner_id or "")
        return {*device.tags, *device.auto_tags, *(owner.tags if owner else ())}

    def in_scope(self, scope: Scope, tags: set[str]) -> bool:
        """Whether somebody with these tags is in the scope."""
        return scope.holds(tags, self._context.switches["sm_without_words"] == "swapped")

    def mark(self, device: ManagedDevice) -> tuple[set[str], set[str]]:
        """Note which apps' scopes the device is in now; the ids of those that it entered and left."""
        tags, before = self.tags(device), device.scoped
        apps = self._org.networks[device.network_id].apps.values()
        device.scoped = {
            app.app_id for app in apps if app.platform == device.platform and self.in_scope(app.scope, tags)
        }
        return device.scoped - before, before - device.scoped

    def reconcile(self, devices: Iterable[ManagedDevice]) -> None:
        """Tags, owners or scopes changed: do what the scopes now ask for."""
        for device in devices:
            apps = self._org.networks[device.network_id].apps
            entered, left = self.mark(device)
            for app_id in sorted(entered):
                self._enter(apps[app_id], device)
            for app_id in sorted(left & set(apps)):
                self._leave(apps[app_id], device)

    def _enter(self, app: App, device: ManagedDevice) -> None:
        wanted = not app.prevent_auto_install
        if app.auto_grant or (wanted and self._context.switches["sm_licence_taken"] == "in_scope"):
            self.ledger.take(app, device)
        if wanted:
            self.install(app, device)

    def _leave(self, app: App, device: ManagedDevice) -> None:
        row = device.software.get(app.bundle_id)
        if app.auto_revoke:
            self.ledger.free(app, device)
        if row and not row.present:
            row.to_install = False
        elif row and row.managed and self._context.switches["sm_scope_exit"] == "removed":
            self.uninstall(row, device)

    # Commands

    def install(self, app: App, device: ManagedDevice, force: bool = False) -> None:
        """Queue an install; one that is believed present is skipped unless forced [S]."""
        if device.platform == "macOS" and self._context.switches["sm_mac_push"] == "licensed_only":
            return
        now = self._context.clock.now()
        row = device.software.get(app.bundle_id)
        if row is None:
            row = Software(self._org.new_id("663"), app.name, app.bundle_id, app.itunes_id, now)
            device.software[app.bundle_id] = row
        elif row.present and not force:
            return
        row.app_id, row.to_install, row.to_uninstall, row.updated = app.app_id, True, False, now
        if not row.present or force:
            row.installed = row.uninstalled = row.status = None
        self._push(device)

    def uninstall(self, row: Software, device: ManagedDevice) -> None:
        """Queue an uninstall; only what is managed can be removed [D]."""
        if row.managed and row.present:
            row.to_install, row.to_uninstall, row.updated = False, True, self._context.clock.now()
            self._push(device)
        elif not row.present:
            row.to_install = False

    def _push(self, device: ManagedDevice) -> None:
        if device.online and self._context.switches["sm_commands_run"] == "at_once":
            device.last_seen = self._context.clock.now()
            self._carry_out(device)

    def ask(self, devices: Iterable[ManagedDevice]) -> None:
        """Ask devices to check in. Those that hear it answer at once, or after the time of the switch."""
        wait = self._context.switches["sm_checkin_seconds"]
        for device in devices:
            if not device.online:
                continue
            if wait:
                self._org.answers.append((self._context.clock.now() + wait, device))
            else:
                self.check_in(device)

    def check_in(self, device: ManagedDevice) -> None:
        """A device reports: it is evaluated anew and carries out what waits."""
        device.last_seen, device.online = self._context.clock.now(), True
        self.reconcile([device])
        apps = self._org.networks[device.network_id].apps
        comes_back = self._context.switches["sm_uninstalled_in_scope"] == "comes_back"
        for app in (apps[app_id] for app_id in sorted(device.scoped)):
            row = device.software.get(app.bundle_id)
            if app.auto_grant:
                self.ledger.take(app, device)
            absent = row is None or (comes_back and row.uninstalled is not None)
            if absent and not app.prevent_auto_install:
                self.install(app, device)
        self._carry_out(device)

    def _carry_out(self, device: ManagedDevice) -> None:
        apps, now = self._org.networks[device.network_id].apps, self._context.clock.now()
        for row in device.software.values():
            app = apps.get(row.app_id or "")
            if not row.waiting:
                continue
            row.updated = now
            if row.to_uninstall:
                row.uninstalled, row.to_uninstall, row.managed, row.status = now, False, False, "ManagedButUninstalled"
                if app and (app.auto_revoke or self._context.switches["sm_uninstall_licence"] == "freed"):
                    self.ledger.free(app, device)
            elif app and self._may_install(app, device):
                row.installed, row.uninstalled, row.managed, row.status = now, None, True, "Managed"
            else:
                row.status = "Failed"

    def _may_install(self, app: App, device: ManagedDevice) -> bool:
        info = self._context.world.catalogue.get(app.itunes_id)
        if app.licence == "none" and info is not None and info.paid:
            return False
        most = self._context.switches["devices_per_account"]
        if app.licence == "user" and most is not None and self._served(device) >= most:
            return False
        return self.ledger.take(app, device)

    def _served(self, device: ManagedDevice) -> int:
        """How many other devices of the owner have apps that are licensed to the owner."""
        count = 0
        for other in self._org.devices():
            if other is not device and other.owner_id is not None and other.owner_id == device.owner_id:
                apps = self._org.networks[other.network_id].apps
                used = (apps.get(row.app_id or "") for row in other.software.values() if row.present and row.managed)
                count += any(app is not None and app.licence == "user" for app in used)
        return count

    # Time

    def sync(self, network: Network) -> None:
        """Auto-grant and auto-revoke, whoever granted or revoked meanwhile [I]."""
        for app in network.apps.values():
            for device in network.devices.values():
                if app.app_id in device.scoped:
                    if app.auto_grant:
                        self.ledger.take(app, device)
                elif app.auto_revoke and device.platform == app.platform:
                    self.ledger.free(app, device)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one ledger of licences: Systems Manager takes and frees them at Apple's half, with the tokens linked to it."""

from __future__ import annotations

from collections.abc import Iterator

from ..apple import events
from ..apple.location import Location
from ..apple.model import Asset
from ..clock import utc
from ..context import Context
from .model import App, ManagedDevice, Organization, Owner, VppAccount


class Ledger:
    """Licences of apps that the dashboard has, for devices and their owners."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._org: Organization = context.world.meraki

    def alive(self, account: VppAccount) -> bool:
        """Whether Apple still takes the account's token."""
        token = account.token
        return token.state == "active" and token.kind == "full" and token.expires > utc(self._context.clock.now())

    def take(self, app: App, device: ManagedDevice) -> bool:
        """Whether an install may go ahead: the licence is held, or was to be had and now is."""
        return app.licence == "none" or any(
            self._take(app, device, place, asset) for place, asset in self._sources(app, device.network_id)
        )

    def free(self, app: App, device: ManagedDevice) -> None:
        """Give back what the device holds; licences of people stay with them."""
        if app.licence != "device" or device.serial is None:
            return
        for place, asset in self._sources(app, device.network_id):
            with place.store.lock:
                if asset.revocable and place.store.holders([asset.id], [device.serial], []):
                    self._before_write(place)
                    place.store.unassign([(asset, device.serial, None)])

    def free_all(self, device: ManagedDevice) -> None:
        """Give back everything that the device holds by way of its network's accounts."""
        if device.serial is None:
            return
        for account in self._accounts(device.network_id):
            place = self._context.world.locations[account.location]
            with place.store.lock:
                pairs = [pair for pair in place.store.held_by([device.serial], []) if pair[0].revocable]
                if pairs:
                    self._before_write(place)
                    place.store.unassign(pairs)

    def _accounts(self, network_id: str) -> Iterator[VppAccount]:
        for account in self._org.accounts.values():
            if account.serves(network_id) and self.alive(account):
                yield account

    def _sources(self, app: App, network_id: str) -> Iterator[tuple[Location, Asset]]:
        for account in self._accounts(network_id):
            place = self._context.world.locations[account.location]
            asset = place.store.find_asset(app.itunes_id)
            if asset is not None:
                yield place, asset

    def _take(self, app: App, device: ManagedDevice, place: Location, asset: Asset) -> bool:
        with place.store.lock:
            events.settle(self._context, place)
            if app.licence == "user":
                return self._take_for_owner(app, self._org.owners.get(device.owner_id or ""), place, asset)
            if device.serial is None or not asset.device_assignable:
                return False
            if place.store.holders([asset.id], [device.serial], []):
                return True
            if asset.available < 1 or not self._grants(app):
                return False
            self._before_write(place)
            place.store.assign([(asset, device.serial, None)])
            return True

    def _grants(self, app: App) -> bool:
        """Whether an install grants by itself, or only the app's own switch does."""
        return app.auto_grant or self._context.switches["sm_licence_taken"] != "auto_grant_only"

    def _take_for_owner(self, app: App, owner: Owner | None, place: Location, asset: Asset) -> bool:
        """Granting comes before installing; only auto_grant does both. The VPP user is found by the e-mail [D]."""
        if owner is None:
            return False
        known = place.store.users("email=? AND status='Associated'", owner.email)
        if known and place.store.holders([asset.id], [], [user["id"] for user in known]):
            return True
        if not known or not app.auto_grant or asset.available < 1:
            return False
        self._before_write(place)
        place.store.assign([(asset, None, known[-1]["id"])])
        return True

    def _before_write(self, place: Location) -> None:
        events.keep_counts(self._context, place, self._context.clock.now())
        place.store.bump("assignments", "assets")

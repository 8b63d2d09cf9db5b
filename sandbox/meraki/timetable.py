# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens by itself: syncs of VPP accounts, and devices that check in."""

from __future__ import annotations

from ..apple import admin
from ..context import Context
from .deployment import Deployment
from .model import Organization, VppAccount

# What a claim by Systems Manager might look like; whether it makes one is not known.
CLAIM = {"id": "7b0c9d52-6a1e-4c39-9d0e-5f4a51c0de11", "name": "Cisco Meraki Systems Manager", "metadata": ""}


class Timetable:
    """The clockwork of Systems Manager."""

    def __init__(self, context: Context, deployment: Deployment) -> None:
        self._context = context
        self._org: Organization = context.world.meraki
        self._deployment = deployment

    def settle(self) -> None:
        """Do what has become due."""
        now, switches = self._context.clock.now(), self._context.switches
        with self._org.lock:
            every = switches["sm_sync_seconds"]
            for account in self._org.accounts.values() if every is not None else ():
                if now - account.last_sync >= max(every, 1.0):
                    self.sync(account)
            due = [device for moment, device in self._org.answers if moment <= now]
            self._org.answers = [entry for entry in self._org.answers if entry[0] > now]
            for device in due:
                self._deployment.check_in(device)
            self._round(now, switches["sm_checkin_every"])

    def _round(self, now: float, every: float | None) -> None:
        if every is None:
            self._org.next_round = None
        elif self._org.next_round is None:
            self._org.next_round = now + every
        elif now >= self._org.next_round:
            self._org.next_round = now + every
            for device in self._org.devices():
                if device.online:
                    self._deployment.check_in(device)

    def sync(self, account: VppAccount, forced: bool = False) -> bool:
        """Sync one account, whether that went well: a token that is over stops it, and the timestamps stand still."""
        if not self._deployment.ledger.alive(account):
            return False
        now, place = self._context.clock.now(), self._context.world.locations[account.location]
        account.last_sync = now
        if forced:
            account.last_force_sync = now
        if self._context.switches["sm_claims_location"] == "mdm_info" and place.mdm_info is None:
            admin.claim(place, CLAIM)
        for network in self._org.networks.values():
            if account.serves(network.id):
                self._deployment.sync(network)
        return True

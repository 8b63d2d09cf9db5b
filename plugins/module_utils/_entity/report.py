# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads one location for the report: what it owns, who holds it, what lies idle, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.holdings import Holdings
from .._core.identity import AssetSelector, resolve_assets, usable_serial_number
from .._core.model import Asset, ClientConfig, Metadata
from .._core.ports import AppsBooks, Clock, Mdm, Notify
from .._core.reads import choose_read
from .._core.report_groups import (
    Group,
    Idle,
    count_groups,
    group_by_tag,
    group_by_unit,
    idle_devices,
    idle_licences,
    idle_people,
)
from .._core.scope import Scope
from .._core.targets import DEVICES, USERS, TargetIndex
from .._core.user_model import User
from .account import AccountInfo
from .assets import asset_facts, find_assets
from .read_license import read_holdings
from .report_facts import assignment_facts, group_facts, idle_facts, location_head
from .report_user import GONE, LINKED, NEW, state_of
from .scope import Fleet, read_fleet, resolve_scope


@dataclass(frozen=True, slots=True)
class Rollout:
    """Who is to have an asset: devices in at least one of the scopes."""

    selector: AssetSelector
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class ReportWish:
    """What the report is to tell; `metadata`: names from the store, one request an asset."""

    rollouts: tuple[Rollout, ...] = ()
    metadata: bool = True
    unseen_days: int = 14
    show_people: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read. `users`: the record that counts, by id; `fleet` None = no MDM was asked."""

    owned: Sequence[Asset]
    metadata: Mapping[str, Metadata]
    users: Mapping[str, User]
    holdings: Holdings
    stable: bool
    fleet: Fleet | None

    def holders(self, kind: str) -> int:
        """All that hold anything, as bits."""
        bits = 0
        for asset in self.owned:
            bits |= self.holdings.holders(kind, asset.key)
        return bits


class LocationReader:
    """Makes an entry of report_shape.LOCATION. `mdm` None = devices are known by serial number only."""

    def __init__(self, api: AppsBooks, clock: Clock, notify: Notify, wish: ReportWish, mdm: Mdm | None) -> None:
        self._api, self._clock, self._notify, self._wish, self._mdm = api, clock, notify, wish, mdm

    def read(self, account: AccountInfo, config: ClientConfig) -> dict[str, Any]:
        """The entry of a location whose token is alive."""
        api, wish = self._api, self._wish
        owned, walk = api.read_assets()
        named, metadata = find_assets(api, config, [one.selector for one in wish.rollouts], owned)
        if wish.metadata:
            metadata = {**metadata, **api.lookup_metadata(owned, config)}
        records, user_walk = api.read_users(active_only=False)
        holdings = Holdings(TargetIndex())
        keys = [asset.key for asset in owned]
        unstable = read_holdings(api, holdings, choose_read(owned, owned, (), all_holders=True), keys)
        stable = walk.stable and user_walk.stable and not unstable
        if not stable:
            self._notify.warn(
                "The licences kept changing while they were read, so the report may lack some; make it again when no "
                "other program writes on this location."
            )
        fleet = read_fleet(self._mdm, self._notify) if self._mdm else None
        # The active record of an id comes last; one id may have many that are retired.
        seen = _Seen(owned, metadata, {user.client_user_id: user for user in records}, holdings, stable, fleet)
        return {
            **location_head(account, self._clock, wish.show_people),
            "stable": stable,
            "mdm": self._mdm.name if self._mdm else "",
            "unseen_days": wish.unseen_days,
            **self._groups(seen),
            "assignments": assignment_facts(owned, holdings),
            "people": self._people(seen),
            "wasted": [idle_facts(one, holdings) for one in self._idle(seen)],
            "rollouts": [self._rollout(one, seen, named) for one in wish.rollouts],
        }

    def _groups(self, seen: _Seen) -> dict[str, Any]:
        units: Mapping[str, Group] = {}
        tags: Mapping[str, Group] = {}
        holdings = seen.holdings
        if seen.fleet:
            units = group_by_unit(seen.fleet.units, seen.fleet.latest, holdings.device_index)
            tags = group_by_tag(seen.fleet.latest, holdings.device_index)
        holders = seen.holders(DEVICES)
        licenses = []
        for asset in seen.owned:
            devices = holdings.devices(asset.key)
            licenses.append(
                {
                    **asset_facts(asset, seen.metadata),
                    "devices": devices.bit_count(),
                    "people": holdings.users(asset.key).bit_count(),
                    "units": count_groups(devices, units),
                    "tags": count_groups(devices, tags),
                }
            )
        return {
            "units": [{"id": key, **group_facts(unit, holders)} for key, unit in units.items()],
            "tags": [group_facts(tag, holders) for tag in tags.values()],
            "licenses": licenses,
        }

    def _people(self, seen: _Seen) -> dict[str, Any]:
        held: dict[str, int] = {}
        for asset in seen.owned:
            for name in seen.holdings.user_index.names(seen.holdings.users(asset.key)):
                held[name] = held.get(name, 0) + 1
        counts = dict.fromkeys((NEW, LINKED, GONE), 0)
        users = []
        for user in seen.users.values():
            state = state_of(user)
            counts[state] += 1
            email = user.email if self._wish.show_people else None
            number = held.get(user.client_user_id, 0)
            users.append({"client_user_id": user.client_user_id, "status": state, "email": email, "licenses": number})
        return {"counts": counts, "users": users}

    def _idle(self, seen: _Seen) -> list[Idle]:
        holdings, devices = seen.holdings, {}
        if seen.fleet and self._mdm:
            holders, latest = seen.holders(DEVICES), seen.fleet.latest
            index = holdings.device_index
            strangers = [name for name in index.names(holders) if name not in latest]
            elsewhere = self._elsewhere(strangers)
            devices = idle_devices(index, holders, latest, elsewhere, self._clock.now(), self._wish.unseen_days)
        people = idle_people(holdings.user_index, seen.holders(USERS), seen.users)
        return idle_licences(holdings, [asset.key for asset in seen.owned], devices, people)

    def _elsewhere(self, serial_numbers: Sequence[str]) -> Collection[str]:
        """Which of these the MDM knows in units that are not the task's."""
        if not self._mdm or not serial_numbers:
            return ()
        return {usable_serial_number(device.serial_number) for device in self._mdm.read_outside(serial_numbers)}

    def _rollout(self, rollout: Rollout, seen: _Seen, named: Sequence[Asset]) -> dict[str, Any]:
        number = self._wish.rollouts.index(rollout)
        asset, index = _asset_of(rollout, named, seen), seen.holdings.device_index
        if self._mdm is None:
            raise TypeError("a rollout without an MDM")
        scoped = resolve_scope(
            self._mdm,
            rollout.scopes,
            None,
            strict_tags=False,
            notify=self._notify,
            option=f"rollouts[{number}]",
            fleet=seen.fleet,
        )
        wanted = index.bits(scoped.serial_numbers)
        licensed = wanted & seen.holdings.devices(asset.key)
        lacking = index.names(wanted & ~licensed)
        facts = asset_facts(asset, seen.metadata)
        return {
            "adam_id": asset.key.adam_id,
            "pricing_param": asset.key.pricing_param,
            "name": facts["name"],
            "scope": "; ".join(map(str, rollout.scopes)),
            "devices": wanted.bit_count(),
            "licensed": licensed.bit_count(),
            "missing": len(lacking),
            "available": facts["available_count"],
            "left_out": scoped.left_out_counts,
            "serial_numbers": lacking,
        }


def _asset_of(rollout: Rollout, named: Sequence[Asset], seen: _Seen) -> Asset:
    """The asset that the rollout names, of those that were found for all of them."""
    return resolve_assets([rollout.selector], named, seen.metadata)[0]

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control calls about one location."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .apple import admin, events
from .apple.client_config import describe
from .apple.location import Location
from .apple.model import Asset
from .context import Context
from .control_errors import UnknownCall
from .control_people import PeopleControl

Handler = Callable[[Location, dict[str, Any]], Any]


class LocationControl:
    """The calls below /_sandbox/locations/<key>."""

    def __init__(self, context: Context, people: PeopleControl) -> None:
        self._context = context
        self._handlers: dict[tuple[str, str], Handler] = {
            ("GET", ""): self._describe,
            ("GET", "assignments"): self._list_assignments,
            ("GET", "users"): people.list_users,
            ("POST", "users"): people.change_users,
            ("GET", "invitations"): people.list_invitations,
            ("GET", "notifications"): lambda place, _data: context.outbox.log(place),
            ("POST", "buy"): self._buy,
            ("POST", "refund"): self._refund,
            ("POST", "transfer"): self._transfer,
            ("POST", "unlimited"): self._unlimited,
            ("POST", "accept"): people.accept,
            ("POST", "token"): self._token,
            ("POST", "assignments"): self._change_assignments,
            ("POST", "client-config"): self._claim,
        }

    def all(self) -> dict[str, Any]:
        """Every location's key with uid and name."""
        places = self._context.world.locations
        return {key: {"uid": place.uid, "name": place.name} for key, place in places.items()}

    def call(self, method: str, key: str, verb: str, data: dict[str, Any]) -> Any:
        """Run one call; UnknownCall if there is no such location or call."""
        if key not in self._context.world.locations:
            raise UnknownCall(f"There is no location {key!r}; known are {', '.join(self._context.world.locations)}.")
        if (method, verb) not in self._handlers:
            raise UnknownCall(f"A location has no control call {method} {verb!r}; GET /_sandbox/ lists them.")
        place = self._context.world.locations[key]
        events.settle(self._context, place)
        with place.store.lock:
            return self._handlers[method, verb](place, data)

    def _describe(self, place: Location, _data: dict[str, Any]) -> dict[str, Any]:
        store = place.store
        tables = ("users", "assignments")
        rows = {name: store.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
        public = {name: value for name, value in describe(place).items() if name != "notificationAuthToken"}
        return {
            "key": place.key,
            "uId": place.uid,
            "mdmInfo": place.mdm_info,
            "clientConfig": public,
            "token": {"state": place.token.state, "kind": place.token.kind},
            "counts": {"assets": len(store.assets), **rows, "events": len(place.events)},
            "assets": [asset_view(asset) for asset in store.assets.values()],
        }

    def _list_assignments(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        wanted = data.get("adamId")
        people = {row[0]: row[1] for row in place.store.db.execute("SELECT id,client_user_id FROM users")}
        rows = []
        for number, serial, user in place.store.db.execute("SELECT asset,serial,user FROM assignments ORDER BY id"):
            asset = place.store.assets[number]
            if wanted in (None, "", asset.adam_id):
                target = {"serialNumber": serial} if user is None else {"clientUserId": people[user]}
                rows.append({"adamId": asset.adam_id, "pricingParam": asset.pricing_param, **target})
        return {"assignments": rows}

    def _buy(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        return asset_view(admin.buy(self._context, place, data, _count(data)))

    def _refund(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        asset, count = admin.asset_of(place, data), _count(data)
        admin.change_total(self._context, place, asset, -count, retire=count)
        return asset_view(asset)

    def _transfer(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        target = self._context.world.locations.get(str(data.get("to")))
        if target is None or target is place:
            raise ValueError("A transfer needs another location's key in to.")
        admin.transfer(self._context, place, target, data, _count(data))
        return asset_view(admin.asset_of(place, data))

    def _unlimited(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        asset, total = admin.asset_of(place, data), data.get("total")
        if total is not None and (isinstance(total, bool) or not isinstance(total, int)):
            raise ValueError("total is a whole number, or null for unlimited.")
        admin.set_unlimited(self._context, place, asset, total)
        return asset_view(asset)

    def _token(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        admin.token(self._context, place, str(data.get("action")))
        return {"state": place.token.state, "kind": place.token.kind}

    def _change_assignments(self, place: Location, data: dict[str, Any]) -> dict[str, int]:
        add, remove = data.get("add") or [], data.get("remove") or []
        if not all(isinstance(part, list) and all(isinstance(i, dict) for i in part) for part in (add, remove)):
            raise ValueError("add and remove are lists of objects.")
        return admin.change_assignments(self._context, place, add, remove)

    def _claim(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        info = data.get("mdmInfo")
        if info is not None and not isinstance(info, dict):
            raise ValueError("mdmInfo is an object or null.")
        admin.claim(place, info)
        return {"mdmInfo": place.mdm_info}


def asset_view(asset: Asset) -> dict[str, Any]:
    """An asset with its true counts, whatever the switches show a client."""
    return {
        "adamId": asset.adam_id,
        "pricingParam": asset.pricing_param,
        "productType": asset.product_type,
        "deviceAssignable": asset.device_assignable,
        "revocable": asset.revocable,
        "supportedPlatforms": list(asset.platforms),
        "assignedCount": asset.assigned,
        "availableCount": asset.available,
        "retiredCount": asset.retired,
        "totalCount": asset.total,
        "unlimited": asset.unlimited,
    }


def _count(data: dict[str, Any]) -> int:
    count = data.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError("count is a whole number from 1 up.")
    return count

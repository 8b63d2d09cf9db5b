# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people and Apple do outside the API: buy, transfer, revoke a token, use another product."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from ..clock import utc
from ..context import Context
from ..files import write_private
from . import events
from .location import Location
from .model import UNLIMITED, Asset, Token
from .store import Pair


def asset_of(location: Location, data: dict[str, Any]) -> Asset:
    """The asset that a control call names; ValueError if it is not owned."""
    adam_id, pricing = str(data.get("adamId", "")), str(data.get("pricingParam") or "STDQ")
    asset = location.store.find_asset(adam_id, pricing)
    if asset is None:
        raise ValueError(f"Location {location.key} owns no asset {adam_id} {pricing}.")
    return asset


def change_total(context: Context, location: Location, asset: Asset, delta: int, retire: int = 0) -> None:
    """More or fewer licences; tells ASSET_COUNT [D notifications]."""
    if asset.unlimited:
        raise ValueError(f"Asset {asset.adam_id} is unlimited, its count does not change.")
    if asset.available + delta < 0:
        raise ValueError(f"Asset {asset.adam_id} has only {asset.available} licenses that nobody holds.")
    events.keep_counts(context, location, context.clock.now())
    asset.total += delta
    asset.retired += retire
    location.store.bump("assets")
    content = {"adamId": asset.adam_id, "pricingParam": asset.pricing_param, "countDelta": delta}
    context.outbox.put(location, "ASSET_COUNT", content)


def transfer(context: Context, source: Location, target: Location, data: dict[str, Any], count: int) -> None:
    """Move licences to another location, as Apple's portal does."""
    asset = asset_of(source, data)
    change_total(context, source, asset, -count)
    with target.store.lock:
        there = target.store.find_asset(*asset.key)
        if there is None:
            fields = (asset.product_type, asset.device_assignable, asset.revocable, asset.platforms)
            there = target.store.add_asset(Asset(0, asset.adam_id, asset.pricing_param, *fields))
        change_total(context, target, there, count)


def buy(context: Context, location: Location, data: dict[str, Any], count: int) -> Asset:
    """Buy licences of an asset, also of a product of the catalogue that the location does not own yet."""
    adam_id, pricing = str(data.get("adamId", "")), str(data.get("pricingParam") or "STDQ")
    asset = location.store.find_asset(adam_id, pricing)
    info = context.world.catalogue.get(adam_id)
    if asset is None:
        if info is None:
            raise ValueError(f"The store sells no product {adam_id}.")
        book = info.kind == "ebook"
        kind = "Book" if book else "App"
        asset = location.store.add_asset(
            Asset(0, adam_id, pricing, kind, info.device_assignable and not book, not book, info.platforms)
        )
    change_total(context, location, asset, count)
    return asset


def set_unlimited(context: Context, location: Location, asset: Asset, total: int | None) -> None:
    """Make an asset unlimited, or give it a fixed number again; the notification's body is not documented."""
    if total is not None and total < asset.assigned:
        raise ValueError(f"Asset {asset.adam_id} has {asset.assigned} holders, more than {total}.")
    events.keep_counts(context, location, context.clock.now())
    asset.total = UNLIMITED if total is None else total
    location.store.bump("assets")
    content = {"adamId": asset.adam_id, "pricingParam": asset.pricing_param, "unlimited": total is None}
    context.outbox.put(location, "UNLIMITED_ASSET", content)


def token_path(directory: Path, location: Location) -> Path:
    """Where the token file of a location lies."""
    return directory / f"{location.key}.vpptoken"


def write_token(directory: Path, location: Location) -> None:
    """The file a content manager downloads [D getting-started]."""
    write_private(token_path(directory, location), location.token.text)


TOKEN_ACTIONS = ("expire", "revoke", "restore", "replace", "read_only", "legacy", "facilitator")


def token(context: Context, location: Location, action: str) -> None:
    """Something happens to the newest token."""
    newest = location.token
    if action not in TOKEN_ACTIONS:
        raise ValueError(f"A token's action is one of {', '.join(TOKEN_ACTIONS)}, not {action!r}.")
    if action == "expire":
        newest.state = "expired"
    elif action == "revoke":
        newest.state = "revoked"
    elif action == "restore":
        newest.state, newest.kind = "active", "full"
    elif action == "replace":
        if context.switches["token_replacement"] == "revokes_older":
            for older in location.tokens:
                older.state = "revoked"
        value = hashlib.sha256(f"{newest.value}:next".encode()).hexdigest()
        expires = utc(context.clock.now()).replace(microsecond=0)
        expires = max(newest.expires, expires.replace(year=expires.year + 1, day=min(expires.day, 28)))
        location.tokens.append(Token(value, expires, newest.org_name))
        if context.tokens:
            write_token(context.tokens, location)
    else:
        newest.kind = action


def claim(location: Location, mdm_info: dict[str, str] | None) -> None:
    """Some product writes, or somebody removes, the claim on a location."""
    location.mdm_info = None if mdm_info is None else {name: str(value) for name, value in mdm_info.items()}


def change_assignments(context: Context, location: Location, add: list[Any], remove: list[Any]) -> dict[str, int]:
    """Another product assigns and takes; what is already so is left alone."""
    store = location.store
    with store.lock:
        events.keep_counts(context, location, context.clock.now())
        taken = [pair for pair in _pairs(location, remove) if _is_held(location, pair)]
        given = [pair for pair in _pairs(location, add) if not _is_held(location, pair)]
        need = Counter(pair[0].id for pair in given)
        need.subtract(pair[0].id for pair in taken)
        for number, count in need.items():
            if count > store.assets[number].available:
                raise ValueError(f"Asset {store.assets[number].adam_id} has too few licenses left.")
        store.bump("assignments", "assets")
        store.unassign(taken)
        store.assign(given)
    return {"added": len(given), "removed": len(taken)}


def _pairs(location: Location, items: list[Any]) -> list[Pair]:
    pairs = [_pair(location, item) for item in items]
    return list({(asset.id, serial, user): (asset, serial, user) for asset, serial, user in pairs}.values())


def _pair(location: Location, item: dict[str, Any]) -> Pair:
    asset = asset_of(location, item)
    if item.get("serialNumber"):
        return asset, str(item["serialNumber"]), None
    user = location.store.active_user(str(item.get("clientUserId", "")))
    if user is None:
        raise ValueError(f"Location {location.key} has no active user {item.get('clientUserId')!r}.")
    return asset, None, int(user["id"])


def _is_held(location: Location, pair: Pair) -> bool:
    asset, serial, user = pair
    serials, users = [text for text in (serial,) if text is not None], [row for row in (user,) if row is not None]
    return bool(location.store.holders([asset.id], serials, users))


def disturb(context: Context, location: Location, count: int) -> None:
    """Somebody else writes: ``count`` invented devices get an asset, or (negative) the newest assignments go."""
    store = location.store
    with store.lock:
        events.keep_counts(context, location, context.clock.now())
        store.bump("assignments", "assets", "users")
        if count > 0:
            roomy = [a for a in store.assets.values() if a.device_assignable and a.available >= count]
            if not roomy:
                raise ValueError(f"No asset of location {location.key} has {count} licenses left.")
            start = store.counters["assignments"]
            store.assign([(roomy[0], f"OTHER{start:04d}{number:05d}", None) for number in range(count)])
        elif count < 0:
            revocable = ",".join(str(asset.id) for asset in store.assets.values() if asset.revocable)
            sql = f"SELECT asset,serial,user FROM assignments WHERE asset IN ({revocable}) ORDER BY id DESC LIMIT ?"
            rows = store.db.execute(sql, (-count,)).fetchall()
            store.unassign([(store.assets[asset], serial, user) for asset, serial, user in rows])

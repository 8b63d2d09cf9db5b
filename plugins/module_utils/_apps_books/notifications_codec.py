# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's notifications -> the model. Addresses and invite codes, which they hold, are left behind here."""

from __future__ import annotations

from .._core.model import AssetKey
from .._core.notification import Notification, asset_key
from .wire import Json, members, number_or_none, struct, text, wire


def decode_notification(body: object) -> Notification:
    """One notification [D notifications]. Raises ServiceError for what is none; a type that we don't know passes."""
    whole = struct(body, "notification")
    inner = struct(whole.get("notification") or {}, "notification")
    assignments = [struct(item, "assignments") for item in members(inner, "assignments")]
    people = [struct(item, name) for name in ("users", "associated_users") for item in members(inner, name)]
    error = struct(inner.get("error") or {}, "error")
    named = [*assignments, *([inner] if inner.get(wire("adam_id")) is not None else [])]
    return Notification(
        type=text(whole, "notification_type", None),
        location_uid=text(whole, "uid", None),
        notification_id=text(whole, "notification_id", None),
        event_id=text(inner, "event_id"),
        verb=text(inner, "type"),
        result=text(inner, "result"),
        error_number=number_or_none(error, "error_number"),
        client_user_ids=_distinct([*people, *assignments], "client_user_id"),
        serial_numbers=_distinct(assignments, "serial_number"),
        assets=_assets(named),
        count_delta=number_or_none(inner, "count_delta"),
    )


def _distinct(items: list[Json], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for item in items if (found := text(item, name))))


def _assets(items: list[Json]) -> tuple[AssetKey, ...]:
    keys = (asset_key(text(item, "adam_id"), text(item, "pricing_param")) for item in items)
    return tuple(dict.fromkeys(key for key in keys if key.adam_id))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The asynchronous writes: checked at once, done later. A synchronous error means nothing is done [D errors]."""

from __future__ import annotations

from typing import Any

from . import events
from .accounts import EMAIL
from .call import PRICING_PARAMS, Call, texts
from .errors import ApiError
from .licences import revocable_tasks
from .model import Asset
from .outcome import Outcome


def associate(call: Call) -> dict[str, Any]:
    """POST /assets/associate."""
    payload = _pairs(call, associating=True)
    if any(not asset.device_assignable for asset in payload["assets"]) and payload["serialNumbers"]:
        raise ApiError(9707)
    return _submit(call, "ASSOCIATE", payload)


def disassociate(call: Call) -> dict[str, Any]:
    """POST /assets/disassociate."""
    payload = _pairs(call, associating=False)
    if any(not asset.revocable for asset in payload["assets"]):
        raise ApiError(9706)
    if any(not asset.device_assignable for asset in payload["assets"]) and payload["serialNumbers"]:
        raise ApiError(9707)
    return _submit(call, "DISASSOCIATE", payload)


def revoke(call: Call) -> dict[str, Any]:
    """POST /assets/revoke: no assets named, everything revocable goes [D revokeassetsrequest]."""
    payload = _targets(call, call.body(), "maxRevokeClientUserIds", "maxRevokeSerialNumbers")
    unknown = Outcome()
    found = revocable_tasks(call.location, payload, unknown)
    requested = len(found) + sum(len(tasks) for tasks in unknown.failed.values())
    return _submit(call, "REVOKE", payload, requested)


def create_users(call: Call) -> dict[str, Any]:
    """POST /users/create."""
    return _submit_users(call, "CREATE")


def update_users(call: Call) -> dict[str, Any]:
    """POST /users/update."""
    return _submit_users(call, "UPDATE")


def retire_users(call: Call) -> dict[str, Any]:
    """POST /users/retire."""
    return _submit_users(call, "RETIRE")


def _submit(call: Call, kind: str, payload: dict[str, Any], requested: int | None = None) -> dict[str, Any]:
    if requested is None:
        requested = len(payload["assets"]) * (len(payload["clientUserIds"]) + len(payload["serialNumbers"]))
    return {"eventId": events.submit(call.context, call.location, kind, payload, requested, call.faults).id}


def _pairs(call: Call, associating: bool) -> dict[str, Any]:
    data = call.body()
    named = data.get("assets") or []
    if not isinstance(named, list) or not all(isinstance(item, dict) for item in named):
        raise ApiError(9602)
    if not named:
        raise ApiError(9718)
    keys = [_asset_key(call, item) for item in named]
    if len(keys) > call.limit("maxAssets"):
        raise ApiError(9700)
    if len(set(keys)) < len(keys):
        raise ApiError(9703)
    targets = _targets(call, data, "maxClientUserIds", "maxSerialNumbers")
    return {"assets": [_asset(call, key, associating) for key in keys], **targets}


def _asset_key(call: Call, item: dict[str, Any]) -> tuple[str, str]:
    adam_id, pricing = item.get("adamId"), item.get("pricingParam")
    if not isinstance(adam_id, str) or not adam_id:
        raise ApiError(9602)
    if pricing is None and call.context.switches["pricing_param_omitted"] == "stdq":
        pricing = "STDQ"
    if pricing not in PRICING_PARAMS:
        raise ApiError(9602)
    return adam_id, pricing


def _asset(call: Call, key: tuple[str, str], associating: bool) -> Asset:
    asset = call.location.store.find_asset(*key)
    if asset:
        return asset
    if associating and call.context.switches["unknown_asset"] == "async_9709":
        return Asset(0, *key)
    raise ApiError(9602)


def _targets(call: Call, data: dict[str, Any], most_users: str, most_serials: str) -> dict[str, Any]:
    users, serials = texts(data, "clientUserIds"), texts(data, "serialNumbers")
    if not users and not serials:
        raise ApiError(9719)
    if len(users) > call.limit(most_users):
        raise ApiError(9701)
    if len(serials) > call.limit(most_serials):
        raise ApiError(9702)
    if len(set(users)) < len(users):
        raise ApiError(9704)
    if len(set(serials)) < len(serials):
        raise ApiError(9705)
    if call.context.switches["unknown_user"] == "sync_9609":
        _require_users(call, users)
    return {"clientUserIds": users, "serialNumbers": serials}


def _require_users(call: Call, client_user_ids: list[str]) -> None:
    missing = [name for name in client_user_ids if call.location.store.active_user(name) is None]
    if missing:
        raise ApiError(9609, info={"clientUserIds": missing})


def _submit_users(call: Call, kind: str) -> dict[str, Any]:
    users = call.body().get("users") or []
    if not isinstance(users, list) or not all(isinstance(user, dict) for user in users):
        raise ApiError(9602)
    if not users:
        raise ApiError(9720)
    if len(users) > call.limit("maxUsers"):
        raise ApiError(9714)
    names = [user.get("clientUserId") for user in users]
    if not all(isinstance(name, str) and name for name in names):
        raise ApiError(9602)
    if len(set(names)) < len(names):
        raise ApiError(9715)
    for user in users:
        _check_addresses(user)
    if kind != "CREATE" and call.context.switches["unknown_user_edit"] == "sync_9609":
        _require_users(call, [str(name) for name in names])
    return _submit(call, kind, {"users": users}, len(users))


def _check_addresses(user: dict[str, Any]) -> None:
    email, account = user.get("email"), user.get("managedAppleId")
    if email is not None and not (isinstance(email, str) and (email == "" or EMAIL.fullmatch(email))):
        raise ApiError(9717)
    if account is not None and not isinstance(account, str):
        raise ApiError(9602)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners, profiles and target groups."""

from __future__ import annotations

from typing import Any

from ..wsgi import Response, json_response
from .call import Call, as_scope
from .errors import not_found
from .model import Owner, Profile, TargetGroup
from .paging import page
from .scope import Scope


def get_users(call: Call) -> list[dict[str, Any]]:
    """GET /networks/{networkId}/sm/users: owners, the same in every network of the organisation [D]."""
    read = {"ids": "id", "usernames": "username", "emails": "email"}
    wanted = {name: call.many(name) for name in read}
    scope = call.scope()
    return [
        _owner(owner)
        for owner in call.organization.owners.values()
        if all(values is None or getattr(owner, read[name]) in values for name, values in wanted.items())
        and (scope is None or call.deployment.in_scope(scope, set(owner.tags)))
    ]


def _owner(owner: Owner) -> dict[str, Any]:
    return {
        "id": owner.id,
        "email": owner.email,
        "fullName": owner.full_name,
        "username": owner.username,
        "hasPassword": False,
        # A string with spaces around every tag, not a list [S].
        "tags": f" {' '.join(owner.tags)} " if owner.tags else "",
        "adGroups": [],
        "azureAdGroups": [],
        "samlGroups": [],
        "asmGroups": [],
        "isExternal": False,
        "displayName": f"{owner.full_name} <{owner.email}>",
        "hasIdentityCertificate": False,
        "userThumbnail": None,
    }


def get_profiles(call: Call) -> Response:
    """GET /networks/{networkId}/sm/profiles."""
    types = call.many("payloadTypes")
    rows = [one for one in call.network.profiles if types is None or set(types) & set(one.payload_types)]
    return page(call, rows, _profile, 50)


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "name": profile.name,
        "description": profile.description,
        "scope": profile.scope.operator,
        "tags": list(profile.scope.tags),
        "payloadTypes": list(profile.payload_types),
    }


def get_target_groups(call: Call) -> list[dict[str, Any]]:
    """GET /networks/{networkId}/sm/targetGroups."""
    return [_group(call, group) for group in call.network.target_groups.values()]


def post_target_group(call: Call) -> Response:
    """POST targetGroups: 201; no scope means none."""
    network = call.network
    scope = _body_scope(call) or Scope()
    group = TargetGroup(call.organization.new_id("123"), call.text("name") or "", scope)
    network.target_groups[group.id] = group
    return json_response(_group(call, group), 201)


def get_target_group(call: Call) -> dict[str, Any]:
    """GET targetGroups/{targetGroupId}."""
    return _group(call, _of_path(call))


def put_target_group(call: Call) -> dict[str, Any]:
    """PUT targetGroups/{targetGroupId}."""
    group = _of_path(call)
    scope, name = _body_scope(call), call.text("name")
    group.scope = group.scope if scope is None else scope
    group.name = group.name if name is None else name
    return _group(call, group)


def delete_target_group(call: Call) -> Response:
    """DELETE targetGroups/{targetGroupId}: 204."""
    del call.network.target_groups[_of_path(call).id]
    return Response(204)


def _of_path(call: Call) -> TargetGroup:
    group = call.network.target_groups.get(call.ids["targetGroupId"])
    if group is None:
        raise not_found()
    return group


def _body_scope(call: Call) -> Scope | None:
    """One string with commas here, not a list [S]."""
    text = call.text("scope")
    return None if text is None else as_scope([text])


def _group(call: Call, group: TargetGroup) -> dict[str, Any]:
    scope = group.scope
    shown: dict[str, Any] = {"id": group.id, "name": group.name, "scope": scope.operator, "tags": list(scope.tags)}
    if call.context.switches["sm_target_group_answer"] == "legacy":
        shown = {"name": group.name, "scope": scope.operator, "tags": "[]", "type": "devices"}
    if call.flag("withDetails"):
        deployment, owners = call.deployment, call.organization.owners.values()
        details = {
            "device": [d.id for d in call.network.devices.values() if deployment.in_scope(scope, deployment.tags(d))],
            "user": [owner.id for owner in owners if deployment.in_scope(scope, set(owner.tags))],
        }
        ending = "Ids" if call.context.switches["sm_target_group_details"] == "deviceIds" else "s"
        shown.update({f"{name}{ending}": ids for name, ids in details.items()})
    return shown

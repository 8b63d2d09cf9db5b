# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's answers and request bodies about people <-> the model."""

from __future__ import annotations

from .._core.model import Secret
from .._core.user_model import DELETED, REGISTERED, RETIRE, RETIRED, User, UserFields, UserRequest
from .wire import Json, members, struct, text, wire


def decode_users(body: Json) -> list[User]:
    """The records of a page [D responseuser]."""
    return [_user(struct(item, "users")) for item in members(body, "users")]


def _user(item: Json) -> User:
    """Deleted is what v1 left behind of a retired user [D managing-users]; a status that we don't know stays as it is.

    A used invite code opens nothing any more, and is not kept.
    """
    status = text(item, "status", None)
    code = text(item, "invite_code")
    return User(
        client_user_id=text(item, "client_user_id", None),
        status=RETIRED if status == DELETED else status,
        email=text(item, "email"),
        id_hash=text(item, "id_hash"),
        invite_code=Secret(code) if code and status == REGISTERED else None,
    )


def encode_user_query(client_user_id: str | None, *, active_only: bool) -> dict[str, str]:
    """Filters of GET /users [D get-users-4mwln]; several records of one id are told only without `active_only`."""
    params = {wire("client_user_id"): client_user_id} if client_user_id is not None else {}
    return {**params, wire("active_only"): "true"} if active_only else params


def encode_users(request: UserRequest) -> dict[str, object]:
    """A retirement needs the id only [D requestuser], so no address travels with it."""
    return {"users": [_fields(user, request.verb) for user in request.users]}


def _fields(user: UserFields, verb: str) -> dict[str, str]:
    given = {"client_user_id": user.client_user_id}
    if verb != RETIRE:
        if user.email is not None:
            given["email"] = user.email
        if user.managed_apple_account is not None:
            given["managed_apple_id"] = user.managed_apple_account
    return {wire(name): value for name, value in given.items()}

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People: the paged reads of their records, and their creates, updates and retirements."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from types import MappingProxyType

from .._core.model import Walk
from .._core.user_model import CREATE, RETIRE, RETIRED, UPDATE, User, UserRequest
from . import pages
from .events import Write
from .session import Session
from .users_codec import decode_users, encode_user_query, encode_users

_ADDRESSES = MappingProxyType({CREATE: "createUsers", UPDATE: "updateUsers", RETIRE: "retireUsers"})


def read_users(session: Session, pool: Executor, *, active_only: bool) -> tuple[list[User], Walk]:
    """See ports.AppsBooks.read_users."""
    found, walk = _read(session, pool, "users", encode_user_query(None, active_only=active_only))
    if active_only:
        found = [user for user in found if user.status != RETIRED]
    return _in_order(found, one_each=active_only), walk


def read_user(session: Session, pool: Executor, client_user_id: str) -> list[User]:
    """See ports.AppsBooks.read_user."""
    found, _walk = _read(session, pool, "records of a user", encode_user_query(client_user_id, active_only=False))
    return _in_order([user for user in found if user.client_user_id == client_user_id], one_each=False)


def user_write(request: UserRequest) -> Write:
    """A create, update or retire on the wire. No sentence of ours names a person."""
    return Write(_ADDRESSES[request.verb], encode_users(request), f"{request.verb} {len(request.users)} users")


def _read(session: Session, pool: Executor, what: str, filters: dict[str, str]) -> tuple[list[User], Walk]:
    found: list[User] = []

    def fetch(index: int) -> pages.Page[User]:
        params = {**filters, "pageIndex": str(index)}
        body = session.get("getUsers", params, f"read page {index} of the {what}")
        return pages.decode_page(index, body, decode_users(body))

    (walk,) = pages.walk_all([pages.Read(fetch, found.clear, found.extend)], pool, session.meter)
    return found, walk


def _in_order(found: Iterable[User], *, one_each: bool) -> list[User]:
    """By id, the active record last.

    No id has two active records [D managing-users]: of two, seen on two pages of a list that changed meanwhile, the
    later one is believed. `one_each` holds for all records.
    """
    ended: list[User] = []
    latest: dict[str, User] = {}
    for user in found:
        known = latest.get(user.client_user_id)
        if user.active or (one_each and (known is None or not known.active)):
            latest[user.client_user_id] = user
        elif not one_each:
            ended.append(user)
    return sorted((*ended, *latest.values()), key=lambda user: (user.client_user_id, user.active, user.status))

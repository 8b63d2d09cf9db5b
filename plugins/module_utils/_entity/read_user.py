# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How people stand now, and what is still to be done about them."""

from __future__ import annotations

from collections.abc import Sequence

from .._core.people_row import folded
from .._core.ports import AppsBooks
from .._core.user_model import ASSOCIATED, CREATE, RETIRE, UPDATE, User, UserFields


def needed(verb: str, fields: UserFields, user: User | None) -> str:
    """The verb that brings about what `verb` was to, from the state now; empty where it is so."""
    if verb == RETIRE:
        return RETIRE if user is not None else ""
    if user is None:
        return CREATE
    readdressed = fields.email is not None and folded(fields.email) != folded(user.email)
    unlinked = fields.managed_apple_account is not None and user.status != ASSOCIATED
    return UPDATE if readdressed or unlinked else ""


def read_active(api: AppsBooks, ids: Sequence[str], pages: int) -> tuple[dict[str, User], bool]:
    """The active records of these people, in as few requests as can be; and whether the list held still meanwhile."""
    if len(ids) <= pages:
        found = [user for key in ids for user in api.read_user(key)[-1:]]
        return {user.client_user_id: user for user in found if user.active}, True
    users, walk = api.read_users()
    asked = frozenset(ids)
    return {user.client_user_id: user for user in users if user.active and user.client_user_id in asked}, walk.stable

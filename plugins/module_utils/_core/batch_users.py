# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs changes of people into requests."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Limits
from .user_model import CREATE, RETIRE, UPDATE, UserFields, UserRequest


def pack_users(verb: str, users: Sequence[UserFields], limits: Limits) -> list[UserRequest]:
    """The fewest requests of one verb, in the order given.

    ValueError for an id that stands twice: in one request the service would refuse it (9715), and of two requests
    nobody knows which is done first.
    """
    if verb not in (CREATE, UPDATE, RETIRE):
        raise ValueError("no such verb")
    if limits.max_users < 1:
        raise ValueError("limits must be positive")
    if len({user.client_user_id for user in users}) < len(users):
        raise ValueError("a user stands twice")
    size = limits.max_users
    parts = (users[slice(start, start + size)] for start in range(0, len(users), size))
    return [UserRequest(verb, tuple(part)) for part in parts]

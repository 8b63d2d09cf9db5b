# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People to whom Apple gives nothing after all: who is it, and why."""

from __future__ import annotations

from collections.abc import Mapping

from .._core.model import AssetKey
from .._core.ports import AppsBooks
from .._core.resolve_people import GONE, NOT_ASSOCIATED
from .._core.targets import TargetIndex
from .._core.user_model import REGISTERED
from .read_user import read_active


def read_declined(
    api: AppsBooks, index: TargetIndex, left: Mapping[str, Mapping[AssetKey, int]], pages: int
) -> dict[str, int]:
    """Of the people (bits) for whom something is left to do, those who were retired meanwhile and those who have not
    accepted yet, by reason. `pages`: requests that a read of all people takes.

    Apple doesn't tell which of the two it means by "registered user not found", and may refuse a request as a whole for
    one of its people [D errors].
    """
    touched = 0
    for needs in left.values():
        for bits in needs.values():
            touched |= bits
    users, stable = read_active(api, index.names(touched), pages)
    waiting = index.bits(key for key, user in users.items() if user.status == REGISTERED)
    found = {NOT_ASSOCIATED: waiting, GONE: touched & ~index.bits(users) if stable else 0}
    return {reason: bits for reason, bits in found.items() if bits}

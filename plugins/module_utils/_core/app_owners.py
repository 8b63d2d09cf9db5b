# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From devices to the people who own them: whose licence serves which device.

The bond is the e-mail address, as in Systems Manager: that of the owner there, and that of the person at Apple.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .app_model import AMBIGUOUS, NO_OWNER, NOT_ASSOCIATED, OWNER_UNKNOWN, Devices
from .mdm import MdmDevice
from .people_row import folded
from .user_model import ASSOCIATED, User


@dataclass(frozen=True, slots=True)
class OwnedDevices:
    """`people`: the client_user_id of the owner, by device id, where licences of that person count. `without`: ids of
    the other devices by reason."""

    people: Mapping[str, str] = field(default_factory=dict)
    without: Mapping[str, Devices] = field(default_factory=dict)


def match_owners(devices: Iterable[MdmDevice], users: Iterable[User]) -> OwnedDevices:
    """Matches owners with the active people among `users`.

    Of several people with one address the one who accepted the invitation counts, since no licence of another serves
    anybody. Two who accepted have two Apple Accounts, and nobody can say which of them is on the device.
    """
    known: dict[str, list[User]] = {}
    for user in users:
        if user.active and folded(user.email):
            known.setdefault(folded(user.email), []).append(user)
    people: dict[str, str] = {}
    without: dict[str, set[str]] = {}
    for device in devices:
        owner = folded(device.owner)
        found = known.get(owner, [])
        linked = sorted({user.client_user_id for user in found if user.status == ASSOCIATED})
        if len(linked) == 1:
            people[device.id] = linked[0]
            continue
        if not owner:
            reason = NO_OWNER
        elif not found:
            reason = OWNER_UNKNOWN
        else:
            reason = AMBIGUOUS if linked else NOT_ASSOCIATED
        without.setdefault(reason, set()).add(device.id)
    return OwnedDevices(people, {reason: frozenset(ids) for reason, ids in sorted(without.items())})


def owners_over_limit(devices: Iterable[MdmDevice], most: int) -> int:
    """How many owners have more than `most` of these devices."""
    counts: dict[str, int] = {}
    for device in devices:
        owner = folded(device.owner)
        if owner:
            counts[owner] = counts.get(owner, 0) + 1
    return sum(count > most for count in counts.values())

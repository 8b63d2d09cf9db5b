# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's people beside the admin's list: who is active, who is retired, and who is in the list or may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .._core.known_people import KnownPeople
from .._core.person_id import person_id
from .._core.ports import AppsBooks
from .._core.resolve_people import resolve_people
from .._core.user_model import ASSOCIATED, Person, User


@dataclass(frozen=True, slots=True)
class PeopleSeen:
    """All by client_user_id. `retired`: whose newest record is not active; `accepted`: those of the `active` ones who
    have an account linked; `listed` and `kept`: who is named, or may be. `owners`: of an address (folded) that one
    active person has, who that is. `pages`: requests that the read took; `stable`: the list held still meanwhile.
    `kept_unknown`: people to be kept who are nobody to Apple."""

    active: frozenset[str] = frozenset()
    retired: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    owners: dict[str, str] = field(default_factory=dict, repr=False)
    accepted: frozenset[str] = frozenset()
    pages: int = 1
    stable: bool = True
    kept_unknown: int = 0


NOBODY = PeopleSeen()
"""No reason asked for people."""


def see_people(
    api: AppsBooks, location_uid: str, listed: Sequence[Person], kept: Sequence[Person], *, retired: bool
) -> PeopleSeen:
    """One read of all people, with those who are `retired` if somebody wants to know."""
    users, walk = api.read_users(active_only=not retired)
    latest: dict[str, User] = {user.client_user_id: user for user in users}
    known = KnownPeople(location_uid, users)
    active = frozenset(known.by_id)
    missing = resolve_people(known, kept).missing
    return PeopleSeen(
        active,
        frozenset(latest) - active,
        _named(known, location_uid, listed),
        _named(known, location_uid, kept),
        {email: found[0].client_user_id for email, found in known.by_email.items() if len(found) == 1},
        frozenset(key for key, user in known.by_id.items() if user.status == ASSOCIATED),
        walk.pages,
        walk.stable,
        len(missing),
    )


def _named(known: KnownPeople, location_uid: str, people: Iterable[Person]) -> frozenset[str]:
    """Everybody whom one of these may mean. Who is named by an id and has an address as well is looked for by both, as
    nobody is to lose anything for an id that differs from Apple's."""
    found: set[str] = set()
    for person in people:
        found.add(person.client_user_id or person_id(location_uid, person.email))
        if person.email:
            found.update(user.client_user_id for user in known.of_address(person.email))
    return frozenset(found)

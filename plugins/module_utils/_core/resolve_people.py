# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From people as a task names them to the active users at Apple, and why somebody is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .known_people import KnownPeople
from .user_model import ASSOCIATED, Person, User

NOT_ASSOCIATED = "not_associated"
UNKNOWN = "unknown"
GONE = "retired"
AMBIGUOUS = "ambiguous"
NO_OWNER = "no_owner"
OWNER_UNKNOWN = "owner_unknown"
"""Why somebody gets no licence. AMBIGUOUS: several active users have the address, and not exactly one of them has
accepted. The last two are of devices: the MDM tells no owner, or one whom Apple doesn't know."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """`users` by id, in the order in which they were named. `missing`: whom Apple has no active user for. `ambiguous`:
    whose address fits several. `alike`: ids of other users with an address that was named; the same person, as likely
    as not, so nothing is taken from them for being unnamed."""

    users: dict[str, User]
    missing: tuple[Person, ...]
    ambiguous: tuple[Person, ...]
    alike: frozenset[str]


def resolve_people(known: KnownPeople, people: Iterable[Person]) -> Resolved:
    """A person is the one with the `client_user_id` given, or else the active user with the address; of several the one
    who has accepted, since no licence of another serves anybody."""
    users: dict[str, User] = {}
    missing: list[Person] = []
    ambiguous: list[Person] = []
    alike: set[str] = set()
    for person in people:
        found = _candidates(known, person)
        linked = [user for user in found if user.status == ASSOCIATED]
        chosen = found if len(found) == 1 else linked if len(linked) == 1 else []
        if chosen:
            users.setdefault(chosen[0].client_user_id, chosen[0])
        elif found:
            ambiguous.append(person)
        else:
            missing.append(person)
        alike.update(user.client_user_id for user in found if user not in chosen)
    return Resolved(users, tuple(missing), tuple(ambiguous), frozenset(alike))


def _candidates(known: KnownPeople, person: Person) -> Sequence[User]:
    if not person.client_user_id:
        return known.of_address(person.email)
    user = known.by_id.get(person.client_user_id)
    return [] if user is None else [user]

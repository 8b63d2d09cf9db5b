# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The active people of a location, and who of them somebody in a list is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .people_row import folded
from .person_id import person_id
from .user_model import BadRow, Person, User
from .user_plan import PersonPlan

TWO_USERS = "has the client_user_id of one user and the address of another; give the one or the other, of the right one"


def readdressed(one: PersonPlan) -> bool:
    """Whether the list has another address than Apple."""
    return one.user is not None and bool(one.person.email) and folded(one.person.email) != folded(one.user.email)


class KnownPeople:
    """The active people of a location, by id and by address."""

    def __init__(self, location_uid: str, users: Iterable[User]) -> None:
        self._location_uid = location_uid
        self.by_id: dict[str, User] = {user.client_user_id: user for user in users if user.active}
        self.by_email: dict[str, list[User]] = {}
        for user in self.by_id.values():
            if user.email:
                self.by_email.setdefault(folded(user.email), []).append(user)

    def identify(self, people: Sequence[Person]) -> tuple[list[PersonPlan], list[BadRow]]:
        """Who each of them is. Ids that are given come first, so that the order of the rows doesn't matter."""
        taken: dict[str, int] = {person.client_user_id: person.line for person in people if person.client_user_id}
        result: list[PersonPlan] = []
        bad: list[BadRow] = []
        for person in people:
            key, why = (person.client_user_id, "") if person.client_user_id else self._by_address(person.email)
            if not why and not person.client_user_id and key in taken:
                why = f"is the same user as line {taken[key]}, who is given by client_user_id"
            if why:
                bad.append(BadRow(person.line, why))
                continue
            result.append(PersonPlan(person, key, user=self.by_id.get(key)))
        return result, bad

    def without_contradictions(self, found: Sequence[PersonPlan]) -> tuple[list[PersonPlan], list[BadRow]]:
        """Without those whose address is another user's by now: a list with a shifted column would have the wrong
        people retired."""
        bad = [BadRow(one.person.line, TWO_USERS) for one in found if readdressed(one) and self.others_at(one)]
        lines = {row.line for row in bad}
        return [one for one in found if one.person.line not in lines], bad

    def others_at(self, one: PersonPlan) -> frozenset[str]:
        """Ids of the other users who have the person's address."""
        users = self.by_email.get(folded(one.person.email), []) if one.person.email else []
        return frozenset(user.client_user_id for user in users) - {one.client_user_id}

    def _by_address(self, email: str) -> tuple[str, str]:
        """The id, or why there is none."""
        users = self.by_email.get(folded(email), [])
        if len(users) > 1:
            return "", f"has an address that {len(users)} users have; give the client_user_id of the right one"
        if users:
            return users[0].client_user_id, ""
        key = person_id(self._location_uid, email)
        other = self.by_id.get(key)
        if other is not None and other.email:
            return "", "has the id of a user who has another address by now; give the client_user_id of the right one"
        return key, ""

    def of_address(self, email: str) -> list[User]:
        """Everybody who has the address, and who has the id that we make of it and no address."""
        found = self.by_email.get(folded(email), [])
        own = self.by_id.get(person_id(self._location_uid, email))
        return found or ([own] if own is not None and not own.email else [])

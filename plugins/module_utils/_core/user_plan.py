# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of a plan for people: what is asked for, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .license_model import ABSENT, PRESENT, RemovalLimit
from .people_row import folded
from .user_model import ASSOCIATED, CREATE, RETIRE, UPDATE, BadRow, Person, User, UserFields

VERBS = (RETIRE, CREATE, UPDATE)
"""In the order in which they are sent: who leaves may have the Apple Account that somebody else is to get."""

KEPT = "kept"
LISTED_ELSEWHERE = "listed_elsewhere"
BAD_ROWS = "bad_rows"
"""Reasons why somebody who would have been retired is not; the keys of `UserPlan.spared`."""


@dataclass(frozen=True, slots=True)
class UserGoal:
    """What the task asks for. `of_source`: ids that the source listed or made before, `elsewhere` those of them that
    another source has as well; both only for `exclusive`. `keep_emails` are folded. `max_shrink` is in per cent."""

    state: str = PRESENT
    exclusive: bool = False
    of_source: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    keep_ids: frozenset[str] = frozenset()
    keep_emails: frozenset[str] = field(default=frozenset(), repr=False)
    max_removals: RemovalLimit | None = None
    max_shrink: int = 20
    allow_empty: bool = False

    def keeps(self, user: User) -> bool:
        return user.client_user_id in self.keep_ids or (bool(user.email) and folded(user.email) in self.keep_emails)


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """One person of the task. `user`: the active record at Apple; `action`: a verb of user_model, or empty for nothing.

    `not_comparable`: an Apple Account is asked for and one is linked; whether it is the same, Apple doesn't tell.
    """

    person: Person
    client_user_id: str
    action: str = ""
    user: User | None = None
    not_comparable: bool = False

    @property
    def fields(self) -> UserFields:
        """What a request tells of the person. Unset is left as it is."""
        if self.action == RETIRE:
            return UserFields(self.client_user_id)
        person = self.person
        account = "" if self.user is not None and self.user.status == ASSOCIATED else person.managed_apple_account
        return UserFields(self.client_user_id, person.email or None, account or None)


@dataclass(frozen=True, slots=True)
class UserPlan:
    """`people`: those of the task, in its order (state absent: those to be gone); `leavers`: who is retired, by id.

    `reach`: people whom a retirement could reach, `covered`: those of them whom the task leaves. `spared`: people who
    are not retired although the task would have it so, by reason. `released`: ids that left the source, and that
    another one has or nobody any more. `listed`: ids of all usable rows, of every group.
    """

    state: str
    people: tuple[PersonPlan, ...]
    leavers: tuple[User, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    reach: int = 0
    covered: int = 0
    spared: Mapping[str, int] = field(default_factory=dict)
    released: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()

    def of(self, verb: str) -> list[PersonPlan]:
        return [part for part in self.people if part.action == verb]

    def fields(self, verb: str) -> list[UserFields]:
        """What is to be sent under a verb, in order."""
        if verb == RETIRE:
            return [UserFields(user.client_user_id) for user in self.leavers]
        return [part.fields for part in self.of(verb)]

    @property
    def retires(self) -> int:
        return len(self.leavers)

    @property
    def changed(self) -> bool:
        return bool(self.leavers) or any(part.action for part in self.people)

    @property
    def absent(self) -> bool:
        return self.state == ABSENT

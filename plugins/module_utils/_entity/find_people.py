# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From people as a task names them to whom Apple knows, in few requests; and who gets nothing, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InputError
from .._core.identity import samples
from .._core.known_people import KnownPeople
from .._core.person_id import person_id
from .._core.ports import AppsBooks
from .._core.resolve_people import (
    AMBIGUOUS,
    GONE,
    NOT_ASSOCIATED,
    OWNER_UNKNOWN,
    UNKNOWN,
    Resolved,
    resolve_people,
)
from .._core.user_model import REGISTERED, BadRow, Person, User
from .owners_in_scope import OwnersInScope
from .scope import SHOWN, Fleet, device_label

ONE_BY_ONE = 10
"""So few people, if all are named by id, are asked for one by one; more are found in a read of all."""


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """People as a task names them: in its own words (`people`), or as owners of devices (`owners`).

    `known`: the universe of `exclusive`, None = everybody. `bad_rows` of `source`, which counts in `unit`. `fleet`: the
    devices of an MDM, where somebody is to count those of a person, of which `most_devices` are fine (0: any number).
    """

    people: tuple[Person, ...] = ()
    known: tuple[Person, ...] | None = None
    keep: tuple[Person, ...] = ()
    owners: OwnersInScope | None = None
    bad_rows: tuple[BadRow, ...] = ()
    source: str = "users"
    unit: str = "item"
    must_be_known: bool = False
    include_registered: bool = False
    show_people: bool = False
    fleet: Fleet | None = None
    most_devices: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """People, or devices, that get nothing for one reason. Of a person without an id the line of the list tells."""

    reason: str
    count: int
    client_user_ids: Sequence[str] = ()
    lines: Sequence[int] = ()
    devices: Sequence[str] = ()
    emails: Sequence[str] = field(default=(), repr=False)

    def facts(self, show_people: bool) -> dict[str, Any]:
        return {
            "reason": self.reason,
            "count": self.count,
            "client_user_ids": list(self.client_user_ids[:SHOWN]),
            "lines": list(self.lines[:SHOWN]),
            "devices": list(self.devices[:SHOWN]),
            "emails": list(self.emails[:SHOWN]) if show_people else None,
        }


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """`users`: active ones by id, in the order of the task, but those last who get something and have not accepted;
    `waiting`: who gets nothing yet and keeps what he holds. `known`, `keep`: ids. `pages`: requests that a read of all
    people takes; `stable`: the list held still meanwhile. `kept_unknown`: people of `keep` who are nobody to Apple.
    `addresses`: of all active people that were read, by id.
    """

    users: Mapping[str, User]
    waiting: frozenset[str]
    known: tuple[str, ...] | None
    keep: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    pages: int
    stable: bool
    kept_unknown: int = 0
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)


def find_people(api: AppsBooks, location_uid: str, named: NamedPeople, *, removal: bool) -> FoundPeople:
    """`removal`: something is to be taken from the people named, whether they have accepted or not. Raises InputError
    for somebody who is not among those to be known."""
    people = named.owners.people() if named.owners else named.people
    universe = named.owners.known() if named.owners else named.known
    users, pages, stable = _read(api, (*people, *(universe or ()), *named.keep))
    known = KnownPeople(location_uid, users)
    found, kept = resolve_people(known, people), resolve_people(known, named.keep)
    everybody = None if universe is None else resolve_people(known, universe)
    if named.must_be_known and everybody is not None:
        strange = sorted(found.users.keys() - everybody.users.keys() - everybody.alike)
        if strange:
            raise InputError(
                f"users: {len(strange)} of the {len(found.users)} people are not in known_file: {samples(strange)}; "
                "correct the list, or add them there."
            )
    joining = [] if removal or named.include_registered else _registered(found.users)
    left_out = [LeftOut(NOT_ASSOCIATED, len(joining), joining, emails=_emails(found.users, joining))] if joining else []
    left_out += _owners_left_out(named.owners, found) if named.owners else _left_out(api, location_uid, found, pages)
    return FoundPeople(
        _accepted_first(found.users) if named.include_registered and not removal else found.users,
        found.alike.union(joining) - (found.users.keys() - set(joining)),
        None if everybody is None else (*everybody.users, *sorted(everybody.alike)),
        (*kept.users, *sorted(kept.alike), *_denied(location_uid, () if removal else found.missing, kept.missing)),
        tuple(sorted(left_out, key=lambda entry: entry.reason)),
        pages,
        stable,
        len(kept.missing),
        {user.client_user_id: user.email for user in users if user.active},
    )


def _read(api: AppsBooks, people: Sequence[Person]) -> tuple[list[User], int, bool]:
    ids = {person.client_user_id for person in people}
    if not ids:
        return [], 1, True
    if "" not in ids and len(ids) <= ONE_BY_ONE:
        return [user for key in sorted(ids) for user in api.read_user(key)], len(ids), True
    users, walk = api.read_users()
    return users, walk.pages, walk.stable


def _denied(location_uid: str, *missing: Sequence[Person]) -> list[str]:
    """Ids of people who are named and whom Apple denies to know. Where one of them holds something all the same, the
    answer was cut off, or the person registered meanwhile: nobody loses anything who is named."""
    return sorted({one.client_user_id or person_id(location_uid, one.email) for people in missing for one in people})


def _registered(users: Mapping[str, User]) -> list[str]:
    return [key for key, user in users.items() if user.status == REGISTERED]


def _accepted_first(users: Mapping[str, User]) -> dict[str, User]:
    """Only Apple's answer tells whether it gives to who has not accepted. If it doesn't, and licences are short, the
    others would go without for the sake of people who get none, in each run."""
    return dict(sorted(users.items(), key=lambda item: item[1].status == REGISTERED))


def _emails(users: Mapping[str, User], ids: Iterable[str]) -> list[str]:
    return [users[key].email for key in ids]


def _left_out(api: AppsBooks, location_uid: str, found: Resolved, pages: int) -> list[LeftOut]:
    gone = _retired(api, location_uid, found.missing, pages)
    groups: dict[str, list[Person]] = {AMBIGUOUS: list(found.ambiguous)}
    for person in found.missing:
        groups.setdefault(GONE if person in gone else UNKNOWN, []).append(person)
    return [
        LeftOut(
            reason,
            len(people),
            [one.client_user_id for one in people if one.client_user_id],
            [one.line for one in people if not one.client_user_id],
            emails=[one.email for one in people if one.email],
        )
        for reason, people in groups.items()
        if people
    ]


def _retired(api: AppsBooks, location_uid: str, missing: Sequence[Person], pages: int) -> set[Person]:
    """Who of them was a user once, in as few requests as can be."""
    ids = {person: person.client_user_id or person_id(location_uid, person.email) for person in missing}
    if len(missing) <= pages:
        found = {person: api.read_user(key) for person, key in ids.items()}
        return {person for person, records in found.items() if records and not records[-1].active}
    users, _walk = api.read_users(active_only=False)
    former = {user.client_user_id for user in users}
    return {person for person, key in ids.items() if key in former}


def _owners_left_out(owners: OwnersInScope, found: Resolved) -> list[LeftOut]:
    devices = owners.devices()
    result = [
        LeftOut(reason, len(listed), devices=[device_label(device) for device in listed])
        for reason, listed in owners.without().items()
    ]
    for reason, people in ((OWNER_UNKNOWN, found.missing), (AMBIGUOUS, found.ambiguous)):
        if people:
            labels = [device_label(device) for person in people for device in devices[person.email]]
            result.append(LeftOut(reason, len(people), devices=labels, emails=[person.email for person in people]))
    return result

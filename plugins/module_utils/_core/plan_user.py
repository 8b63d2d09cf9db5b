# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People listed + people at Apple -> whom to create, update and retire. Whether that may be done: brakes_user.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from .known_people import TWO_USERS, KnownPeople, readdressed
from .license_model import ABSENT
from .people_row import folded
from .user_model import ASSOCIATED, CREATE, RETIRE, UPDATE, BadRow, Person, User
from .user_plan import BAD_ROWS, KEPT, LISTED_ELSEWHERE, PersonPlan, UserGoal, UserPlan


def plan_users(
    location_uid: str,
    people: Sequence[Person],
    users: Iterable[User],
    goal: UserGoal,
    *,
    bad_rows: Collection[BadRow] = (),
    groups: Collection[str] = (),
) -> UserPlan:
    """The plan for the people of a source, from a read made by this very task.

    `groups` narrows what is done to people in one of them (empty: all); who is listed in any other group is none who
    left the source. `users` may hold retired records, which count as nobody.
    """
    known = KnownPeople(location_uid, users)
    found, bad = known.identify(people)
    if goal.state == ABSENT:
        found, contradicting = known.without_contradictions(found)
        bad += contradicting
    rows = tuple(sorted((*bad_rows, *bad), key=lambda row: row.line))
    wanted = [part for part in found if not groups or not set(groups).isdisjoint(part.person.groups)]
    if goal.state == ABSENT:
        return _absent(known, wanted, rows, goal)
    listed = frozenset(part.client_user_id for part in found)
    parts, contested = _without_contested(known, [_present(part) for part in wanted])
    rows = tuple(sorted((*rows, *contested), key=lambda row: row.line))
    plan = UserPlan(goal.state, tuple(parts), (), rows, listed=listed, warnings=_warnings(known, parts))
    return _exclusive(known, plan, goal) if goal.exclusive else plan


def _present(part: PersonPlan) -> PersonPlan:
    person, user = part.person, part.user
    if user is None:
        return replace(part, action=CREATE)
    linked = user.status == ASSOCIATED
    links = bool(person.managed_apple_account) and not linked
    return replace(
        part,
        action=UPDATE if readdressed(part) or links else "",
        not_comparable=bool(person.managed_apple_account) and linked,
    )


def _without_contested(known: KnownPeople, parts: Sequence[PersonPlan]) -> tuple[list[PersonPlan], list[BadRow]]:
    """Without those who would take over the address of another user, unless that one gets an address here that is
    nobody's. A list with a shifted column would give each person the address, and so the invitation, of another."""
    moved = [part for part in parts if part.action == UPDATE and readdressed(part)]
    taking = {part.client_user_id: known.others_at(part) for part in moved}
    free = {key for key, others in taking.items() if not others}
    contested = {key for key, others in taking.items() if not others <= free}
    bad = [BadRow(part.person.line, TWO_USERS) for part in moved if part.client_user_id in contested]
    return [part for part in parts if part.client_user_id not in contested], bad


def _absent(known: KnownPeople, wanted: Sequence[PersonPlan], rows: tuple[BadRow, ...], goal: UserGoal) -> UserPlan:
    kept = {part.client_user_id for part in wanted if part.user is not None and goal.keeps(part.user)}
    parts = [
        replace(part, action=RETIRE if part.user is not None and part.client_user_id not in kept else "")
        for part in wanted
    ]
    leavers = {part.client_user_id: part.user for part in parts if part.action and part.user is not None}
    return UserPlan(
        goal.state,
        tuple(parts),
        tuple(leavers[key] for key in sorted(leavers)),
        rows,
        reach=len(known.by_id),
        covered=len(known.by_id) - len(leavers),
        spared=_counted({KEPT: len(kept)}),
    )


def _exclusive(known: KnownPeople, plan: UserPlan, goal: UserGoal) -> UserPlan:
    """Adds those who left the source: listed or made by it before, not any more, and by no other source."""
    before = goal.of_source & known.by_id.keys()
    left = before - plan.listed
    gone = goal.of_source - plan.listed - before
    elsewhere = left & goal.elsewhere
    mine = left - elsewhere
    kept = frozenset(key for key in mine if goal.keeps(known.by_id[key]))
    leaving = mine - kept
    # A row that can't be used may be about one of them.
    withheld = leaving if plan.bad_rows else frozenset()
    return replace(
        plan,
        leavers=tuple(known.by_id[key] for key in sorted(leaving - withheld)),
        reach=len(before - elsewhere),
        covered=len(before - elsewhere - leaving),
        spared=_counted({LISTED_ELSEWHERE: len(elsewhere), KEPT: len(kept), BAD_ROWS: len(withheld)}),
        # Who left and is nobody by now is not this list's any more: whoever is registered under the id later isn't.
        released=frozenset() if plan.bad_rows else gone | (goal.of_source - plan.listed) & goal.elsewhere,
    )


def _counted(numbers: Mapping[str, int]) -> dict[str, int]:
    return {reason: number for reason, number in sorted(numbers.items()) if number}


def _warnings(known: KnownPeople, parts: Sequence[PersonPlan]) -> tuple[str, ...]:
    """One sentence a kind."""
    twice = sum(part.action == CREATE and folded(part.person.email) in known.by_email for part in parts)
    if not twice:
        return ()
    told = (
        f"{twice} of the people to be created have an address that another user has already, since the client_user_id "
        "given is another: they will be known twice. Retire the other one if it is not needed."
    )
    return (told,)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for people: who is who, that a plan reaches its goal, and that nobody else is ever retired."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.brakes_user import check_user_brakes
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import BrakeError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import ABSENT, parse_removal_limit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.person_id import person_id
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_user import plan_users
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    ASSOCIATED,
    CREATE,
    DELETED,
    REGISTERED,
    RETIRE,
    RETIRED,
    UPDATE,
    BadRow,
    Person,
    User,
    UserFields,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_plan import PersonPlan, UserGoal

UID = "7700000000000042"
LEA, OMAR, TAMA = (f"{name}@fernhill.example" for name in ("lea", "omar", "tama"))
ANY = parse_removal_limit("1000")


def plan(people, users, goal=None, **more):
    return plan_users(UID, people, users, goal or UserGoal(), **more)


def absent(**more):
    return UserGoal(state=ABSENT, max_removals=ANY, **more)


def exclusive(*ids, **more):
    return UserGoal(exclusive=True, of_source=frozenset(ids), max_removals=ANY, **more)


def actions(found):
    return [(part.client_user_id, part.action) for part in found.people]


def test_the_id_made_of_an_address_never_changes():
    assert person_id(UID, LEA) == person_id(UID, f" {LEA.upper()}\t")
    assert person_id(UID, "lea@fernhill.example") == "c1d8b69b-1ee1-5a06-9464-5232fa303540"
    assert person_id("1", LEA) != person_id(UID, LEA)


@pytest.mark.parametrize(
    ("person", "users", "expected"),
    [
        (Person(1, email=LEA), [], (person_id(UID, LEA), CREATE)),
        (Person(1, email=LEA), [User("u-1", REGISTERED, LEA.upper())], ("u-1", "")),
        (Person(1, email=LEA), [User("u-1", RETIRED, LEA)], (person_id(UID, LEA), CREATE)),
        (Person(1, email=LEA), [User("u-1", DELETED, LEA)], (person_id(UID, LEA), CREATE)),
        (Person(1, "u-1", LEA), [User("u-1", RETIRED, LEA)], ("u-1", CREATE)),
        (Person(1, "u-1", LEA), [User("u-1", RETIRED, LEA), User("u-1", ASSOCIATED, LEA)], ("u-1", "")),
        (Person(1, "u-1", LEA), [User("u-1", REGISTERED, OMAR)], ("u-1", UPDATE)),
        (Person(1, "u-1", LEA), [User("u-1", REGISTERED)], ("u-1", UPDATE)),
        (Person(1, "u-1"), [User("u-1", REGISTERED, OMAR)], ("u-1", "")),
        (Person(1, "u-1", LEA), [User("u-2", REGISTERED, LEA)], ("u-1", CREATE)),
        (Person(1, email=LEA), [User(person_id(UID, LEA), REGISTERED)], (person_id(UID, LEA), UPDATE)),
        (Person(1, "u-1", managed_apple_account=OMAR), [User("u-1", REGISTERED)], ("u-1", UPDATE)),
        (Person(1, "u-1", managed_apple_account=OMAR), [User("u-1", ASSOCIATED)], ("u-1", "")),
    ],
)
def test_who_is_who(person, users, expected):
    assert actions(plan([person], users)) == [expected]


def test_what_is_sent():
    linked = User("u-2", ASSOCIATED, OMAR)
    people = [Person(1, "u-1", LEA, "Lea", TAMA), Person(2, "u-2", "new@fernhill.example", "", TAMA), Person(3, "u-3")]
    found = plan(people, [linked])
    assert found.fields(CREATE) == [UserFields("u-1", LEA, TAMA), UserFields("u-3")]
    # Whether another account is linked by now, nobody can tell: an account that is linked is left alone.
    assert found.fields(UPDATE) == [UserFields("u-2", "new@fernhill.example")]
    assert [part.not_comparable for part in found.people] == [False, True, False]


def test_a_retirement_tells_the_id_alone():
    """Whatever else the row has: nothing of it is to be written to a user who goes."""
    part = PersonPlan(Person(1, "u-1", LEA, "Lea", TAMA), "u-1", RETIRE, User("u-1", REGISTERED, OMAR))
    assert part.fields == UserFields("u-1")
    assert plan([part.person], [part.user], absent()).fields(RETIRE) == [UserFields("u-1")]


def test_an_account_is_linked_whoever_else_has_the_address():
    """The address stays as it is, so nobody's is taken over."""
    users = [User("u-1", REGISTERED, LEA), User("u-2", REGISTERED, LEA)]
    found = plan([Person(1, "u-1", LEA, managed_apple_account=TAMA)], users)
    assert (actions(found), found.bad_rows) == ([("u-1", UPDATE)], ())


class TestAddressOfAnother:
    USERS = (User("u-1", REGISTERED, LEA), User("u-2", REGISTERED, OMAR))

    def test_is_taken_over_where_that_one_gets_a_free_one(self):
        found = plan([Person(1, "u-1", TAMA), Person(2, "u-2", LEA)], self.USERS)
        assert (actions(found), found.bad_rows) == ([("u-1", UPDATE), ("u-2", UPDATE)], ())

    def test_is_not_taken_over_where_that_one_keeps_it(self):
        found = plan([Person(1, "u-1", LEA), Person(2, "u-2", LEA)], self.USERS)
        assert (actions(found), [row.line for row in found.bad_rows]) == ([("u-1", "")], [2])

    def test_is_not_swapped(self):
        found = plan([Person(1, "u-1", OMAR), Person(2, "u-2", LEA)], self.USERS)
        assert (actions(found), [row.line for row in found.bad_rows]) == ([], [1, 2])

    def test_retires_neither(self):
        found = plan([Person(1, "u-1", OMAR)], self.USERS, absent())
        assert (found.fields(RETIRE), [row.line for row in found.bad_rows]) == ([], [1])


@pytest.mark.parametrize(
    ("people", "users", "line", "why"),
    [
        (
            [Person(4, email=LEA)],
            [User("u-1", REGISTERED, LEA), User("u-2", ASSOCIATED, LEA)],
            4,
            "has an address that 2 users have; give the client_user_id of the right one",
        ),
        (
            [Person(2, email=OMAR), Person(3, "u-1", LEA)],
            [User("u-1", REGISTERED, OMAR)],
            2,
            "is the same user as line 3, who is given by client_user_id",
        ),
        (
            [Person(2, email=LEA)],
            [User(person_id(UID, LEA), REGISTERED, OMAR)],
            2,
            "has the id of a user who has another address by now; give the client_user_id of the right one",
        ),
    ],
)
@pytest.mark.parametrize("goal", [UserGoal(), absent()])
def test_rows_whose_person_is_in_doubt(people, users, line, why, goal):
    assert [(row.line, row.why) for row in plan(people, users, goal).bad_rows] == [(line, why)]


def test_an_address_may_move_on_when_its_owner_gets_a_new_one():
    users = [User("u-1", REGISTERED, LEA), User("u-2", REGISTERED, OMAR)]
    rows = [Person(1, "u-1", OMAR), Person(2, "u-2", TAMA)]
    found = plan(rows, users)
    assert (actions(found), found.bad_rows) == ([("u-1", UPDATE), ("u-2", UPDATE)], ())
    # Who is to be gone must be beyond doubt, so the same rows don't do for that.
    gone = plan(rows, users, absent())
    assert ([row.line for row in gone.bad_rows], [user.client_user_id for user in gone.leavers]) == ([1], ["u-2"])


def test_an_address_that_two_share_already_is_not_taken_over():
    users = [User("u-1", REGISTERED, LEA), User("u-2", REGISTERED, LEA)]
    found = plan([Person(1, "u-1", LEA, managed_apple_account=OMAR)], users)
    assert (actions(found), found.bad_rows) == ([("u-1", UPDATE)], ())


def test_a_retirement_sends_the_id_alone():
    found = plan([Person(1, "u-1", LEA, "Lea", TAMA)], [User("u-1", REGISTERED, LEA)], absent())
    assert actions(found) == [("u-1", RETIRE)]
    assert [part.fields for part in found.people] == found.fields(RETIRE) == [UserFields("u-1")]


def test_another_user_with_the_address_is_warned_of():
    (warning,) = plan([Person(1, "u-1", LEA)], [User("u-2", REGISTERED, LEA)]).warnings
    assert warning.startswith("1 of the people to be created have an address that another user has already")


def test_nobody_is_warned_of_where_addresses_differ():
    users = [User("u-1", REGISTERED, LEA), User("u-2", REGISTERED, OMAR)]
    assert plan([Person(1, "u-1", LEA), Person(2, "u-2", OMAR), Person(3, "u-3", TAMA)], users).warnings == ()


class TestAbsent:
    USERS = (User("u-1", ASSOCIATED, LEA), User("u-2", REGISTERED, OMAR), User("u-3", RETIRED, TAMA))

    def test_retires_whom_it_names(self):
        found = plan([Person(1, email=LEA), Person(2, "u-3"), Person(3, email=TAMA)], self.USERS, absent())
        assert found.fields(RETIRE) == [UserFields("u-1")]
        assert (found.reach, found.covered) == (2, 1)

    @pytest.mark.parametrize("keep", [{"keep_ids": frozenset({"u-1"})}, {"keep_emails": frozenset({LEA})}])
    def test_never_whom_it_keeps(self, keep):
        found = plan([Person(1, email=LEA), Person(2, email=OMAR)], self.USERS, absent(**keep))
        assert found.fields(RETIRE) == [UserFields("u-2")]
        assert found.spared == {"kept": 1}

    def test_a_percentage_is_one_of_all_active_people(self):
        goal = replace(absent(), max_removals=parse_removal_limit("49%"))
        with pytest.raises(BrakeError, match=r"retires 1 of 2 people, 1 more than max_removals 49% \(0\) allows"):
            check_user_brakes(plan([Person(1, email=LEA)], self.USERS, goal), goal)

    def test_needs_a_limit(self):
        goal = replace(absent(), max_removals=None)
        with pytest.raises(BrakeError, match="max_removals is missing, which 'state: absent' requires"):
            check_user_brakes(plan([], self.USERS, goal), goal)


class TestExclusive:
    USERS = tuple(User(f"u-{number}", REGISTERED, f"p{number}@fernhill.example") for number in range(1, 11))

    def test_retires_those_of_its_own_who_left(self):
        found = plan([Person(1, "u-1"), Person(2, "u-2")], self.USERS, exclusive("u-1", "u-3", "u-99"))
        assert found.fields(RETIRE) == [UserFields("u-3")]
        assert (found.reach, found.covered) == (2, 1)

    def test_not_whom_another_source_lists(self):
        goal = exclusive("u-1", "u-3", elsewhere=frozenset({"u-3"}))
        found = plan([Person(1, "u-1")], self.USERS, goal)
        assert not found.leavers
        assert found.spared == {"listed_elsewhere": 1}
        assert found.released == {"u-3"}
        goal = exclusive("u-1", "u-3", "u-99", elsewhere=frozenset({"u-1", "u-7"}))
        assert plan([Person(1, "u-1")], self.USERS, goal).released == {"u-99"}

    def test_a_bad_row_stops_all_removals(self):
        found = plan([Person(1, "u-1")], self.USERS, exclusive("u-1", "u-3"), bad_rows=[BadRow(2, "is bad")])
        assert not found.leavers
        assert found.spared == {"bad_rows": 1}

    def test_who_is_in_another_group_of_the_source_did_not_leave(self):
        people = [Person(1, "u-1", groups=("a",)), Person(2, "u-2", groups=("b",))]
        found = plan(people, self.USERS, exclusive("u-1", "u-2", "u-3"), groups=["a"])
        assert actions(found) == [("u-1", "")]
        assert found.fields(RETIRE) == [UserFields("u-3")]

    @pytest.mark.parametrize(
        ("goal", "sentence"),
        [
            ({}, "The list is empty, so 'exclusive' would retire all 2 people of this source"),
            ({"max_removals": None}, "max_removals is missing, which 'exclusive' requires: this plan retires 2 people"),
            (
                {"allow_empty": True, "max_removals": parse_removal_limit("1")},
                "retires 2 of 2 people, 1 more than max_removals 1 allows",
            ),
        ],
    )
    def test_brakes_of_an_empty_list(self, goal, sentence):
        asked = replace(exclusive("u-1", "u-2"), **goal)
        with pytest.raises(BrakeError, match=sentence):
            check_user_brakes(plan([], self.USERS, asked), asked)

    @pytest.mark.parametrize(("max_shrink", "stops"), [(20, True), (49, True), (50, False)])
    def test_shrink(self, max_shrink, stops):
        goal = exclusive("u-1", "u-2", max_shrink=max_shrink)
        found = plan([Person(1, "u-1")], self.USERS, goal)
        if not stops:
            check_user_brakes(found, goal)
            return
        with pytest.raises(BrakeError, match="covers only 1 of the 2 people that this source listed or made before"):
            check_user_brakes(found, goal)

    @pytest.mark.parametrize("people", [[], [Person(1, "u-1")]])
    def test_bad_rows_stop_removals_and_nothing_else(self, people):
        goal = replace(exclusive("u-1", "u-2", "u-3", "u-4"), max_removals=parse_removal_limit("0"))
        found = plan(people, self.USERS, goal, bad_rows=[BadRow(2, "is bad")])
        check_user_brakes(found, goal)
        assert not found.leavers
        assert found.spared == {"bad_rows": 4 - len(people)}


IDS = [f"u-{number}" for number in range(6)]
EMAILS = [f"p{number}@fernhill.example" for number in range(6)]
USERS = st.lists(
    st.builds(User, st.sampled_from(IDS), st.sampled_from([REGISTERED, ASSOCIATED, RETIRED, DELETED]),
              st.sampled_from(["", *EMAILS, EMAILS[0].upper()])),
    max_size=8,
    unique_by=lambda user: (user.client_user_id, user.active),
)  # fmt: skip
ROWS = st.lists(st.tuples(st.sampled_from(["", *IDS]), st.sampled_from(["", *EMAILS])).filter(any), max_size=6)


def people_of(rows):
    """As a list of people is once it was read: no id and no address twice."""
    seen: set[str] = set()
    result = []
    for line, (key, email) in enumerate(rows, 1):
        if not seen.isdisjoint(filter(None, (key, email))):
            continue
        seen.update((key, email))
        result.append(Person(line, key, email))
    return result


def applied(users, found):
    """The world after the plan, as Apple would make it."""
    now = {user.client_user_id: user for user in users if user.active}
    for field in found.fields(RETIRE):
        del now[field.client_user_id]
    for field in found.fields(CREATE):
        assert field.client_user_id not in now
        now[field.client_user_id] = User(field.client_user_id, REGISTERED, field.email or "")
    for field in found.fields(UPDATE):
        user = now[field.client_user_id]
        now[field.client_user_id] = replace(user, email=field.email or user.email)
    return list(now.values())


GOALS = st.one_of(
    st.just(UserGoal()),
    st.just(absent()),
    st.builds(
        lambda own, other: exclusive(*own, elsewhere=frozenset(other)), st.sets(st.sampled_from(IDS)),
        st.sets(st.sampled_from(IDS)),
    ),
)  # fmt: skip


@given(USERS, ROWS, GOALS)
def test_the_plan_reaches_the_goal(users, rows, goal):
    people = people_of(rows)
    found = plan(people, users, goal)
    later = plan(people, applied(users, found), goal)
    known = {row.line for row in found.bad_rows}
    # Whoever was in doubt may be in doubt still, or be found; nobody who was found is touched again.
    assert not [part for part in later.people if part.action and part.person.line not in known]
    if not known:
        assert not later.changed


@given(USERS, ROWS, GOALS, st.randoms(use_true_random=False))
def test_order_does_not_matter(users, rows, goal, random):
    people = people_of(rows)
    shuffled, others = random.sample(people, len(people)), random.sample(users, len(users))
    one, two = plan(people, users, goal), plan(shuffled, others, goal)
    assert sorted(actions(one)) == sorted(actions(two))
    assert one.leavers == two.leavers
    assert {row.line for row in one.bad_rows} == {row.line for row in two.bad_rows}


@given(USERS, ROWS, GOALS, st.sets(st.sampled_from(IDS), max_size=2))
def test_nobody_else_is_retired(users, rows, goal, keep):
    people = people_of(rows)
    found = plan(people, users, replace(goal, keep_ids=frozenset(keep)))
    retired = {user.client_user_id for user in found.leavers}
    assert retired.isdisjoint(keep)
    if goal.state == ABSENT:
        assert retired <= {part.client_user_id for part in found.people}
    else:
        assert retired <= goal.of_source - goal.elsewhere
        assert retired.isdisjoint(part.client_user_id for part in found.people)

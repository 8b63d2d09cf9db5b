# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of invitations: who is mailed why; nobody is ever mailed twice, after accepting, or for somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import BrakeError, InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.invitation_model import (
    ACCEPTED,
    AGAIN,
    FAILED,
    GRANT,
    INVITED,
    LIST,
    MAIL,
    NEW,
    NOT_OURS,
    REISSUE,
    REMIND,
    RESEND,
    RETIRED,
    UNCERTAIN,
    UNKNOWN,
    InvitationGoal,
    Remembered,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import parse_removal_limit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey, Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_invitation import (
    check_reissues,
    plan_invitations,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import FAILED as REFUSED
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import (
    INTENDED,
    SENT,
    Invitation,
    Reissue,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    ASSOCIATED,
    REGISTERED,
    BadRow,
    Person,
    User,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_plan import PersonPlan

NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
DAY = 86400.0
APP = AssetKey("1")


def ago(days):
    return NOW - timedelta(days=days)


def person(key="u-1", status=REGISTERED, email="lea@b.example", code="c", **facts):
    user = User(key, status, email, "h" if status == ASSOCIATED else "", Secret(code) if code else None)
    return PersonPlan(Person(2, key, "lea@b.example", **facts), key, user=user if status else None)


def mailed(state=SENT, sent=1, last=1.0, first=None, attempted=None):
    return Invitation(
        "u-1", "mark", "address", state, "k" * 32, ago(last if attempted is None else attempted), sent,
        ago(first or last) if sent else None, ago(last) if sent else None,
    )  # fmt: skip


def plan(*people, retired=(), goal=None, now=NOW, **remembered):
    remembered = {"ours": frozenset({"u-1"}), **remembered}
    return plan_invitations(list(people), retired, Remembered(**remembered), goal or InvitationGoal(), now)


def found(*people, **more):
    return [(part.status, part.action) for part in plan(*people, **more).parts]


CASES = [
    # who, what is remembered, what is asked for -> how the person stands, what is done
    (person(), {}, {}, NEW, MAIL),
    (person(), {"ours": frozenset()}, {}, NOT_OURS, ""),
    (person(), {"ours": frozenset()}, {"again_ids": frozenset({"u-1"})}, NOT_OURS, AGAIN),
    (person(), {"ours": frozenset()}, {"again_emails": frozenset({"lea@b.example"})}, NOT_OURS, AGAIN),
    (person(email="LEA@c.example"), {"ours": frozenset()}, {"again_emails": frozenset({"lea@c.example"})}, NOT_OURS,
     AGAIN),
    (person(code=""), {}, {}, NEW, ""),
    (person(status=ASSOCIATED), {}, {}, ACCEPTED, ""),
    (person(status=ASSOCIATED), {}, {"again_ids": frozenset({"u-1"})}, ACCEPTED, ""),
    (person(status=ASSOCIATED), {"mailed": {"u-1": mailed(INTENDED)}}, {"uncertain": RESEND}, ACCEPTED, ""),
    (person(status=""), {}, {}, UNKNOWN, ""),
    (person(status=""), {}, {"again_ids": frozenset({"u-1"})}, UNKNOWN, ""),
    (person(), {"mailed": {"u-1": mailed()}}, {}, INVITED, ""),
    (person(), {"mailed": {"u-1": mailed(INTENDED, 0)}}, {}, UNCERTAIN, ""),
    (person(), {"mailed": {"u-1": mailed(INTENDED, 0)}}, {"uncertain": RESEND}, UNCERTAIN, AGAIN),
    (person(), {"mailed": {"u-1": mailed(INTENDED, 1)}}, {"uncertain": RESEND}, UNCERTAIN, AGAIN),
    (person(), {"mailed": {"u-1": mailed(INTENDED, 0, 2)}}, {"again_ids": frozenset({"u-1"})}, UNCERTAIN, AGAIN),
    (person(), {"mailed": {"u-1": mailed(INTENDED, 0, 0.9)}}, {"again_ids": frozenset({"u-1"})}, UNCERTAIN, ""),
    (person(), {"mailed": {"u-1": mailed(SENT, 1, 0.9)}}, {"again_ids": frozenset({"u-1"})}, INVITED, ""),
    (person(), {"mailed": {"u-1": mailed(SENT, 1, 1)}}, {"again_ids": frozenset({"u-1"})}, INVITED, AGAIN),
    (person(), {"mailed": {"u-1": mailed(REFUSED, 0)}}, {}, FAILED, MAIL),
    (person(), {"mailed": {"u-1": mailed(REFUSED, 1)}}, {}, INVITED, ""),
    (person(), {"mailed": {"u-1": mailed(SENT, 1, 6.86)}}, {"remind_after": 7 * DAY}, INVITED, ""),
    (person(), {"mailed": {"u-1": mailed(SENT, 1, 6.875)}}, {"remind_after": 7 * DAY}, INVITED, REMIND),
    (person(), {"mailed": {"u-1": mailed(REFUSED, 1, 9)}}, {"remind_after": 7 * DAY}, INVITED, REMIND),
    (person(), {"mailed": {"u-1": mailed(INTENDED, 1, 9)}}, {"remind_after": 7 * DAY}, UNCERTAIN, ""),
    (person(), {"mailed": {"u-1": mailed(SENT, 3, 9)}}, {"remind_after": 7 * DAY}, INVITED, REMIND),
    (person(), {"mailed": {"u-1": mailed(SENT, 4, 9)}}, {"remind_after": 7 * DAY}, INVITED, ""),
    (person(), {"mailed": {"u-1": mailed(SENT, 1, 9)}}, {"remind_after": 7 * DAY, "max_reminders": 0}, INVITED, ""),
    (person(), {"ours": frozenset(), "mailed": {"u-1": mailed(SENT, 1, 9)}}, {"remind_after": DAY}, INVITED, REMIND),
]  # fmt: skip


@pytest.mark.parametrize(("who", "remembered", "goal", "status", "action"), CASES)
def test_one_person(who, remembered, goal, status, action):
    assert found(who, goal=InvitationGoal(**goal), **remembered) == [(status, action)]


def test_who_is_retired():
    assert found(person(status=""), retired={"u-1"}) == [(RETIRED, "")]


def test_who_has_no_address():
    (part,) = plan(PersonPlan(Person(3, "u-1"), "u-1", user=User("u-1", REGISTERED, invite_code=Secret("c")))).parts
    assert (part.action, part.no_address) == ("", True)


def test_the_mail_goes_to_the_address_at_apple():
    (part,) = plan(person(email="other@b.example")).parts
    assert (part.address, part.other_address) == ("other@b.example", True)
    (part,) = plan(person(email="LEA@B.example")).parts
    assert (part.address, part.other_address) == ("LEA@B.example", False)
    (part,) = plan(person(status="")).parts
    assert (part.address, part.other_address) == ("lea@b.example", False)
    (part,) = plan(person(email="")).parts
    assert (part.address, part.other_address) == ("lea@b.example", False)


def test_who_is_named_must_be_listed():
    goal = InvitationGoal(again_ids=frozenset({"u-1", "u-8", "u-9"}), again_emails=frozenset({"x@b.example"}))
    with pytest.raises(InputError) as caught:
        plan(person(), goal=goal)
    assert caught.value.message == (
        "mail_again: client_user_ids u-8, u-9 and 1 of the emails are not in the list of the task; correct them, or "
        "the list."
    )
    for fields, words in (
        ({"again_ids": frozenset({"u-8"})}, "mail_again: client_user_ids u-8 are not in the list"),
        ({"again_emails": frozenset({"x@b.example"})}, "mail_again: 1 of the emails are not in the list"),
    ):
        with pytest.raises(InputError, match=words):
            plan(person(), goal=InvitationGoal(**fields))


def test_who_was_named_comes_first_and_who_waits_longest_among_reminders():
    people = [person(f"u-{number}") for number in range(5)]
    told = {"u-2": mailed(last=8), "u-3": mailed(last=9), "u-4": mailed(last=20)}
    goal = InvitationGoal(again_ids=frozenset({"u-4"}), remind_after=7 * DAY)
    made = plan(*people, goal=goal, mailed=told, ours=frozenset({"u-0", "u-1"}))
    assert [part.client_user_id for part in made.mails] == ["u-4", "u-0", "u-1", "u-3", "u-2"]


def test_bad_rows_are_in_order():
    rows = [BadRow(5, "x"), BadRow(3, "y")]
    made = plan_invitations([], (), Remembered(), InvitationGoal(), NOW, rows)
    assert [row.line for row in made.bad_rows] == [3, 5]
    assert made.parts == ()


class TestReissue:
    GOAL = InvitationGoal(reissue=True, max_removals=parse_removal_limit("1"))

    def accepted(self, **facts):
        return person(status=ASSOCIATED, **facts)

    def test_only_who_has_accepted(self):
        assert found(self.accepted(), goal=self.GOAL) == [(ACCEPTED, REISSUE)]
        assert found(person(), goal=self.GOAL) == [(NEW, MAIL)]
        assert found(self.accepted(managed_apple_account="x@id.example"), goal=self.GOAL) == [(ACCEPTED, "")]

    @pytest.mark.parametrize(
        ("account", "done", "action"), [("now", True, ""), ("now", False, REISSUE), ("other", True, REISSUE)]
    )
    def test_once_for_one_account(self, account, done, action):
        reissues = {"u-1": [Reissue("u-1", account, done)]}
        assert found(self.accepted(), goal=self.GOAL, reissues=reissues, accounts={"u-1": "now"})[0][1] == action

    def test_a_run_that_ended_in_the_middle_is_gone_on_with(self):
        reissues = {"u-1": [Reissue("u-1", "now", False)]}
        assert found(person(status=""), retired={"u-1"}, reissues=reissues) == [(RETIRED, REISSUE)]
        done = plan(person(), reissues=reissues)
        assert done.parts[0].action == MAIL
        assert done.finished == {"u-1"}
        again = plan(self.accepted(), reissues=reissues, accounts={"u-1": "other"})
        assert again.finished == {"u-1"}
        assert plan(self.accepted(), reissues=reissues, accounts={"u-1": "now"}).finished == frozenset()

    @pytest.mark.parametrize(("account", "action"), [("wrong", ""), ("right", GRANT)])
    def test_what_was_lost_is_given_again_to_another_account_only(self, account, action):
        made = plan(
            self.accepted(),
            reissues={"u-1": [Reissue("u-1", "wrong", True)]},
            accounts={"u-1": account},
            lost={"u-1": frozenset({APP})},
        )
        assert made.parts[0].action == action
        assert made.parts[0].grants == (frozenset({APP}) if action else frozenset())

    def test_brakes(self):
        made = plan(*(self.accepted(key=f"u-{number}") for number in range(3)), goal=self.GOAL)
        with pytest.raises(BrakeError) as caught:
            check_reissues(made, self.GOAL, stable=True)
        assert caught.value.message == (
            "The plan retires 3 of the 3 people of the list who have accepted, to invite them anew, 2 more than "
            "max_removals 1 allows; check the list, or raise max_removals."
        )
        check_reissues(made, replace(self.GOAL, max_removals=parse_removal_limit("100%")), stable=True)
        with pytest.raises(BrakeError, match="kept changing"):
            check_reissues(made, self.GOAL, stable=False)
        with pytest.raises(BrakeError, match="needs max_removals"):
            check_reissues(made, InvitationGoal(reissue=True), stable=True)
        check_reissues(plan(person()), InvitationGoal(), stable=False)


MAILED = st.none() | st.builds(
    mailed, st.sampled_from([INTENDED, SENT, REFUSED]), st.integers(0, 5), st.floats(0, 30), st.none(), st.floats(0, 30)
)
PEOPLE = st.lists(
    st.tuples(st.sampled_from([REGISTERED, ASSOCIATED, ""]), st.booleans(), MAILED, st.booleans()), max_size=12
)
GOALS = st.builds(
    InvitationGoal,
    uncertain=st.sampled_from([LIST, RESEND]),
    remind_after=st.none() | st.floats(DAY, 20 * DAY),
    max_reminders=st.integers(0, 4),
    reissue=st.booleans(),
)


@given(PEOPLE, GOALS)
def test_nobody_is_mailed_who_must_not_be(people, goal):
    parts = [person(f"u-{number}", status) for number, (status, *_rest) in enumerate(people)]
    ours = frozenset(f"u-{number}" for number, (_s, mine, _m, _n) in enumerate(people) if mine)
    told = {f"u-{number}": one for number, (_s, _o, one, _n) in enumerate(people) if one is not None}
    named = frozenset(f"u-{number}" for number, (*_rest, again) in enumerate(people) if again)
    goal = replace(goal, again_ids=named)
    made = plan(*parts, goal=goal, ours=ours, mailed=told)
    mails = [part.client_user_id for part in made.mails]
    assert len(set(mails)) == len(mails)
    for part in made.mails:
        key, before = part.client_user_id, told.get(part.client_user_id)
        assert part.user is not None
        assert part.user.status == REGISTERED
        assert key in ours or key in named or before is not None
        if before is not None and before.state == INTENDED:
            assert key in named or goal.uncertain == RESEND
        if before is not None and before.sent and key not in named:
            assert part.action == REMIND or before.state == INTENDED
    # Once they are sent, the same task has nothing more to mail. (A minute later it may: of somebody who was in doubt.)
    after = {
        **told,
        **{key: replace(told.get(key) or mailed(sent=0), state=SENT, sent=1 + (told[key].sent if key in told else 0),
                        first_sent=NOW, last_sent=NOW, attempted=NOW) for key in mails},
    }  # fmt: skip
    assert not plan(*parts, goal=goal, ours=ours, mailed=after).mails

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People listed + people at Apple + what was mailed -> whom to mail. Nobody twice, nobody who has accepted, and nobody
whom another product may have invited unless named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from .errors import BrakeError, InputError
from .identity import samples
from .invitation_model import (
    ACCEPTED,
    AGAIN,
    FAILED,
    GRANT,
    INVITED,
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
    InvitationPart,
    InvitationPlan,
    Remembered,
)
from .people_row import folded
from .state_ports import FAILED as REFUSED
from .state_ports import INTENDED, Invitation, Reissue
from .user_model import ASSOCIATED, BadRow, User
from .user_plan import PersonPlan

GRACE = 10800.0
"""Seconds by which a reminder may come early: no night's run comes to a person at the very second of an earlier one."""


def plan_invitations(
    people: Sequence[PersonPlan],
    retired: Collection[str],
    remembered: Remembered,
    goal: InvitationGoal,
    now: datetime,
    bad_rows: Collection[BadRow] = (),
) -> InvitationPlan:
    """The plan for the people of a list, from a read made by this very task. `people`: who each of them is, with the
    active record at Apple (KnownPeople); `retired`: ids of records that ended.

    Raises InputError for people who are named and not in the list.
    """
    _check_named(people, goal)
    parts = tuple(_part(one, retired, remembered, goal, now) for one in people)
    finished = frozenset(
        part.client_user_id for part in parts if _is_finished(part.user, remembered, part.client_user_id)
    )
    owed = sum(len(remembered.lost.get(part.client_user_id, ())) for part in parts)
    return InvitationPlan(parts, tuple(sorted(bad_rows, key=lambda row: row.line)), finished, owed)


def status_of(
    client_user_id: str, user: User | None, retired: Collection[str], mailed: Invitation | None, ours: Collection[str]
) -> str:
    """How a person stands. `mailed`: the mails about the invite that is open now."""
    if user is None:
        return RETIRED if client_user_id in retired else UNKNOWN
    if user.status == ASSOCIATED:
        return ACCEPTED
    if mailed is None:
        return NEW if client_user_id in ours else NOT_OURS
    if mailed.state == INTENDED:
        return UNCERTAIN
    return FAILED if mailed.state == REFUSED and not mailed.sent else INVITED


def check_reissues(plan: InvitationPlan, goal: InvitationGoal, *, stable: bool) -> None:
    """Raises BrakeError for more people to retire than the task allows, and for any where the reads were not stable."""
    retiring = [part for part in plan.of(REISSUE) if part.user is not None]
    if not retiring:
        return
    if not stable:
        raise BrakeError(
            "The list of people or that of their licences kept changing while it was read, so nobody is retired on "
            "what it shows; nothing was changed. Run the task again when no other program writes on this location."
        )
    accepted = sum(part.status == ACCEPTED for part in plan.parts)
    if goal.max_removals is None:
        raise BrakeError("reissue needs max_removals; nothing was changed.")
    deed = f"retires {len(retiring)} of the {accepted} people of the list who have accepted, to invite them anew"
    goal.max_removals.check(len(retiring), accepted, deed, "list")


def _part(
    one: PersonPlan, retired: Collection[str], remembered: Remembered, goal: InvitationGoal, now: datetime
) -> InvitationPart:
    key, user = one.client_user_id, one.user
    mailed = remembered.mailed.get(key)
    status = status_of(key, user, retired, mailed, remembered.ours)
    part = InvitationPart(one.person, key, user, status, mailed=mailed)
    if user is None:
        # A run may have ended between the retirement and the rest of it.
        begun = any(not reissue.done for reissue in remembered.reissues.get(key, ()))
        return replace(part, action=REISSUE) if begun else part
    if status == ACCEPTED:
        return _accepted(part, remembered, goal)
    if user.invite_code is None:
        return part
    named = goal.names(key, one.person.email, user.email)
    if named and _is_fresh(mailed, goal, now):
        return replace(part, too_soon=True)
    action = AGAIN if named else _action(status, mailed, goal, now)
    if action and not part.address:
        return replace(part, no_address=True)
    return replace(part, action=action)


def _accepted(part: InvitationPart, remembered: Remembered, goal: InvitationGoal) -> InvitationPart:
    """Who has accepted is never mailed: only retired and registered anew, or given again what was lost by that."""
    key = part.client_user_id
    lost = remembered.lost.get(key, frozenset())
    if any(reissue.done for reissue in _of_account(remembered, key)):
        return replace(part, same_account=True)  # once for one account; and what was lost doesn't go to that account
    if goal.reissue and not part.person.managed_apple_account:
        return replace(part, action=REISSUE) if part.address else replace(part, no_address=True)
    return replace(part, action=GRANT, grants=lost) if lost else part


def _of_account(remembered: Remembered, key: str) -> list[Reissue]:
    """The reissues because of the account that the person has now."""
    account = remembered.accounts.get(key)
    return [reissue for reissue in remembered.reissues.get(key, ()) if reissue.account == account]


def _is_finished(user: User | None, remembered: Remembered, key: str) -> bool:
    """Whether a reissue that was not seen to its end has come to it."""
    open_ones = [reissue for reissue in remembered.reissues.get(key, ()) if not reissue.done]
    if user is None or not open_ones:
        return False
    return user.status != ASSOCIATED or not any(not reissue.done for reissue in _of_account(remembered, key))


def _is_fresh(mailed: Invitation | None, goal: InvitationGoal, now: datetime) -> bool:
    """Whether the person was mailed, or may have been, so lately that once more would be a mistake."""
    if mailed is None:
        return False
    moments = [mailed.last_sent, mailed.attempted if mailed.state == INTENDED else None]
    return any(at is not None and (now - at).total_seconds() < goal.again_after for at in moments)


def _action(status: str, mailed: Invitation | None, goal: InvitationGoal, now: datetime) -> str:
    if status in (NEW, FAILED):
        return MAIL
    if status == UNCERTAIN and goal.uncertain == RESEND:
        return AGAIN
    return REMIND if status == INVITED and mailed is not None and _is_due(mailed, goal, now) else ""


def _is_due(mailed: Invitation, goal: InvitationGoal, now: datetime) -> bool:
    if goal.remind_after is None or mailed.last_sent is None or mailed.reminders >= goal.max_reminders:
        return False
    return (now - mailed.last_sent).total_seconds() >= goal.remind_after - GRACE


def _check_named(people: Iterable[PersonPlan], goal: InvitationGoal) -> None:
    """A slip would otherwise pass for somebody who needs no mail."""
    ids, emails = set(goal.again_ids), set(goal.again_emails)
    for one in people:
        ids.discard(one.client_user_id)
        emails.discard(folded(one.person.email))
        emails.discard(folded(one.user.email if one.user else ""))
    if not ids and not emails:
        return
    shown = [f"client_user_ids {samples(sorted(ids))}"] if ids else []
    shown += [f"{len(emails)} of the emails"] if emails else []
    raise InputError(
        f"mail_again: {' and '.join(shown)} are not in the list of the task; correct them, or the list.",
        facts={"unknown_client_user_ids": sorted(ids)[:100]},
    )

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each person stands after a task for invitations, or would in check mode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .._core.invitation_model import (
    ACCEPTED,
    FAILED,
    GRANT,
    INVITED,
    NEW,
    REISSUE,
    RETIRED,
    STATUSES,
    UNCERTAIN,
    WAITING,
    InvitationPart,
)
from .._core.mail_ports import ACCEPTED as TAKEN
from .._core.mail_ports import UNCERTAIN as ANSWER_LOST
from .._core.mail_ports import MailResult
from .._core.state_ports import Invitation
from .grant_again import not_given
from .mail_facts import is_refused, moment_text

if TYPE_CHECKING:
    from .apply_invitation import AppliedInvitations
    from .invitation import PreparedInvitations


@dataclass(frozen=True, slots=True)
class Standing:
    """One person. `invitation`: the mails about the invite that is open; `mails`: how many of them went out, those that
    would in check mode among them; `result`: of the mail of this very run. `granted`: licences given again."""

    part: InvitationPart
    status: str
    now: datetime
    invitation: Invitation | None = None
    mails: int = 0
    result: MailResult | None = None
    granted: int = 0

    @property
    def waiting(self) -> bool:
        return self.status in WAITING

    @property
    def days_waiting(self) -> int | None:
        """Whole days since the first mail; None for who is not waiting, or was not mailed."""
        first = self.invitation.first_sent if self.invitation else None
        return max(0, (self.now - first).days) if first is not None and self.status != ACCEPTED else None

    @property
    def before(self) -> dict[str, Any]:
        mailed = self.part.mailed
        return {"status": self.part.status, "mails": mailed.sent if mailed else 0}

    @property
    def after(self) -> dict[str, Any]:
        granted = {"granted": self.granted} if self.granted else {}
        return {"status": self.status, "mails": self.mails, **granted}

    def facts(self, show_people: bool) -> dict[str, Any]:
        """Never the invite code, nor the link."""
        part, result, invitation = self.part, self.result, self.invitation
        return {
            "client_user_id": part.client_user_id,
            "status": self.status,
            "action": part.action,
            "invited_at": moment_text(invitation.first_sent if invitation else None),
            "last_mailed_at": moment_text(invitation.last_sent if invitation else None),
            "days_waiting": self.days_waiting,
            "reminders": invitation.reminders if invitation else 0,
            "smtp_code": result.smtp_code if result and is_refused(result) else _code(invitation),
            "smtp_status": result.status if result and is_refused(result) else "",
            "email": part.address if show_people else None,
            "name": part.person.name if show_people else None,
        }


def _code(invitation: Invitation | None) -> int | None:
    return invitation.smtp_code if invitation else None


def standings(plan: PreparedInvitations, applied: AppliedInvitations | None) -> list[Standing]:
    """Everybody of the task, in its order."""
    if applied is not None:
        return [_seen(part, plan, applied) for part in plan.invitations.parts]
    held_back = plan.held_back
    order = [*(part.client_user_id for part in plan.invitations.of(REISSUE)), *(m.client_user_id for m in plan.mails)]
    mailed = frozenset(order[: len(order) - held_back] if plan.check and not plan.trial else ())
    return [_foreseen(part, plan, mailed=part.client_user_id in mailed) for part in plan.invitations.parts]


def _foreseen(part: InvitationPart, plan: PreparedInvitations, *, mailed: bool) -> Standing:
    invitation = part.mailed
    before = invitation.sent if invitation else 0
    if part.action == REISSUE and plan.check:
        return Standing(part, INVITED if mailed else NEW, plan.now, mails=int(mailed))
    granted = len(part.grants) if part.action == GRANT and plan.check else 0
    status = INVITED if mailed else part.status
    return Standing(part, status, plan.now, invitation, before + int(mailed), granted=granted)


def _seen(part: InvitationPart, plan: PreparedInvitations, applied: AppliedInvitations) -> Standing:
    key = part.client_user_id
    status, invitation = part.status, part.mailed
    if part.action == REISSUE:
        if key in applied.reissued.users:
            status, invitation = NEW, None
        elif key in applied.reissued.gone:
            status, invitation = RETIRED, None
    result = applied.results.get(key)
    if not plan.trial:
        invitation = applied.invitations.get(key, invitation)
        if result is not None:
            status = _status(status, result, invitation)
    granted = len(part.grants) if part.action == GRANT and _is_granted(part, plan, applied) else 0
    return Standing(part, status, plan.now, invitation, invitation.sent if invitation else 0, result, granted)


def _status(status: str, result: MailResult, invitation: Invitation | None) -> str:
    if result.outcome == TAKEN:
        return INVITED
    if result.outcome == ANSWER_LOST:
        return UNCERTAIN
    if is_refused(result):
        return INVITED if invitation is not None and invitation.sent else FAILED
    return status


def _is_granted(part: InvitationPart, plan: PreparedInvitations, applied: AppliedInvitations) -> bool:
    """Whether the person holds all of it now, as far as was seen."""
    if applied.granted is None:
        return False
    bit = 1 << plan.grants.index.ids[part.client_user_id]
    return not any(bits & bit for bits in not_given(applied.granted).values())


def waiting_facts(people: Sequence[Standing]) -> dict[str, Any]:
    """Counts of how people stand."""
    states = Counter(one.status for one in people)
    days = [one.days_waiting for one in people if one.days_waiting is not None]
    return {
        "by_status": {status: states[status] for status in STATUSES},
        "uncertain": states[UNCERTAIN],
        "accepted": states[ACCEPTED],
        "waiting": sum(one.waiting for one in people),
        "oldest_waiting_days": max(days, default=None),
    }

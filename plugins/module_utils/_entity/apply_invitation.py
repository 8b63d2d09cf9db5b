# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a plan of invitations: invites people anew, sends the mails, gives again what was lost. Never raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .._core.errors import VppError
from .._core.invitation_model import REISSUE, InvitationPart
from .._core.mail_ports import ACCEPTED, UNCERTAIN, Mail, Mailer, MailResult
from .._core.model import ASSOCIATE, Event, Secret
from .._core.ports import AppsBooks, Clock
from .._core.state_ports import Invitation
from .applied_license import Applied
from .apply_license import Polling
from .grant_again import apply_grants, not_given
from .invitation_mails import draft_mails
from .invitation_memory import InvitationMemory
from .invitation_record import InvitationRecord
from .reissue import Reissued, Reissuer

if TYPE_CHECKING:
    from .invitation import PreparedInvitations


@dataclass(slots=True)
class AppliedInvitations:
    """What became of a plan. `results` and `invitations` (as the ledger holds them) by client_user_id. `error`: what
    stopped the run. `granted`: what became of licences that are given again; None = that was not begun."""

    results: dict[str, MailResult] = field(default_factory=dict)
    invitations: Mapping[str, Invitation] = field(default_factory=dict)
    reissued: Reissued = field(default_factory=Reissued)
    granted: Applied | None = None
    error: VppError | None = None

    @property
    def events(self) -> list[Event]:
        granted = self.granted.events.values() if self.granted else ()
        return [*self.reissued.events, *granted]

    def mailed(self) -> int:
        return sum(result.outcome == ACCEPTED for result in self.results.values())

    def took_effect(self, plan: PreparedInvitations) -> bool:
        """What was done, and what may be done by now."""
        gone_out = any(result.outcome in (ACCEPTED, UNCERTAIN) for result in self.results.values())
        granted = self.granted is not None and (
            self.granted.done(plan.grants.license, ASSOCIATE) > 0 or (self.granted.sent and self.granted.pending > 0)
        )
        return (gone_out and not plan.trial) or self.reissued.took_effect or granted


class InvitationWriter:
    """One run over one plan."""

    def __init__(
        self, api: AppsBooks, mailer: Mailer, memory: InvitationMemory, polling: Polling, clock: Clock
    ) -> None:
        self._api, self._mailer, self._memory, self._polling, self._clock = api, mailer, memory, polling, clock

    def run(self, plan: PreparedInvitations, account_name: str) -> AppliedInvitations:
        done = AppliedInvitations()
        try:
            if plan.sends:
                # Before anybody is retired: without a mail server nobody could be invited anew.
                self._mailer.connect()
            anew = self._reissue(plan, done, account_name)
            if plan.sends:
                self._send(plan, [*anew, *plan.mails], done)
            if done.error is None and plan.grants.license.changed:
                self._grant(plan, done)
        except VppError as error:
            done.error = done.error or error
        return done

    def _reissue(self, plan: PreparedInvitations, done: AppliedInvitations, account_name: str) -> list[Mail]:
        """The mails with the new links."""
        parts = plan.invitations.of(REISSUE)
        if not parts:
            return []
        reissuer = Reissuer(self._api, self._polling, self._clock, plan.limits, self._memory, plan.pages)
        done.reissued = reissuer.run(parts, plan.belongings)
        done.error = done.reissued.error
        new = [_with_user(part, done.reissued) for part in parts if part.client_user_id in done.reissued.users]
        return draft_mails(self._api, [part for part in new if part.address], account_name, self._clock.now())

    def _send(self, plan: PreparedInvitations, mails: Sequence[Mail], done: AppliedInvitations) -> None:
        users = {part.client_user_id: part.user for part in plan.invitations.parts if part.user is not None}
        users.update(done.reissued.users)
        codes: dict[str, Secret] = {
            mail.client_user_id: code for mail in mails if (code := users[mail.client_user_id].invite_code) is not None
        }
        record = InvitationRecord(self._memory.mailings(self._clock), codes)
        done.invitations = record.invitations
        found: Sequence[MailResult]
        try:
            found = self._mailer.send(mails, record)
        except VppError as error:
            done.error, found = done.error or error, record.results(mails, error)
        done.results = {result.mail.client_user_id: result for result in found}
        done.error = done.error or next((result.error for result in found if result.error is not None), None)

    def _grant(self, plan: PreparedInvitations, done: AppliedInvitations) -> None:
        done.granted = apply_grants(
            self._api, self._polling, self._clock, plan.grants, plan.limits, self._memory, plan.pages
        )
        done.error = done.granted.error
        self._memory.given(plan.grants.pairs(not_given(done.granted)))


def _with_user(part: InvitationPart, reissued: Reissued) -> InvitationPart:
    """With the new record, about whose invite nobody was mailed."""
    return replace(part, user=reissued.users[part.client_user_id], mailed=None)

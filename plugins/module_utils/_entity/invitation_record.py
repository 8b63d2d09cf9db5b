# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the ledger of invitations ahead of the mail server: that a mail is about to go out stands on disk before it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from .._core.errors import VppError
from .._core.mail_ports import ACCEPTED, NOT_SENT, UNCERTAIN, Mail, MailResult
from .._core.model import Secret
from .._core.ports import Clock
from .._core.state_ports import FAILED, INTENDED, SENT, Invitation, Mailing


class Mailings(Protocol):
    """The part of InvitationLedger that mails need."""

    def intend(self, mailing: Mailing) -> Invitation:
        """Before the mail's DATA."""

    def settle(self, invitation: Invitation, *, sent: bool, smtp_code: int | None = None) -> Invitation:
        """What became of it."""


class InvitationRecord:
    """Implements MailRecord. `codes`: the invite codes, by client_user_id. `invitations`: what the ledger holds of each
    person by now."""

    def __init__(self, ledger: Mailings, codes: Mapping[str, Secret]) -> None:
        self._ledger, self._codes = ledger, codes
        self._settled: dict[str, MailResult] = {}
        self.invitations: dict[str, Invitation] = {}

    def intend(self, mail: Mail) -> str:
        key = mail.client_user_id
        found = self._ledger.intend(Mailing(key, self._codes[key], mail.address))
        self.invitations[key] = found
        self._settled.pop(key, None)
        return found.message_key

    def settle(self, result: MailResult) -> None:
        key = result.mail.client_user_id
        self.invitations[key] = self._ledger.settle(
            self.invitations[key], sent=result.outcome == ACCEPTED, smtp_code=result.smtp_code
        )
        self._settled[key] = result

    def results(self, mails: Sequence[Mail], error: VppError) -> list[MailResult]:
        """What became of each mail where `error` ended the sending and nobody else can tell."""
        return [self._result(mail, error) for mail in mails]

    def _result(self, mail: Mail, error: VppError) -> MailResult:
        key = mail.client_user_id
        if key in self._settled:
            return self._settled[key]
        if key in self.invitations:
            return MailResult(mail, UNCERTAIN)
        return MailResult(mail, NOT_SENT, error=error)


class NoLedger:
    """In the place of the ledger where there is no state directory: for this run alone. Implements Mailings."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def intend(self, mailing: Mailing) -> Invitation:
        now = self._clock.now().replace(microsecond=0)
        text = f"{mailing.client_user_id}\n{mailing.invite_code.reveal()}\n{now.isoformat()}"
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return Invitation(mailing.client_user_id, "", "", INTENDED, key, now)

    def settle(self, invitation: Invitation, *, sent: bool, smtp_code: int | None = None) -> Invitation:
        if not sent:
            return replace(invitation, state=FAILED, failures=1, smtp_code=smtp_code)
        at = invitation.attempted
        return replace(invitation, state=SENT, sent=1, first_sent=at, last_sent=at)

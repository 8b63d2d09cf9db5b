# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails to people, as Protocols and nouns: entities see these, `_mail` implements them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .errors import VppError
from .model import Secret

INVITATION = "invitation"
REMINDER = "reminder"
CODE = "code"
"""Kinds of mails: each has its templates."""

ACCEPTED = "accepted"
REFUSED = "refused"
REFUSED_FOR_NOW = "refused_for_now"
UNCERTAIN = "uncertain"
HELD_BACK = "held_back"
NOT_SENT = "not_sent"
"""What became of a mail. ACCEPTED: the mail server took it, which doesn't say that it arrives. REFUSED_FOR_NOW: by a
code from 400 to 499, a later run may try again. UNCERTAIN: it went out and the answer was lost. HELD_BACK: beyond
`max_mails`. NOT_SENT: what stopped the run came first."""

BAD_ADDRESS = "bad_address"
FOREIGN_ADDRESS = "foreign_address"
"""Reasons of REFUSED that are ours: no address at all, and one with letters that this mail server can't handle
(SMTPUTF8)."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person, before it has words. `name` may be empty. `account_name`: the location's. `days`: whole
    days since the first mail about this invite.

    Of a CODE: `code` for `product_name`; `link` opens the App Store with it, and is empty where there is none.
    `account_name`: whose codes they are.
    """

    client_user_id: str
    kind: str
    account_name: str
    link: Secret
    address: str = field(repr=False)
    name: str = field(default="", repr=False)
    days: int = 0
    code: Secret = field(default_factory=lambda: Secret(""))
    product_name: str = ""


@dataclass(frozen=True, slots=True)
class MailResult:
    """What became of one mail. `smtp_code` and `status` (such as 5.1.1) as the server gave them; `reason`: ours, where
    it was not even tried. `error`: what stopped the run, of NOT_SENT."""

    mail: Mail
    outcome: str
    smtp_code: int | None = None
    status: str = ""
    reason: str = ""
    error: VppError | None = None


class MailRecord(Protocol):
    """Is told of each mail around its DATA, so that the ledger is never behind the world. Neither method is called for
    a trial, nor for a mail that was not tried. What either raises ends the sending at once and reaches the caller."""

    def intend(self, mail: Mail) -> str:
        """Before the mail's DATA, or once its recipient was refused; returns the key of its Message-ID. May come twice
        for one mail, when the connection broke before DATA: it is the same mail again."""

    def settle(self, result: MailResult) -> None:
        """After the answer, once for each intended mail; not where nobody knows (UNCERTAIN). Anything but ACCEPTED
        was surely not sent."""


class Mailer(Protocol):
    """Sends mails, one after the other over one connection."""

    @property
    def trial(self) -> bool:
        """All mails go to one address, with a link that leads nowhere, and nothing is to be recorded."""

    @property
    def allowance(self) -> int | None:
        """How many mails may still be sent in this run; None = any number."""

    def check(self, mails: Sequence[Mail]) -> None:
        """Puts all of them into words and throws these away: a template that fails does so before anything is sent.
        Asks nothing of the mail server. Raises InputError."""

    def connect(self) -> None:
        """Connects and logs in, unless that is done. Nothing is sent. Raises InputError, TransportError,
        ServiceError."""

    def send(self, mails: Sequence[Mail], record: MailRecord) -> list[MailResult]:
        """`check`, then sends them in order; a result for each, in the same order. What the mail server does is in
        the results; raises InputError before anything is sent, and what `record` raises."""

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts a mail to a person into words and headers, as the task's settings want them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from .._core.errors import InputError
from .._core.mail_ports import CODE, Mail
from .addresses import Address, one_line
from .message import Envelope, build_message
from .templates import Templates, Words

_LINK = re.compile(r"https?://[!#-&(-;=?-~]+")
"""Printable ASCII without quotes and angle brackets."""
TRIAL_LINK = "https://trial.invalid/this-link-leads-nowhere"
"""In a trial; a name that never exists [RFC 2606]. Whoever tried the real link would use up somebody's invitation."""
TRIAL_CODE = "TRIAL-NO-CODE"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`sender_name` empty: the location's name. `redirect_all_to`: makes it a trial. `max_mails` None: no limit."""

    sender: Address
    sender_name: str = ""
    reply_to: Address | None = None
    mails_per_minute: float = 60.0
    max_mails: int | None = None
    redirect_all_to: Address | None = None


class Writer:
    """`words` alone may fail."""

    def __init__(self, settings: MailSettings, templates: Templates) -> None:
        self._settings, self._templates = settings, templates
        self._trial = settings.redirect_all_to is not None

    def message(self, mail: Mail, recipient: Address, place: str, date: datetime) -> EmailMessage:
        """Whole but for its Message-ID. `place`: such as `3 of 900`, for a trial."""
        return build_message(self._envelope(mail, recipient), self.words(mail, place), date)

    def _envelope(self, mail: Mail, recipient: Address) -> Envelope:
        settings = self._settings
        name = "" if self._trial else mail.name
        return Envelope(settings.sender, self._sender_name(mail), recipient, name, settings.reply_to)

    def _sender_name(self, mail: Mail) -> str:
        return self._settings.sender_name or one_line(mail.account_name)

    def words(self, mail: Mail, place: str = "") -> Words:
        values: Mapping[str, Any] = {
            "account_name": one_line(mail.account_name),
            "name": one_line(mail.name),
            "sender_name": self._sender_name(mail),
            "contact": (self._settings.reply_to or self._settings.sender).spec,
            **(self._of_code(mail) if mail.kind == CODE else self._of_invitation(mail)),
        }
        words = self._templates.render(mail.kind, values)
        return replace(words, subject=f"[Trial: {place}] {words.subject}") if self._trial else words

    def _of_invitation(self, mail: Mail) -> dict[str, Any]:
        link = TRIAL_LINK if self._trial else mail.link.reveal()
        if not _LINK.fullmatch(link):
            raise InputError("The address of Apple's invitation page is none that can be mailed; nothing was sent.")
        return {"link": link, "days": mail.days}

    def _of_code(self, mail: Mail) -> dict[str, Any]:
        """The link is what a list says it is, and may be empty."""
        code, link = mail.code.reveal(), mail.link.reveal()
        if link and not _LINK.fullmatch(link):
            raise InputError("A link of the list of codes is none that can be mailed; nothing was sent.")
        if self._trial:
            code, link = TRIAL_CODE, TRIAL_LINK if link else ""
        return {"code": code, "link": link, "product_name": one_line(mail.product_name)}


def trial_key(mail: Mail, moment: datetime) -> str:
    """In the place of the ledger's."""
    text = f"trial\n{mail.client_user_id}\n{mail.kind}\n{moment.isoformat()}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

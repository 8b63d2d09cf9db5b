# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends mails one by one, at the pace that is asked for, and says truthfully what became of each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from .._core.errors import InputError, VppError
from .._core.mail_ports import (
    ACCEPTED,
    BAD_ADDRESS,
    FOREIGN_ADDRESS,
    HELD_BACK,
    NOT_SENT,
    REFUSED,
    REFUSED_FOR_NOW,
    UNCERTAIN,
    Mail,
    MailRecord,
    MailResult,
)
from .._core.ports import Clock
from .addresses import Address, one_line, parse_address
from .connection import Connection, Reply, SmtpSettings
from .failure import (
    LostAnswerError,
    LostError,
    UnreachableError,
    answers_lost,
    content_refused,
    keeps_closing,
    sender_refused,
)
from .message import Envelope, build_message, message_bytes
from .templates import Templates, Words

_WAITS = (2.0, 10.0)
"""Seconds before a broken connection is made anew: so often in a row, then it is over."""
_LOST_ANSWERS = 2
"""So many in a row end the sending: each is one person more of whom nobody knows."""
_REFUSED_CONTENTS = 10
"""So many in a row end the sending: what is wrong with the words is wrong with all."""
_LINK = re.compile(r"https?://[!#-&(-;=?-~]+")
"""Printable ASCII without quotes and angle brackets."""
TRIAL_LINK = "https://trial.invalid/this-link-leads-nowhere"
"""In a trial; a name that never exists [RFC 2606]. Whoever tried the real link would use up somebody's invitation."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`sender_name` empty: the location's name. `redirect_all_to`: makes it a trial. `max_mails` None: no limit."""

    sender: Address
    sender_name: str = ""
    reply_to: Address | None = None
    mails_per_minute: float = 60.0
    max_mails: int | None = None
    redirect_all_to: Address | None = None


@dataclass(slots=True)
class _Streaks:
    """What happened in a row."""

    broken: int = 0
    answers: int = 0
    contents: int = 0


@dataclass(slots=True)
class _Draft:
    """A mail on its way. `intended`: the record was told, and not yet what came of it."""

    mail: Mail
    place: str
    intended: bool = field(default=False)


class _Stop(Exception):
    """Ends the sending; its error is for all mails that are left."""

    def __init__(self, error: VppError) -> None:
        super().__init__("stop")
        self.error = error


class SmtpMailer:
    """Implements Mailer. A context manager; the connection is made when it is needed."""

    def __init__(self, smtp: SmtpSettings, mail: MailSettings, templates: Templates, clock: Clock) -> None:
        self._smtp, self._settings, self._templates, self._clock = smtp, mail, templates, clock
        self._connection: Connection | None = None
        self._was_connected = False
        self._departed = float("-inf")
        self._spent = 0
        self._streaks = _Streaks()

    def __enter__(self) -> SmtpMailer:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and (exc is None or isinstance(exc, Exception)):
            connection.close()
        elif connection is not None:
            connection.drop()  # interrupted, perhaps in the middle of a mail: no more words

    @property
    def trial(self) -> bool:
        return self._settings.redirect_all_to is not None

    @property
    def allowance(self) -> int | None:
        most = self._settings.max_mails
        return None if most is None else max(0, most - self._spent)

    def check(self, mails: Sequence[Mail]) -> None:
        for mail in mails:
            self._words(mail)

    def connect(self) -> None:
        self._connected()

    def send(self, mails: Sequence[Mail], record: MailRecord) -> list[MailResult]:
        self.check(mails)
        results: list[MailResult] = []
        error: VppError | None = None
        for number, mail in enumerate(mails, 1):
            if error is None and self.allowance == 0:
                results.append(MailResult(mail, HELD_BACK))
                continue
            if error is None:
                try:
                    results.append(self._one(_Draft(mail, f"{number} of {len(mails)}"), record))
                    error = self._hopeless(results[-1])
                    continue
                except _Stop as stop:
                    error = stop.error
            results.append(MailResult(mail, NOT_SENT, error=error))
        return results

    def _one(self, draft: _Draft, record: MailRecord) -> MailResult:
        """One mail, over a new connection where the old one breaks before DATA. Raises _Stop."""
        mail = draft.mail
        recipient = self._settings.redirect_all_to or parse_address(mail.address)
        if recipient is None:
            return MailResult(mail, REFUSED, reason=BAD_ADDRESS)
        while True:
            error: VppError
            try:
                connection = self._connected()
            except VppError as failure:
                if not (self._was_connected and isinstance(failure, UnreachableError)):
                    raise _given_up(draft, record, failure) from None
                error = failure
            else:
                if not (recipient.ascii or connection.international):
                    return MailResult(mail, REFUSED, reason=FOREIGN_ADDRESS)
                try:
                    result = self._attempt(connection, draft, recipient, record)
                    self._streaks.broken = 0
                    return result
                except LostError as lost:
                    self._connection = None
                    error = keeps_closing(self._smtp.host, lost.code)
            self._streaks.broken += 1
            if self._streaks.broken > len(_WAITS):
                raise _given_up(draft, record, error)
            self._clock.sleep(_WAITS[self._streaks.broken - 1])

    def _attempt(self, connection: Connection, draft: _Draft, recipient: Address, record: MailRecord) -> MailResult:
        mail, sender = draft.mail, self._settings.sender
        message = build_message(self._envelope(mail, recipient), self._words(mail, draft.place), self._clock.now())
        self._keep_pace()
        begun = connection.begin(sender.spec, international=not recipient.ascii)
        if not begun.ok:
            raise _given_up(draft, record, sender_refused(self._smtp.host, begun.code))
        known = connection.recipient(recipient.spec)
        key = self._trial_key(mail) if self.trial else record.intend(mail)
        draft.intended = not self.trial
        try:
            reply = connection.send(message_bytes(message, key, sender)) if known.ok else known
        except LostAnswerError:
            self._connection = None
            self._spent += 1
            draft.intended = False
            return MailResult(mail, UNCERTAIN)
        result = _result(mail, reply)
        self._spent += result.outcome == ACCEPTED
        if draft.intended:
            draft.intended = False
            record.settle(result)
        self._streaks.contents = self._streaks.contents + 1 if known.ok and not reply.ok else 0
        if reply.code == 421:
            self._connection = None
        elif not reply.ok:
            self._forget(connection)
        return result

    def _forget(self, connection: Connection) -> None:
        """After a refusal; the answer is known, so a connection that breaks now is only made anew."""
        try:
            connection.reset()
        except LostError:
            self._connection = None

    def _hopeless(self, result: MailResult) -> VppError | None:
        """Whether what happened in a row would go on to happen."""
        streaks = self._streaks
        if result.outcome != UNCERTAIN:
            streaks.answers = 0 if result.smtp_code else streaks.answers
        else:
            streaks.answers += 1
            if streaks.answers >= _LOST_ANSWERS:
                return answers_lost(self._smtp.host, streaks.answers)
        if streaks.contents >= _REFUSED_CONTENTS:
            return content_refused(self._smtp.host, result.smtp_code or 0, streaks.contents)
        return None

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self._smtp)
            self._was_connected = True
        return self._connection

    def _keep_pace(self) -> None:
        due = self._departed + 60.0 / self._settings.mails_per_minute
        now = self._clock.monotonic()
        if now < due:
            self._clock.sleep(due - now)
        self._departed = max(due, now)

    def _envelope(self, mail: Mail, recipient: Address) -> Envelope:
        settings = self._settings
        name = "" if self.trial else mail.name
        return Envelope(settings.sender, self._sender_name(mail), recipient, name, settings.reply_to)

    def _sender_name(self, mail: Mail) -> str:
        return self._settings.sender_name or one_line(mail.account_name)

    def _words(self, mail: Mail, place: str = "") -> Words:
        link = TRIAL_LINK if self.trial else mail.link.reveal()
        if not _LINK.fullmatch(link):
            raise InputError("The address of Apple's invitation page is none that can be mailed; nothing was sent.")
        values: Mapping[str, Any] = {
            "account_name": one_line(mail.account_name),
            "name": one_line(mail.name),
            "link": link,
            "sender_name": self._sender_name(mail),
            "days": mail.days,
            "contact": (self._settings.reply_to or self._settings.sender).spec,
        }
        words = self._templates.render(mail.kind, values)
        return replace(words, subject=f"[Trial: {place}] {words.subject}") if self.trial else words

    def _trial_key(self, mail: Mail) -> str:
        text = f"trial\n{mail.client_user_id}\n{mail.kind}\n{self._clock.now().isoformat()}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _given_up(draft: _Draft, record: MailRecord, error: VppError) -> _Stop:
    """To be raised. What was intended and surely not sent is not uncertain."""
    if draft.intended:
        draft.intended = False
        record.settle(MailResult(draft.mail, NOT_SENT, error=error))
    return _Stop(error)


def _result(mail: Mail, reply: Reply) -> MailResult:
    outcome = ACCEPTED if reply.ok else REFUSED_FOR_NOW if reply.code < 500 else REFUSED
    return MailResult(mail, outcome, reply.code, reply.status)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends mails one by one, at the pace that is asked for, and says truthfully what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

from .._core.errors import VppError
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
from .._core.ports import MAILS, Clock, Meter, NoMeter
from .addresses import Address, parse_address
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
from .message import message_bytes
from .templates import Templates
from .writer import MailSettings, Writer, trial_key

_WAITS = (2.0, 10.0)
"""Seconds before a broken connection is made anew: so often in a row, then it is over."""
_LOST_ANSWERS = 2
"""So many in a row end the sending: each is one person more of whom nobody knows."""
_REFUSED_CONTENTS = 10
"""So many in a row end the sending: what is wrong with the words is wrong with all."""


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

    def __init__(
        self, smtp: SmtpSettings, mail: MailSettings, templates: Templates, clock: Clock, meter: Meter | None = None
    ) -> None:
        self._smtp, self._settings, self._clock = smtp, mail, clock
        self._meter: Meter = meter or NoMeter()
        self._writer = Writer(mail, templates)
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
            self._writer.words(mail)

    def connect(self) -> None:
        self._connected()

    def send(self, mails: Sequence[Mail], record: MailRecord) -> list[MailResult]:
        self.check(mails)
        results: list[MailResult] = []
        error: VppError | None = None
        due = len(mails) if self.allowance is None else min(len(mails), self.allowance)
        self._meter.count(MAILS, known=due)
        for number, mail in enumerate(mails, 1):
            if error is None and self.allowance == 0:
                results.append(MailResult(mail, HELD_BACK))
                continue
            if error is None:
                try:
                    results.append(self._one(_Draft(mail, f"{number} of {len(mails)}"), record))
                    self._meter.count(MAILS, done=1)
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
        message = self._writer.message(mail, recipient, draft.place, self._clock.now())
        self._keep_pace()
        begun = connection.begin(sender.spec, international=not recipient.ascii)
        if not begun.ok:
            raise _given_up(draft, record, sender_refused(self._smtp.host, begun.code))
        known = connection.recipient(recipient.spec)
        key = trial_key(mail, self._clock.now()) if self.trial else record.intend(mail)
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
        if known.ok:
            self._streaks.contents = 0 if reply.ok else self._streaks.contents + 1
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


def _given_up(draft: _Draft, record: MailRecord, error: VppError) -> _Stop:
    """To be raised. What was intended and surely not sent is not uncertain."""
    if draft.intended:
        draft.intended = False
        record.settle(MailResult(draft.mail, NOT_SENT, error=error))
    return _Stop(error)


def _result(mail: Mail, reply: Reply) -> MailResult:
    outcome = ACCEPTED if reply.ok else REFUSED_FOR_NOW if reply.code < 500 else REFUSED
    return MailResult(mail, outcome, reply.code, reply.status)

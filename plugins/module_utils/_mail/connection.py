# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection to a mail server: encrypted and logged in from its first moment, or not there at all."""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from .._core.errors import VppError
from .._core.model import Secret
from .failure import (
    LostAnswerError,
    LostError,
    login_lost,
    no_login,
    no_method,
    no_smtp,
    no_starttls,
    not_greeted,
    unreachable,
)

STARTTLS = "starttls"
TLS = "tls"
CLEAR = "none"
_STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_GO_ON = 354
_LOGGED_IN = 235
_CLOSING = 421
_MOST_LINES = 200
"""Of one reply: the longest real one, that to EHLO, has some twenty."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """`security`: STARTTLS, TLS or CLEAR; `tls`: whom to trust, None with CLEAR alone. No login without `username`.

    `timeout` for each answer in seconds; `answer_timeout` for the one to the mail itself, until which servers may look
    for spam: RFC 5321 (4.5.3.2.6) asks clients for ten minutes, since giving up early makes a mail uncertain.
    """

    host: str
    port: int
    security: str = STARTTLS
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    username: str = field(default="", repr=False)
    password: Secret = field(default_factory=lambda: Secret(""))
    timeout: float = 60.0
    answer_timeout: float = 600.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A code from 200 to 599, and the status of RFC 3463 (such as 5.1.1) where there is one."""

    code: int
    status: str = ""

    @property
    def ok(self) -> bool:
        return self.code < 300


class Connection:
    """Raises TransportError or ServiceError where it can't be made."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._server = _connect(settings)
        try:
            _secure(self._server, settings)
            _log_in(self._server, settings)
        except BaseException:
            self._server.close()
            raise

    @property
    def international(self) -> bool:
        """Whether addresses may hold any letters."""
        return self._server.has_extn("smtputf8") and self._server.has_extn("8bitmime")

    def begin(self, sender: str, *, international: bool) -> Reply:
        """MAIL. Raises LostError, as all do but `send`."""
        options = ("SMTPUTF8", "BODY=8BITMIME") if international else ()
        return self._ask(lambda: self._server.mail(sender, options))

    def recipient(self, address: str) -> Reply:
        return self._ask(lambda: self._server.rcpt(address))

    def reset(self) -> None:
        """Forgets the mail that was begun."""
        self._ask(self._server.rset)

    def send(self, data: bytes) -> Reply:
        """DATA and the mail. Raises LostError before the first byte of it went out, LostAnswerError after."""
        server = self._server
        reply = self._ask(lambda: server.docmd("DATA"), _GO_ON)
        if reply.ok:  # it takes the mail before it has seen it: no mail server does, and nothing went out
            self.drop()
            raise LostError
        if reply.code != _GO_ON:
            return reply
        code, text = -1, b""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.send(data)
            _set_timeout(server, self._settings.answer_timeout)
            code, text = server.getreply()
            _set_timeout(server, self._settings.timeout)
        if code == _CLOSING:  # an answer: the mail is not accepted
            self.drop()
        elif not (200 <= code < 300 or 400 <= code < 600):
            self.drop()
            raise LostAnswerError
        return _reply(code, text)

    def _ask(self, call: Callable[[], tuple[int, bytes]], wanted: int = 250) -> Reply:
        code, text = -1, b""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            code, text = call()
        if code == _CLOSING or not (code == wanted or 200 <= code < 300 or 400 <= code < 600):
            self.drop()
            raise LostError(_CLOSING if code == _CLOSING else 0)
        return _reply(code, text)

    def drop(self) -> None:
        self._server.close()

    def close(self) -> None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self._server.docmd("QUIT")
        self.drop()


class _Lines:
    """A server's lines, of which a reply has no more than can be. The library reads on as long as more are promised."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.left = 0

    def readline(self, size: int) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError("a reply without end")
        return self._stream.readline(size)

    def close(self) -> None:
        self._stream.close()


class _Bounded(smtplib.SMTP):
    """The library's client, for replies that end."""

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Lines(self.sock.makefile("rb"))
        if isinstance(self.file, _Lines):
            self.file.left = _MOST_LINES
        return super().getreply()


class _BoundedTls(_Bounded, smtplib.SMTP_SSL):
    """The same, encrypted from the first moment."""


def _reply(code: int, text: bytes) -> Reply:
    found = _STATUS.match(text or b"")
    return Reply(code, found[0].decode("ascii") if found else "")


def _set_timeout(server: smtplib.SMTP, seconds: float) -> None:
    if server.sock is not None:
        server.sock.settimeout(seconds)


def _connect(settings: SmtpSettings) -> smtplib.SMTP:
    failure: VppError
    host, port = settings.host, settings.port
    try:
        # The host goes to the constructor: by it the certificate is checked later, too.
        server: smtplib.SMTP
        if settings.security == TLS:
            server = _BoundedTls(host, port, timeout=settings.timeout, context=settings.tls)
        else:
            server = _Bounded(host, port, timeout=settings.timeout)
    except smtplib.SMTPResponseException as error:
        failure = not_greeted(host, error.smtp_code) if 400 <= error.smtp_code < 600 else no_smtp(host, port)
    except smtplib.SMTPException:
        failure = no_smtp(host, port)
    except (OSError, UnicodeError) as error:
        failure = unreachable(host, port, error)
    else:
        return server
    raise failure  # outside of the handler, here and below: the chain of the library's exception holds its texts


def _secure(server: smtplib.SMTP, settings: SmtpSettings) -> None:
    _greet(server, settings)
    if settings.security != STARTTLS:
        return
    host, port = settings.host, settings.port
    if not server.has_extn("starttls"):
        raise no_starttls(host)
    failure: VppError | None = None
    try:
        code = server.starttls(context=settings.tls)[0]
        if code != 220:
            failure = no_starttls(host, code)
    except smtplib.SMTPResponseException as error:
        failure = no_starttls(host, error.smtp_code)
    except smtplib.SMTPException:
        failure = no_smtp(host, port)
    except OSError as error:
        failure = unreachable(host, port, error)
    if failure is not None:
        raise failure
    _greet(server, settings)


def _greet(server: smtplib.SMTP, settings: SmtpSettings) -> None:
    code = -1
    with contextlib.suppress(smtplib.SMTPException, OSError):
        code = server.ehlo()[0]
    if 400 <= code < 600:
        raise not_greeted(settings.host, code)
    if not 200 <= code < 300:
        raise no_smtp(settings.host, settings.port)


def _log_in(server: smtplib.SMTP, settings: SmtpSettings) -> None:
    """By hand: the library puts the password into an exception where it isn't ASCII."""
    if not settings.username:
        return
    methods = server.esmtp_features.get("auth", "").upper().split()
    user, password = settings.username, settings.password.reveal()
    if "PLAIN" in methods:
        lines = [f"AUTH PLAIN {_coded(f'{chr(0)}{user}{chr(0)}{password}')}"]
    elif "LOGIN" in methods:
        lines = ["AUTH LOGIN", _coded(user), _coded(password)]
    else:
        raise no_method(settings.host)
    code = 334
    for line in lines:
        if code == 334:
            code = -1
            with contextlib.suppress(smtplib.SMTPException, OSError):
                code = server.docmd(line)[0]
    if 400 <= code < 600:
        raise no_login(settings.host, code)
    if code != _LOGGED_IN:
        raise login_lost(settings.host)


def _coded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What went wrong between us and a mail server, in words of our own.

The library's exceptions hold addresses and lines of the server, so their texts are never shown, and none of them stays
in a chain.
"""

from __future__ import annotations

import socket
import ssl

from .._core.errors import ServiceError, TransportError


class LostError(Exception):
    """The connection broke, or the server ended it, before the mail went out. `code`: 421, or 0 = no word."""

    def __init__(self, code: int = 0) -> None:
        super().__init__("lost before DATA")
        self.code = code


class LostAnswerError(Exception):
    """The connection broke while the mail went out or after it: nobody knows."""


class UnreachableError(TransportError):
    """No connection now; a later try may have one."""


def unreachable(host: str, port: int, error: Exception) -> TransportError:
    """`error`: of the system, or of TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TransportError(
            f"The certificate of the mail server {host} does not verify ({error.verify_message}). If it was "
            "issued by your own authority, give its certificate as ca_path."
        )
    if isinstance(error, ssl.SSLError):
        return TransportError(
            f"TLS could not be agreed on with the mail server {host}, port {port}. Check smtp_security: tls "
            "is for port 465, starttls for port 587."
        )
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return UnreachableError(f"smtp_host: the name {host} can't be resolved. Correct it.")
    why = "does not answer in time" if isinstance(error, TimeoutError) else "can't be reached"
    if isinstance(error, ConnectionRefusedError):
        why = "refuses connections"
    return UnreachableError(
        f"The mail server {host}, port {port}, {why}. Check smtp_host and smtp_port, and whether a firewall is between."
    )


def no_smtp(host: str, port: int) -> TransportError:
    return UnreachableError(
        f"The mail server {host}, port {port}, ended the connection or does not speak SMTP. Check smtp_port "
        "and smtp_security: tls is for port 465, starttls for port 587."
    )


def not_greeted(host: str, code: int) -> TransportError | ServiceError:
    facts = {"smtp_code": code}
    if 400 <= code < 500:
        return UnreachableError(
            f"The mail server {host} is not available at present ({code}). Run the task again later.",
            facts=facts,
        )
    return ServiceError(
        f"The mail server {host} does not serve this host ({code}). Ask its administrator.", facts=facts
    )


def no_starttls(host: str, code: int = 0) -> ServiceError:
    said = f" ({code})" if code else ""
    return ServiceError(
        f"The mail server {host} offers no STARTTLS{said}, and mails never go out in the clear instead. Ask "
        "its administrator, or set smtp_security: tls with smtp_port: 465.",
        facts={"smtp_code": code} if code else {},
    )


def no_login(host: str, code: int) -> ServiceError:
    facts = {"smtp_code": code}
    if code < 500:
        return ServiceError(
            f"The mail server {host} can't check smtp_username and its password at present ({code}). Run "
            "the task again later.",
            facts=facts,
        )
    return ServiceError(
        f"The mail server {host} refuses smtp_username and its password ({code}). Correct them, and see "
        "that the account may send by SMTP with a password.",
        facts=facts,
    )


def login_lost(host: str) -> TransportError:
    return UnreachableError(
        f"The mail server {host} ended the connection at the login, or did not answer it in time. Check smtp_username "
        "and its password, and run the task again later."
    )


def no_method(host: str) -> ServiceError:
    return ServiceError(
        f"The mail server {host} takes no password here (neither AUTH PLAIN nor AUTH LOGIN). Leave "
        "smtp_username out if it needs none, or name a server that takes one."
    )


def sender_refused(host: str, code: int) -> ServiceError:
    facts = {"smtp_code": code}
    if code < 500:
        return ServiceError(
            f"The mail server {host} takes no more mails at present ({code}). Run the task again later, or lower "
            "mails_per_minute or max_mails.",
            facts=facts,
        )
    return ServiceError(
        f"The mail server {host} takes no mails from mail_from ({code}). Set an address that it lets this login write "
        "from, or set smtp_username.",
        facts=facts,
    )


def content_refused(host: str, code: int, count: int) -> ServiceError:
    return ServiceError(
        f"The mail server {host} refused {count} mails in a row after it had read them ({code}), so the rest was not "
        "sent. Ask its administrator what in these mails it refuses, or change the templates.",
        facts={"smtp_code": code},
    )


def keeps_closing(host: str, code: int) -> TransportError:
    said = f" ({code})" if code else ""
    return TransportError(
        f"The mail server {host} keeps ending the connection{said}, so the rest was not sent. Run the task again "
        "later, or lower mails_per_minute.",
        facts={"smtp_code": code} if code else {},
    )


def answers_lost(host: str, count: int) -> TransportError:
    return TransportError(
        f"The mail server {host} ended the connection {count} times in a row without an answer to a mail, so the rest "
        "was not sent. Find out from its log whether these mails went out."
    )

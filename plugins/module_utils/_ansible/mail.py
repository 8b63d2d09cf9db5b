# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to a mailer."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .._core.errors import InputError
from .._core.mail_ports import Mailer
from .._core.model import Secret
from .._core.ports import Clock
from .._http.address import is_loopback, trust
from .._http.dep import require_httpx
from .._mail.addresses import Address, one_line, parse_address
from .._mail.connection import CLEAR, STARTTLS, TLS, SmtpSettings
from .._mail.mailer import SmtpMailer
from .._mail.templates import Source, Templates
from .._mail.writer import MailSettings
from .amounts import WEEK
from .files import read_file
from .options import SMTP_PASSWORD_ENV, SMTP_PASSWORD_FILE_ENV
from .runner import Host
from .secrets import is_path_of, read_secret

_PORTS = {STARTTLS: 587, TLS: 465, CLEAR: 25}
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
_MOST_TEMPLATE = 256 * 1024


@contextmanager
def open_mailer(host: Host, clock: Clock) -> Iterator[Mailer]:
    """The task's mailer (options MAIL and NETWORK). Every option is checked and every template compiled; the mail
    server is asked nothing yet. Raises InputError."""
    params = host.params
    smtp = _smtp(host)
    templates = Templates(_sources(params["templates"] or {}))
    with SmtpMailer(smtp, _mail(params), templates, clock, host.meter) as mailer:
        yield mailer


def _smtp(host: Host) -> SmtpSettings:
    params = host.params
    name = (params["smtp_host"] or "").strip().removeprefix("[").removesuffix("]")
    if not name:
        raise InputError("smtp_host is missing; set the name of the mail server that is to send the mails.")
    if not (_HOST.fullmatch(name) or _is_ipv6(name)):
        raise InputError("smtp_host is no name of a host; give the name alone, and the port as smtp_port.")
    security = params["smtp_security"]
    port = _PORTS[security] if params["smtp_port"] is None else params["smtp_port"]
    if not 1 <= port <= 65535:
        raise InputError(f"smtp_port: {port} is no port; give a number from 1 to 65535.")
    username, password = _login(host)
    if security == CLEAR and not is_loopback(name):
        if not params["smtp_allow_clear_text"]:
            raise InputError(
                "smtp_security: none sends every mail over the network in the clear; use starttls or tls, or set "
                "smtp_allow_clear_text: true if the way to this server is safe."
            )
        if username:
            raise InputError(
                "smtp_username doesn't go with smtp_security: none, since the password would cross the network in the "
                "clear; use starttls or tls."
            )
    timeout = params["request_timeout"]
    if not 0 < timeout <= WEEK:
        raise InputError(f"request_timeout: {timeout:g} is no number of seconds above 0; correct it.")
    context = None
    if security != CLEAR:
        require_httpx()  # its certificates are those of the other services
        context = trust(params["ca_path"] or "")
    return SmtpSettings(name, port, security, context, username, Secret(password), timeout)


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def _login(host: Host) -> tuple[str, str]:
    """User and password; both empty where there is no login."""
    params = host.params
    username, value, path = params["smtp_username"], params["smtp_password"], params["smtp_password_file"]
    if username is None:
        for name, told in (
            ("smtp_password", value and value != os.environ.get(SMTP_PASSWORD_ENV)),
            ("smtp_password_file", path and not is_path_of(path, SMTP_PASSWORD_FILE_ENV)),
        ):
            if told:
                raise InputError(f"{name} is given without smtp_username; set it, or leave the password out.")
        return "", ""
    if not username.strip() or "\0" in username:
        raise InputError("smtp_username is empty; give the user, or leave it out where the server needs no login.")
    text, source = read_secret(
        host,
        ("smtp_password", SMTP_PASSWORD_ENV),
        ("smtp_password_file", SMTP_PASSWORD_FILE_ENV),
        missing="smtp_username needs a password: set smtp_password_file to the path of a file that holds it",
    )
    password = text.removeprefix("\ufeff").rstrip("\r\n") if source == "smtp_password_file" else text
    host.hide(password)
    if not password.strip() or "\n" in password or "\0" in password:
        raise InputError(f"{source} must hold the password and nothing else, in one line.")
    return username, password


def _mail(params: Mapping[str, Any]) -> MailSettings:
    sender = _address(params, "mail_from")
    if sender is None:
        raise InputError("mail_from is missing; set the address that the mails are to come from.")
    name = one_line(params["mail_sender_name"] or "")
    if params["mail_sender_name"] is not None and not name:
        raise InputError("mail_sender_name is empty; give a name, or leave it out to use that of the location.")
    pace, most = params["mails_per_minute"], params["max_mails"]
    if not 0.1 <= pace <= 6000:
        raise InputError(f"mails_per_minute: {pace:g} is no pace; give a number from 0.1 to 6000.")
    if most is not None and most < 0:
        raise InputError(f"max_mails: {most} is no number of mails; give 0 or more, or leave it out.")
    reply_to, redirect = _address(params, "mail_reply_to"), _address(params, "redirect_all_to")
    return MailSettings(sender, name, reply_to, pace, most, redirect)


def _address(params: Mapping[str, Any], option: str) -> Address | None:
    """Not shown in the sentence: it may be that of a person."""
    text = params[option]
    if text is None:
        return None
    found = parse_address(text)
    if found is None:
        name = " (a name goes to mail_sender_name)" if option == "mail_from" and "<" in text else ""
        raise InputError(f"{option} is no e-mail address; give one address of the form name@school.example{name}.")
    if not found.ascii:
        raise InputError(
            f"{option} holds letters before the @ that many mail servers can't handle; use another address."
        )
    return found


def _sources(paths: Mapping[str, Any]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for name, path in paths.items():
        if path is None:
            continue
        option = f"templates.{name}"
        data = read_file(option, path, _MOST_TEMPLATE)
        shown = os.path.abspath(path)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"{option}: {shown}, line {line}: it is not UTF-8; save the file in that encoding."
            ) from None
        if not text.strip():
            raise InputError(f"{option}: {shown} is empty; write the template, or leave the option out.")
        sources[name] = Source(text, shown)
    return sources

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails, a ledger and mailers for tests."""

from __future__ import annotations

from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import (
    ACCEPTED,
    INVITATION,
    NOT_SENT,
    Mail,
    MailResult,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import InvitationLedger, Mailing
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.addresses import Address
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.connection import CLEAR, SmtpSettings
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.mailer import SmtpMailer
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.templates import Source, Templates
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.writer import MailSettings
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeClock
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

SENDER = Address("apps", "school.example")


def mail(person: str = "p1", **changes: Any) -> Mail:
    facts: dict[str, Any] = {
        "client_user_id": person,
        "kind": INVITATION,
        "account_name": "North Harbour College",
        "link": Secret(f"https://buy.itunes.apple.com/accept?inviteCode=SECRET-{person}&mt=8"),
        "address": f"{person}@home.example",
        "name": "Ana Diaz",
    }
    return Mail(**{**facts, **changes})


def mails(count: int) -> list[Mail]:
    return [mail(f"p{number}") for number in range(1, count + 1)]


class FakeRecord:
    """Implements MailRecord; `calls` in order."""

    def __init__(self, error: VppError | None = None, at: int = 1) -> None:
        self.calls: list[tuple[str, str]] = []
        self._error, self._at = error, at

    def intend(self, mail: Mail) -> str:
        self.calls.append(("intend", mail.client_user_id))
        if self._error and [call for call, _person in self.calls].count("intend") == self._at:
            raise self._error
        return f"key-of-{mail.client_user_id}"

    def settle(self, result: MailResult) -> None:
        self.calls.append((result.outcome, result.mail.client_user_id))


class LedgerRecord:
    """Implements MailRecord with a real ledger."""

    def __init__(self, ledger: InvitationLedger) -> None:
        self._ledger = ledger
        self._open: dict[str, Any] = {}

    def intend(self, mail: Mail) -> str:
        code = Secret(mail.link.reveal().partition("=")[2])
        found = self._ledger.intend(Mailing(mail.client_user_id, code, mail.address))
        self._open[mail.client_user_id] = found
        return found.message_key

    def settle(self, result: MailResult) -> None:
        found = self._open.pop(result.mail.client_user_id)
        self._ledger.settle(found, sent=result.outcome == ACCEPTED, smtp_code=result.smtp_code)


def mailer(
    server: MailServer, clock: FakeClock | None = None, sources: dict[str, str] | None = None, **options: Any
) -> SmtpMailer:
    """`options` of SmtpSettings and of MailSettings."""
    ours = {name: options.pop(name) for name in list(options) if name in MailSettings.__dataclass_fields__}
    smtp = {"host": "127.0.0.1", "port": server.port, "security": CLEAR, "timeout": 5.0, "answer_timeout": 5.0}
    templates = Templates({name: Source(text, f"/t/{name}.j2") for name, text in (sources or {}).items()})
    settings = MailSettings(**{"sender": SENDER, "mails_per_minute": 6000.0, **ours})
    return SmtpMailer(SmtpSettings(**{**smtp, **options}), settings, templates, clock or FakeClock())


def outcomes(results: list[MailResult]) -> list[str]:
    return [result.outcome for result in results]


def stop_of(results: list[MailResult]) -> str:
    """The one sentence that all which were not sent have in common."""
    (said,) = {str(result.error) for result in results if result.outcome == NOT_SENT}
    return said

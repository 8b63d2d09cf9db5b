# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the ledger of codes ahead of the mail server: whose a code is stands on disk before the mail goes out."""

from __future__ import annotations

from collections.abc import Mapping

from .._core.code_model import CodeLedger, HandedCode, Handing, Product
from .._core.code_plan import PersonCode
from .._core.errors import VppError
from .._core.mail_ports import ACCEPTED, NOT_SENT, UNCERTAIN, Mail, MailResult


class CodeRecord:
    """Implements MailRecord. `handed`: what the ledger holds of each person by now, by line of the list."""

    def __init__(
        self, ledger: CodeLedger, product: Product, number: int | None, mails: Mapping[Mail, PersonCode]
    ) -> None:
        self._ledger, self._product, self._known, self._mails = ledger, product, number, mails
        self._number: int | None = None
        self._settled: dict[Mail, MailResult] = {}
        self._open: set[Mail] = set()
        self.handed: dict[int, HandedCode] = {}

    def intend(self, mail: Mail) -> str:
        person = self._mails[mail].person
        if self._number is None:
            self._number = self._ledger.product_number(self._product, self._known)
        found = self._ledger.intend(Handing(self._number, mail.code, person.client_user_id, mail.address))
        self.handed[person.line] = found
        self._open.add(mail)
        return found.message_key

    def settle(self, result: MailResult) -> None:
        line = self._mails[result.mail].person.line
        self.handed[line] = self._ledger.settle(
            self.handed[line], sent=result.outcome == ACCEPTED, smtp_code=result.smtp_code
        )
        self._open.discard(result.mail)
        self._settled[result.mail] = result

    def results(self, error: VppError) -> list[MailResult]:
        """What became of each mail where `error` ended the sending and nobody else can tell."""
        return [self._result(mail, error) for mail in self._mails]

    def _result(self, mail: Mail, error: VppError) -> MailResult:
        if mail in self._settled:
            return self._settled[mail]
        return MailResult(mail, UNCERTAIN) if mail in self._open else MailResult(mail, NOT_SENT, error=error)

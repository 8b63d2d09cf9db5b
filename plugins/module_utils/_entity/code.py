# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands redemption codes to people by mail: one code a person, and no code to two of them. Asks nothing of Apple."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .._core.code_model import BadCode, Code, CodeLedger, HandedCode, Product
from .._core.code_plan import UNCERTAIN, CodePlan, Known, PersonCode, check_owners, find_product, plan_codes
from .._core.errors import VppError
from .._core.mail_ports import CODE, Mail, Mailer, MailResult
from .._core.model import Secret
from .._core.people_row import folded
from .._core.ports import Notify
from .._core.user_model import BadRow, Person
from .._core.words import counted
from .base import Outcome, reconcile
from .code_record import CodeRecord
from .mail_facts import max_mails_told
from .report_code import report_codes


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What the task asks for. `source` names the list of people and `unit` what is counted in it, for sentences;
    `account_name`: who gives the codes."""

    product: Product
    people: tuple[Person, ...]
    bad_rows: tuple[BadRow, ...]
    codes: tuple[Code, ...]
    bad_codes: tuple[BadCode, ...]
    source: str
    unit: str
    account_name: str
    groups: tuple[str, ...] = ()
    resend: bool = False
    show_people: bool = False


@dataclass(frozen=True, slots=True)
class PreparedCodes:
    """`mails` in the order of the list, of which `held_back` are beyond what may be sent. `number` of the product;
    None = a new one. `learned`: of whom the list tells an id that the ledger doesn't know."""

    codes: CodePlan
    number: int | None
    mails: Mapping[Mail, PersonCode] = field(repr=False)
    held_back: int = 0
    learned: tuple[PersonCode, ...] = ()
    trial: bool = False

    @property
    def sends(self) -> int:
        return len(self.mails) - self.held_back

    @property
    def changed(self) -> bool:
        return bool(self.sends or (self.learned and not self.trial))


@dataclass(frozen=True, slots=True)
class AppliedCodes:
    """`results` and `handed` (of the ledger) by line of the list. `error`: what ended the sending."""

    results: Mapping[int, MailResult]
    handed: Mapping[int, HandedCode]
    error: VppError | None = None


class CodeTask:
    """Implements Entity."""

    def __init__(self, ledger: CodeLedger, mailer: Mailer, request: CodeRequest, notify: Notify) -> None:
        self._ledger, self._mailer, self._request, self._notify = ledger, mailer, request, notify

    def run(self, *, check: bool) -> Outcome:
        return reconcile(self, check=check)

    def plan(self) -> PreparedCodes:
        request = self._request
        codes = {self._ledger.code_mark(code.text): code for code in request.codes}
        products = self._ledger.products()
        number = find_product(products, request.product)
        known = read_known(self._ledger, number, codes, request.people)
        check_owners(codes, known, number, products, request.product)
        plan = plan_codes(request.people, codes, known, groups=request.groups, resend=request.resend)
        mails = {self._mail(part, part.code): part for part in plan.to_mail if part.code is not None}
        self._mailer.check(list(mails))
        allowance = self._mailer.allowance
        prepared = PreparedCodes(
            plan,
            number,
            mails,
            held_back=0 if allowance is None else max(0, len(mails) - allowance),
            learned=tuple(part for part in plan.people if _learned(part)),
            trial=self._mailer.trial,
        )
        self._warn(prepared)
        return prepared

    def _mail(self, part: PersonCode, code: Code) -> Mail:
        return Mail(
            part.person.client_user_id or f"{self._request.unit} {part.person.line}",
            CODE,
            self._request.account_name,
            code.link or Secret(""),
            part.person.email,
            part.person.name,
            code=code.text,
            product_name=self._request.product.name,
        )

    def _warn(self, plan: PreparedCodes) -> None:
        if plan.trial and plan.mails:
            self._notify.warn(
                "This is a trial (redirect_all_to): the mails hold no code, nothing is remembered, and everybody still "
                "gets a code by a run without it."
            )
        if plan.held_back:
            self._notify.warn(max_mails_told(plan.sends, plan.held_back))
        unsure = sum(part.status == UNCERTAIN and not part.action for part in plan.codes.people)
        if unsure:
            who = counted(unsure, "person", "people")
            self._notify.warn(
                f"{who} may or may not have been mailed a code, since an earlier run ended in that very moment. Ask "
                "them, or mail them the same code again with uncertain: resend."
            )

    def apply(self, plan: PreparedCodes) -> AppliedCodes:
        record = CodeRecord(self._ledger, self._request.product, plan.number, plan.mails)
        found: Sequence[MailResult] = ()
        error: VppError | None = None
        try:
            for part in plan.learned:
                if part.handed is not None and not plan.trial:
                    self._ledger.known_as(part.handed, part.person.client_user_id)
            if plan.sends:
                self._mailer.connect()
                found = self._mailer.send(list(plan.mails), record)
        except VppError as stop:
            error, found = stop, record.results(stop)
        results = {plan.mails[result.mail].person.line: result for result in found}
        error = error or next((result.error for result in found if result.error is not None), None)
        return AppliedCodes(results, record.handed, error)

    def report(self, plan: PreparedCodes, applied: AppliedCodes | None) -> Outcome:
        return report_codes(plan, applied, self._request)


def _learned(part: PersonCode) -> bool:
    return bool(part.handed and not part.handed.client_user_id and part.person.client_user_id)


def read_known(ledger: CodeLedger, number: int | None, marks: Mapping[str, Code], people: Sequence[Person]) -> Known:
    """What the ledger knows of a product, of the codes of a list, and of the people of another."""
    return Known(
        handed=[] if number is None else ledger.handed(number),
        owners=ledger.owners(marks),
        addresses={folded(one.email): ledger.address_mark(one.email) for one in people if one.email},
    )

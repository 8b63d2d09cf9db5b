# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what the ledger of redemption codes knows: how many are handed out, and to whom; never a code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.code_model import Code, CodeLedger, HandedCode, Product
from .._core.code_plan import GIVEN, RESERVED, UNCERTAIN, check_owners, find_product, plan_codes
from .._core.state_ports import FAILED, SENT
from .._core.user_model import Person
from .base import Outcome
from .code import read_known
from .mail_facts import moment_text

STATES = (GIVEN, RESERVED, UNCERTAIN)


@dataclass(frozen=True, slots=True)
class CodeFilter:
    """What to show. `product` None = all; `codes` None = no list, so nobody can tell how many are left; `people` None =
    nobody is looked for."""

    product: Product | None = None
    status: frozenset[str] | None = None
    codes: Sequence[Code] | None = None
    people: Sequence[Person] | None = None
    groups: Collection[str] = ()
    show_people: bool = False


class CodeReader:
    def __init__(self, ledger: CodeLedger, wanted: CodeFilter) -> None:
        self._ledger, self._wanted = ledger, wanted

    def read(self, limit: int) -> Outcome:
        """The outcome with lists of at most `limit`; its document holds all."""
        wanted, products = self._wanted, self._ledger.products()
        number = None if wanted.product is None else find_product(products, wanted.product)
        numbers = list(products) if wanted.product is None else [] if number is None else [number]
        handed = {key: self._ledger.handed(key) for key in numbers}
        shown = [
            _facts(one, products[key])
            for key, found in handed.items()
            for one in found
            if wanted.status is None or state_of(one) in wanted.status
        ]
        counted = [_product_facts(products[key], found) for key, found in handed.items()]
        summary: dict[str, Any] = {state: sum(facts[state] for facts in counted) for state in STATES}
        people, looked = self._people(number, products)
        summary |= looked
        return Outcome(
            noun="codes",
            value=shown[:limit],
            extra={
                "products": counted[:limit],
                "people": people[:limit],
                "total": len(shown),
                "truncated": max(len(shown), len(people), len(counted)) > limit,
                "summary": summary,
            },
            document={"summary": summary, "products": counted, "codes": shown, "people": people},
        )

    def _people(self, number: int | None, products: Mapping[int, Product]) -> tuple[list[dict[str, Any]], Any]:
        """How the people of a list stand with one product, and what is left of its codes."""
        wanted = self._wanted
        none = {"codes": None, "codes_used": None, "redeemed": None, "left": None, "without": None}
        if wanted.product is None or (wanted.codes is None and wanted.people is None):
            return [], none
        codes = {self._ledger.code_mark(code.text): code for code in wanted.codes or ()}
        known = read_known(self._ledger, number, codes, wanted.people or ())
        check_owners(codes, known, number, products, wanted.product)
        plan = plan_codes(wanted.people or (), codes, known, groups=wanted.groups)
        rows = [
            {
                "client_user_id": part.person.client_user_id or None,
                "line": part.person.line,
                "status": state_of(part.handed) if part.handed else "",
                "given_at": moment_text(part.handed.sent if part.handed else None),
                "email": part.person.email if wanted.show_people else None,
                "name": part.person.name if wanted.show_people else None,
            }
            for part in plan.people
        ]
        listed: dict[str, Any] = {}
        if wanted.codes is not None:
            listed = {"codes": plan.listed, "codes_used": plan.used, "redeemed": plan.redeemed, "left": plan.free}
        if wanted.people is not None:
            listed["without"] = sum(not row["status"] for row in rows)
        return sorted(rows, key=lambda row: (row["status"] == GIVEN, row["line"])), {**none, **listed}


def state_of(handed: HandedCode) -> str:
    return {SENT: GIVEN, FAILED: RESERVED}.get(handed.state, UNCERTAIN)


def _facts(handed: HandedCode, product: Product) -> dict[str, Any]:
    return {
        "product": product.name,
        "client_user_id": handed.client_user_id or None,
        "status": state_of(handed),
        "reserved_at": moment_text(handed.reserved),
        "given_at": moment_text(handed.sent),
        "last_tried_at": moment_text(handed.attempted),
        "refusals": handed.failures,
        "smtp_code": handed.smtp_code,
    }


def _product_facts(product: Product, handed: Sequence[HandedCode]) -> dict[str, Any]:
    states = Counter(state_of(one) for one in handed)
    return {"name": product.name, "adam_id": product.adam_id or None, **{state: states[state] for state in STATES}}

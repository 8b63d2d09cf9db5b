# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People listed + codes listed + what the ledger knows -> who is to be mailed which code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from .code_model import Code, HandedCode, Product
from .errors import InputError
from .identity import samples
from .people_row import folded
from .state_ports import FAILED, SENT
from .user_model import Person

GIVEN, TO_GIVE, RESERVED, UNCERTAIN, WITHOUT = "given", "to_give", "reserved", "uncertain", "without"
"""How a person stands. GIVEN: the mail server took the mail with the code. RESERVED: the code is the person's, and its
mail was refused. UNCERTAIN: whether the mail went out, nobody knows."""

FIRST, AGAIN, RESEND = "mail", "again", "resend"
"""What is to be done: the first mail; another try at one that was refused; one more where nobody knows."""

NO_CODE, NO_ADDRESS, SAME_ADDRESS, UNAVAILABLE = "no_code", "no_address", "same_address", "code_unavailable"
"""Why a person is left without. SAME_ADDRESS: another person's code went there. UNAVAILABLE: the code that is reserved
for the person is no longer in the list, or is used."""


@dataclass(frozen=True, slots=True)
class PersonCode:
    """One person. `action` empty = nothing to do; else `code` is what goes out. `handed`: what the ledger knew."""

    person: Person
    status: str
    action: str = ""
    reason: str = ""
    code: Code | None = field(default=None, repr=False)
    handed: HandedCode | None = None


@dataclass(frozen=True, slots=True)
class CodePlan:
    """`free`: codes of the list that nobody has, before the run. `redeemed`: handed out, and used by the list."""

    people: tuple[PersonCode, ...]
    listed: int = 0
    used: int = 0
    free: int = 0
    handed: int = 0
    redeemed: int = 0

    @property
    def to_mail(self) -> tuple[PersonCode, ...]:
        return tuple(part for part in self.people if part.action)

    def count(self, action: str) -> int:
        return sum(part.action == action for part in self.people)


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows: this product's codes, the products of all codes of the list by mark, and marks of the
    people's addresses by folded address."""

    handed: Sequence[HandedCode]
    owners: Mapping[str, int]
    addresses: Mapping[str, str] = field(repr=False)


def plan_codes(
    people: Sequence[Person],
    codes: Mapping[str, Code],
    known: Known,
    *,
    groups: Collection[str] = (),
    resend: bool = False,
) -> CodePlan:
    """`codes` by mark, in their order; `groups` as in plan_users; `resend`: mail those of whom nobody knows again.

    A person is the one with the client_user_id, else the one with the address. The first free codes go to the first
    people who have none; a code that is anybody's never goes to another one.
    """
    wanted = [person for person in people if not groups or not set(groups).isdisjoint(person.groups)]
    free = [code for mark, code in codes.items() if not code.used and mark not in known.owners]
    left = iter(free)
    found = _identify(wanted, known)
    parts = []
    for person in wanted:
        handed, same_address = found[person.line]
        if same_address:
            parts.append(PersonCode(person, WITHOUT, reason=SAME_ADDRESS))
        elif handed is not None:
            parts.append(_known(person, handed, codes.get(handed.mark), resend=resend))
        elif not person.email:
            parts.append(PersonCode(person, WITHOUT, reason=NO_ADDRESS))
        elif (code := next(left, None)) is None:
            parts.append(PersonCode(person, WITHOUT, reason=NO_CODE))
        else:
            parts.append(PersonCode(person, TO_GIVE, FIRST, code=code))
    sent = {handed.mark for handed in known.handed if handed.state == SENT}
    return CodePlan(
        people=tuple(parts),
        listed=len(codes),
        used=sum(code.used for code in codes.values()),
        free=len(free),
        handed=len(sent),
        redeemed=sum(code.used and mark in sent for mark, code in codes.items()),
    )


def _identify(people: Sequence[Person], known: Known) -> dict[int, tuple[HandedCode | None, bool]]:
    """What the ledger knows of each, by line, and whether the address is another person's. Ids come first, so that
    the order of the rows doesn't matter."""
    by_id = {handed.client_user_id: handed for handed in known.handed if handed.client_user_id}
    by_address = {handed.address: handed for handed in known.handed}
    result: dict[int, tuple[HandedCode | None, bool]] = {}
    taken = set()
    for person in people:
        if person.client_user_id in by_id:
            handed = by_id[person.client_user_id]
            taken.add(handed.mark)
            there = by_address.get(known.addresses.get(folded(person.email), ""), handed)
            result[person.line] = (handed, there is not handed and handed.state != SENT)
    for person in people:
        if person.line in result:
            continue
        there_now = by_address.get(known.addresses.get(folded(person.email), "")) if person.email else None
        others = there_now is not None and (
            there_now.mark in taken or bool(person.client_user_id and there_now.client_user_id)
        )
        result[person.line] = (None if others else there_now, others)
    return result


def _known(person: Person, handed: HandedCode, code: Code | None, *, resend: bool) -> PersonCode:
    """Of whom the ledger knows a code; `code` as it stands in the list."""
    if handed.state == SENT:
        return PersonCode(person, GIVEN, handed=handed)
    uncertain = handed.state != FAILED
    if uncertain and (code is not None and code.used):
        return PersonCode(person, GIVEN, handed=handed)  # nobody else was mailed it
    if uncertain and not resend:
        return PersonCode(person, UNCERTAIN, handed=handed)
    status, action = (UNCERTAIN, RESEND) if uncertain else (RESERVED, AGAIN)
    if code is None or code.used:
        return PersonCode(person, WITHOUT if not uncertain else UNCERTAIN, reason=UNAVAILABLE, handed=handed)
    if not person.email:
        return PersonCode(person, status, reason=NO_ADDRESS, handed=handed)
    return PersonCode(person, status, action, code=code, handed=handed)


def find_product(products: Mapping[int, Product], wanted: Product) -> int | None:
    """The number under which a product's codes stand, by its adam id, else by its name; None for a new one. Raises
    InputError where name and adam id are those of two products."""
    name = wanted.name.casefold()
    by_name = [number for number, product in products.items() if product.name.casefold() == name]
    by_id = [number for number, product in products.items() if wanted.adam_id and product.adam_id == wanted.adam_id]
    if by_name and wanted.adam_id and products[by_name[0]].adam_id not in ("", wanted.adam_id):
        raise InputError(
            f"product: codes for '{wanted.name}' were handed out with the adam_id {products[by_name[0]].adam_id} "
            "before; correct adam_id, or give the other product another name."
        )
    if by_name and by_id and by_name != by_id:
        raise InputError(
            f"product: codes with the adam_id {wanted.adam_id} were handed out for '{products[by_id[0]].name}' "
            f"before, and '{wanted.name}' is known as well; correct one of the two."
        )
    found = by_id or by_name
    return found[0] if found else None


def check_owners(
    codes: Mapping[str, Code], known: Known, number: int | None, products: Mapping[int, Product], wanted: Product
) -> None:
    """A list that was used for another product is the wrong list. Raises InputError."""
    others = {mark: owner for mark, owner in known.owners.items() if owner != number}
    if not others:
        return
    lines = [f"line {codes[mark].line}" for mark in codes if mark in others]
    names = [f"'{products[owner].name}'" for owner, _count in Counter(others.values()).most_common()]
    raise InputError(
        f"src: {len(lines)} of its codes ({samples(lines)}) were handed out for {samples(names)} before, and not for "
        f"'{wanted.name}'; nothing was handed out. Name the list of this product, or correct 'product'."
    )

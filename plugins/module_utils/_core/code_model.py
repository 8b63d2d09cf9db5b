# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of redemption codes, and their ledger as a Protocol. A code is money: whoever reads it can spend it.

Apple's old pages know codes as a list that is bought, with a link for each [S HT202995]; no service tells of them, so
all that is known of a code stands in its list and in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from .model import Secret

CODES_UID = "redemption-codes"
"""The place of a location's uid in the state directory. Codes belong to no location, and Apple tells nothing of them;
one memory for all of them sees a code that two lists or two tasks hold."""

_NOT_OF_A_CODE = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class Product:
    """What the codes of a list are for. `adam_id` may be empty."""

    name: str
    adam_id: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list. `link` opens the App Store with it; None where the list has none. `used`: by its status."""

    line: int
    text: Secret
    link: Secret | None = None
    used: bool = False


@dataclass(frozen=True, slots=True)
class BadCode:
    """A line of the list that holds no code that can be used, and why; shows nothing of it."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class HandedCode:
    """A code that is one person's for good, and what became of its mail.

    `mark` and `address`: marks, not the texts (CodeLedger). `client_user_id` may be empty. `state`: INTENDED, SENT or
    FAILED of state_ports, of the last attempt, made at `attempted`. FAILED: surely not sent, the code stays reserved.
    `sent`: when the mail server took the mail. `failures`: attempts that it refused, the last with `smtp_code`.
    `message_key`: of the Message-ID, the same for every attempt, so that a mailbox may drop a second copy.
    """

    mark: str
    product: int
    client_user_id: str
    address: str
    state: str
    message_key: str
    reserved: datetime
    attempted: datetime
    sent: datetime | None = None
    failures: int = 0
    smtp_code: int | None = None


@dataclass(frozen=True, slots=True)
class Handing:
    """One mail with a code that is about to go out to a person. Neither code nor address is stored."""

    product: int
    code: Secret
    client_user_id: str
    address: str = field(repr=False)


def code_key(text: str) -> str:
    """By which two texts are one code: as the App Store takes it, whatever its case and hyphens."""
    return _NOT_OF_A_CODE.sub("", text).upper()


class CodeLedger(Protocol):
    """Which code is whose. Every code is one person's, and of one product a person has one code: both are rules of the
    table, so that no mistake of a program gives one away twice. Raises StateError."""

    def code_mark(self, code: Secret) -> str:
        """By which a code is known again, whatever its case and hyphens; nobody can turn it back into the code."""

    def address_mark(self, address: str) -> str:
        """The same for an e-mail address, without regard to case and to white space around."""

    def products(self) -> Mapping[int, Product]:
        """All whose codes were handed out, by number."""

    def product_number(self, product: Product, known: int | None = None) -> int:
        """The number under which its codes stand: `known`, which takes the name and the adam id of today, or a new
        one."""

    def handed(self, product: int) -> list[HandedCode]:
        """All of one product, by moment of the reservation."""

    def owners(self, marks: Iterable[str]) -> dict[str, int]:
        """Number of the product by mark, of those that are known."""

    def intend(self, handing: Handing) -> HandedCode:
        """Before the mail's DATA: from here on the code is this person's. Raises ValueError for a code that is another
        person's, and for a person who has another code."""

    def settle(self, handed: HandedCode, *, sent: bool, smtp_code: int | None = None) -> HandedCode:
        """What became of an intended mail; raises ValueError for one that isn't. Not called where nobody knows."""

    def known_as(self, handed: HandedCode, client_user_id: str) -> None:
        """The person, known by address alone so far, has this id. Left as it is where the id is another's."""

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that go into headers and commands: nothing in them can end a line or begin another address."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_JOINERS = "\u200c\u200d"
"""Letters of some languages are joined by these; other invisible characters have no place in a name."""


@dataclass(frozen=True, slots=True)
class Address:
    """`local@domain`, the domain as the name system knows it (in ASCII)."""

    local: str = field(repr=False)
    domain: str = field(repr=False)

    @property
    def spec(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def ascii(self) -> bool:
        return self.local.isascii()


def parse_address(text: str) -> Address | None:
    """None for what is no address, or one in a form that nobody uses (quoted, with comments)."""
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
        size = len(local.encode()) if local.isprintable() else 0
    except UnicodeError:
        return None
    whole = at and 0 < size <= 64 and len(domain) <= 253 and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    return Address(local, domain) if whole else None


def one_line(text: str) -> str:
    """Without control and invisible characters; runs of spaces are one."""
    plain = "".join(" " if unicodedata.category(sign)[0] in "CZ" and sign not in _JOINERS else sign for sign in text)
    return " ".join(plain.split())

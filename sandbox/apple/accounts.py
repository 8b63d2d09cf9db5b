# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple Accounts that the control surface made. Any other address is an account in good standing all the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")

# Accounts of this domain belong to another organisation, so that error 9635 can be had.
FOREIGN_DOMAIN = "elsewhere.example"

STATES = ("active", "locked")
OWNERS = ("own", "other")


@dataclass
class AppleAccount:
    """``state`` is one of STATES; ``organization`` one of OWNERS, which matters to Managed Apple Accounts only."""

    address: str
    state: str = "active"
    organization: str = "own"


def key(address: str) -> str:
    """What two spellings of one address have in common."""
    return address.strip().lower()


def linkable(accounts: dict[str, AppleAccount], address: str) -> bool:
    """Whether Apple links this Managed Apple Account for the organisation of the token [D errors, 9635]."""
    known = accounts.get(key(address), AppleAccount(address))
    foreign = known.organization == "other" or key(address).endswith("@" + FOREIGN_DOMAIN)
    return not foreign and known.state == "active"

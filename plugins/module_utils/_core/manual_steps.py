# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only a person can do in the MDM's own console: what, where, why, how it is verified, and whether it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DONE = "done"
TO_DO = "to_do"
UNVERIFIABLE = "unverifiable"
"""States of a step. UNVERIFIABLE: nothing that can be read tells; it is never called done."""

LINK_ACCOUNT = "link_account"
ACCOUNT_NAME = "account_name"
ACCOUNT_EMAIL = "account_email"
ACCOUNT_UNITS = "account_units"
ALLOWED_ADMINS = "allowed_admins"
RENEW_TOKEN = "renew_token"
SYNC_ACCOUNT = "sync_account"
REMOVE_ACCOUNT = "remove_account"
ADD_APP = "add_app"
APP_SCOPE = "app_scope"
PURCHASE_METHOD_FREE = "purchase_method_free"
PURCHASE_METHOD_PAID = "purchase_method_paid"
PURCHASE_METHOD = "purchase_method"
AUTO_LICENSING_OFF = "auto_licensing_off"
AUTO_LICENSING_ON = "auto_licensing_on"
"""Keys of the steps; a connector has the words for those that its MDM wants. PURCHASE_METHOD: it is not known whether
the app is free or paid, so the words name both controls."""


@dataclass(frozen=True, slots=True)
class StepText:
    """The words of a connector for one step; whole sentences or headings of the console."""

    what: str
    where: str
    why: str
    verified_by: str


@dataclass(frozen=True, slots=True)
class ManualStep:
    """One step in a result. `about` = the app or location that it concerns."""

    key: str
    text: StepText
    state: str
    about: str = ""

    def facts(self) -> dict[str, str]:
        """As it stands in `manual_steps`."""
        return {
            "step": self.key,
            "about": self.about,
            "what": self.text.what,
            "where": self.text.where,
            "why": self.text.why,
            "verified_by": self.text.verified_by,
            "state": self.state,
        }


def step(texts: Mapping[str, StepText], key: str, state: str, about: str = "") -> list[ManualStep]:
    """A list of one step, or of none where the MDM doesn't need it."""
    return [ManualStep(key, texts[key], state, about)] if key in texts else []

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The MDM's side of an account: what it lists of the location, and what is left to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .._core.account_steps import AccountWish, account_steps, account_warnings, hours, sync_age
from .._core.errors import InputError, LocationError
from .._core.identity import samples
from .._core.manual_steps import LINK_ACCOUNT, REMOVE_ACCOUNT, ManualStep
from .._core.mdm import ACCOUNTS, LinkedAccount, Unit
from .._core.mdm_account import Linkage, Linked, find_linkage
from .._core.ports import Clock, Mdm, Notify
from .._core.token import ContentToken


@dataclass(frozen=True, slots=True)
class MdmView:
    """What was seen. `name` is the product; `facts` is `account.mdm` of the result."""

    name: str
    linkage: Linkage
    facts: Mapping[str, Any]
    steps: tuple[ManualStep, ...]

    @property
    def owner(self) -> str:
        """The MDM where it uses this location, else empty [design, rule 5]."""
        return self.name if self.linkage.linked else ""

    def step_facts(self) -> list[dict[str, str]]:
        return [step.facts() for step in self.steps]


@dataclass(frozen=True, slots=True)
class LinkageReader:
    """Looks at the accounts of an MDM. `connector` is its word in the options; `read_accounts` is asked once;
    `all_units` = the units that the task reads are all that there are, so that a slip in the wish can be told."""

    mdm: Mdm
    connector: str
    read_accounts: Callable[[], Sequence[LinkedAccount]]
    clock: Clock
    notify: Notify
    wish: AccountWish = field(default_factory=AccountWish)
    all_units: bool = False

    def look(self, uid: str, location: str, token: ContentToken) -> MdmView:
        """`uid` empty = Apple doesn't tell it. `location` is the name for sentences. Warns of what is wrong; raises
        InputError for a wish that can't be met."""
        now, name = self.clock.now(), self.mdm.name
        units = {unit.id: unit for unit in self.mdm.read_units()}
        self._check_wish(units)
        linkage = find_linkage(self.read_accounts(), uid, token.secret)
        if ACCOUNTS not in self.mdm.capabilities:
            linkage = Linkage(None, (), 0)
        wanted = [_label(one, units) for one in self.wish.units or ()]
        label = location or next((one.account.location_name for one in linkage.accounts), "") or token.organisation
        for warning in account_warnings(linkage, self.wish, name, label, token.expires, now):
            self.notify.warn(warning)
        return MdmView(
            name,
            linkage,
            {
                "connector": self.connector,
                "linked": linkage.linked,
                "accounts": [_account_facts(one, units, now) for one in linkage.accounts],
                "other_locations": linkage.others,
            },
            tuple(account_steps(self.mdm.step_texts, linkage, self.wish, label, wanted, token.expires, now)),
        )

    def _check_wish(self, units: Mapping[str, Unit]) -> None:
        unknown = [one for one in self.wish.units or () if one not in units] if self.all_units else []
        if unknown:
            known = samples([_label(one, units) for one in sorted(units)])
            raise InputError(
                f"account_network_ids: {self.mdm.name} shows no network {samples(unknown)}; choose from: {known}."
            )


def require_linkage(view: MdmView, wish: AccountWish, location: str) -> None:
    """Raises LocationError where the location is linked, or not, against what the task says. `location` names it."""
    linked = view.linkage.linked
    if wish.linked is None or linked is wish.linked:
        return
    asked = f"linked: {str(wish.linked).lower()}"
    by_hand = view.step_facts()
    where = next((one["where"] for one in by_hand if one["step"] in (LINK_ACCOUNT, REMOVE_ACCOUNT)), "")
    place = f" ({where.rstrip('.')})" if where else ""
    if linked is None:
        sentence = (
            f"Whether {location} is linked to {view.name}, as {asked} wants to know, can't be told, since it shows "
            "neither uid nor token of some accounts; nothing was changed. Look there by hand"
            f"{place}, and leave linked out."
        )
    elif wish.linked:
        sentence = (
            f"{location} is not linked to {view.name}, and {asked} asks for that; nothing was changed. Link it there "
            f"by hand{place}, with the file that this task uses."
        )
    else:
        names = samples([f"'{one.account.name or one.account.id}'" for one in view.linkage.accounts])
        sentence = (
            f"{location} is still linked to {view.name} (account {names}), and {asked} asks that it is not; nothing "
            f"was changed. Remove the account there by hand{place}."
        )
    raise LocationError(sentence, facts={"manual_steps": by_hand})


def _label(unit_id: str, units: Mapping[str, Unit]) -> str:
    return f"{units[unit_id].name} ({unit_id})" if unit_id in units else unit_id


def _account_facts(linked: Linked, units: Mapping[str, Unit], now: datetime) -> dict[str, Any]:
    account, age = linked.account, sync_age(linked.account, now)
    ids = None if account.units is None else list(account.units)
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "location_uid": account.location_uid,
        "location_name": account.location_name,
        "networks": ids,
        "networks_named": None if ids is None else [units[one].name if one in units else one for one in ids],
        "allowed_admins": account.allowed_admins,
        "admin_networks": list(account.admin_units),
        "token": linked.token,
        "token_expires": _iso(account.token_expires),
        "token_days_left": None if account.token_expires is None else (account.token_expires - now).days,
        "last_synced": _iso(account.last_sync),
        "sync_age_hours": None if age is None else hours(age),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(timezone.utc).isoformat()

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the accounts in an MDM is this location's, and whose token it has. Told by uid and token, never by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .errors import InputError
from .identity import samples
from .mdm import LinkedAccount, Unit
from .model import Secret
from .token import token_value

OURS = "ours"
OTHER = "other"
HIDDEN = "hidden"
"""Whose token an account has: that of this task, another one, or the MDM doesn't tell."""


@dataclass(frozen=True, slots=True)
class Linked:
    """An account of this location. `token` is OURS, OTHER or HIDDEN."""

    account: LinkedAccount
    token: str


@dataclass(frozen=True, slots=True)
class Linkage:
    """What the accounts tell of one location. `linked` None = it can't be told: Apple doesn't name the location of a
    dead token, and an MDM may hide both uid and token. `others` = accounts of other locations, or maybe so."""

    linked: bool | None
    accounts: tuple[Linked, ...]
    others: int

    def closed(self, units: Iterable[Unit]) -> list[Unit]:
        """Those of `units` in which none of the location's accounts may be used."""
        usable = [linked.account.units for linked in self.accounts]
        return [unit for unit in units if not any(ids is None or unit.id in ids for ids in usable)]


def find_linkage(accounts: Iterable[LinkedAccount], uid: str, token: Secret) -> Linkage:
    """The accounts with the location's uid (empty = not known) or with the token of this task."""
    value = token_value(token.reveal())
    found: list[Linked] = []
    others, unsure = 0, False
    for account in accounts:
        whose = _whose(account, value)
        same = bool(uid) and account.location_uid == uid
        if same or whose == OURS:
            found.append(Linked(account, whose))
        else:
            others += 1
            unsure = unsure or not (uid and account.location_uid)
    return Linkage(True if found else None if unsure else False, tuple(found), others)


def _whose(account: LinkedAccount, value: str) -> str:
    theirs = token_value(account.token.reveal()) if account.token else ""
    if not theirs:
        return HIDDEN
    return OURS if theirs == value else OTHER


def newer_than(account: LinkedAccount, expires: datetime) -> bool:
    """Whether the account's token was downloaded later than one that expires then: Apple gives each the same life."""
    return account.token_expires is not None and account.token_expires > expires


def choose_account(
    accounts: Sequence[LinkedAccount], mdm_name: str, uid: str, name: str, read_units: Callable[[], Iterable[Unit]]
) -> LinkedAccount:
    """The account whose token a task is to use: that of the pinned location, else the only one that may be used in all
    units of the task, else the only one at all. `read_units` is called only if that decides. Raises InputError."""
    if not accounts:
        raise InputError(
            f"content_token_from: {mdm_name} lists no linked location; link it there, or give content_token_file."
        )
    known = samples([location_label(account) for account in accounts])
    fitting = [one for one in accounts if uid in ("", one.location_uid) and name in ("", one.location_name)]
    if not fitting:
        raise InputError(
            f"content_token_from: no location that is linked to {mdm_name} has the {_pin(uid, name)}; correct "
            f"location, or choose from: {known}."
        )
    if len(fitting) > 1 and not (uid or name):
        units = {unit.id for unit in read_units()}
        fitting = [one for one in fitting if one.units is None or units <= set(one.units)] or fitting
    # One location that was linked twice with one token is one source.
    if len({_identity(account) for account in fitting}) > 1:
        raise InputError(
            f"content_token_from: {len(fitting)} locations that are linked to {mdm_name} fit; set location to the uid "
            f"of one of: {samples([location_label(account) for account in fitting])}."
        )
    return fitting[0]


def location_label(account: LinkedAccount) -> str:
    """A location by name and uid, as far as the MDM tells them; else the account's own name."""
    uid = f" (uid {account.location_uid})" if account.location_uid else ""
    return f"'{account.location_name or account.name or account.id}'{uid}"


def _pin(uid: str, name: str) -> str:
    return " and the ".join(text for text in (f"uid '{uid}'" if uid else "", f"name '{name}'" if name else "") if text)


def _identity(account: LinkedAccount) -> str:
    return (token_value(account.token.reveal()) if account.token else "") or account.id

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left to a person about a location's account in the MDM, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import manual_steps as steps
from .manual_steps import DONE, TO_DO, UNVERIFIABLE, ManualStep, StepText
from .mdm import LinkedAccount
from .mdm_account import HIDDEN, OTHER, OURS, Linkage, Linked, newer_than

PRESENT = "present"

Texts = Callable[[Mapping[str, str]], Mapping[str, StepText]]
"""ports.Mdm.step_texts."""


@dataclass(frozen=True, slots=True)
class AccountWish:
    """What the MDM's account of the location is to be; None = not asked for. `units` are ids."""

    state: str = PRESENT
    name: str | None = None
    email: str | None = None
    units: tuple[str, ...] | None = None
    linked: bool | None = None
    max_sync_age: timedelta = timedelta(hours=48)


def account_steps(
    texts: Texts,
    linkage: Linkage,
    wish: AccountWish,
    location: str,
    unit_names: Sequence[str],
    token_expires: datetime,
    now: datetime,
) -> list[ManualStep]:
    """The steps for `location` (its name). `unit_names` are those of the units asked for, in words for a person;
    `token_expires` is the date in the token of the task."""
    words = {"location": location, "name": wish.name, "email": wish.email, "units": ", ".join(unit_names)}
    text = texts({key: value for key, value in words.items() if value})
    if wish.state != PRESENT:
        state = {True: TO_DO, False: DONE, None: UNVERIFIABLE}[linkage.linked]
        return steps.step(text, steps.REMOVE_ACCOUNT, state, location)
    state = {True: DONE, False: TO_DO, None: UNVERIFIABLE}[linkage.linked]
    found = steps.step(text, steps.LINK_ACCOUNT, state, location)
    for linked in linkage.accounts:
        # Where one location is linked twice, each account has steps of its own.
        about = location if len(linkage.accounts) == 1 else f"{location} ({linked.account.name or linked.account.id})"
        for key, told in _states(linked, wish, token_expires, now):
            found += steps.step(text, key, told, about)
    if linkage.linked is not True:
        found += steps.step(text, steps.ALLOWED_ADMINS, UNVERIFIABLE, location)
    return found


def _states(linked: Linked, wish: AccountWish, token_expires: datetime, now: datetime) -> list[tuple[str, str]]:
    account = linked.account
    found = []
    for key, asked, is_so in (
        (steps.ACCOUNT_NAME, wish.name is not None, account.name == wish.name),
        (steps.ACCOUNT_EMAIL, wish.email is not None, _fold(account.email) == _fold(wish.email or "")),
        (steps.ACCOUNT_UNITS, wish.units is not None, _units(account) == set(wish.units or ())),
    ):
        if asked:
            found.append((key, DONE if is_so else TO_DO))
    # No interface shows the people that an account allows, whatever word stands there [Systems Manager, section 5].
    found.append((steps.ALLOWED_ADMINS, UNVERIFIABLE))
    if is_over(account, now):
        found.append((steps.RENEW_TOKEN, TO_DO))
    elif linked.token != OTHER or not newer_than(account, token_expires):
        found.append((steps.RENEW_TOKEN, {OURS: DONE, HIDDEN: UNVERIFIABLE, OTHER: TO_DO}[linked.token]))
    age = sync_age(account, now)
    found.append((steps.SYNC_ACCOUNT, UNVERIFIABLE if age is None else TO_DO if age > wish.max_sync_age else DONE))
    return found


def account_warnings(
    linkage: Linkage, wish: AccountWish, mdm_name: str, location: str, token_expires: datetime, now: datetime
) -> list[str]:
    """What a task says aloud, a sentence each. Nothing is wrong with an account that is to go."""
    if wish.state != PRESENT:
        return []
    found = []
    if len(linkage.accounts) > 1:
        found.append(
            f"{mdm_name} has {len(linkage.accounts)} accounts of the location '{location}'; remove all but one there, "
            "or it may use a dead token."
        )
    for linked in linkage.accounts:
        account = linked.account
        if is_over(account, now):
            found.append(
                f"The token that {mdm_name} has for the location '{location}' expired on "
                f"{account.token_expires:%Y-%m-%d}; upload the file that this task uses there."
            )
        elif linked.token == OTHER and newer_than(account, token_expires):
            found.append(
                f"{mdm_name} has a newer content token for the location '{location}' than this task, and Apple may "
                "revoke the older one; use that one here, too (content_token_from, or its file)."
            )
        elif linked.token == OTHER:
            found.append(
                f"{mdm_name} has another content token for the location '{location}' than this task, and Apple may "
                "revoke the older one; upload the file that this task uses there."
            )
        age = sync_age(account, now)
        if age is not None and age > wish.max_sync_age:
            found.append(
                f"{mdm_name} last synced the location '{location}' {hours(age)} hours ago, which is more than "
                f"max_sync_age ({hours(wish.max_sync_age)}); sync it there by hand."
            )
    return found


def is_over(account: LinkedAccount, now: datetime) -> bool:
    """Whether the account's token is past its date."""
    return account.token_expires is not None and account.token_expires <= now


def sync_age(account: LinkedAccount, now: datetime) -> timedelta | None:
    """None = not told. Never negative: clocks differ a little."""
    return None if account.last_sync is None else max(now - account.last_sync, timedelta(0))


def hours(age: timedelta) -> int:
    return int(age.total_seconds()) // 3600


def _units(account: LinkedAccount) -> set[str] | None:
    return None if account.units is None else set(account.units)


def _fold(email: str) -> str:
    return email.strip().casefold()

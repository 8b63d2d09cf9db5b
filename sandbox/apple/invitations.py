# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invitations: who may accept one, with which Apple Account. The page and the control surface both come here.

A link leads to a sign-in with any Apple Account, not necessarily that of the e-mail [D managing-users]. That it works
once is told by those who use it. What Apple's page says to whom is not documented: sentences and statuses are ours.
"""

from __future__ import annotations

from typing import Any

from ..context import Context
from . import accounts, events, people
from .location import Location
from .model import ACTIVE

STATES = ("open", "used", "withdrawn")


class Refused(ValueError):
    """One sentence for the person; ``status`` is the page's HTTP status, ``again`` whether another account may do."""

    def __init__(self, status: int, sentence: str, again: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.again = again


def url(origin: str, code: str) -> str:
    """The link of a code, of the form that service config tells [D service-config]."""
    return f"{origin}/invite?inviteCode={code}&mt=8"


def state(user: people.User) -> str:
    """What the link of a person is good for."""
    return {"Registered": "open", "Associated": "used"}.get(user["status"], "withdrawn")


def find(context: Context, code: str) -> tuple[Location, people.User]:
    """Whom an open invitation is for; Refused if the link leads nowhere."""
    if not code:
        raise Refused(400, "This link is not complete: it has no invitation code.")
    for place in context.world.locations.values():
        events.settle(context, place)
        with place.store.lock:
            found = place.store.users("invite_code=?", code)
        if found:
            return place, _open(found[-1])
    raise Refused(404, "This invitation is not known.")


def _open(user: people.User) -> people.User:
    if state(user) == "used":
        raise Refused(410, "This invitation was used already; a link works once.")
    if state(user) == "withdrawn":
        raise Refused(410, "This invitation was withdrawn; ask your organization for a new one.")
    return user


def check_account(context: Context, place: Location, user: people.User, account: str) -> str:
    """The address of an account that may accept for this person; Refused otherwise."""
    address = account.strip()
    if not accounts.EMAIL.fullmatch(address):
        raise Refused(400, "Type the address of an Apple Account, such as name@example.com.", again=True)
    known = context.world.accounts.get(accounts.key(address))
    if known is None and context.switches["page_accounts"] == "made":
        raise Refused(403, "There is no Apple Account with this address.", again=True)
    if known is not None and known.state == "locked":
        raise Refused(403, "This Apple Account is locked.", again=True)
    if context.switches["page_account_taken"] == "refused":
        with place.store.lock:
            others = place.store.users("id_hash=? AND status IN (?,?)", people.id_hash(address), *ACTIVE)
        if any(other["id"] != user["id"] for other in others):
            sentence = f"This Apple Account is already linked to another person of {place.name}; use another one."
            raise Refused(409, sentence, again=True)
    return address


def accept(context: Context, place: Location, user: people.User, account: str) -> dict[str, str]:
    """Associate a person; the element of USER_ASSOCIATED. The caller tells it. Of two at once one is refused."""
    with place.store.lock:
        (now,) = place.store.users("id=?", user["id"])
        _open(now)
        return people.accept(place, now, check_account(context, place, now, account))


def tell(context: Context, place: Location, elements: list[dict[str, str]]) -> None:
    """USER_ASSOCIATED, at most 100 people each [D notifications]."""
    context.outbox.put_many(place, "USER_ASSOCIATED", "associatedUsers", elements)


def visit(place: Location, code: str, what: str) -> None:
    """Remember that somebody ``opened`` or ``declined``; nothing else comes of it."""
    with place.store.lock:
        place.visits.setdefault(code, {"opened": 0, "declined": 0})[what] += 1


def overview(place: Location, origin: str) -> list[dict[str, Any]]:
    """Every invitation there is, oldest first."""
    rows = []
    for user in place.store.users("invite_code IS NOT NULL"):
        code = str(user["invite_code"])
        seen = place.visits.get(code, {"opened": 0, "declined": 0})
        person = {"clientUserId": user["client_user_id"], "email": user["email"]}
        rows.append({**person, "state": state(user), "inviteCode": code, "url": url(origin, code), **seen})
    return rows

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create, update and retire people; link accounts; accept invitations [D managing-users]."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from ..switches import Switches
from .accounts import linkable
from .location import Location
from .model import ACTIVE
from .outcome import Outcome, Task

User = dict[str, Any]


def shown(user: User, with_code: bool = False) -> dict[str, str]:
    """A ResponseUser; managedAppleId is never told [D responseuser]."""
    fields = {"clientUserId": user["client_user_id"], "status": user["status"]}
    if user["email"]:
        fields["email"] = user["email"]
    if user["id_hash"]:
        fields["idHash"] = user["id_hash"]
    if user["invite_code"] and (with_code or user["status"] == "Registered"):
        fields["inviteCode"] = user["invite_code"]
    return fields


def listed(user: User, switches: Switches) -> dict[str, str]:
    """A ResponseUser as the API tells it. Apple's samples show a used code in USER_ASSOCIATED only."""
    return shown(user, with_code=user["status"] == "Associated" and switches["used_code"] == "shown")


def id_hash(account: str) -> str:
    """A stable hash of a store account."""
    return base64.b64encode(hashlib.sha256(account.strip().lower().encode()).digest()[:20]).decode()


def apply(
    step: Callable[[Location, User, Switches], int],
) -> Callable[[Location, dict[str, Any], Switches, int, int], Outcome]:
    """The event made of one step per person."""

    def run(location: Location, payload: dict[str, Any], switches: Switches, skip: int, number: int) -> Outcome:
        outcome = Outcome()
        users = payload["users"]
        kept = len(users) - min(skip, len(users))
        location.store.bump("users")
        for place, wanted in enumerate(users):
            task = Task(client_user_id=wanted["clientUserId"])
            error = number if place >= kept else step(location, wanted, switches)
            if error:
                outcome.fail(error, task)
                continue
            outcome.done.append(task)
            latest = location.store.users("client_user_id=?", wanted["clientUserId"])
            outcome.users.append(listed(latest[-1], switches))
        return outcome

    return run


def create(location: Location, wanted: User, switches: Switches) -> int:
    """A new person, or a retired one again; the number of an error, or 0."""
    store = location.store
    name = wanted["clientUserId"]
    if store.active_user(name):
        return 9716
    account = wanted.get("managedAppleId")
    error = _email_error(location, wanted, switches) or _link_error(location, account, name)
    if error:
        return error
    former = store.users("client_user_id=? AND status='Retired'", name)
    never_linked = [user for user in former if not user["id_hash"]]
    if never_linked and switches["reregister"] == "same_record":
        row_id = int(never_linked[-1]["id"])
        email = wanted.get("email") or never_linked[-1]["email"]
        store.set_user(row_id, {"status": "Registered", "email": email, **_code_again(switches)})
    else:
        person = {"client_user_id": name, "email": wanted.get("email"), "status": "Registered"}
        store.add_users([{**person, "invite_code": uuid.uuid4().hex}])
        row_id = int(store.users("client_user_id=?", name)[-1]["id"])
    if account:
        link(location, row_id, name, account)
    return 0


def update(location: Location, wanted: User, switches: Switches) -> int:
    """Change what is given; the number of an error, or 0."""
    user = location.store.active_user(wanted["clientUserId"])
    if user is None:
        return 9609
    account = wanted.get("managedAppleId")
    error = _email_error(location, wanted, switches) or _link_error(location, account, wanted["clientUserId"])
    if error:
        return error
    if account and user["status"] == "Associated" and user["id_hash"] != id_hash(account):
        if switches["relink"] == "failure_9635":
            return 9635
        if switches["relink"] == "ignored":
            account = None
    changes = {"email": wanted["email"]} if "email" in wanted else {}
    if user["status"] == "Registered":
        changes.update(_code_again(switches))
    if changes:
        location.store.set_user(user["id"], changes)
    if account:
        link(location, user["id"], wanted["clientUserId"], account)
    return 0


def retire(location: Location, wanted: User, _switches: Switches) -> int:
    """End a person: what can be revoked returns to the pool, books stay [D retire-a-user]."""
    store = location.store
    user = store.active_user(wanted["clientUserId"])
    if user is None:
        return 9609
    released = [pair for pair in store.held_by([], [user["id"]]) if pair[0].revocable]
    if released:
        store.bump("assignments", "assets")
        store.unassign(released)
    store.set_user(user["id"], {"status": "Retired"})
    store.touch_assignments(user["id"])
    return 0


def link(location: Location, row_id: int, client_user_id: str, account: str) -> None:
    """Associate a person with an account; irrevocable licences of former records come along."""
    store = location.store
    store.set_user(row_id, {"status": "Associated", "id_hash": id_hash(account), "managed_apple_id": account})
    store.touch_assignments(row_id)
    for former in store.users("client_user_id=? AND status='Retired' AND id<>?", client_user_id, row_id):
        if former["id_hash"] and store.held_by([], [former["id"]]):
            store.bump("assignments")
            store.move_assignments(former["id"], row_id)


def accept(location: Location, user: User, account: str) -> dict[str, str]:
    """A person accepts the invitation with some Apple Account; the element of USER_ASSOCIATED."""
    location.store.bump("users")
    link(location, user["id"], user["client_user_id"], account)
    return shown(location.store.users("id=?", user["id"])[0], with_code=True)


def _link_error(location: Location, account: str | None, client_user_id: str) -> int:
    if not account:
        return 0
    if not linkable(location.accounts, account):
        return 9635
    owners = location.store.users("id_hash=? AND status IN (?,?)", id_hash(account), *ACTIVE)
    return 9641 if any(owner["client_user_id"] != client_user_id for owner in owners) else 0


def _email_error(location: Location, wanted: User, switches: Switches) -> int:
    """Two people with one e-mail are allowed as far as anybody knows."""
    email = wanted.get("email")
    if not email or switches["email_taken"] == "allowed":
        return 0
    owners = location.store.users("email=? COLLATE NOCASE AND status IN (?,?)", email, *ACTIVE)
    return 9717 if any(owner["client_user_id"] != wanted["clientUserId"] for owner in owners) else 0


def _code_again(switches: Switches) -> dict[str, str]:
    """The code of a person who is still to accept, after a write about that person."""
    return {"invite_code": uuid.uuid4().hex} if switches["invite_code"] == "new" else {}

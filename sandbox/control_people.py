# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control calls about people: they accept invitations, make Apple Accounts, and another product registers them."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from .apple import invitations, people
from .apple.accounts import EMAIL, OWNERS, STATES, AppleAccount, key
from .apple.errors import ERRORS
from .apple.location import Location
from .apple.model import ACTIVE
from .apple.people import User
from .context import Context

INDEX = {
    "GET /_sandbox/accounts": "Apple Accounts made here, and whom they are linked to",
    "POST /_sandbox/accounts": "{account, state: active|locked, organization: own|other} or {count, domain}",
    "GET /_sandbox/locations/<key>/users": "all people with their invite codes",
    "POST /_sandbox/locations/<key>/users": "{add: [{email, clientUserId, account}], people, retire}: another product",
    "GET /_sandbox/locations/<key>/invitations?state=": "open, used and withdrawn invitations with their links",
    "POST /_sandbox/locations/<key>/accept": "{clientUserId|inviteCode, account}, {client_user_ids}, {emails}, {count}",
}
# What names the people of a call about many, and the column that it stands for.
SELECTORS = {"client_user_ids": "client_user_id", "emails": "email"}


class PeopleControl:
    """The calls. Those about a location hold its lock."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def list_users(self, place: Location, _data: dict[str, Any]) -> dict[str, Any]:
        """All records, retired ones too."""
        return {"users": [people.shown(user, with_code=True) for user in place.store.users("1=1")]}

    def list_invitations(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        """Invitations, and how many there are of each state."""
        wanted = data.get("state") or None
        if wanted not in (None, *invitations.STATES):
            raise ValueError(f"state is one of {', '.join(invitations.STATES)}, not {wanted!r}.")
        rows = invitations.overview(place, self._context.origin)
        counts = {state: sum(row["state"] == state for row in rows) for state in invitations.STATES}
        return {"counts": counts, "invitations": [row for row in rows if wanted in (None, row["state"])]}

    def accept(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        """One person accepts, or many do."""
        many = [name for name in (*SELECTORS, "count") if name in data]
        if not many:
            return self._accept_one(place, data)
        if len(many) > 1 or set(data) > set(many):
            raise ValueError(f"Many people accept by one of {', '.join(SELECTORS)} and count, and nothing else.")
        if many == ["count"]:
            return self._accept_all(place, self._oldest(place, data["count"]), [])
        return self._accept_all(place, *self._named(place, many[0], texts(data, many[0])))

    def _accept_one(self, place: Location, data: dict[str, Any]) -> dict[str, str]:
        column = "invite_code" if data.get("inviteCode") else "client_user_id"
        value = str(data.get("inviteCode") or data.get("clientUserId") or "")
        waiting = place.store.users(f"{column}=? AND status='Registered'", value)
        if not waiting:
            raise ValueError("Nobody with an open invitation fits this clientUserId or inviteCode.")
        account = str(data.get("account") or _own_account(waiting[-1]))
        element = invitations.accept(self._context, place, waiting[-1], account)
        invitations.tell(self._context, place, [element])
        return element

    def _oldest(self, place: Location, count: object) -> list[User]:
        waiting = place.store.users("status='Registered'")
        if isinstance(count, bool) or not isinstance(count, int) or not 0 < count <= len(waiting):
            raise ValueError(f"count is a whole number from 1 to the number of open invitations, {len(waiting)}.")
        return waiting[:count]

    def _named(self, place: Location, selector: str, names: list[str]) -> tuple[list[User], list[dict[str, str]]]:
        found, refused = [], []
        for name in dict.fromkeys(names):
            sql = f"{SELECTORS[selector]}=? COLLATE {'NOCASE' if selector == 'emails' else 'BINARY'}"
            waiting = place.store.users(f"{sql} AND status='Registered'", name)
            if len(waiting) == 1:
                found += waiting
            else:
                reason = (
                    "Several people with an open invitation have it."
                    if waiting
                    else "Nobody with an open invitation has it."
                )
                refused.append({"name": name, "error": reason})
        return found, refused

    def _accept_all(self, place: Location, waiting: list[User], refused: list[dict[str, str]]) -> dict[str, Any]:
        elements = []
        for user in waiting:
            told = self._try(place, user)
            if isinstance(told, str):
                refused.append({"name": user["client_user_id"], "error": told})
            else:
                elements.append(told)
        invitations.tell(self._context, place, elements)
        return {"accepted": [element["clientUserId"] for element in elements], "refused": refused}

    def _try(self, place: Location, user: User) -> dict[str, str] | str:
        """What became of one of many: the element of USER_ASSOCIATED, or why not."""
        try:
            return invitations.accept(self._context, place, user, _own_account(user))
        except invitations.Refused as refusal:
            return str(refusal)

    def change_users(self, place: Location, data: dict[str, Any]) -> dict[str, Any]:
        """Another product, such as Systems Manager's own user management, registers people and retires them."""
        add, retire, switches = data.get("add") or [], texts(data, "retire"), self._context.switches
        if not isinstance(add, list) or not all(isinstance(item, dict) for item in add):
            raise ValueError("add is a list of objects.")
        wanted = [_request(place, item) for item in add] + self._strangers(place, data.get("people", 0))
        done: dict[str, list[str]] = {"created": [], "retired": []}
        refused = []
        place.store.bump("users")
        retired = [{"clientUserId": name} for name in retire]
        for verb, step, users in (("created", people.create, wanted), ("retired", people.retire, retired)):
            for user in users:
                number = step(place, user, switches)
                if number:
                    why = {"errorNumber": number, "error": ERRORS[number][1]}
                    refused.append({"clientUserId": user["clientUserId"], **why})
                else:
                    done[verb].append(user["clientUserId"])
        return {**done, "refused": refused}

    def _strangers(self, place: Location, count: object) -> list[dict[str, str]]:
        """The first people of the school's list whom Apple does not know here."""
        sql = "SELECT lower(email) FROM users WHERE email IS NOT NULL"
        known = {row[0] for row in place.store.db.execute(sql)}
        here = [one for one in self._context.world.people if one.location == place.key]
        new = [one.email for one in here if one.email.lower() not in known]
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= len(new):
            raise ValueError(f"people is a whole number from 0 to {len(new)}, the people whom Apple does not know yet.")
        return [_request(place, {"email": email}) for email in new[:count]]

    def list_accounts(self, _data: dict[str, Any]) -> dict[str, Any]:
        """The accounts made here; any other address is one too while page_accounts is ``any``."""
        rows = []
        for account in self._context.world.accounts.values():
            linked = []
            for place in self._context.world.locations.values():
                with place.store.lock:
                    sql = "id_hash=? AND status IN (?,?)"
                    users = place.store.users(sql, people.id_hash(account.address), *ACTIVE)
                linked += [{"location": place.key, "clientUserId": user["client_user_id"]} for user in users]
            rows.append({**vars(account), "linked": linked})
        return {"accounts": rows}

    def make_accounts(self, data: dict[str, Any]) -> dict[str, Any]:
        """One with a state, made or changed, or a number of new ones; their addresses."""
        count = data.get("count", 0)
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 100_000:
            raise ValueError("count is a whole number up to 100000.")
        domain = str(data.get("domain") or "people.example")
        addresses = [f"person-{number:05d}@{domain}" for number in range(1, count + 1)]
        if not count:
            addresses = [str(data.get("account") or "")]
        state, organization = str(data.get("state") or "active"), str(data.get("organization") or "own")
        if not EMAIL.fullmatch(addresses[0]):
            raise ValueError(f"An Apple Account is an address, not {addresses[0]!r}.")
        if state not in STATES or organization not in OWNERS:
            raise ValueError(f"state is one of {', '.join(STATES)}, organization one of {', '.join(OWNERS)}.")
        for address in addresses:
            self._context.world.accounts[key(address)] = AppleAccount(address, state, organization)
        return {"accounts": addresses}


def texts(data: dict[str, Any], name: str) -> list[str]:
    """A list of texts, or nothing."""
    value = data.get(name)
    if not isinstance(value, (list, type(None))) or not all(isinstance(item, str) and item for item in value or []):
        raise ValueError(f"{name} is a list of texts.")
    return value or []


def _own_account(user: User) -> str:
    """The account of a person who is not told which one to use."""
    return f"{re.sub('[^A-Za-z0-9._-]', '-', user['client_user_id'])}@people.example"


def _request(place: Location, item: dict[str, Any]) -> dict[str, str]:
    """A person as another product registers one: with an id of its own, which nobody else would make."""
    email, account = str(item.get("email") or ""), str(item.get("account") or "")
    if not EMAIL.fullmatch(email) or (account and not EMAIL.fullmatch(account)):
        raise ValueError("Another product registers people by an email, and an account if there is one.")
    digest = hashlib.sha256(f"other:{place.uid}:{email.lower()}".encode()).hexdigest()
    user = {"clientUserId": str(item.get("clientUserId") or f"59{int(digest[:12], 16) % 10**11:011d}"), "email": email}
    return {**user, "managedAppleId": account} if account else user

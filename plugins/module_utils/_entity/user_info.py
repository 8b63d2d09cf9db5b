# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the people of a location: counts by state, and whom the filters leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.people_row import folded
from .._core.ports import AppsBooks, Notify
from .._core.user_model import User
from .base import Outcome
from .location import LocationGuard, location_facts, open_location
from .report_user import GONE, LINKED, NEW, PEOPLE_SHOWN, state_of

STATES = (NEW, LINKED, GONE)


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Whom to show; None = no restriction. `emails` are folded."""

    status: frozenset[str] | None = None
    client_user_ids: frozenset[str] | None = None
    emails: frozenset[str] | None = field(default=None, repr=False)
    show_people: bool = False

    def fits(self, user: User) -> bool:
        if self.status is not None and state_of(user) not in self.status:
            return False
        if self.client_user_ids is not None and user.client_user_id not in self.client_user_ids:
            return False
        return self.emails is None or folded(user.email) in self.emails


class UserReader:
    def __init__(self, api: AppsBooks, guard: LocationGuard, wanted: UserFilter, notify: Notify) -> None:
        self._api, self._guard, self._wanted, self._notify = api, guard, wanted, notify

    def read(self, limit: int) -> Outcome:
        """The outcome with lists of at most `limit`; its document holds all."""
        config = open_location(self._api, self._guard)
        records, walk = self._api.read_users(active_only=False)
        if not walk.stable:
            self._notify.warn(
                "The list of people kept changing while it was read, so it may lack some; read it again when no other "
                "program writes on this location."
            )
        # The active record of an id comes last; one id may have many that are retired.
        people = {user.client_user_id: user for user in records}
        wanted = self._wanted
        shown = [_facts(user, wanted.show_people) for user in people.values() if wanted.fits(user)]
        active = [user for user in people.values() if user.active]
        duplicates = [
            {**_group(ids), "email": email if wanted.show_people else None}
            for email, ids in _several(active, lambda user: folded(user.email))
        ]
        shared = [_group(ids) for _hash, ids in _several(active, lambda user: user.id_hash)]
        unknown = sorted((wanted.client_user_ids or frozenset()) - people.keys())
        counts = Counter(state_of(user) for user in people.values())
        found = {folded(user.email) for user in people.values()}
        summary = {
            **{state: counts[state] for state in STATES},
            "duplicates": len(duplicates),
            "shared_accounts": len(shared),
            "unknown_emails": len((wanted.emails or frozenset()) - found),
        }
        return Outcome(
            noun="users",
            value=shown[:limit],
            extra={
                "location": location_facts(config),
                "total": len(shown),
                "truncated": max(len(shown), len(duplicates), len(shared), len(unknown)) > limit,
                "summary": summary,
                "duplicates": duplicates[:limit],
                "shared_accounts": shared[:limit],
                "unknown_client_user_ids": unknown[:limit],
            },
            document={
                "location": location_facts(config),
                "summary": summary,
                "users": shown,
                "duplicates": duplicates,
                "shared_accounts": shared,
                "unknown_client_user_ids": unknown,
            },
        )


def _facts(user: User, show_people: bool) -> dict[str, Any]:
    """Never the invite code."""
    email = user.email if show_people else None
    return {"client_user_id": user.client_user_id, "status": state_of(user), "email": email}


def _several(users: Iterable[User], key: Callable[[User], str]) -> list[tuple[str, list[str]]]:
    """What several people have, with their ids."""
    found: dict[str, list[str]] = {}
    for user in users:
        if key(user):
            found.setdefault(key(user), []).append(user.client_user_id)
    several = ((text, sorted(ids)) for text, ids in found.items() if len(ids) > 1)
    return sorted(several, key=lambda item: item[1])


def _group(ids: Sequence[str]) -> dict[str, Any]:
    return {"count": len(ids), "client_user_ids": list(ids[:PEOPLE_SHOWN])}

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of people: whom a source lists, whom Apple knows, and what is to become of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from .model import Secret

REGISTERED = "Registered"
ASSOCIATED = "Associated"
RETIRED = "Retired"
DELETED = "Deleted"
"""Apple's words for the state of a user [D managing-users]. DELETED: a leftover of v1, to be treated as retired."""


@dataclass(frozen=True, slots=True)
class User:
    """One record of Apple's [D responseuser]. Several may have one `client_user_id`: many retired, at most one active.

    `invite_code` only while REGISTERED; `id_hash` (of the Apple Account) once it was linked. The Managed Apple Account
    is write-only and never told.
    """

    client_user_id: str
    status: str
    email: str = field(default="", repr=False)
    id_hash: str = field(default="", repr=False)
    invite_code: Secret | None = None

    @property
    def active(self) -> bool:
        return self.status in (REGISTERED, ASSOCIATED)


@dataclass(frozen=True, slots=True)
class Person:
    """One line of a source. `line` counts from 1 (an item's number where it has no lines). Texts may be empty."""

    line: int
    client_user_id: str = ""
    email: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    managed_apple_account: str = field(default="", repr=False)
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that can't be used, and why; the good ones go on. `why` shows no address and no name."""

    line: int
    why: str


CREATE = "create"
UPDATE = "update"
RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class UserFields:
    """One user in a request [D requestuser]; None = leave out."""

    client_user_id: str
    email: str | None = field(default=None, repr=False)
    managed_apple_account: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class UserRequest:
    """One create, update or retire of at most `Limits.max_users` people; each of them once."""

    verb: str
    users: tuple[UserFields, ...]


@dataclass(frozen=True, slots=True)
class SubmittedUsers:
    """What became of one request: an event id, or the error that met it; both `None` = never sent."""

    request: UserRequest
    event_id: str | None = None
    error: Exception | None = None

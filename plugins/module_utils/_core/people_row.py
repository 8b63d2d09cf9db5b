# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One row of a list of people: what it must hold, and that nobody is listed twice."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .identity import trimmed
from .user_model import BadRow, Person
from .words import counted

GROUPS = "groups"
FIELDS = ("client_user_id", "email", "name", "managed_apple_account", GROUPS)

_LONGEST = 255
_SEPARATORS = re.compile(r"[;,\s]+")
_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?")
"""Rough: an address that Apple refuses would void the whole request it is in (9717), and what looks like one may still
not exist. No quoted local parts, no address without a dot in its domain."""


def folded(address: str) -> str:
    """By which two addresses are the same person's: white space around and upper case do not count."""
    return trimmed(address).casefold()


def is_address(text: str) -> bool:
    """Whether it can be an e-mail address, roughly."""
    local = text.partition("@")[0]
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    return len(text) <= _LONGEST and text.isprintable() and _ADDRESS.fullmatch(text) is not None and not dots


def is_client_user_id(text: str) -> bool:
    """Whether it can be an id of ours."""
    return bool(text) and len(text) <= _LONGEST and text.isprintable()


class PeopleRows:
    """Gathers the rows of one list. `unit` is what is counted: line or item."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._people: list[Person] = []
        self._bad: list[BadRow] = []
        self._first: dict[tuple[str, str], int] = {}

    def bad(self, line: int, why: str) -> None:
        self._bad.append(BadRow(line, why))

    def add(self, line: int, values: Mapping[str, object]) -> None:
        """A row by our field names. A text, None or nothing; `groups` a text or a list of texts."""
        texts: dict[str, str] = {}
        for field in FIELDS[:-1]:
            value = values.get(field)
            if not (value is None or isinstance(value, str)):
                self.bad(line, f"has a value of {field} that isn't a text (write it in quotes)")
                return
            texts[field] = trimmed(value or "")
        groups = _groups(values.get(GROUPS))
        why = _problem(texts) or ("has groups that are neither a text nor a list of texts" if groups is None else "")
        why = why or self._listed_before(line, texts)
        if why:
            self.bad(line, why)
            return
        self._people.append(Person(line, groups=groups or (), **texts))

    def _listed_before(self, line: int, texts: Mapping[str, str]) -> str:
        """The whole row counts for the ones after it, or for none: a row that is bad claims neither."""
        keys = [("client_user_id", texts["client_user_id"]), ("email", folded(texts["email"]))]
        keys = [(field, text) for field, text in keys if text]
        for key in keys:
            if key in self._first:
                return f"has the same {_WORDS[key[0]]} as {self._unit} {self._first[key]}"
        self._first.update(dict.fromkeys(keys, line))
        return ""

    def finish(self, name: str) -> tuple[list[Person], list[BadRow], list[str]]:
        """The people, the bad rows by line, and warnings."""
        nowhere = sum(not person.email for person in self._people)
        warnings = []
        if nowhere:
            have = counted(nowhere, "person has", "people have")
            warnings.append(
                f"{name}: {have} a client_user_id and no e-mail address, so no invitation can be sent there."
            )
        return self._people, sorted(self._bad, key=lambda row: row.line), warnings


_WORDS = {"client_user_id": "client_user_id", "email": "e-mail address"}


def _problem(texts: Mapping[str, str]) -> str:
    """Why a row can't be used; shows nothing of it, since it is about a person."""
    client_user_id, email, account = (texts[field] for field in ("client_user_id", "email", "managed_apple_account"))
    if not (client_user_id or email):
        return "has no e-mail address"
    if client_user_id and not is_client_user_id(client_user_id):
        return f"has a client_user_id with more than {_LONGEST} characters, or with some that can't be printed"
    if email and not is_address(email):
        return "has an e-mail address that can't be one"
    if account and not is_address(account):
        return "has a managed_apple_account that isn't of the form name@domain"
    return ""


def _groups(value: object) -> tuple[str, ...] | None:
    """Once each, in their order; None where the form is wrong."""
    if value is None or isinstance(value, str):
        found = _SEPARATORS.split(value or "")
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        found = [trimmed(one) for one in value]
    else:
        return None
    return tuple(dict.fromkeys(filter(None, found)))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People as options name them: a list in the task, or a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .._core.errors import InputError
from .._core.identity import samples
from .._core.people_file import parse_people, people_of_items
from .._core.people_row import FIELDS, GROUPS
from .._core.table_file import decode, is_json
from .._core.user_model import BadRow, Person
from .files import read_file
from .options import SCOPED
from .runner import Host

_TEXT: dict[str, Any] = {"type": "str"}
_GROUPS: dict[str, Any] = {"type": "list", "elements": "str"}

PEOPLE: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {field: _GROUPS if field == GROUPS else _TEXT for field in FIELDS},
}
COLUMNS: dict[str, Any] = {"type": "dict", "options": dict.fromkeys(FIELDS, _TEXT)}
PEOPLE_NAMED: dict[str, Any] = {
    "type": "dict",
    "options": {
        "client_user_ids": _GROUPS,
        "emails": _GROUPS,
        "targets_file": {"type": "path"},
        "columns": COLUMNS,
        "groups": _GROUPS,
        "scope": SCOPED["scope"],
        "within": SCOPED["within"],
        "known_file": {"type": "path"},
    },
}
"""People whom Apple is to know already: by id, address, file, or as owners of devices in an MDM."""

HIDDEN = "VALUE_NOT_SHOWN"
"""In place of what names a person."""


@dataclass(frozen=True, slots=True)
class PeopleRead:
    """A list of people as it was read. `source`: by which it is known again."""

    source: str
    unit: str
    people: tuple[Person, ...]
    bad_rows: tuple[BadRow, ...]
    warnings: tuple[str, ...]


def read_people(host: Host, file_option: str = "src", columns_option: str = "columns") -> PeopleRead:
    """Of `users` or a file, exactly one of which is given. Raises InputError."""
    params = host.params
    listed, path, source = params["users"], params[file_option], params.get("source")
    if (listed is None) == (path is None):
        named = f"users and {file_option} are"
        both = f"{named} both given" if path is not None else f"There is nobody: {named} not given"
        raise InputError(f"{both}; give one of them.")
    if source is not None and not source.strip():
        raise InputError("source: it is empty; give a name by which the list is known again, or leave it out.")
    columns = {name: text for name, text in (params[columns_option] or {}).items() if text}
    if path is None:
        if columns:
            raise InputError(
                f"{columns_option} goes with {file_option}: it tells how the columns of that file are called."
            )
        unit, (people, bad, warnings) = "item", people_of_items(listed, "users")
    else:
        text = decode(read_file(file_option, path), path)
        unit = "item" if text.strip() and is_json(text, path) else "line"
        people, bad, warnings = parse_people(text, path, columns)
    check_groups(params["groups"], people)
    return PeopleRead(
        source or (os.path.basename(path) if path is not None else "users"),
        unit,
        tuple(people),
        tuple(bad),
        tuple(warnings),
    )


def check_groups(groups: list[str] | None, people: Sequence[Person], option: str = "groups") -> None:
    """A slip would otherwise pass for a group that has nobody in it."""
    if groups is None:
        return
    if not groups:
        raise InputError(f"{option}: the list is empty; name a group, or leave it out to mean everybody.")
    known = sorted({group for person in people for group in person.groups})
    unknown = [group for group in groups if group not in known]
    if unknown:
        near = [other for group in unknown for other in get_close_matches(group, known, 1, 0.6)]
        hint = f" (it has {samples(near)})" if near else ""
        raise InputError(f"{option}: nobody in the list is in {samples(unknown)}{hint}; correct the names.")


def hide_people(host: Host) -> None:
    """Ansible shows a task's options in its result; those that name people are not among them."""
    params = host.params
    if params["users"] is not None:
        host.show_instead("users", [_without_person(item) for item in params["users"]])
    for option in ("keep", "mail_again"):
        named = params.get(option) or {}
        if named.get("emails"):
            host.show_instead(option, {**named, "emails": [HIDDEN] * len(named["emails"])})


def hide_emails(host: Host, option: str) -> None:
    """The same for a list of addresses."""
    if host.params[option] is not None:
        host.show_instead(option, [HIDDEN] * len(host.params[option]))


def _without_person(item: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("client_user_id", GROUPS)
    return {key: value if key in shown or value is None else HIDDEN for key, value in item.items()}

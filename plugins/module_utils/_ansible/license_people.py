# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to people whom Apple is to know already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._core.errors import InputError
from .._core.identity import SAMPLES, trimmed
from .._core.people_file import parse_people
from .._core.people_row import folded, is_address, is_client_user_id
from .._core.table_file import decode, is_json
from .._core.user_model import BadRow, Person
from .._core.words import counted
from .._entity.find_people import NamedPeople
from .files import read_file
from .people import HIDDEN, check_groups
from .runner import Host
from .selection import ScopeOptions, read_scope

_WAYS = ("client_user_ids", "emails", "targets_file", "scope")
"""Of which a module may have some only."""


def read_people_named(host: Host, *, show_people: bool = False) -> tuple[NamedPeople, ScopeOptions | None]:
    """The people of the option `users`, and the scope where it names them so (they are still to be found). All is
    judged and every file read; raises InputError."""
    users: Mapping[str, Any] = host.params["users"]
    known_ways = [name for name in _WAYS if name in users]
    ways = [name for name in known_ways if users[name] is not None]
    if len(ways) != 1:
        told = f"{' and '.join(ways)} are both given; give one of them" if ways else f"give {_either(known_ways)}"
        raise InputError(f"users: {told}.")
    for option, way in (("columns", "targets_file"), ("groups", "targets_file"), ("within", "scope")):
        if users.get(option) is not None and ways != [way]:
            raise InputError(f"users.{option} goes with users.{way}; leave it out.")
    known_file, groups = users.get("known_file"), users.get("groups")
    for option in ("groups", "scope"):
        if known_file is not None and users.get(option) is not None:
            teller = "the file" if option == "groups" else "the MDM"
            raise InputError(f"users.known_file doesn't go with users.{option}: there {teller} tells who is known.")
    known = None if known_file is None else known_people("users.known_file", known_file)
    facts: dict[str, Any] = {"known": known, "must_be_known": known is not None, "show_people": show_people}
    if ways == ["scope"]:
        return NamedPeople(**facts), read_scope("users", users)
    if ways == ["targets_file"]:
        people, bad_rows, unit = _read_file("users.targets_file", users["targets_file"], users.get("columns"))
        check_groups(groups, people, "users.groups")
        if groups is not None:
            facts["known"] = people
            people = tuple(one for one in people if not set(groups).isdisjoint(one.groups))
        return NamedPeople(people, bad_rows=bad_rows, source=users["targets_file"], unit=unit, **facts), None
    (way,) = ways
    return NamedPeople(people_listed(host, f"users.{way}", users[way], by_id=way == "client_user_ids"), **facts), None


def read_people_asked(host: Host) -> NamedPeople | None:
    """Of a task that asks about people: those of `users`, every row of which must be usable; None = it asks about none.
    Raises InputError."""
    show = host.params["show_people"]
    try:
        if host.params["users"] is None:
            return None
        people, _scope = read_people_named(host, show_people=show)
        _check_rows(people)
        return people
    finally:
        if not show:
            hide_named(host)


def _check_rows(people: NamedPeople) -> None:
    """A list of which a part is missing would answer another question than the one that was asked."""
    rows = people.bad_rows
    if rows:
        shown = "; ".join(f"{people.unit} {row.line} {row.why}" for row in rows[:SAMPLES])
        more = f"; and {len(rows) - SAMPLES} more" if len(rows) > SAMPLES else ""
        unusable = counted(len(rows), "row", "rows")
        raise InputError(f"users.targets_file: {unusable} of {people.source} can't be used: {shown}{more}.")


def read_kept_people(host: Host, keep: Mapping[str, Any]) -> tuple[Person, ...]:
    """Of the option `keep`, in every way that it names them."""
    if keep.get("serial_numbers") is not None:
        raise InputError("keep.serial_numbers goes with devices; with users name people: client_user_ids or emails.")
    path = keep.get("targets_file")
    return (
        *people_listed(host, "keep.client_user_ids", keep.get("client_user_ids") or (), by_id=True),
        *people_listed(host, "keep.emails", keep.get("emails") or (), by_id=False),
        *(() if path is None else known_people("keep.targets_file", path)),
    )


def people_listed(host: Host, option: str, values: Sequence[str], *, by_id: bool) -> tuple[Person, ...]:
    """People by id or by address, once each. No sentence shows an address."""
    found: dict[str, Person] = {}
    bad, twice = [], 0
    for place, value in enumerate(values, 1):
        text = trimmed(value)
        if not (is_client_user_id(text) if by_id else is_address(text)):
            bad.append(f"item {place}")
            continue
        twice += (text if by_id else folded(text)) in found
        person = Person(place, client_user_id=text) if by_id else Person(place, email=text)
        found.setdefault(text if by_id else folded(text), person)
    if bad:
        more = f" and {len(bad) - SAMPLES} more" if len(bad) > SAMPLES else ""
        what = "a client_user_id" if by_id else "an e-mail address"
        raise InputError(f"{option}: {', '.join(bad[:SAMPLES])}{more} can't be {what}; correct the list.")
    if twice:
        host.warn(f"{option}: {twice} items are given more than once, each counts once.")
    return tuple(found.values())


def hide_named(host: Host) -> None:
    """Ansible shows a task's options in its result; addresses in `users` and `keep` are not among them."""
    for option in ("users", "keep"):
        named = host.params.get(option) or {}
        if named.get("emails"):
            host.show_instead(option, {**named, "emails": [HIDDEN] * len(named["emails"])})


def known_people(option: str, path: str, columns: Mapping[str, str | None] | None = None) -> tuple[Person, ...]:
    """Of a file that protects: a row that can't be used would leave somebody without."""
    people, bad_rows, unit = _read_file(option, path, columns)
    if bad_rows:
        shown = "; ".join(f"{unit} {row.line} {row.why}" for row in bad_rows[:SAMPLES])
        more = f"; and {len(bad_rows) - SAMPLES} more" if len(bad_rows) > SAMPLES else ""
        unusable = counted(len(bad_rows), "row", "rows")
        raise InputError(f"{option}: {unusable} of {path} can't be used: {shown}{more}; mend them.")
    return people


def _read_file(
    option: str, path: str, columns: Mapping[str, str | None] | None
) -> tuple[tuple[Person, ...], tuple[BadRow, ...], str]:
    text = decode(read_file(option, path), path)
    unit = "item" if text.strip() and is_json(text, path) else "line"
    named = {name: title for name, title in (columns or {}).items() if title}
    # That somebody has no address matters to those who mail, not here.
    people, bad_rows, _warnings = parse_people(text, path, named, reports=True)
    return tuple(people), tuple(bad_rows), unit


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}"

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scopes: which devices are meant, by tag. Parsed once; evaluated by the MDM, and checked against what can be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import InputError
from .mdm import MdmDevice

NONE = "none"
ALL = "all"
WITH_ANY = "with_any"
WITH_ALL = "with_all"
WITHOUT_ANY = "without_any"
WITHOUT_ALL = "without_all"
MATCHES = (ALL, NONE, WITH_ANY, WITH_ALL, WITHOUT_ANY, WITHOUT_ALL)

_TAG = re.compile(r"[^\s,]{1,255}")
"""An MDM reads white space and commas as the end of a tag [Systems Manager, "Using Tags"]."""
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and halves of characters."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One way to mean devices; `match` is one of MATCHES. A task's scope is the union of a list of these."""

    match: str
    tags: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.match} {', '.join(self.tags)}".strip()


def check_tag(text: str, option: str, remedy: str = "write them as items of the list, or rename the tag there") -> str:
    """The tag without surrounding space. Raises InputError for one that the MDM would read as several."""
    tag = text.strip()
    if not tag:
        raise InputError(f"{option}: a tag is empty; give its name, or leave it out.")
    if _UNSENDABLE.search("".join(tag.split())):
        raise InputError(f"{option}: the tag {tag[:60]!r} holds a character that no tag can have; correct it.")
    if not _TAG.fullmatch(tag):
        raise InputError(
            f"{option}: the tag {tag[:60]!r} holds a space or a comma, and the MDM would read it as several tags; "
            f"{remedy}."
        )
    return tag


def parse_scopes(entries: Sequence[Mapping[str, Any]], option: str) -> tuple[Scope, ...]:
    """The scopes of an option: dicts with `match` and `tags`. Raises InputError."""
    if not entries:
        raise InputError(f"{option} is an empty list; name at least one scope, such as {{match: with_any, tags: [a]}}.")
    scopes = []
    for number, entry in enumerate(entries, 1):
        where = f"{option}: item {number}"
        match, tags = entry["match"], entry.get("tags") or []
        bare = match in (ALL, NONE)
        if bare and tags:
            raise InputError(f"{where}: match: {match} goes without tags; leave them out, or choose another match.")
        if not bare and not tags:
            raise InputError(f"{where}: match: {match} needs tags; name at least one.")
        scopes.append(Scope(match, tuple(dict.fromkeys(check_tag(tag, where) for tag in tags))))
    return tuple(dict.fromkeys(scopes))


def merged(scopes: Iterable[Scope]) -> list[Scope]:
    """Fewer scopes of the same meaning: a union of `with_any` is one `with_any` of all its tags."""
    given = list(scopes)
    tags = tags_of(scope for scope in given if scope.match == WITH_ANY)
    others = [scope for scope in given if scope.match != WITH_ANY]
    return [*([Scope(WITH_ANY, tuple(tags))] if tags else []), *others]


def opposite(scope: Scope) -> list[list[Scope]]:
    """What is to be asked to learn who is *not* in the scope: lists of scopes, each read as a union; who is in all of
    them is out of it. One tag a question where that can be had: the meaning of `without_any` and `without_all` with
    several tags is not documented by every MDM. Empty: everybody is out of it.
    """
    if scope.match == NONE:
        return []
    if scope.match == ALL:
        return [[Scope(NONE)]]
    if scope.match == WITH_ANY:
        return [[Scope(WITHOUT_ANY, (tag,))] for tag in scope.tags]
    if scope.match == WITH_ALL:
        return [[Scope(WITHOUT_ANY, (tag,)) for tag in scope.tags]]
    return [[Scope(WITH_ANY if scope.match == WITHOUT_ANY else WITH_ALL, scope.tags)]]


def surely_in(scope: Scope, device: MdmDevice) -> bool:
    """Whether the device is in the scope whatever tags it has that the MDM doesn't show (an owner's, for one)."""
    tags = device.tags
    if scope.match == ALL:
        return True
    if scope.match == WITH_ANY:
        return any(tag in tags for tag in scope.tags)
    return scope.match == WITH_ALL and all(tag in tags for tag in scope.tags)


def tags_of(scopes: Iterable[Scope]) -> list[str]:
    """All tags that the scopes name, once each."""
    return list(dict.fromkeys(tag for scope in scopes for tag in scope.tags))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be a tag and a scope, and whom a scope surely means."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import MdmDevice
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope, check_tag, parse_scopes, surely_in


@pytest.mark.parametrize("tag", ["a\x1b[2J", "a\x00", "\ud800", "\x9b31m"])
def test_a_tag_that_cannot_be_sent(tag: str) -> None:
    with pytest.raises(InputError, match="scope: the tag .* holds a character that no tag can have"):
        check_tag(tag, "scope")


@pytest.mark.parametrize("tag", ["year-7", "é;x", "\U0001f469\u200d\U0001f3eb"])
def test_a_tag_in_any_writing(tag: str) -> None:
    assert check_tag(f" {tag} ", "scope") == tag


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([], "scope is an empty list"),
        ([{"match": "all"}, {"match": "with_any", "tags": []}], "scope: item 2: match: with_any needs tags"),
        ([{"match": "with_any"}], "scope: item 1: match: with_any needs tags"),
        ([{"match": "none", "tags": ["a"]}], "match: none goes without tags"),
        ([{"match": "with_all", "tags": ["a", " "]}], "scope: item 1: a tag is empty"),
        ([{"match": "with_all", "tags": ["a b"]}], "holds a space or a comma, and the MDM would read it as several"),
    ],
)
def test_a_scope_that_is_none(entries: list[dict[str, object]], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_scopes(entries, "scope")


def test_scopes_once_each_and_tags_too() -> None:
    entries = [
        {"match": "with_any", "tags": ["b", " a", "b"]},
        {"match": "all"},
        {"match": "with_any", "tags": ["b", "a"]},
    ]
    assert parse_scopes(entries, "scope") == (Scope("with_any", ("b", "a")), Scope("all"))


@pytest.mark.parametrize(
    ("scope", "sure"),
    [
        (Scope("all"), True),
        (Scope("none"), False),
        (Scope("with_any", ("b", "x")), True),
        (Scope("with_any", ("x",)), False),
        (Scope("with_all", ("a", "b")), True),
        (Scope("with_all", ("a", "x")), False),
        (Scope("without_any", ("x",)), False),
        (Scope("without_all", ("a", "x")), False),
    ],
)
def test_a_device_is_surely_in_a_scope_by_the_tags_it_shows(scope: Scope, sure: bool) -> None:
    device = MdmDevice(id="1", unit="N", tags=frozenset("ab"))
    assert surely_in(scope, device) is sure

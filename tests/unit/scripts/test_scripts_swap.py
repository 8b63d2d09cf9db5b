# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mutant is put into functions that stand only where that is the same as a new import of its text."""

from __future__ import annotations

import sys

import pytest
from mutants import mutants
from swap import changes, compiled

SOURCE = b"""
LIMIT = 3

def outer(value=1):
    return [one + 1 for one in range(value)]

class Thing:
    size = 4

    def many(self):
        if (self.size
                > 2):
            return lambda: self.size
        return None

    @property
    def last(self):
        return self.size - 1
"""

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="`make mutate` needs sys.monitoring")


def changed(old: bytes, new: bytes) -> list[str] | None:
    assert SOURCE.count(old) == 1
    pairs = changes(compiled("it", SOURCE), compiled("it", SOURCE.replace(old, new)))
    return None if pairs is None else [before.co_qualname for before, _after in pairs]


@pytest.mark.parametrize(
    ("old", "new", "functions"),
    [
        (b"one + 1", b"one - 1", ["outer"]),
        (b"return lambda: self.size", b"return lambda: 5", ["Thing.many"]),
        (b"self.size - 1", b"(self.size) - 1", []),
        (b"self.size - 1", b"self.size - True", ["Thing.last"]),
    ],
)
def test_functions_that_differ(old, new, functions):
    assert changed(old, new) == functions


@pytest.mark.parametrize(
    ("old", "new"), [(b"LIMIT = 3", b"LIMIT = 4"), (b"value=1", b"value=2"), (b"size = 4", b"size = 5")]
)
def test_what_only_an_import_runs(old, new):
    assert changed(old, new) is None


def test_a_mutant_leaves_the_lines_after_it_where_they_are():
    found = list(mutants(SOURCE))
    assert found
    assert {one.applied(SOURCE).count(b"\n") for one in found} == {SOURCE.count(b"\n")}
    turned = next(one for one in found if one.kind == "condition turned")
    assert b"if ((not (self.size > 2)\n)):\n" in turned.applied(SOURCE)

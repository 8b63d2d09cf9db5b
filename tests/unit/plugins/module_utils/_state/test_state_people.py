# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose people they are: sources that overlap, and people who leave."""

from __future__ import annotations


def test_what_a_source_lists_adds_up(place):
    with place.open() as state:
        state.people.record_people("a.csv", ["p1", "p2"])
    with place.open() as state:
        state.people.record_people("a.csv", ["p2", "p3", "p3"])
        state.people.record_people("b.csv", ["p3", "p4"])
        assert state.people.people_of("a.csv") == {"p1", "p2", "p3"}
        assert state.people.people_of("b.csv") == {"p3", "p4"}
        assert state.people.people_of("A.csv") == frozenset()


def test_who_stands_in_another_list_as_well(place):
    with place.open() as state:
        state.people.record_people("a.csv", ["p1", "p2", "p3"])
        state.people.record_people("b.csv", ["p3"])
        state.people.record_people("c.csv", ["p3", "p2"])
        assert state.people.listed_elsewhere("a.csv", ["p1", "p2", "p3", "p4"]) == {"p2", "p3"}
        assert state.people.listed_elsewhere("b.csv", ["p3"]) == {"p3"}
        assert state.people.listed_elsewhere("new.csv", ["p1", "other"]) == {"p1"}
        assert state.people.listed_elsewhere("a.csv", []) == frozenset()


def test_who_left_is_released_by_that_source_alone(place):
    with place.open() as state:
        state.people.record_people("a.csv", ["p1", "p2"])
        state.people.record_people("b.csv", ["p1"])
        state.people.release_people("a.csv", ["p1", "nobody"])
        assert state.people.people_of("a.csv") == {"p2"}
        assert state.people.people_of("b.csv") == {"p1"}


def test_where_a_source_lies(place):
    with place.open() as state:
        assert not state.people.lies_elsewhere("a.csv", "/north/a.csv")
        state.people.record_place("a.csv", "/north/a.csv")
        state.people.record_place("a.csv", "/south/a.csv")
    with place.open() as state:
        assert not state.people.lies_elsewhere("a.csv", "/north/a.csv")
        assert state.people.lies_elsewhere("a.csv", "/south/a.csv")
        assert not state.people.lies_elsewhere("b.csv", "/south/b.csv")
    assert b"north" not in place.file.read_bytes()


def test_ten_thousand_people(place):
    ids = [f"p{number}" for number in range(10000)]
    with place.open() as state:
        state.people.record_people("a.csv", ids)
        state.people.record_people("b.csv", ids[:7000])
        assert state.people.listed_elsewhere("a.csv", ids) == frozenset(ids[:7000])
        state.people.release_people("a.csv", ids)
        assert state.people.people_of("a.csv") == frozenset()

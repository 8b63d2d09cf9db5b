# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sums over locations, what is merged, and what is said to want attention."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_findings import LEVELS, find
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_shape import (
    LOCATION,
    check_document,
    location_document,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_sums import merged, sum_up
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._core.report_made import (
    PAGES,
    PROCREATE,
    asset,
    dead,
    idle,
    location,
    rollout,
    run,
    step,
)

SECOND = {"uid": "7700000000000043", "name": "Hill School"}


def told(*locations, unread=()):
    return [(one.level, one.text) for one in find(sum_up(locations, unread))]


def test_a_healthy_location_wants_nothing():
    assert told(location()) == []


@pytest.mark.parametrize(
    ("facts", "level", "words"),
    [
        (
            {"token": {"state": "alive", "expires": "2030-05-20T00:00:00+00:00", "days_left": 14}},
            "warning",
            "ends in 14 days",
        ),
        ({"owner": {"state": "foreign", "name": "Other MDM"}}, "note", "claimed by 'Other MDM'"),
        ({"licenses": [asset(owned=4, assigned=4)]}, "warning", "1 application has no licence left: Pages."),
        (
            {"rollouts": [rollout(missing=3, available=1)]},
            "bad",
            "3 devices in the scope of Pages lack a licence, and only 1 is free.",
        ),
        (
            {"rollouts": [rollout(missing=1)]},
            "warning",
            "1 device in the scope of Pages lacks a licence. Enough are free",
        ),
        (
            {"rollouts": [rollout(missing=2, available=None)]},
            "warning",
            "2 devices in the scope of Pages lack a licence. Enough",
        ),
        ({"wasted": [idle()]}, "warning", "1 device that the MDM does not know holds 1 licence."),
        ({"wasted": [idle("retired_person", ("u-1", "u-2"))]}, "warning", "2 people who were retired hold 2 licences."),
        (
            {"runs": [run(failures=[{"reason": "refused", "count": 2}])]},
            "warning",
            "1 run did not do everything: licenses.json.",
        ),
        (
            {"manual_steps": [step(), step(what="another"), step("unverifiable", what="third")]},
            "note",
            "2 steps are left to do by hand",
        ),
        ({"people": {"counts": {"new": 1}, "users": []}}, "note", "1 person has not accepted"),
        ({"stable": False}, "note", "changed hands while they were read"),
    ],
)
def test_what_wants_attention_is_said(facts, level, words):
    ((found, sentence),) = told(location(**facts))
    assert found == level
    assert words in sentence


@pytest.mark.parametrize(
    "facts",
    [
        {"licenses": [asset(owned=None, assigned=4)]},
        {"licenses": [asset(owned=0, assigned=0)]},
        {"rollouts": [rollout(missing=0)]},
        {"runs": [run()]},
        {"manual_steps": [step("unverifiable")]},
    ],
)
def test_what_is_as_it_should_be_is_not_said(facts):
    assert told(location(**facts)) == []


def test_what_could_not_be_read_comes_first():
    found = told(location(wasted=[idle()]), dead(**SECOND), unread=("west",))
    assert [level for level, _text in found] == ["bad", "bad", "warning"]
    assert found[0][1].startswith("1 location has no report: west.")
    assert found[1][1].startswith("The content token of Hill School is expired")


def test_an_old_read_is_pointed_out():
    found = told(location(), location(**SECOND, read_at="2030-05-05T18:00:00+00:00"))
    assert [text for _level, text in found] == [
        "1 location was read more than twelve hours before the newest: Hill School."
    ]


def test_levels_are_in_order():
    levels = [
        level for level, _text in told(location(stable=False, wasted=[idle()], rollouts=[rollout(9, 0)]), unread=["x"])
    ]
    assert levels == sorted(levels, key=LEVELS.index)


class TestSums:
    def test_counts_with_and_without_a_limit(self):
        second = location(
            **SECOND, licenses=[asset(owned=None, assigned=7), asset(PROCREATE, "Procreate", owned=5, assigned=5)]
        )
        estate = sum_up([location(), second])
        pages, procreate = estate.apps
        assert (pages.adam_id, pages.locations, pages.assigned, pages.total, pages.available) == (PAGES, 2, 11, 10, 6)
        assert pages.unlimited
        assert (procreate.total, procreate.available) == (5, 0)
        assert (estate.total, estate.fixed_assigned, estate.available, estate.assigned) == (15, 9, 6, 16)

    def test_the_newest_read_of_a_location_counts(self):
        old = location(read_at="2030-05-01T00:00:00+00:00", name="Old name")
        for documents in ([([old], []), ([location()], ["west"])], [([location()], ["west"]), ([old], [])]):
            locations, unread, twice = merged(documents)
            assert [one["name"] for one in locations] == ["Harbour Street School"]
            assert unread == ["west"]
            assert len(twice) == 1

    def test_dead_tokens_without_a_uid_are_different_locations(self):
        locations, _unread, twice = merged([([dead(uid="", name="")], []), ([dead(uid="", name="")], [])])
        assert len(locations) == 2
        assert twice == []


class TestShape:
    def test_what_is_written_is_read(self):
        everything = location(wasted=[idle()], rollouts=[rollout()], runs=[run()], manual_steps=[step()])
        document = json.loads(json.dumps(location_document([everything, dead(**SECOND)], ["west"])))
        assert check_document(document, "x") == ([everything, dead(**SECOND)], ["west"])

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"format": "another"}, "is no report of vpp_report"),
            ({"version": 2}, "another version"),
            ({"locations": {}}, "damaged: locations is no list"),
            ({"locations": [{}]}, "damaged: locations item lacks uid"),
            ({"unread": [1]}, "damaged: unread holds what is no text"),
            ({"locations": [location(licenses=[asset(total_count="9")])]}, "total_count is no number"),
            ({"locations": [location(licenses=[asset(devices=True)])]}, "devices is no number"),
            ({"locations": [location(people={"counts": {"new": "1"}, "users": []})]}, "counts is no number"),
            ({"locations": [location(stable=1)]}, "stable is no yes or no"),
            ({"locations": [location(read_at="yesterday")]}, "read_at is no date with a time zone"),
            ({"locations": [location(read_at="2030-05-06T07:08:09")]}, "read_at is no date with a time zone"),
        ],
    )
    def test_what_is_not_of_the_form_is_refused(self, change, words):
        with pytest.raises(InputError, match=words):
            check_document({**location_document([location()]), **change}, "x.json")

    @given(
        st.sampled_from(sorted(LOCATION)),
        st.one_of(st.none(), st.integers(), st.text(), st.lists(st.integers(), min_size=1)),
    )
    def test_no_field_is_taken_as_it_comes(self, field, value):
        wrong = {**location(), field: value}
        form = LOCATION[field]
        if field != "read_at" and isinstance(form, type) and value.__class__ is form:
            return
        with pytest.raises(InputError):
            check_document(location_document([wrong]), "x.json")

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an earlier run changed, as its report tells it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_runs import (
    run_facts,
    run_location,
    run_steps,
    steps_left,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._core.report_made import step

MARK = {"openmdm.vpp report": True}


def facts(document):
    return run_facts({**MARK, **document}, "x.json", "2030-05-06T00:00:00+00:00")


@pytest.mark.parametrize(
    ("document", "kind", "changes"),
    [
        (
            {"licenses": [], "undone": [], "summary": {"to_associate": 9, "associated": 8, "to_disassociate": 0}},
            "vpp_license",
            [{"what": "licences given", "planned": 9, "done": 8}],
        ),
        (
            {"apps": [], "installs": [], "summary": {"to_add": 2, "added": 0, "to_install": 1, "install_commands": 1}},
            "mdm_app",
            [
                {"what": "devices put into the scope of an app", "planned": 2, "done": 0},
                {"what": "installs commanded", "planned": 1, "done": 1},
            ],
        ),
        (
            {"users": [], "leavers": [], "summary": {"to_retire": 1}},
            "vpp_user",
            [{"what": "people retired", "planned": 1, "done": None}],
        ),
        ({"accounts": []}, "vpp_account", []),
        ({}, "", []),
    ],
)
def test_each_kind_is_known(document, kind, changes):
    found = facts(document)
    assert (found["kind"], found["changes"]) == (kind, changes)


def test_failures_are_told():
    found = facts({"failures": [{"reason": "refused", "count": 3}, {"reason": "no reason", "count": None}, "x"]})
    assert found["failures"] == [{"reason": "refused", "count": 3}, {"reason": "no reason", "count": None}]


def test_a_file_of_another_is_refused():
    with pytest.raises(InputError, match=r"^run_reports: x\.json is no report of this collection"):
        run_facts({"summary": {}}, "x.json", "")


@pytest.mark.parametrize(
    ("document", "uid"),
    [({"location": {"uid": "7"}}, "7"), ({"location_uid": "8"}, "8"), ({}, ""), ({"location": 3}, "")],
)
def test_the_location_of_a_run(document, uid):
    assert run_location(document) == uid


def test_a_step_stands_once_and_its_last_state_counts():
    first, done = step(), step("done")
    other = step(what="another")
    assert steps_left([first, other, done]) == [other]
    assert steps_left([done, other, first, first]) == [first, other]


def test_steps_of_a_damaged_report_are_texts():
    assert run_steps({"manual_steps": [{"step": "add_app", "state": 3}, "x"]}) == [
        {name: "add_app" if name == "step" else "" for name in step()}
    ]
    assert run_steps({"manual_steps": {}}) == []


@given(
    st.dictionaries(
        st.sampled_from(["summary", "failures", "manual_steps", "licenses"]),
        st.recursive(
            st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
        ),
    )
)
def test_no_report_breaks_it(document):
    facts(document)
    run_steps(document)
    run_location(document)

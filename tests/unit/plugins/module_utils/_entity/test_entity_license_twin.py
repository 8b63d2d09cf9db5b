# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check, run, check, run: no write in a check, the same story in both, and nothing left to do afterwards."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    AssetError,
    BrakeError,
    InputError,
    ShortageError,
    VppError,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks, FakeNotify, serials
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench import run

OLD, NEW = serials(10), serials(10, 5)

GOALS: dict[str, dict[str, Any]] = {
    "present": {"devices": NEW},
    "exclusive": {"devices": NEW, "exclusive": True, "max_removals": "100%", "max_shrink": 100},
    "absent": {"devices": OLD[:4], "state": "absent", "max_removals": 100},
    "absent, a percentage": {"devices": OLD[:3], "state": "absent", "max_removals": "50%"},
    "all assets absent": {"devices": OLD[:4], "state": "absent", "max_removals": 100, "all_assets": True},
    "all assets present": {"devices": NEW, "max_removals": 0, "all_assets": True},
    "nobody": {"devices": [], "exclusive": True, "max_removals": 100, "allow_empty": True},
    "partial": {"devices": serials(40), "shortage": "partial"},
}


def world() -> FakeAppsBooks:
    api = FakeAppsBooks()
    api.own("101", devices=OLD, total=30)
    api.own("102", devices=OLD[:3], total=None)
    api.own("103", people={"u-1"}, total=50)
    return api


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS)
class TestTwin:
    def test_check_writes_nothing(self, goal):
        api = world()
        before = api.state()
        assert run(api, check=True, **goal).changed
        assert api.writes == []
        assert api.state() == before

    def test_check_and_run_tell_the_same(self, goal):
        api = world()
        checked, done = run(api, check=True, **goal), run(api, **goal)
        assert (checked.changed, checked.plan, checked.diff) == (done.changed, done.plan, done.diff)
        assert checked.document["operations"] == done.document["operations"]
        assert checked.error is done.error is None

    def test_check_reads_no_more_than_a_run(self, goal):
        api, other = world(), world()
        run(api, check=True, **goal)
        run(other, **goal)
        assert other.calls[: len(api.calls)] == api.calls

    def test_second_run_has_nothing_to_do(self, goal):
        api = world()
        run(api, **goal)
        api.log.clear()
        for check in (True, False):
            again = run(api, check=check, **goal)
            assert (again.changed, again.plan["operations"], again.diff) == (False, [], {"before": {}, "after": {}})
        assert api.writes == []

    def test_counts_of_a_run(self, goal):
        api = world()
        summary = run(api, **goal).summary
        assert summary["associated"] == summary["to_associate"]
        assert summary["disassociated"] == summary["to_disassociate"]
        assert summary["failed"] == summary["pending"] == summary["not_sent"] == 0

    def test_the_same_keys_whatever_happened(self, goal):
        api = world()
        outcomes = [run(api, check=True, **goal), run(api, **goal), run(api, **goal)]
        for part in ("summary", "plan", "extra"):
            assert len({tuple(getattr(outcome, part)) for outcome in outcomes}) == 1


@pytest.mark.parametrize(
    ("error", "goal"),
    [
        (BrakeError, {"devices": NEW, "exclusive": True, "max_removals": 4, "max_shrink": 100}),
        (BrakeError, {"devices": NEW, "exclusive": True, "max_removals": 100}),
        (BrakeError, {"devices": [], "exclusive": True, "max_removals": 100}),
        (BrakeError, {"devices": OLD, "state": "absent", "max_removals": "10%"}),
        (ShortageError, {"devices": serials(40), "assets": ["101"]}),
        (AssetError, {"devices": NEW, "assets": ["999"]}),
    ],
    ids=["too many", "too few left", "empty", "percentage", "shortage", "not owned"],
)
@pytest.mark.parametrize("check", [True, False])
def test_a_stopped_plan_changes_nothing_at_all(error, goal, check):
    api, notify = world(), FakeNotify()
    with pytest.raises(error):
        run(api, check=check, notify=notify, **goal)
    assert api.writes == []
    assert notify.told == []


def test_a_percentage_is_one_of_all_holders_not_of_those_named():
    api = world()
    api.own("101", devices=serials(40))
    assert run(api, OLD[:4], assets=["101"], state="absent", max_removals="10%").changed
    with pytest.raises(BrakeError, match="takes back 4 of 36"):
        run(api, OLD[4:8], assets=["101"], state="absent", max_removals="10%")


def test_removals_that_free_licences_need_waiting_for():
    api = FakeAppsBooks()
    api.own("101", devices=OLD, total=10)
    goal: dict[str, Any] = {"exclusive": True, "max_removals": 10, "max_shrink": 100, "wait": False}
    for check in (True, False):
        with pytest.raises(InputError, match="wait: true"):
            run(api, NEW, check=check, **goal)
    assert api.writes == []


def test_a_read_that_fails_is_never_an_empty_answer():
    api = world()
    api.errors["walk_assignments"] = deque([VppError("no answer")])
    with pytest.raises(VppError, match="no answer"):
        run(api, NEW, exclusive=True, max_removals=100, max_shrink=100)
    assert api.writes == []

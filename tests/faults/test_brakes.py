# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The brakes under fault: whatever breaks at whichever request, nobody loses what the task didn't ask for."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openmdm.vpp.tests.faults.brake_stage import (
    OTHERS,
    TASKS,
    check_sentence,
    spread,
    undisturbed,
)
from ansible_collections.openmdm.vpp.tests.faults.soak import amount

TAKING = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
AT_APPLE = {name: task for name, task in TASKS.items() if task.apple}
BY_MDM = {name: task for name, task in TASKS.items() if task.systems}


@TAKING
def test_undisturbed_it_takes_what_was_asked_for(stages, task):
    stage = stages(task)
    before = stage.held()
    checked = stage.run(task, check=True)
    assert (stage.held(), stage.writes()) == (before, 0)
    done = stage.run(task)
    assert not done.failed, done.data["msg"]
    assert len(before - stage.held()) == task.takes
    assert checked.data["plan"] == done.data["plan"]
    assert not stage.run(task).data["changed"]


READS: dict[str, dict[str, Any]] = {
    "server error": {"kind": "status", "status": 500},
    "cut off": {"kind": "truncated_body"},
    "refused": {"kind": "status", "status": 403},
    "unreachable": {"kind": "reset_before"},
    "no JSON": {"kind": "not_json"},
}
FAILING = pytest.mark.parametrize("name", list(READS)[: amount(2, 5)])


@FAILING
@TAKING
def test_a_read_that_fails_takes_nothing(stages, task, name):
    course = undisturbed(stages, task)
    for place in spread(course.reads_first, name, task.takes):
        stage = stages(task)
        before = stage.held()
        stage.box.faults.add({**READS[name], "times": None, "match": {"method": "GET", "after": place}})
        result = stage.run(task)
        assert result.failed, f"request {place}"
        check_sentence(result)
        assert (stage.held(), stage.writes()) == (before, 0), f"request {place}"
        assert result.data["changed"] is False
        stage.box.faults.clear()
        assert not stage.run(task).failed
        assert before - stage.held() == course.taken


@FAILING
@TAKING
def test_a_read_that_fails_once_takes_all_or_nothing(stages, task, name):
    course = undisturbed(stages, task)
    for place in spread(len(course.places(method="GET")), name):
        stage = stages(task)
        before = stage.held()
        stage.box.faults.add({**READS[name], "match": {"method": "GET", "after": place}})
        result = stage.run(task)
        taken = before - stage.held()
        assert taken <= course.taken
        assert result.data["changed"] is bool(taken or stage.held() - before), f"request {place}"
        if not result.failed:
            assert taken == course.taken


@pytest.mark.parametrize("task", AT_APPLE.values(), ids=AT_APPLE)
def test_a_list_that_keeps_changing_takes_nothing(stages, task):
    stage = stages(task)
    stage.box.switches.update({"page_size": 1})
    before = stage.held()
    for path in ("/assignments", "/users"):
        stage.box.faults.add({"kind": "version_change", "count": 0, "times": None, "match": {"path": path}})
    result = stage.run(task)
    assert result.failed
    check_sentence(result)
    assert before <= stage.held()


@pytest.mark.parametrize(("count", "times"), [(0, 1), (1, 2), (2, None), (None, 3)])
@pytest.mark.parametrize("task", BY_MDM.values(), ids=BY_MDM)
def test_an_mdm_that_answers_with_fewer_devices(stages, task, count, times):
    """From each of its answers on; and where the goal is reached, it takes nothing from anybody."""
    course = undisturbed(stages, task)
    for place in spread(len(course.places(service="meraki")), count, times):
        fault = {"kind": "fewer_rows", "times": times, "match": {"service": "meraki", "after": place}, "count": count}
        stage = stages(task)
        before = stage.held()
        stage.box.faults.add(fault)
        stage.run(task)
        assert before - stage.held() <= course.taken, f"request {place}"
        stage.box.faults.clear()
        assert not stage.run(task).failed
        reached = stage.held()
        stage.box.faults.add(fault)
        stage.run(task)
        assert reached <= stage.held(), f"request {place}, goal reached"


@pytest.mark.parametrize("count", [0, 1, None], ids=["none", "one", "half"])
@pytest.mark.parametrize("task", AT_APPLE.values(), ids=AT_APPLE)
def test_apple_answers_with_fewer_rows(stages, task, count):
    course = undisturbed(stages, task)
    for place in spread(len(course.places(service="apple")), count):
        stage = stages(task)
        before = stage.held()
        match = {"service": "apple", "after": place}
        stage.box.faults.add({"kind": "fewer_rows", "times": None, "match": match, "count": count})
        stage.run(task)
        assert before - stage.held() <= course.taken, f"request {place}"


@pytest.mark.parametrize("early", [True, False], ids=["before the first write", "later"])
@pytest.mark.parametrize("task", AT_APPLE.values(), ids=AT_APPLE)
def test_a_foreign_owner_appears(stages, task, early):
    """Before the first write: nothing is taken. Later: no more than asked, and the task says whose it is now."""
    course = undisturbed(stages, task)
    of_apple = course.places(location="main")
    reads = sum(place < course.reads_first for place in of_apple)
    for number in spread(reads if early else len(of_apple) - reads, early):
        place = number if early else number + reads
        stage = stages(task)
        before = stage.held()
        stage.box.faults.add({"kind": "claim", "mdm_info": OTHERS, "match": {"service": "apple", "after": place}})
        result = stage.run(task)
        taken = before - stage.held()
        assert result.failed, f"request {place} of {len(of_apple)}"
        assert OTHERS["name"] in result.data["msg"]
        assert taken <= course.taken
        if early:
            assert (taken, stage.writes()) == (set(), 0), f"request {place}"
        assert stage.run(task).failed
        assert before - stage.held() == taken


@pytest.mark.parametrize("action", ["revoke", "expire"])
@pytest.mark.parametrize("early", [True, False], ids=["up to the first write", "later"])
@pytest.mark.parametrize("task", AT_APPLE.values(), ids=AT_APPLE)
def test_the_token_is_revoked(stages, task, early, action):
    course = undisturbed(stages, task)
    of_apple = course.places(location="main")
    reads = 1 + sum(place < course.reads_first for place in of_apple)
    for number in spread(reads if early else len(of_apple) - reads, early, action):
        place = number if early else number + reads
        stage = stages(task)
        before = stage.held()
        stage.box.faults.add({"kind": "token", "action": action, "match": {"service": "apple", "after": place}})
        result = stage.run(task)
        taken = before - stage.held()
        assert result.failed, f"request {place}"
        check_sentence(result)
        assert taken <= course.taken
        if early:
            assert taken == set(), f"request {place}"
        stage.control("POST", "locations/main/token", {"action": "restore"})
        assert not stage.run(task).failed
        assert before - stage.held() == course.taken


@TAKING
def test_a_limit_one_lower_takes_nothing(stages, task):
    limit = task.takes if task.apple else task.takes // 2
    for text in (str(limit - 1), "0%")[: amount(1, 2)]:
        stage = stages(task)
        before = stage.held()
        result = stage.run(task, max_removals=text)
        assert result.failed
        assert "max_removals" in result.data["msg"]
        assert (stage.held(), stage.writes()) == (before, 0)

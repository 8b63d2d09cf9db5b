# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The brakes while others act: files arrive cut off, runs overlap, and the world moves under an approved plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import vpp_license
from ansible_collections.openmdm.vpp.tests.faults.brake_stage import (
    SERIALS,
    TASKS,
    check_sentence,
    spread,
    undisturbed,
)

LICENSES = {name: task for name, task in TASKS.items() if task.main is vpp_license.main}
NEW = "TESTB00001"


def rows(serials: list[str]) -> dict[str, str]:
    """The same list in each form."""
    return {
        "list.csv": "serial_number,name\n" + "".join(f"{one},iPad {one[-2:]}\n" for one in serials),
        "bare.csv": "serial_number\n" + "".join(f"{one}\n" for one in serials),
        "list.txt": "".join(f"{one}\n" for one in serials),
        "crlf.txt": "".join(f"{one}\r\n" for one in serials),
        "list.json": json.dumps(serials),
    }


@pytest.mark.parametrize("name", rows([]))
def test_a_list_of_devices_cut_off_anywhere(stages, name):
    """All ten hold Word and are listed. A cut between two lines is a shorter list to anybody: the limits hold it."""
    task = TASKS["exclusive"]
    stage = stages(task)
    before = stage.held()
    path = Path(stage.folder, name)
    whole = rows(SERIALS)[name].encode()
    path.write_bytes(whole)
    options = {"devices": {"targets_file": str(path)}, "max_removals": "1"}
    assert not stage.run(task, **options).data["changed"]
    for place in spread(len(whole), path.name, part=5):
        path.write_bytes(whole[:place])
        result = stage.run(task, check=True, **options)
        listed = [one for one in SERIALS if one.encode() in whole[:place]]
        missing = len(SERIALS) - len(listed)
        planned = 0 if result.failed else result.data["summary"]["to_disassociate"]
        assert planned <= min(missing, 1), whole[:place]
        if missing > 1 or name.endswith("json"):
            assert result.failed, whole[:place]
        if result.failed:
            assert not stage.run(task, **options).data["changed"]
    assert (stage.held(), stage.writes()) == (before, 0)


def test_a_list_of_people_cut_off_anywhere(stages):
    task = TASKS["people, exclusive"]
    stage = stages(task)
    path = stage.folder / "people.csv"
    whole = path.read_bytes()
    assert not stage.run(task).failed
    before, writes = stage.held(), stage.writes()
    for place in spread(len(whole), path.name, part=5):
        path.write_bytes(whole[:place])
        result = stage.run(task, max_removals="100%")
        assert result.failed, whole[:place]
        assert (before - stage.held(), stage.writes()) == (set(), writes), whole[:place]


@pytest.mark.parametrize("task", LICENSES.values(), ids=LICENSES)
def test_an_approved_plan_cut_off_anywhere(stages, task):
    stage = stages(task)
    before = stage.held()
    plan = stage.folder / "plan.json"
    stage.run(task, check=True, report_path=str(plan))
    whole = plan.read_bytes().rstrip()
    for place in spread(len(whole), task.takes):
        plan.write_bytes(whole[:place])
        assert stage.run(task, approved_plan=str(plan)).failed
        assert (stage.held(), stage.writes()) == (before, 0)


@pytest.fixture
def approved(stages):
    """Makes a school whose plan was approved, and tells how its world moves: another pair is there to be taken."""

    def make(task):
        asked = undisturbed(stages, task).taken
        _kind, adam_id, target = victim = max(asked)
        stage = stages(task)
        stage.assign([target], adam_id, add=False)
        plan = str(stage.folder / "plan.json")
        checked = stage.run(task, check=True, report_path=plan)
        assert not checked.failed, checked.data["msg"]
        options = {"approved_plan": plan, "max_removals": "100%", "max_shrink": 100}
        return stage, lambda: stage.assign([target], adam_id), asked - {victim}, options

    return make


@pytest.mark.parametrize("task", LICENSES.values(), ids=LICENSES)
def test_a_plan_was_approved_and_the_world_moved(approved, task):
    stage, move, wanted, options = approved(task)
    move()
    before = stage.held()
    result = stage.run(task, **options)
    assert result.failed
    assert "approved" in result.data["msg"]
    assert (stage.held(), stage.writes()) == (before, 0)
    assert result.data["unapproved_operations"] == 1
    assert len(wanted) == task.takes - 1


@pytest.mark.parametrize("task", LICENSES.values(), ids=LICENSES)
def test_a_plan_was_approved_and_the_world_moves_under_the_run(approved, task):
    for place in spread(36, task.takes):
        stage, move, wanted, options = approved(task)
        before = stage.held()
        with stage.meanwhile(place, move):
            result = stage.run(task, **options)
        taken = before - stage.held()
        assert taken in (set(), wanted), f"request {place}"
        assert result.failed or taken == wanted


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_two_runs_of_one_task_overlap(stages, task):
    """The second begins and ends between two requests of the first, whichever they are."""
    course = undisturbed(stages, task)
    for place in spread(len(course.requests), task.takes):
        stage = stages(task)
        before, second = stage.held(), []
        with stage.meanwhile(place, lambda stage=stage, second=second: second.append(stage.run(task))):
            outer = stage.run(task)
        assert len(second) == 1
        assert before - stage.held() == course.taken, f"request {place}"
        for result in (outer, *second):
            if result.failed:
                check_sentence(result)
        again = stage.run(task)
        assert (again.failed, again.data["changed"]) == (False, False), f"request {place}"


@pytest.mark.parametrize("name", ["exclusive", "absent", "people, exclusive"])
def test_two_runs_with_one_state_directory_go_one_by_one(stages, name):
    """The second begins between two requests of the first. Which location it is the first must ask before it can hold
    anybody off: a second one that comes so early does it all, and leaves nothing to the first."""
    task = TASKS[name]
    course = undisturbed(stages, task)
    asked_where = course.places(path="/mdm/v2/client/config")[0] + 1
    writes = sum(one["method"] == "POST" for one in course.requests)
    for place in spread(len(course.requests), name):
        stage = stages(task)
        options = {"state_dir": str(stage.folder / "state"), "lock_timeout": 5}
        before, sent, second = stage.held(), stage.writes(), []
        with stage.meanwhile(
            place, lambda stage=stage, options=options, second=second: second.append(stage.run(task, **options))
        ):
            outer = stage.run(task, **options)
        (inner,) = second
        assert before - stage.held() == course.taken, f"request {place}"
        assert stage.writes() - sent == writes, f"request {place}"
        assert not outer.failed, outer.data["msg"]
        early = place < asked_where
        assert (inner.failed, inner.data["changed"], outer.data["changed"]) == (not early, early, not early), place
        if inner.failed:
            check_sentence(inner)
            assert "Another run works on this location" in inner.data["msg"]


@pytest.mark.parametrize("name", ["exclusive", "exclusive, by scope", "exclusive, of people"])
def test_who_is_given_it_by_another_run_keeps_it_or_counts(stages, name):
    """Who came after the read is in no plan of this run; who came before is counted by its limit."""
    task = TASKS[name]
    course = undisturbed(stages, task)
    for place in spread(len(course.requests), name, part=2):
        stage = stages(task)
        before = stage.held()
        adam_id = min(course.taken)[1]
        with stage.meanwhile(place, lambda stage=stage, adam_id=adam_id: stage.assign([NEW], adam_id)):
            stage.run(task, max_removals=str(task.takes))
        kept = stage.held()
        assert ("licence", adam_id, NEW) in kept, f"request {place}"
        assert before - kept in (set(), course.taken)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small school in which each task that takes away has something to take, and what everybody has there in truth."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import mdm_app, vpp_license, vpp_reclaim, vpp_user
from ansible_collections.openmdm.vpp.tests.faults.soak import SOAK
from ansible_collections.openmdm.vpp.tests.unit import harness
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box, use_systems
from sandbox.app import create_app
from sandbox.clock import ManualClock

PAGES, WORD = "361309726", "586447913"
SERIALS = [f"TESTA{number:05d}" for number in range(1, 11)]
PEOPLE = ["u-0001", "u-0002", "u-0003"]
OTHERS = {"id": "theirs", "name": "Other MDM", "metadata": ""}
SWITCHES = {"enforce_rate": "false", "sm_enforce_rate": "false"}


class Stage:
    """Location main of the sandbox's small school, with Systems Manager."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.box = create_app("small", SWITCHES, clock=ManualClock())
        # Lists in several pages and work in several requests: that there is a middle.
        self.box.switches.update({"page_size": 3, "limits": {"maxSerialNumbers": 2, "maxClientUserIds": 2}})
        self.folder, self._patch = folder, patch
        self._apple = use_box(patch, self.box)
        self._systems = use_systems(patch, self.box)
        self._systems["meraki_network_ids"] = list(self.box.world.meraki.networks)

    def run(self, task: Task, *, check: bool = False, **options: Any) -> Result:
        base: dict[str, Any] = {**(self._apple if task.apple else {}), **(self._systems if task.systems else {})}
        if task.apple:
            base["poll_interval"] = 30
        told = {**base, **task.options(self), **options}
        return run_main(task.main, {name: value for name, value in told.items() if value is not None}, check=check)

    def control(self, method: str, path: str, body: dict[str, Any]) -> Any:
        status, answer = self.box.control(method, f"/_sandbox/{path}", body)
        assert status in (200, 201), answer
        return answer

    def assign(self, targets: Iterable[str], adam_id: str, *, add: bool = True) -> None:
        """What somebody else does at Apple."""
        rows = [{"adamId": adam_id, "clientUserId" if one in PEOPLE else "serialNumber": one} for one in targets]
        self.control("POST", "locations/main/assignments", {"add" if add else "remove": rows})

    def write(self, name: str, lines: Sequence[str]) -> str:
        path = self.folder / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return str(path)

    def held(self) -> set[tuple[str, ...]]:
        """All that a task can take from somebody: licences, registrations, tags and managed apps."""
        store = self.box.world.locations["main"].store
        people = store.users("status IN ('Registered','Associated')")
        names = {one["id"]: one["client_user_id"] for one in people}
        rows = self.control("GET", "locations/main/assignments", {})["assignments"]
        found = {("licence", one["adamId"], one.get("serialNumber") or one["clientUserId"]) for one in rows}
        found |= {("person", name) for name in names.values()}
        for network in self.box.world.meraki.networks.values():
            for device in network.devices.values():
                found |= {("tag", device.id, tag) for tag in device.tags}
                managed = [one for one in device.software.values() if one.managed and not one.to_uninstall]
                found |= {("app", device.id, one.name) for one in managed}
        return found

    def writes(self) -> int:
        """That were sent, whatever became of them."""
        return sum(one["method"] != "GET" for one in self.box.requests)

    @contextmanager
    def meanwhile(self, number: int, deed: Callable[[], object]) -> Iterator[None]:
        """Does this before the request with that number (from 0) from now on."""
        plain, seen = harness.BoxTransport.handle_request, [0]

        def handle(transport: Any, request: Any) -> Any:
            seen[0] += 1
            if seen[0] == number + 1:
                deed()
            return plain(transport, request)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(harness.BoxTransport, "handle_request", handle)
            yield


@dataclass(frozen=True)
class Task:
    """`prepare`: makes the school in which `options` take `takes` things away. `apple`, `systems`: whom it asks."""

    main: Callable[[], None]
    prepare: Callable[[Stage], object]
    options: Callable[[Stage], dict[str, Any]]
    takes: int
    apple: bool = True
    systems: bool = False


def all_hold_word(stage: Stage) -> None:
    stage.assign(SERIALS, WORD)


def two_people_hold_pages(stage: Stage) -> None:
    stage.control("POST", "locations/main/accept", {"clientUserId": "u-0002", "account": "tama@harbour.example"})
    stage.assign(["u-0002"], PAGES)


def two_devices_left(stage: Stage) -> None:
    all_hold_word(stage)
    stage.control("POST", "meraki/unenrol", {"serials": SERIALS[8:]})


LISTED = ["email,name", *(f"{name}@harbour.example,{name}" for name in ("aroha", "tama", "mere", "ana", "rua"))]


def five_people_are_listed(stage: Stage) -> None:
    stage.write("people.csv", LISTED)
    done = stage.run(TASKS["people, exclusive"], max_shrink=100)
    assert not done.failed, done.data["msg"]
    stage.write("people.csv", LISTED[:-1])


def two_more_have_the_app(stage: Stage) -> None:
    given = {"devices": {"serial_numbers": SERIALS[6:8]}, "exclusive": None, "max_removals": None, "uninstall": None}
    done = stage.run(TASKS["tags, exclusive"], **given)
    assert not done.failed, done.data["msg"]
    stage.box.advance(600)


def word_task(**options: Any) -> dict[str, Any]:
    return {"assets": [{"adam_id": WORD}], "max_shrink": 20, "max_removals": "2", **options}


TASKS: dict[str, Task] = {
    "exclusive": Task(
        vpp_license.main,
        all_hold_word,
        lambda stage: word_task(
            devices={"targets_file": stage.write("eight.txt", SERIALS[:8])}, exclusive=True, max_removals="20%"
        ),
        2,
    ),
    "absent": Task(
        vpp_license.main,
        all_hold_word,
        lambda stage: word_task(devices={"serial_numbers": SERIALS[:3]}, state="absent", max_removals="3"),
        3,
    ),
    "all assets absent": Task(
        vpp_license.main,
        all_hold_word,
        lambda stage: word_task(
            assets=None, all_assets=True, devices={"serial_numbers": SERIALS[:2]}, state="absent", max_removals="5"
        ),
        5,
    ),
    "exclusive, by scope": Task(
        vpp_license.main,
        lambda stage: stage.assign(SERIALS[:7], WORD),
        lambda stage: word_task(
            devices={"scope": [{"match": "with_any", "tags": ["year-7"]}]}, exclusive=True, licensing="collection"
        ),
        1,
        systems=True,
    ),
    "absent, by scope": Task(
        vpp_license.main,
        all_hold_word,
        lambda stage: word_task(
            devices={"scope": [{"match": "with_any", "tags": ["staff"]}]},
            state="absent",
            licensing="collection",
            max_removals="7",
        ),
        7,
        systems=True,
    ),
    "exclusive, of people": Task(
        vpp_license.main,
        two_people_hold_pages,
        lambda stage: word_task(
            assets=[{"adam_id": PAGES}], users={"client_user_ids": ["u-0001"]}, exclusive=True, max_shrink=50
        ),
        1,
    ),
    "people, absent": Task(
        vpp_user.main,
        lambda stage: None,
        lambda stage: {"users": [{"client_user_id": "u-0002"}], "state": "absent", "max_removals": "1"},
        1,
    ),
    "people, exclusive": Task(
        vpp_user.main,
        five_people_are_listed,
        lambda stage: {
            "src": str(stage.folder / "people.csv"),
            "state_dir": str(stage.folder / "state"),
            "exclusive": True,
            "max_removals": "1",
        },
        1,
    ),
    "unused, of devices": Task(
        vpp_reclaim.main,
        two_devices_left,
        lambda stage: word_task(reasons=["unknown_device"]),
        2,
        systems=True,
    ),
    "unused, of people": Task(
        vpp_reclaim.main,
        two_people_hold_pages,
        lambda stage: {
            "assets": [{"adam_id": PAGES}],
            "reasons": ["gone_person"],
            "people_file": stage.write("people.csv", LISTED[:2]),
            "max_shrink": 50,
            "max_removals": "1",
        },
        1,
    ),
    "tags, exclusive": Task(
        mdm_app.main,
        two_more_have_the_app,
        lambda stage: {**_tagged("year-7"), "exclusive": True, "max_shrink": 50},
        4,
        apple=False,
        systems=True,
    ),
    "tags, absent": Task(
        mdm_app.main,
        lambda stage: None,
        lambda stage: {**_tagged("year-7"), "state": "absent"},
        4,
        apple=False,
        systems=True,
    ),
}


def _tagged(tag: str) -> dict[str, Any]:
    return {
        "apps": [{"adam_id": PAGES, "tag": "app-pages"}],
        "licensing": "mdm",
        "devices": {"scope": [{"match": "with_any", "tags": [tag]}]},
        "max_removals": "2",
        "uninstall": True,
    }


def check_sentence(result: Any) -> None:
    text = result.data["msg"]
    assert "unexpected" not in text
    assert "Traceback" not in result.text
    assert not re.search(r"\n|\.\.", text)


@dataclass(frozen=True)
class Course:
    """Of a task to which nothing happens: what it takes, and its requests."""

    taken: set[tuple[str, ...]]
    requests: list[dict[str, Any]]

    @property
    def reads_first(self) -> int:
        """Requests before the first write."""
        return [one["method"] for one in self.requests].index("POST")

    def places(self, **wanted: str) -> list[int]:
        """Of the requests of which the log says so."""
        return [place for place, one in enumerate(self.requests) if wanted.items() <= one.items()]


COURSES: dict[int, Course] = {}


def undisturbed(stages: Callable[[Task], Stage], task: Task) -> Course:
    if id(task) not in COURSES:
        stage = stages(task)
        before = stage.held()
        done = stage.run(task)
        assert not done.failed, done.data["msg"]
        COURSES[id(task)] = Course(before - stage.held(), stage.box.requests)
    return COURSES[id(task)]


def spread(count: int, *why: object, part: int = 1) -> list[int]:
    """Places among so many requests: a few of them, other ones for each reason, or all."""
    return list(range(count)) if SOAK else sorted(Random(repr(why)).sample(range(count), min(part, count)))

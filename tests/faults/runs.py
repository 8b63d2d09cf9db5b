# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of vpp_license in a drawn world, each of them watched: what it sends is held against what its task may do."""

from __future__ import annotations

import shutil
import threading
from abc import ABC, abstractmethod
from collections import Counter
from typing import Any

from ansible_collections.openmdm.vpp.tests.faults.kill import POINTS
from ansible_collections.openmdm.vpp.tests.faults.oracle import judge
from ansible_collections.openmdm.vpp.tests.faults.scratch import scratch
from ansible_collections.openmdm.vpp.tests.faults.storm import CALM, Beside, Storm
from ansible_collections.openmdm.vpp.tests.faults.task_options import options_of
from ansible_collections.openmdm.vpp.tests.faults.town import DEVICE, PERSON, Pair, Town, build
from ansible_collections.openmdm.vpp.tests.unit.harness import Result
from sandbox.app import Sandbox
from sandbox.clock import Clock
from sandbox.world import World as Place

WRITES = {"/assets/associate": "add", "/assets/disassociate": "remove"}
_OF_A_RUN = ("_task", "_storm", "_requests", "_posts", "_removed", "_fit", "_limit", "_met_others", "_wrong")
DISTURBING = {"version_change", "fewer_rows", "event_pending_forever", "event_hollow", "event_slow", "lost_answer"}
"""Faults after which the world need not be what a run saw last."""


class World(ABC):
    """A location, its state directory, and the runs of one admin. How a module is run is for those who inherit."""

    interval, timeout = 30.0, 600.0

    def __init__(self, plot: Any, clock: Clock) -> None:
        self.box = Sandbox(self.make(plot), clock=clock)
        self.town = Town(self.box)
        self.folder = scratch()
        self.counts = Counter[str]()
        self.options: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._pending: list[str] = []
        self._task: Any = None

    def make(self, plot: Any) -> Place:
        return build(plot)

    def close(self) -> None:
        self.box.close()
        shutil.rmtree(self.folder)

    def remember(self, memory: str) -> None:
        """`memory` is none, state or cache."""
        if memory != "none":
            self.options["state_dir"] = str(self.folder / "state")
        if memory == "cache":
            self.options["cache"] = True

    def other(self, call: str, body: dict[str, Any]) -> None:
        """What can't be done (there are too few licences, somebody isn't known) isn't done."""
        status, _answer = self.town.control("POST", f"locations/main/{call}", body)
        self.counts["changes by others"] += status == 200

    def recover(self, *, release: bool) -> None:
        """The last fault is over, and no event hangs any more."""
        for call, body in (("token", {"action": "restore"}), ("client-config", {"mdmInfo": None})):
            status, answer = self.town.control("POST", f"locations/main/{call}", body)
            assert status == 200, answer
        self.options["content_token"] = self.box.token()
        if release:
            self.town.release()
        self.town.wait()
        self.box.advance(60 if release else 3600)

    def judge(self, task: Any) -> Any:
        """What a run of the task must come to, if all is quiet."""
        return judge(task, self.town, self.box.switches["registered_user"] == "allowed")

    def forgetful(self) -> bool:
        """Whether nobody learns why Apple refused somebody, since it does not know its event any more when asked."""
        known = self.box.switches["event_retention_seconds"]
        return known is not None and known < self.interval

    def doubtful(self, task: Any) -> bool:
        """Whether nobody can tell what it must come to."""
        return False

    def whole(self, task: Any) -> Any:
        """The task that must be reached in the end, where it is not the last one."""
        return task

    def state(self) -> frozenset[Any]:
        """What tasks are about."""
        return frozenset(self.town.pairs())

    def task_options(self, task: Any) -> dict[str, Any]:
        return options_of(task, self.folder)

    def writes(self) -> int:
        return sum(one["method"] != "GET" for one in self.box.requests)

    def run_options(self, task: Any, storm: Storm) -> dict[str, Any]:
        """All options of one run."""
        waits = {"wait": storm.wait, "poll_interval": self.interval, "wait_timeout": self.timeout}
        options = {**self.options, **self.task_options(task), **waits}
        if storm.with_events and self._pending and "assets" in options:
            options["events"] = list(self._pending)
        return options

    def run(self, task: Any, storm: Storm = CALM) -> Result | None:
        """None = killed. Raises AssertionError for what must not be."""
        self._begin(task, storm)
        before, expected = self.state(), self.judge(task)
        quiet = self.town.quiet()
        for fault in storm.faults:
            self.box.faults.add(fault)
        try:
            result = self.execute(self.run_options(task, storm), storm)
        finally:
            hit = self._gather_faults()
        self._end(task, storm, result)
        assert not self._wrong, self._wrong
        if result is not None:
            self._pending = result.data.get("pending_events", [])
            self._is_true(result, before, expected, quiet and not hit & DISTURBING and not self._met_others)
        return result

    def _run_beside(self, beside: Beside) -> None:
        """Held against its own task; the first run goes on as after a change by somebody else."""
        first = {name: vars(self)[name] for name in _OF_A_RUN if name in vars(self)}
        storm = Storm(kill=beside.kill, wait=beside.wait)
        self._begin(beside.task, storm)
        options = self.run_options(beside.task, storm)
        if beside.memory != "same":
            options = {name: value for name, value in options.items() if name not in ("state_dir", "cache")}
        if beside.memory == "own":
            options["state_dir"] = str(self.folder / "own")
        shared = "state_dir" in options and beside.memory == "same"
        result = self.execute(options, storm)
        self._end(beside.task, storm, result)
        self.counts["runs beside another"] += 1
        text = "" if result is None else result.data.get("msg", "")
        wrong = [f"of the second run: {one}" for one in self._wrong]
        if "unexpected" in text or (result is not None and bool(text) != result.failed):
            wrong.append(f"of the second run: {text}")
        if shared and first["_posts"] and self._posts:
            wrong.append("two runs wrote at once with one state directory")
        if text.startswith("Another run works on"):
            self.counts["runs held off by the lock"] += 1
            wrong += ["sent by a run that was held off"] * (self._posts > 0)
        vars(self).update(first)
        self._met_others = True
        self._wrong += wrong

    @abstractmethod
    def execute(self, options: dict[str, Any], storm: Storm) -> Result | None:
        """Runs the module; None = killed."""

    def _begin(self, task: Any, storm: Storm) -> None:
        self._task, self._storm, self._requests, self._posts = task, storm, 0, 0
        self._removed, self._fit = set[Pair](), set[Pair]()
        self._limit, self._met_others, self._wrong = 0, False, list[str]()
        self.look_again()

    def _end(self, task: Any, storm: Storm, result: Result | None) -> None:
        self.counts["runs"] += 1
        if result is None:
            self.counts["kills"] += 1
            self.counts[f"killed {self.death(storm)}"] += 1

    def death(self, storm: Storm) -> str:
        """When a run was killed."""
        kill = storm.kill
        return "" if kill is None else f"{kill.when} {POINTS[kill.point]}"

    def _is_true(self, result: Result, before: frozenset[Any], expected: Any, calm: bool) -> None:
        """What a result tells against what became of the world."""
        told = result.data.get("msg", "")
        assert "unexpected" not in told, result.text
        assert bool(told) == result.failed, result.text
        if self._storm.check:
            assert self._posts == 0, result.text
            return
        after = self.state()
        if not calm:
            return
        assert result.data["changed"] or after == before, f"something was done and it is not told: {result.text}"
        assert not (expected.refused and self._posts), f"sent in spite of {expected.why}: {result.text}"
        if not result.failed and self._storm.wait:
            assert not expected.refused, f"done in spite of {expected.why}: {result.text}"
            assert expected.fits(after), (expected.differs(after), result.text)

    def look(self, path: str, body: Any) -> None:
        """A request on its way to the service, with the body of a write."""
        with self._lock:
            self._requests += 1
            for number, (call, data) in self._storm.others:
                if number == self._requests:
                    self.other(call, data)
                    self._met_others = True
            beside = self._storm.beside
            due = beside is not None and beside.number == self._requests
        if beside is not None and due:
            self._run_beside(beside)
        self.look_again()
        if body is not None:
            with self._lock:
                self._look_at_write(path, body)

    def _look_at_write(self, path: str, body: Any) -> None:
        self._posts += 1
        verb = next((verb for end, verb in WRITES.items() if path.endswith(end)), "")
        sent = sent_pairs(body)
        if not verb:
            self._wrong.append(f"POST {path}")
        elif verb == "add":
            self._refuse(sent - self._fit, "added outside the desired state")
        else:
            self._refuse(sent - self.may_remove(sent), "taken back and nobody asked for it")
            self._removed |= sent
            if len(self._removed) > self._limit:
                self._wrong.append(f"{len(self._removed)} taken back and {self._limit} allowed")

    def may_remove(self, sent: set[Pair]) -> set[Pair]:
        """Those that the task asks to be taken back, the limits aside."""
        return self._task.may_remove(sent)

    def _refuse(self, pairs: set[Pair], what: str) -> None:
        if pairs:
            self._wrong.append(f"{what}: {sorted(pairs)}")

    def look_again(self) -> None:
        """What was so at any moment of a run may be what the run has seen."""
        with self._lock:
            self._limit = max(self._limit, self._task.limit(self.town.pairs()) or 0)
            self._fit |= self._task.may_add(self.town.people())

    def _gather_faults(self) -> set[str]:
        found = Counter[str]()
        for fault in self.box.faults.all():
            found[fault["kind"]] += fault["hits"]
        self.box.faults.clear()
        for kind, hits in found.items():
            self.counts["faults"] += hits
            self.counts[f"fault {kind}"] += hits
        return {kind for kind, hits in found.items() if hits}


def sent_pairs(body: Any) -> set[Pair]:
    """What a write is about."""
    return {
        (asset["adamId"], kind, name)
        for asset in body.get("assets", ())
        for kind, field in ((DEVICE, "serialNumbers"), (PERSON, "clientUserIds"))
        for name in body.get(field, ())
    }

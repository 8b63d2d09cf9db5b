# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of vpp_license in a drawn world, each of them watched: what it sends is held against what its task may do."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import vpp_license
from ansible_collections.openmdm.vpp.tests.faults.oracle import Task, judge
from ansible_collections.openmdm.vpp.tests.faults.reaper import Kill, Killed, Reaper, Watched, install
from ansible_collections.openmdm.vpp.tests.faults.town import DEVICE, PERSON, Pair, Plot, Town, build, email_of
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box
from sandbox.app import Sandbox
from sandbox.clock import ManualClock

MEMORY = "/dev/shm"
"""Where there is such a folder, the state directories of thousands of worlds wear no disk out."""
WRITES = {"/assets/associate": "add", "/assets/disassociate": "remove"}


@dataclass(frozen=True)
class Storm:
    """What happens to one run. `others`: before the n-th request somebody else does something."""

    faults: Sequence[dict[str, Any]] = ()
    kill: Kill | None = None
    others: Sequence[tuple[int, tuple[str, dict[str, Any]]]] = ()
    wait: bool = True
    check: bool = False
    with_events: bool = False


CALM = Storm()


class World:
    """A location, its state directory, and the runs of one admin."""

    def __init__(self, plot: Plot, *, state: bool, cache: bool) -> None:
        self.box = Sandbox(build(plot), clock=ManualClock())
        self.town = Town(self.box)
        self.folder = Path(tempfile.mkdtemp(prefix="openmdm-", dir=MEMORY if Path(MEMORY).is_dir() else None))
        self.reaper, self.counts = Reaper(), Counter[str]()
        self._patch = pytest.MonkeyPatch()
        self._options = use_box(self._patch, self.box)
        install(self._patch, self.reaper, Watched(self.box, self.reaper, self._look, self._look_again))
        if state:
            self._options |= {"state_dir": str(self.folder / "state"), "cache": cache}
        self._task, self._storm = Task(DEVICE, (), ()), CALM
        self._wrong: list[str] = []
        self._pending: list[str] = []

    def close(self) -> None:
        self._patch.undo()
        self.box.close()
        shutil.rmtree(self.folder)

    def other(self, call: str, body: dict[str, Any]) -> None:
        """What can't be done (there are too few licences, somebody isn't known) isn't done."""
        status, _answer = self.town.control("POST", f"locations/main/{call}", body)
        self.counts["changes by others"] += status == 200

    def recover(self, *, release: bool) -> None:
        """The last fault is over, and no event hangs any more."""
        self._gather_faults()
        for call, body in (("token", {"action": "restore"}), ("client-config", {"mdmInfo": None})):
            status, answer = self.town.control("POST", f"locations/main/{call}", body)
            assert status == 200, answer
        self.box.switches.update({"events_finish": True})
        self._options["content_token"] = self.box.token()
        if release:
            self.town.release()
        self.box.advance(60 if release else 3600)

    def run(self, task: Task, storm: Storm = CALM) -> Result | None:
        """None = killed. Raises AssertionError for what must not be."""
        self._task, self._storm, self._requests, self._posts = task, storm, 0, 0
        self._removed: set[Pair] = set()
        self._limit, self._fit = 0, task.may_add({})
        self._look_again()
        before = self.town.pairs()
        quiet = not any(event.apply_at is not None and not event.applied for event in self.town.place.events.values())
        expected = judge(task, self.town, self.box.switches["registered_user"] == "allowed")
        for fault in storm.faults:
            self.box.faults.add(fault)
        self.reaper.begin(storm.kill)
        options = self._of(task, storm)
        self.counts["runs"] += 1
        result = None
        try:
            result = run_main(vpp_license.main, options, check=storm.check)
        except Killed:
            self.counts["kills"] += 1
        finally:
            self.reaper.begin(None)
            hit = self._gather_faults()
        assert not self._wrong, self._wrong
        if result is not None:
            calm = quiet and not hit & DISTURBING and not self._met_others
            self._is_true(result, before, expected, calm)
        return result

    def _is_true(self, result: Result, before: set[Pair], expected: Any, calm: bool) -> None:
        """What a result tells against what became of the world."""
        told = result.data.get("msg", "")
        assert "unexpected" not in told, result.text
        assert bool(told) == result.failed, result.text
        self._pending = result.data.get("pending_events", [])
        if self._storm.check:
            assert self._posts == 0
            return
        after = self.town.pairs()
        if calm and after != before:
            assert result.data["changed"], f"something was done and it is not told: {result.text}"
        if calm and not result.failed and self._storm.wait:
            assert not expected.refused, f"done in spite of {expected.why}: {result.text}"
            assert after == expected.pairs, (
                sorted(after - expected.pairs),
                sorted(expected.pairs - after),
                result.text,
            )
        if calm and expected.refused:
            assert self._posts == 0, f"sent in spite of {expected.why}: {result.text}"

    def _look(self, path: str, body: Any) -> None:
        self._requests += 1
        for number, (call, data) in self._storm.others:
            if number == self._requests:
                self.other(call, data)
                self._met_others = True
        self._look_again()
        verb = next((verb for end, verb in WRITES.items() if path.endswith(end)), None)
        if body is None:
            return
        self._posts += 1
        if verb is None:
            self._wrong.append(f"POST {path}")
            return
        sent = {
            (asset["adamId"], kind, name)
            for asset in body["assets"]
            for kind, field in ((DEVICE, "serialNumbers"), (PERSON, "clientUserIds"))
            for name in body.get(field, ())
        }
        if verb == "add":
            self._refuse(sent - self._fit, "added outside the desired state")
        else:
            self._refuse(sent - self._task.may_remove(sent), "taken back and nobody asked for it")
            self._removed |= sent
            if len(self._removed) > self._limit:
                self._wrong.append(f"{len(self._removed)} taken back and {self._limit} allowed")

    def _refuse(self, pairs: set[Pair], what: str) -> None:
        if pairs:
            self._wrong.append(f"{what}: {sorted(pairs)}")

    def _look_again(self) -> None:
        """What was so at any moment of a run may be what the run has seen."""
        held = self.town.pairs()
        self._limit = max(self._limit, self._task.limit(held) or 0)
        self._fit |= self._task.may_add(self.town.people())

    def _gather_faults(self) -> set[str]:
        found = {fault["kind"]: 0 for fault in self.box.faults.all()}
        for fault in self.box.faults.all():
            found[fault["kind"]] += fault["hits"]
        for kind, hits in found.items():
            self.counts["faults"] += hits
            self.counts[f"fault {kind}"] += hits
        self.box.faults.clear()
        return {kind for kind, hits in found.items() if hits}

    def _of(self, task: Task, storm: Storm) -> dict[str, Any]:
        """The options of the module."""
        self._met_others = False
        options: dict[str, Any] = {
            "state": task.state,
            "exclusive": task.exclusive,
            "max_shrink": task.max_shrink,
            "allow_empty": task.allow_empty,
            "shortage": task.shortage,
            "orphans": task.orphans,
            "wait": storm.wait,
            "wait_timeout": 600,
            "poll_interval": 30,
            "keep": {"adam_ids": list(task.keep_assets)},
        }
        if task.all_assets:
            options["all_assets"] = True
        else:
            options["assets"] = [{"adam_id": one} for one in task.assets]
        if task.max_removals is not None:
            options["max_removals"] = task.max_removals
        if storm.with_events and self._pending:
            options["events"] = list(self._pending)
        if task.kind == DEVICE:
            options["devices"] = {"serial_numbers": list(task.targets)}
            options["keep"]["serial_numbers"] = list(task.keep)
        else:
            addresses = [email_of(name) for name in task.targets]
            options["users"] = {"emails": addresses} if task.by_email else {"client_user_ids": list(task.targets)}
            options["keep"]["client_user_ids"] = list(task.keep)
            options["include_registered"] = task.include_registered
        if task.known is not None:
            field = "serial_number" if task.kind == DEVICE else "client_user_id"
            path = self.folder / "known.json"
            path.write_text(json.dumps([{field: name} for name in task.known]), encoding="utf-8")
            options["devices" if task.kind == DEVICE else "users"]["known_file"] = str(path)
        return {**self._options, **options}


DISTURBING = {"version_change", "fewer_rows", "event_pending_forever", "event_hollow", "event_slow", "lost_answer"}
"""Faults after which the world need not be what a run saw last."""

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of vpp_user in a drawn world: whom its task may register, update and retire, and who must be there in the end.

Whom a list had before is known to the state directory alone. Of a run that failed or was killed nobody knows whether it
came to remember its list; so some people may be retired, and others must.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.openmdm.vpp.plugins.modules import vpp_user
from ansible_collections.openmdm.vpp.tests.faults.in_process import InProcess
from ansible_collections.openmdm.vpp.tests.faults.runs import World
from ansible_collections.openmdm.vpp.tests.faults.served import Served
from ansible_collections.openmdm.vpp.tests.faults.storm import Storm
from ansible_collections.openmdm.vpp.tests.unit.harness import Result
from sandbox.apple.model import ACTIVE

VERBS = ("create", "update", "retire")


@dataclass(frozen=True)
class PeopleTask:
    """`addresses` by id: the list."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    state: str = "present"
    exclusive: bool = False
    max_removals: str = "100%"
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class PeopleVerdict:
    """`before` and the state: pairs of id and address. `gone` must have been retired, `leaving` may."""

    refused: bool
    before: frozenset[tuple[str, str]]
    wanted: Mapping[str, str]
    gone: frozenset[str]
    leaving: frozenset[str]
    why: str = "more removals than allowed"
    tries: bool = False

    def fits(self, found: frozenset[tuple[str, str]]) -> bool:
        return not any(self.differs(found).values())

    def differs(self, found: frozenset[tuple[str, str]]) -> dict[str, list[Any]]:
        if self.refused:
            return {"changed": sorted(found ^ self.before)}
        ids = dict(found)
        touched = self.wanted.keys() | self.leaving
        rest = {pair for pair in self.before ^ found if pair[0] not in touched}
        return {
            "missing": sorted(pair for pair in self.wanted.items() if ids.get(pair[0]) != pair[1]),
            "still there": sorted(self.gone & ids.keys()),
            "touched": sorted(rest),
        }


class PeopleRuns(World):
    """`_surely` and `_perhaps`: whom the state directory has recorded for the list."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._surely, self._perhaps = set[str](), set[str]()

    def state(self) -> frozenset[tuple[str, str]]:
        with self.town.place.store.lock:
            found = self.town.place.store.users("status IN (?,?)", *ACTIVE)
        return frozenset((one["client_user_id"], one["email"] or "") for one in found)

    def task_options(self, task: PeopleTask) -> dict[str, Any]:
        options: dict[str, Any] = {
            "users": [{"client_user_id": name, "email": address} for name, address in task.addresses.items()],
            "source": "list",
            "state": task.state,
            "exclusive": task.exclusive,
            "max_shrink": 100,
            "allow_empty": True,
            "keep": {"client_user_ids": list(task.keep)},
        }
        if task.exclusive or task.state == "absent":
            options["max_removals"] = task.max_removals
        return options

    def judge(self, task: PeopleTask) -> PeopleVerdict:
        before = self.state()
        here = frozenset(dict(before))
        if task.state == "absent":
            gone = leaving = here & task.addresses.keys() - set(task.keep)
        elif task.exclusive:
            spared = task.addresses.keys() | set(task.keep)
            gone, leaving = (frozenset(here & names - spared) for names in (self._surely, self._perhaps))
        else:
            gone = leaving = frozenset()
        limit = len(here) if task.max_removals == "100%" else int(task.max_removals)
        wanted = dict(task.addresses) if task.state == "present" else {}
        return PeopleVerdict(len(gone) > limit, before, wanted, frozenset(gone), frozenset(leaving))

    def doubtful(self, task: PeopleTask) -> bool:
        """Nobody can tell whether the limit holds the task up."""
        expected = self.judge(task)
        return (
            task.max_removals != "100%" and not len(expected.leaving) <= int(task.max_removals) and not expected.refused
        )

    def _begin(self, task: PeopleTask, storm: Storm) -> None:
        if task.state == "present" and not storm.check:
            self._perhaps |= task.addresses.keys()
        super()._begin(task, storm)

    def _end(self, task: PeopleTask, storm: Storm, result: Result | None) -> None:
        super()._end(task, storm, result)
        if result is not None and not result.failed and not storm.check and task.state == "present":
            self._surely |= task.addresses.keys()
        if result is None or not storm.check:
            self._surely &= dict(self.state()).keys()

    def _look_at_write(self, path: str, body: Any) -> None:
        self._posts += 1
        verb = path.rsplit("/", 1)[-1]
        ids = {one["clientUserId"] for one in body.get("users", ())}
        task = self._task
        if verb not in VERBS:
            self._wrong.append(f"POST {path}")
        elif verb == "retire":
            mine = task.addresses.keys() if task.state == "absent" else self._perhaps - task.addresses.keys()
            if task.state == "present" and not task.exclusive:
                mine = set()
            self._refuse(ids - (mine - set(task.keep)), "retired and nobody asked for it")
            self._removed |= ids
            if len(self._removed) > self._limit:
                self._wrong.append(f"{len(self._removed)} retired and {self._limit} allowed")
        else:
            listed = task.addresses if task.state == "present" else {}
            self._refuse(ids - listed.keys(), f"{verb} of somebody who is not listed")
            wrong = {
                one["clientUserId"] for one in body["users"] if one.get("email") != listed.get(one["clientUserId"])
            }
            self._refuse(wrong, f"{verb} with another address")

    def look_again(self) -> None:
        text = self._task.max_removals
        self._limit = max(self._limit, len(self.state()) if text == "100%" else int(text))


class PeopleWorld(PeopleRuns, InProcess):
    main = staticmethod(vpp_user.main)


class PeopleServed(PeopleRuns, Served):
    module = "vpp_user"

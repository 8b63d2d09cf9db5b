# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of vpp_license whose devices a scope of Systems Manager names, while they come, go, and change their tags.

What a run may do is held against every state that the MDM was in meanwhile: whoever was in the scope at some moment may
be given a licence, and only who was known and out of it at some moment may lose one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import mdm
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm import meraki
from ansible_collections.openmdm.vpp.tests.faults.in_process import Inline, InProcess
from ansible_collections.openmdm.vpp.tests.faults.oracle import Task, Verdict
from ansible_collections.openmdm.vpp.tests.faults.storm import Storm
from ansible_collections.openmdm.vpp.tests.faults.task_options import options_of
from ansible_collections.openmdm.vpp.tests.faults.town import Pair, Plot, build
from ansible_collections.openmdm.vpp.tests.unit.harness import use_systems
from sandbox.meraki.enrolment import enrol
from sandbox.seeds import systems
from sandbox.world import World as Place

TAG = "year-7"
AT_MDM = {"tags": ("PUT", "meraki/devices"), "enrol": ("POST", "meraki/enrol"), "unenrol": ("POST", "meraki/unenrol")}
"""What others do there: the calls of the sandbox."""


@dataclass(frozen=True)
class ScopePlot:
    """`enrolled`: serial numbers that the MDM knows, of which some carry the tag of the scope."""

    place: Plot
    enrolled: Sequence[str]
    tagged: frozenset[str]


class ScopeWorld(InProcess):
    """`_seen`: the task, with the devices of each moment of a run."""

    def __init__(self, plot: ScopePlot) -> None:
        super().__init__(plot)
        self._seen = set[Task]()
        reach = use_systems(self._patch, self.box)
        connect = mdm.connect
        self._patch.setattr(
            mdm, "connect", lambda *given, **named: connect(*given, **{**named, "transport": self.transport})
        )
        self._patch.setattr(meraki, "ThreadPoolExecutor", Inline)
        self.options |= {**reach, "meraki_requests_per_second": 10, "licensing": "collection"}

    def make(self, plot: ScopePlot) -> Place:
        world = build(plot.place)
        org = systems.organization(world, "600042", "Fernhill School", "faults")
        site = systems.network(org, "main", "Fernhill devices")
        systems.link(world, site, "apps@fernhill.example")
        for serial in plot.enrolled:
            enrol(org, site, serial, f"iPad {serial}", "iPadOS", (TAG if serial in plot.tagged else "staff",))
        return world

    @property
    def network(self) -> str:
        return next(iter(self.box.world.meraki.networks))

    def other(self, call: str, body: dict[str, Any]) -> None:
        if call not in AT_MDM:
            super().other(call, body)
            return
        method, path = AT_MDM[call]
        where = {"network": self.network} if call == "enrol" else {}
        status, _answer = self.town.control(method, path, {**where, **body})
        self.counts["changes by others"] += status == 200
        self.counts["changes at the MDM"] += status == 200

    def present(self, task: Task) -> Task:
        """With the devices that the scope means now, in the order of the MDM, and those that it knows."""
        devices = list(self.box.world.meraki.networks[self.network].devices.values())
        scope = tuple(one.serial for one in devices if TAG in one.tags)
        return replace(task, targets=scope, known=tuple(one.serial for one in devices))

    def judge(self, task: Task) -> Verdict:
        return super().judge(self.present(task))

    def task_options(self, task: Task) -> dict[str, Any]:
        return {**options_of(task, self.folder), "devices": {"scope": [{"match": "with_any", "tags": [TAG]}]}}

    def may_remove(self, sent: set[Pair]) -> set[Pair]:
        return set().union(*(task.may_remove(sent) for task in self._seen))

    def _begin(self, task: Task, storm: Storm) -> None:
        self._seen.clear()
        super()._begin(task, storm)

    def look_again(self) -> None:
        with self._lock:
            now = self.present(self._task)
            self._seen.add(now)
            self._limit = max(self._limit, now.limit(self.town.pairs()) or 0)
            self._fit |= now.may_add(self.town.people())

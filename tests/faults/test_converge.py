# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convergence: random worlds, tasks, faults, kills and changes by others. Nothing outside of the desired state is ever
added, nothing is taken back beyond what was asked for and allowed; and once the last fault is over, two runs reach the
goal and the next one sends nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("hypothesis")

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ansible_collections.openmdm.vpp.tests.faults.converge import converge
from ansible_collections.openmdm.vpp.tests.faults.draws import plots, tasks
from ansible_collections.openmdm.vpp.tests.faults.in_process import InProcess
from ansible_collections.openmdm.vpp.tests.faults.machine import HAPPENS, MET, Machine, explore
from ansible_collections.openmdm.vpp.tests.faults.oracle import Task
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.storm_draws import OTHERS, STORMS, besides
from ansible_collections.openmdm.vpp.tests.faults.town import ASSETS, PEOPLE, PERSON, Plot

PARTS = amount(1, 20)
WORLDS = amount(60, 8_000) // PARTS


class Licences(Machine):
    @initialize(
        plot=plots(),
        task=tasks(),
        memory=st.sampled_from(["none", "state", "cache", "cache"]),
        release=st.booleans(),
    )
    def begin(self, plot, task, memory, release):
        self.world = InProcess(plot)
        self.world.remember(memory)
        self.task, self.release = task, release

    @rule(storm=STORMS)
    def run(self, storm):
        self.run_watched(storm)

    @rule(task=tasks(), storm=STORMS)
    def run_another(self, task, storm):
        self.task = task
        self.run_watched(storm)

    @rule(storm=STORMS, beside=besides(tasks(), ["same", "same", "own", "none"]))
    def run_two(self, storm, beside):
        self.run_watched(replace(storm, beside=beside))

    @rule(changes=st.lists(OTHERS, max_size=3), seconds=st.sampled_from([0, 60, 700, 90_000]))
    def meanwhile(self, changes, seconds):
        self.pass_time(changes, seconds)


@pytest.mark.parametrize("spare", range(5))
@pytest.mark.parametrize("shortage", ["fail", "partial"])
@pytest.mark.parametrize("switch", ["allowed", "refused"])
def test_who_has_not_accepted_counts_when_licences_are_short_and_comes_last(switch, shortage, spare):
    """Beside what is drawn: few worlds are short of licences just for these people. Two of the four have accepted."""
    statuses = ["Registered", "Registered", "Associated", "Associated"]
    world = InProcess(
        Plot(statuses, {("900", PERSON): PEOPLE[:1]}, dict.fromkeys(ASSETS, spare), {"registered_user": switch})
    )
    try:
        order = ("person-2", "person-3", "person-1")
        task = Task(PERSON, ("900",), PEOPLE[:4], shortage=shortage, include_registered=True)
        converge(world, task)
        given = order[:spare] if shortage == "partial" or spare >= len(order) else ()
        served = [name for name in given if switch == "allowed" or name != "person-1"]
        assert world.state() == {("900", PERSON, name) for name in ("person-0", *served)}
    finally:
        world.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_two_runs_reach_the_goal_and_the_next_sends_nothing(part):
    met = (*MET, "runs beside another", "runs held off by the lock")
    explore(Licences, "licences", part, WORLDS, HAPPENS, met, parts=PARTS)

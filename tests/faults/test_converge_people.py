# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convergence of people: random lists, faults, kills and changes by others. Nobody is registered or retired whom the
task doesn't mean; and once the last fault is over, two runs reach the goal and the next one sends nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("hypothesis")

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ansible_collections.openmdm.vpp.tests.faults.draws import people_tasks, plots
from ansible_collections.openmdm.vpp.tests.faults.machine import HAPPENS, MET, Machine, explore
from ansible_collections.openmdm.vpp.tests.faults.people_runs import PeopleWorld
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.storm_draws import OTHERS, STORMS, besides

PARTS = amount(1, 2)
WORLDS = amount(20, 1_000) // PARTS


class People(Machine):
    @initialize(data=st.data(), plot=plots(), memory=st.sampled_from(["none", "state", "state"]), release=st.booleans())
    def begin(self, data, plot, memory, release):
        self.world = PeopleWorld(plot)
        self.world.remember(memory)
        self.release, self.lists = release, people_tasks(memory != "none")
        self.task = data.draw(self.lists)

    @rule(data=st.data(), storm=STORMS)
    def run_another(self, data, storm):
        self.task = data.draw(self.lists)
        self.run_watched(storm)

    @rule(storm=STORMS)
    def run(self, storm):
        self.run_watched(storm)

    @rule(data=st.data(), storm=STORMS)
    def run_two(self, data, storm):
        self.run_watched(replace(storm, beside=data.draw(besides(self.lists, ["same"]))))

    @rule(changes=st.lists(OTHERS, max_size=3), seconds=st.sampled_from([0, 60, 700, 90_000]))
    def meanwhile(self, changes, seconds):
        self.pass_time(changes, seconds)


@pytest.mark.parametrize("part", range(PARTS))
def test_two_runs_reach_the_goal_and_the_next_sends_nothing(part):
    met = (*MET, "runs beside another", "runs held off by the lock")
    explore(People, "people", part, WORLDS, HAPPENS, met, parts=PARTS)

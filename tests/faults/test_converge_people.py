# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convergence of people: random lists, faults, kills and changes by others. Nobody is registered or retired whom the
task doesn't mean; and once the last fault is over, two runs reach the goal and the next one sends nothing."""

from __future__ import annotations

import pytest

pytest.importorskip("hypothesis")

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ansible_collections.openmdm.vpp.tests.faults.draws import OTHERS, STORMS, plots
from ansible_collections.openmdm.vpp.tests.faults.machine import Machine, explore
from ansible_collections.openmdm.vpp.tests.faults.people_runs import PeopleTask, PeopleWorld
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.town import PEOPLE, email_of

PARTS = amount(1, 4)
WORLDS = amount(20, 2_000) // PARTS


@st.composite
def lists(draw, memory):
    """`memory`: there is a state directory, without which there is no exclusive list."""
    names = draw(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=draw(st.sampled_from([0, 3, 5])), max_size=7))
    shape = draw(st.sampled_from(["present", "exclusive", "exclusive", "absent"] if memory else ["present", "absent"]))
    addresses = {name: draw(st.sampled_from([email_of(name), f"new.{email_of(name)}"])) for name in names}
    return PeopleTask(
        addresses,
        "absent" if shape == "absent" else "present",
        shape == "exclusive",
        draw(st.sampled_from(["100%", "100%", "100%", "0", "2"])),
        draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2).map(tuple)),
    )


class People(Machine):
    @initialize(data=st.data(), plot=plots(), memory=st.sampled_from(["none", "state", "state"]), release=st.booleans())
    def begin(self, data, plot, memory, release):
        self.world = PeopleWorld(plot)
        self.world.remember(memory)
        self.release, self.lists = release, lists(memory != "none")
        self.task = data.draw(self.lists)

    @rule(data=st.data(), storm=STORMS)
    def run_another(self, data, storm):
        self.task = data.draw(self.lists)
        self.run_watched(storm)

    @rule(storm=STORMS)
    def run(self, storm):
        self.run_watched(storm)

    @rule(changes=st.lists(OTHERS, max_size=3), seconds=st.sampled_from([0, 60, 700, 90_000]))
    def meanwhile(self, changes, seconds):
        self.pass_time(changes, seconds)


@pytest.mark.parametrize("part", range(PARTS))
def test_two_runs_reach_the_goal_and_the_next_sends_nothing(part):
    explore(People, "people", part, WORLDS)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convergence of a scope of an MDM: devices come, go and change their tags between any two requests, both services
fail, and runs are killed. Nobody who was in the scope all the while loses a licence, nobody outside gets one; and once
the last fault is over, two runs give the scope what it is to have, and the next one sends nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("hypothesis")

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ansible_collections.openmdm.vpp.tests.faults.draws import plots, tasks
from ansible_collections.openmdm.vpp.tests.faults.machine import HAPPENS, MET, Machine, explore
from ansible_collections.openmdm.vpp.tests.faults.scope_runs import TAG, ScopePlot, ScopeWorld
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.storm_draws import FAULTS, OTHERS, STORMS, faults_at
from ansible_collections.openmdm.vpp.tests.faults.town import DEVICE, DEVICES

PARTS = amount(1, 2)
WORLDS = amount(12, 1_200) // PARTS

SOME = st.lists(st.sampled_from(DEVICES), unique=True, min_size=1, max_size=4)
PLACES = st.builds(
    ScopePlot,
    plots(),
    st.lists(st.sampled_from(DEVICES), unique=True, min_size=3, max_size=12),
    st.frozensets(st.sampled_from(DEVICES), min_size=2),
)
TASKS = (
    tasks()
    .filter(lambda task: task.kind == DEVICE)
    .map(lambda task: replace(task, known=None, orphans=False, allow_empty=True, targets=()))
)
AT_MDM = st.one_of(
    SOME.flatmap(
        lambda names: st.sampled_from([[TAG], ["staff"], []]).map(
            lambda tags: ("tags", {"serials": names, "tags": tags})
        )
    ),
    SOME.map(lambda names: ("unenrol", {"serials": names[:1]})),
    SOME.map(lambda names: ("enrol", {"devices": [{"serial": names[0], "tags": [TAG]}]})),
)
CHANGES = st.sampled_from([AT_MDM, OTHERS]).flatmap(lambda one: one)
"""Each as often as the other: `|` counts the kinds of each."""
FAULTS_OF_BOTH = st.sampled_from([FAULTS, faults_at([{"service": "meraki"}])]).flatmap(lambda one: one)
ANY_STORM = st.builds(
    lambda storm, faults, others: replace(storm, faults=faults, others=others),
    STORMS,
    st.lists(FAULTS_OF_BOTH, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 25), CHANGES), max_size=3),
)


class Scopes(Machine):
    @initialize(plot=PLACES, task=TASKS, memory=st.sampled_from(["none", "state", "cache"]), release=st.booleans())
    def begin(self, plot, task, memory, release):
        self.world = ScopeWorld(plot)
        self.world.remember(memory)
        self.task, self.release = task, release

    @rule(storm=ANY_STORM)
    def run(self, storm):
        self.run_watched(storm)

    @rule(task=TASKS, storm=ANY_STORM)
    def run_another(self, task, storm):
        self.task = task
        self.run_watched(storm)

    @rule(changes=st.lists(CHANGES, max_size=3), seconds=st.sampled_from([0, 60, 700, 90_000]))
    def meanwhile(self, changes, seconds):
        self.pass_time(changes, seconds)


@pytest.mark.parametrize("part", range(PARTS))
def test_who_is_in_the_scope_has_it_and_the_next_run_sends_nothing(part):
    explore(Scopes, "scopes", part, WORLDS, HAPPENS, (*MET, "changes at the MDM"), parts=PARTS)

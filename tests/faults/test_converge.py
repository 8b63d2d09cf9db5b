# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convergence: random worlds, tasks, faults, kills and changes by others. Nothing outside of the desired state is ever
added, nothing is taken back beyond what was asked for and allowed; and once the last fault is over, two runs reach the
goal and the next one sends nothing."""

from __future__ import annotations

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ansible_collections.openmdm.vpp.tests.faults.draws import FAULTS, KILLS, OTHERS, plots, tasks
from ansible_collections.openmdm.vpp.tests.faults.in_process import InProcess
from ansible_collections.openmdm.vpp.tests.faults.runs import Storm, converge
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.tally import Tally
from ansible_collections.openmdm.vpp.tests.unit.harness import Result

PARTS = amount(1, 20)
WORLDS = amount(60, 10_000) // PARTS

STORMS = st.builds(
    Storm,
    faults=st.lists(FAULTS, min_size=1, max_size=4),
    kill=st.none() | KILLS,
    others=st.lists(st.tuples(st.integers(1, 25), OTHERS), max_size=2),
    wait=st.sampled_from([True, True, True, False]),
    check=st.integers(0, 9).map(lambda number: number == 0),
    with_events=st.booleans(),
)


class Worlds(RuleBasedStateMachine):
    """One world an example."""

    tally = Tally("converge")

    def __init__(self) -> None:
        super().__init__()
        self.world: InProcess | None = None

    @initialize(
        plot=plots(), task=tasks(), memory=st.sampled_from(["none", "state", "cache", "cache"]), release=st.booleans()
    )
    def begin(self, plot, task, memory, release):
        self.world = InProcess(plot)
        self.world.remember(memory)
        self.task, self.release = task, release

    @rule(storm=STORMS)
    def run(self, storm):
        self._told(self.world.run(self.task, storm))

    @rule(task=tasks(), storm=STORMS)
    def run_another(self, task, storm):
        self.task = task
        self._told(self.world.run(task, storm))

    @rule(changes=st.lists(OTHERS, max_size=3), seconds=st.sampled_from([0, 60, 700, 90_000]))
    def meanwhile(self, changes, seconds):
        for change in changes:
            self.world.other(*change)
        self.world.box.advance(seconds)

    def _told(self, result: Result | None) -> None:
        if result is not None:
            self.world.counts["runs that failed" if result.failed else "runs that succeeded"] += 1

    def teardown(self) -> None:
        if self.world is None:
            return
        try:
            self.world.recover(release=self.release)
            converge(self.world, self.task)
            self.tally.add("worlds")
        except AssertionError:
            self.tally.add("violations")
            raise
        finally:
            for what, number in self.world.counts.items():
                self.tally.add(what, number)
            self.world.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_two_runs_reach_the_goal_and_the_next_sends_nothing(part):
    Worlds.tally = Tally("converge")
    Worlds.tally.seeds.append(part)
    Worlds.tally.add("violations", 0)
    machine = type("Worlds", (Worlds,), {"_hypothesis_internal_use_seed": part})
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=WORLDS,
                stateful_step_count=6,
                deadline=None,
                database=None,
                derandomize=False,
                print_blob=True,
                phases=(Phase.explicit, Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        Worlds.tally.write(part)
    counts = Worlds.tally.counts
    assert counts["worlds"] >= WORLDS
    assert min(counts[what] for what in ("kills", "faults", "changes by others", "goals reached")) > WORLDS // 10

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that are killed by SIGKILL, at a request, at a change on the disk or at any moment: the next runs read what
became of the work and reach the goal, and the one after that sends nothing."""

from __future__ import annotations

import pytest

pytest.importorskip("hypothesis")

from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.tests.faults.converge import converge
from ansible_collections.openmdm.vpp.tests.faults.draws import people_tasks, plots, tasks
from ansible_collections.openmdm.vpp.tests.faults.kill import DISK, POST, REQUEST, TIME, Kill
from ansible_collections.openmdm.vpp.tests.faults.people_runs import PeopleServed
from ansible_collections.openmdm.vpp.tests.faults.served import Served
from ansible_collections.openmdm.vpp.tests.faults.soak import FIRST_SEED, amount
from ansible_collections.openmdm.vpp.tests.faults.storm import Storm
from ansible_collections.openmdm.vpp.tests.faults.tally import Tally

MODULES = {
    "vpp_license": (Served, lambda _memory: tasks(), ["none", "state", "cache", "cache"], amount(5, 160)),
    "vpp_user": (PeopleServed, lambda memory: people_tasks(memory != "none"), ["none", "state"], amount(3, 60)),
}
"""How a world of each is made, its tasks by the memory, the memories, and how many worlds are drawn."""
PARTS = amount(1, 5)

KILLS = st.one_of(
    st.builds(Kill, st.just(POST), st.integers(1, 3), st.sampled_from(["before", "after"])),
    st.builds(Kill, st.just(REQUEST), st.integers(3, 16), st.sampled_from(["before", "after"])),
    st.builds(Kill, st.just(DISK), st.integers(1, 6), st.sampled_from(["before", "within", "after"])),
    st.builds(Kill, st.just(TIME), st.integers(0, 20), st.just("after")),
)
SURE = Kill(REQUEST, 2, "after")
"""No run has fewer requests."""


@st.composite
def places(draw):
    """Time is real here, so that little of it may be drawn."""
    plot = draw(plots())
    away = ("counts", "count_lag_seconds", "freed_lag", "retry_after_429", "enforce_rate", "event_queue")
    switches = {name: value for name, value in plot.switches.items() if name not in away}
    limits = {**switches["limits"], "maxRequestPerSecond": 400}
    return replace(plot, switches={**switches, "event_seconds": draw(st.sampled_from([0, 0.2])), "limits": limits})


def story(tally, world, kills, memory, release):
    try:
        world.remember(memory)
        for task, kill in kills:
            last = task
            world.run(task, Storm(kill=kill))
        if not world.counts["kills"]:
            assert world.run(last, Storm(kill=SURE)) is None
        world.recover(release=release)
        converge(world, last)
        tally.add("worlds")
    finally:
        for what, number in world.counts.items():
            tally.add(what, number)
        world.close()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("module", MODULES)
def test_a_killed_run_is_made_good(module, part):
    make, tasks_of, memories, worlds = MODULES[module]
    worlds //= PARTS

    @seed(FIRST_SEED + part)
    @settings(
        max_examples=worlds,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data(), places(), st.sampled_from(memories), st.booleans())
    def any_world(data, plot, memory, release):
        kills = data.draw(st.lists(st.tuples(tasks_of(memory), KILLS), min_size=1, max_size=2))
        story(tally, make(plot), kills, memory, release)

    with Tally(f"killed {module}").of(part, FIRST_SEED + part) as tally:
        any_world()
    assert tally.counts["kills"] >= tally.counts["worlds"] >= worlds

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the state machines of Hypothesis have in common: one world an example, which must converge in the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from ansible_collections.openmdm.vpp.tests.faults.converge import converge
from ansible_collections.openmdm.vpp.tests.faults.runs import World
from ansible_collections.openmdm.vpp.tests.faults.soak import FIRST_SEED, SHRINK, SOAK
from ansible_collections.openmdm.vpp.tests.faults.storm import Storm
from ansible_collections.openmdm.vpp.tests.faults.storm_draws import DEATHS, KINDS
from ansible_collections.openmdm.vpp.tests.faults.tally import Tally

HAPPENS = ("kills", "faults", "changes by others", "goals reached")
MET = (*KINDS, *DEATHS)


class Machine(RuleBasedStateMachine):
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None
        self.task: Any = None
        self.release = False
        self._broken = False

    def run_watched(self, storm: Storm) -> None:
        try:
            result = self.world.run(self.task, storm)
        except AssertionError:
            self._broken = True
            raise
        if result is not None:
            self.world.counts["runs that failed" if result.failed else "runs that succeeded"] += 1

    def pass_time(self, changes: Sequence[Any], seconds: float) -> None:
        for change in changes:
            self.world.other(*change)
        self.world.box.advance(seconds)

    def teardown(self) -> None:
        world = self.world
        if world is None:
            return
        try:
            if not self._broken:
                world.recover(release=self.release)
                converge(world, world.whole(self.task))
                self.tally.add("worlds")
        except AssertionError:
            self._broken = True
            raise
        finally:
            for what, number in world.counts.items():
                self.tally.add(what, number)
            world.close()


def explore(
    machine: type[Machine],
    name: str,
    part: int,
    worlds: int,
    happens: Sequence[str] = HAPPENS,
    met: Sequence[str] = MET,
    *,
    parts: int,
) -> None:
    """As many worlds, from a seed of the part's own. What is to happen did so often; and where many worlds are drawn,
    in all `parts` together each fault and each kill must be `met`."""
    seed = FIRST_SEED + part
    with Tally(name).of(part, seed) as tally:
        if SOAK:
            tally.must(met, parts)
        run_state_machine_as_test(
            type(machine.__name__, (machine,), {"_hypothesis_internal_use_seed": seed, "tally": tally}),
            settings=settings(
                max_examples=worlds,
                stateful_step_count=6,
                deadline=None,
                database=None,
                derandomize=False,
                print_blob=True,
                phases=(Phase.generate, Phase.shrink) if SHRINK else (Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert tally.counts["worlds"] >= worlds
    assert min(tally.counts[what] for what in happens) >= max(1, worlds // 20), tally.counts

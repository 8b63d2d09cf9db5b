# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a storm is over, the goal is reached soon."""

from __future__ import annotations

from typing import Any

from ansible_collections.openmdm.vpp.tests.faults.runs import World


def converge(world: World, task: Any) -> None:
    """Two runs reach what a quiet world must come to, and the third sends nothing."""
    if world.doubtful(task):
        world.counts["goals that nobody can tell"] += 1
        return
    expected, told = world.judge(task), list[str]()
    world.counts["goals that are refused" if expected.refused else "goals reached"] += 1
    for _run in range(1 if expected.refused else 2):
        result = world.run(task)
        assert result is not None
        told.append(result.text)
        world.box.advance(300)
    state = world.state()
    assert expected.fits(state), (task, expected.differs(state), told)
    sent = world.writes()
    last = world.run(task)
    assert last is not None
    assert expected.tries or world.writes() == sent, last.text
    assert world.state() == state, (expected, told, last.text)
    if expected.tries and world.forgetful():
        return  # it asked for somebody once more, and could not learn what became of it
    assert last.failed == expected.refused, (expected, told, last.text)
    assert not last.data["changed"], last.text

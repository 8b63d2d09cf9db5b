# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cell of the matrix played: a check and a run that meet the fault, and two more an hour later without it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.tests.faults.matrix_cells import MATRIX, Cell
from ansible_collections.openmdm.vpp.tests.faults.matrix_jobs import JOBS
from ansible_collections.openmdm.vpp.tests.faults.matrix_phases import LOG_NAMES, arm, phases_of
from ansible_collections.openmdm.vpp.tests.faults.matrix_stage import STRANGER, Stage, State, stage
from ansible_collections.openmdm.vpp.tests.unit.harness import Result
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer


@dataclass(frozen=True)
class Pilot:
    """A run without a fault."""

    result: Result
    goal: bool
    phases: dict[str, set[str]]
    writes: dict[str, int]
    requests: int


@dataclass(frozen=True)
class Turn:
    """A run, what was seen before and after it, and what it cost."""

    result: Result
    before: State
    after: State
    goal: bool
    writes: int
    connections: int
    requests: int
    seconds: float

    def changed(self, own: bool, cell: Cell) -> list[Any]:
        """Keys of what is other now: of those that the job may change, or of the rest; not what the fault did."""
        owns = JOBS[cell.job].owns
        keys = {key for key in {*self.before, *self.after} if self.before.get(key) != self.after.get(key)}
        return sorted(key for key in keys if owns(key) == own and not _strange(key, self.after))


@dataclass(frozen=True)
class Story:
    check: Turn
    run: Turn
    again: Turn
    last: Turn
    met: int
    leaked: bool


def _strange(key: Any, state: State) -> bool:
    """What the stranger of a fault did."""
    return (key[0] == "licence" and key[3].startswith("OTHER")) or (
        key == ("claim",) and state.get(key) == STRANGER["name"]
    )


def pilot(job: str, folder: Path, server: MailServer) -> Pilot:
    with stage(folder, server) as made:
        JOBS[job].prepare(made)
        start = len(made.box.requests)
        turn = _turn(made, job)
        asked = made.box.requests[start:]
        logs = {service: [one for one in asked if one["service"] == name] for service, name in LOG_NAMES.items()}
        phases = {service: phases_of(log, service) for service, log in logs.items() if log}
        writes = {service: sum(one["method"] != "GET" for one in log) for service, log in logs.items()}
        return Pilot(turn.result, turn.goal, phases, writes, turn.requests)


def play(cell: Cell, seen: Pilot, folder: Path, server: MailServer) -> Story:
    where = (cell.service, cell.phase, MATRIX.fault(cell), seen.writes.get(cell.service, 0))
    with stage(folder, server) as made:
        JOBS[cell.job].prepare(made)
        arm(made, *where)
        check = _turn(made, cell.job, check=True)
        made.heal(0)
        met = arm(made, *where)
        run = _turn(made, cell.job, loud=True)
        count = met()
        made.keep_secrets()
        made.heal(3600)
        again = _turn(made, cell.job, **MATRIX.again(cell))
        last = _turn(made, cell.job)
        texts = [turn.result.text for turn in (check, run, again, last)]
        leaked = any(secret in text for secret in made.secrets for text in texts)
        return Story(check, run, again, last, count, leaked)


def _turn(made: Stage, job: str, *, check: bool = False, loud: bool = False, **more: Any) -> Turn:
    before, writes, requests, start = made.seen(), made.writes(), len(made.box.requests), made.box.clock.now()
    connections = made.server.connections
    options = {**JOBS[job].options(made), **more}
    result = made.run(JOBS[job].module, options, check=check, loud=loud)
    seconds = made.box.clock.now() - start
    sent, asked = made.writes() - writes, len(made.box.requests) - requests
    connections = made.server.connections - connections
    return Turn(result, before, made.seen(), JOBS[job].goal(made), sent, connections, asked, seconds)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: every job, at every phase, with every fault of the services that it asks, as matrix.yml has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ansible_collections.openmdm.vpp.tests.faults.matrix_cells import MATRIX, Cell
from ansible_collections.openmdm.vpp.tests.faults.matrix_jobs import JOBS
from ansible_collections.openmdm.vpp.tests.faults.matrix_play import Pilot, Story, Turn, pilot, play
from ansible_collections.openmdm.vpp.tests.faults.matrix_stage import PASSWORD
from ansible_collections.openmdm.vpp.tests.faults.soak import SOAK
from ansible_collections.openmdm.vpp.tests.unit.harness import Result
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

LONGEST = 900
"""Characters of a sentence."""
MOST_SECONDS = 1500
"""Of a run: its own wait of 300, and two minutes for each request that keeps failing."""
WHAT = re.compile(r"^(Cannot \w+ |The \w+ |\d+ (of|mails?|people|licen[cs]es?|devices?) |After \d+ |Other MDM )")
REMEDY = re.compile(
    r"([Rr]un (it|the task) again|again later|mend (the cause|these)|[Aa]sk |[Cc]heck |[Cc]orrect |[Ss]et |[Ff]ind out)"
)
DOUBT = re.compile(r"may have|not known|may or may not|was sent, and|no failure, but|Apple accepted")


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with MailServer(login=("apps", PASSWORD)).running() as made:
        yield made


@pytest.fixture(scope="module")
def pilots(server, tmp_path_factory) -> dict[str, Pilot]:
    return {job: pilot(job, tmp_path_factory.mktemp("pilot"), server) for job in JOBS}


def test_the_file_names_the_jobs_and_their_phases(pilots):
    found = {job: seen.phases for job, seen in pilots.items()}
    listed = {
        job: {service: {*phases} for service, phases in services.items() if service != "mail"}
        for job, services in MATRIX.data["jobs"].items()
    }
    assert listed == found


@pytest.mark.parametrize("job", JOBS)
def test_without_a_fault(pilots, job):
    seen = pilots[job]
    assert (seen.result.failed, seen.goal) == (False, True), seen.result.data


def test_every_cell_is_run_or_said_not_to_be():
    reasons = {MATRIX.reason(cell) for cell in MATRIX.all()}
    assert reasons == {"", *MATRIX.data["not_applicable"]}
    part = MATRIX.part()
    assert {cell.job for cell in part} == {cell.job for cell in MATRIX.run()}
    assert {(cell.service, cell.phase) for cell in part} == {(cell.service, cell.phase) for cell in MATRIX.run()}
    assert {(cell.service, cell.fault) for cell in part} == {(cell.service, cell.fault) for cell in MATRIX.run()}


def test_every_exception_is_about_a_cell():
    """And differs from the rule."""
    used = {id(entry) for cell in MATRIX.run() if (entry := MATRIX.exception(cell)) is not None}
    assert used == {id(entry) for entry in MATRIX.data["exceptions"]}
    assert all(MATRIX.ruled(cell) != MATRIX.expected(cell) for cell in MATRIX.run() if MATRIX.exception(cell))


@pytest.mark.parametrize("cell", MATRIX.run() if SOAK else MATRIX.part(), ids=str)
def test_cell(server, pilots, tmp_path, cell):
    seen = pilots[cell.job]
    story = play(cell, seen, tmp_path, server)
    wrong = _wrong(cell, story, seen)
    assert not wrong, (wrong, story.run.result.data)


def _wrong(cell: Cell, story: Story, seen: Pilot) -> list[str]:
    run, check, outcome = story.run, story.check, _outcome(cell, story.run, seen)
    so = {
        "the fault was not met": story.met == 0,
        f"not {MATRIX.expected(cell)} but {outcome}": outcome != MATRIX.expected(cell),
        "changed is not true": not _is_true(cell, run),
        f"touched beside: {run.changed(False, cell)}": bool(run.changed(False, cell)),
        "a check wrote": check.writes + check.connections > 0 or bool(check.changed(True, cell)),
        "a secret is in the text": story.leaked,
        f"{run.requests} requests": run.requests > 3 * seen.requests + 40,
        f"{run.seconds:.0f} s": run.seconds > MOST_SECONDS,
        f"the next run failed: {again_text(story.again)}": story.again.result.failed,
        "the next run missed the goal": not story.again.goal,
        "a third run had something to do": (
            story.last.result.failed
            or story.last.result.data["changed"]
            or story.last.writes + story.last.connections > 0
        ),
        "a third run missed the goal": not story.last.goal,
    }
    return [text for text, is_so in so.items() if is_so] + _speech(run) + _speech(check)


def again_text(turn: Turn) -> str:
    return str(turn.result.data.get("msg", ""))


def _outcome(cell: Cell, turn: Turn, seen: Pilot) -> str:
    if turn.result.failed:
        return "told" if turn.writes else "nothing"
    whole = not JOBS[cell.job].looks or _changes_the_world(cell) or _facts(turn.result) == _facts(seen.result)
    return "overcome" if turn.goal and whole else "less"


def _changes_the_world(cell: Cell) -> bool:
    """So that a look at it shows something else."""
    return MATRIX.fault(cell).get("arm", {}).get("kind") in ("version_change", "claim", "token")


def _facts(result: Result) -> dict[str, object]:
    return {name: result.data[name] for name in result.own_keys}


def _is_true(cell: Cell, turn: Turn) -> bool:
    """What was changed is told. What was not changed may be told only where it is told that nobody knows, or that Apple
    took it."""
    changed = turn.result.data["changed"]
    if turn.changed(True, cell):
        return bool(changed)
    taken = any(event["event_status"] != "FAILED" for event in turn.result.data.get("events", ()))
    return not changed or taken or DOUBT.search(again_text(turn)) is not None


def _speech(turn: Turn) -> list[str]:
    """What is wrong with the sentence of a failure."""
    text, data = again_text(turn), turn.result.data
    if not turn.result.failed:
        return [] if not text else [f"a success with a message: {text}"]
    so = {
        "no what": not WHAT.search(text),
        "no remedy": not REMEDY.search(text),
        "a defect": "unexpected" in text or "where" in data,
        "not one line": bool(re.search(r"\n|\.\.|(\(\d+\)) \1", text)),
        "too long": len(text) > LONGEST,
        "no end": not text.endswith("."),
    }
    return [f"{word}: {text}" for word, is_so in so.items() if is_so]

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at named points, and at any: the file opens afterwards and says what was true."""

from __future__ import annotations

import random

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import SENT, OpenWork
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import NAME, Place

KILLED = (-9, "")
POST = """
with open_state() as state:
    (key,) = state.journal.intend([WRITE])
    POINT_1
    state.journal.accepted({key: "event-1"})
    POINT_2
    state.journal.ended({"event-1": "COMPLETE"})
    POINT_3
"""
MAIL = """
with open_state() as state:
    die_at(state, "NEVER")
    POINT_0
    found = state.invitations.intend(mailing("p1"))
    POINT_1
    POINT_2
    state.invitations.settle(found, sent=True)
    POINT_3
"""
AT_COMMIT = 'die_at(state, "COMMIT")'


def killed(place: Place, body: str, point: int, how: str = "die()") -> None:
    for number in range(4):
        body = body.replace(f"POINT_{number}", how if number == point else "pass")
    assert place.run(body) == KILLED


class TestJournal:
    @pytest.mark.parametrize(
        ("point", "how", "events", "unknown"),
        [
            (1, "die()", 0, 1),
            (1, AT_COMMIT, 0, 1),
            (2, "die()", 1, 0),
            (2, AT_COMMIT, 1, 0),
            (3, "die()", 0, 0),
        ],
    )
    def test_says_how_far_it_came(self, place, point, how, events, unknown):
        killed(place, POST, point, how)
        with place.open() as state:
            work = state.journal.open_events()
        assert (len(work.events), len(work.unknown)) == (events, unknown)

    def test_nothing_goes_out_before_the_intent_is_on_the_disk(self, place):
        body = "with open_state() as state:\n  die_at(state, 'COMMIT')\n  state.journal.intend([WRITE])\n  say('POST')"
        assert place.run(body) == KILLED
        with place.open() as state:
            assert state.journal.open_events() == OpenWork()


class TestMail:
    @pytest.mark.parametrize(
        ("point", "how", "uncertain", "sent"),
        [
            (0, "die()", 0, 0),
            (0, AT_COMMIT, 0, 0),  # before MAIL
            (1, "die()", 1, 0),  # after DATA, before the answer
            (2, AT_COMMIT, 1, 0),  # after the answer, before the ledger
            (3, "die()", 0, 1),  # after the ledger
        ],
    )
    def test_at_most_the_one_in_the_window_is_uncertain(self, place, point, how, uncertain, sent):
        killed(place, MAIL, point, how)
        with place.open() as state:
            found = [invitation for listed in state.invitations.of(["p1"]).values() for invitation in listed]
            assert len(state.invitations.uncertain()) == uncertain
            assert [invitation.state for invitation in found].count(SENT) == sent


class TestMaking:
    @pytest.mark.parametrize("function", ["opening.os.rename", "opening.write_schema", "database._steps"])
    def test_of_a_file(self, place, function):
        assert place.run(f"{function} = die\nopen_state().__enter__()") == KILLED
        assert f"{NAME}.sqlite3" not in place.names()
        assert place.run("with open_state() as state: say(state.journal.intend([WRITE]))") == (0, "[1]\n")

    def test_right_after_the_file_has_its_name(self, place):
        assert place.run("opening.os.fsync = die\nopen_state().__enter__()") == KILLED
        with place.open() as state:
            assert state.journal.open_events() == OpenWork()

    def test_in_the_middle_of_a_step_to_today(self, place):
        with place.open():
            pass
        body = """
database.STEPS = (*database.STEPS, ("CREATE TABLE later (later TEXT)", "ALTER TABLE person ADD COLUMN note TEXT"))
real = database.connect
def connect(*arguments):
    connection = real(*arguments)
    connection.set_trace_callback(lambda sql: die() if sql.startswith("ALTER") else None)
    return connection
opening.connect = connect
open_state().__enter__()
"""
        assert place.run(body) == KILLED
        with place.open() as state:
            assert state.journal._database.rows("PRAGMA user_version") == [(1,)]


LOOP = """
with open_state() as state:
    say("begins")
    for number in range(100000):
        (key,) = state.journal.intend([WRITE])
        say("intended", key)
        state.journal.accepted({key: f"event-{key}"})
        say("accepted", key)
        state.journal.ended({f"event-{key}": "COMPLETE"})
        say("ended", key)
"""
AFTER = {"begins": "intended", "intended": "accepted", "accepted": "ended", "ended": "intended"}


@pytest.mark.parametrize("lines", [0, 1, 2, 3, 7, 14, 26, 40])
def test_at_any_moment(place, lines):
    process = place.process(LOOP)
    assert process.stdout
    said = [process.stdout.readline().split() for _number in range(lines + 1)]
    for _number in range(random.randrange(2000)):
        pass
    process.kill()
    said += [line.split() for line in process.communicate()[0].splitlines()]
    last = said[-1][0]
    # What was said is on the disk; one more thing may be.
    with place.open() as state:
        work = state.journal.open_events()
    found = "accepted" if work.events else "intended" if work.unknown else "ended"
    assert len(work.events) + len(work.unknown) <= 1
    assert found in ({"begins": "ended"}.get(last, last), AFTER[last])

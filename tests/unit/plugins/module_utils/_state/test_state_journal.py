# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of POSTs: what the next run asks first, and what is forgotten."""

from __future__ import annotations

from datetime import timedelta

from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import OpenWork, Write
from ansible_collections.openmdm.vpp.tests.unit.fakes import START
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import writes

DAY = 86400.0


def test_the_next_run_asks_the_events_and_knows_of_the_lost_answers(place):
    first, second, third, fourth = writes(4)
    with place.open() as state:
        keys = state.journal.intend([first, second, third, fourth])
        state.journal.accepted({keys[0]: "e1", keys[2]: "e3"})
        state.journal.dropped([keys[3]])
        state.journal.ended({"e1": "COMPLETE"})
    place.clock.sleep(90.5)
    with place.open() as state:
        work = state.journal.open_events()
    assert [(found.event_id, found.write) for found in work.events] == [("e3", third)]
    assert [(found.id, found.write) for found in work.unknown] == [(keys[1], second)]
    assert {found.age for found in work.events + work.unknown} == {90.0}
    assert {found.intended for found in work.events + work.unknown} == {START}


def test_oldest_first(place):
    with place.open() as state:
        for number in range(3):
            (key,) = state.journal.intend([Write("associate", str(number), 1)])
            state.journal.accepted({key: f"e{number}"})
            state.journal.intend([Write("disassociate", str(number), 1)])
        work = state.journal.open_events()
    assert [found.event_id for found in work.events] == ["e0", "e1", "e2"]
    assert [found.write.digest for found in work.unknown] == ["0", "1", "2"]


def test_a_pending_event_stays_open_and_an_unknown_one_is_passed_over(place):
    with place.open() as state:
        (key,) = state.journal.intend(writes(1))
        state.journal.accepted({key: "e1"})
        state.journal.ended({"e1": "PENDING", "of nobody": "COMPLETE"})
        assert [found.event_id for found in state.journal.open_events().events] == ["e1"]
        state.journal.ended({"e1": "FAILED"})
        state.journal.ended({"e1": "COMPLETE"})
        assert state.journal.open_events() == OpenWork()
        assert state.journal._database.rows("SELECT outcome FROM journal") == [("FAILED",)]


def test_an_answer_after_all_to_an_unknown_write(place):
    with place.open() as state:
        (key,) = state.journal.intend(writes(1))
    with place.open() as state:
        state.journal.dropped([key])
        assert state.journal.open_events() == OpenWork()
        assert state.journal.intend(writes(1)) == [key + 1]  # an id is never used twice


def test_what_is_too_old_is_forgotten(place):
    with place.open() as state:
        state.journal.accepted(dict(zip(state.journal.intend(writes(2)), ["e1", "e2"], strict=True)))
        state.journal.ended({"e1": "COMPLETE"})
        place.clock.sleep(31 * DAY)
        (late,) = state.journal.intend(writes(1))
        count = "SELECT count(*) FROM journal"
        assert state.journal._database.rows(count) == [(2,)]
        place.clock.sleep(60 * DAY)
        state.journal.intend([])
        assert [found.id for found in state.journal.open_events().unknown] == [late]
        assert state.journal.open_events().events == ()
        assert state.journal._database.rows(count) == [(1,)]


def test_a_clock_that_was_set_back(place):
    with place.open() as state:
        state.journal.intend(writes(1))
        place.clock.elapsed -= DAY
        (found,) = state.journal.open_events().unknown
    assert (found.age, found.intended) == (0.0, START)
    assert found.intended.utcoffset() == timedelta(0)


def test_ten_thousand_entries_at_once(place):
    many = writes(10000)
    with place.open() as state:
        keys = state.journal.intend(many)
        state.journal.accepted({key: f"e{key}" for key in keys})
        assert len(state.journal.open_events().events) == 10000
        state.journal.ended({f"e{key}": "COMPLETE" for key in keys})
        assert state.journal.open_events() == OpenWork()

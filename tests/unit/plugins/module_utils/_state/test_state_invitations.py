# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of invitations: who was mailed, who may have been, whom to remind; and nothing in it that is secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import FAILED, INTENDED, SENT
from ansible_collections.openmdm.vpp.tests.unit.fakes import START, UID
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import Place, mailing

DAY = 86400.0


def mailed(place: Place, person: str, sent: bool = True, **other: str):
    with place.open() as state:
        found = state.invitations.intend(mailing(person, **other))
        return state.invitations.settle(found, sent=sent, smtp_code=None if sent else 550)


def test_intended_then_sent(place):
    with place.open() as state:
        intended = state.invitations.intend(mailing("p1"))
        assert (intended.state, intended.sent, intended.attempted) == (INTENDED, 0, START)
        assert state.invitations.uncertain() == [intended]
        place.clock.sleep(3)
        sent = state.invitations.settle(intended, sent=True)
        assert sent == replace(intended, state=SENT, sent=1, first_sent=START, last_sent=START)
        assert state.invitations.uncertain() == []
        assert state.invitations.of(["p1", "p2"]) == {"p1": [sent]}
        assert sent.reminders == 0


def test_reminders_are_counted_and_have_keys_of_their_own(place):
    first = mailed(place, "p1")
    place.clock.sleep(7 * DAY)
    second = mailed(place, "p1")
    assert (second.sent, second.reminders) == (2, 1)
    assert (second.first_sent, second.last_sent) == (START, START + timedelta(days=7))
    assert second.message_key != first.message_key
    assert len(second.message_key) == 32


def test_an_uncertain_mail_that_is_sent_again_keeps_its_key(place):
    with place.open() as state:
        before = state.invitations.intend(mailing("p1"))
    place.clock.sleep(60)
    with place.open() as state:
        assert state.invitations.uncertain() == [before]
        again = state.invitations.intend(mailing("p1"))
        assert again.message_key == before.message_key
        assert state.invitations.settle(again, sent=True).sent == 1


def test_an_uncertain_mail_that_is_taken_as_sent(place):
    with place.open() as state:
        state.invitations.intend(mailing("p1"))
    place.clock.sleep(DAY)
    with place.open() as state:
        (found,) = state.invitations.uncertain()
        assert state.invitations.settle(found, sent=True).last_sent == START


def test_a_failed_mail_is_counted_and_keeps_its_key(place):
    failed = mailed(place, "p1", sent=False)
    assert (failed.state, failed.failures, failed.smtp_code, failed.sent) == (FAILED, 1, 550, 0)
    again = mailed(place, "p1")
    assert (again.message_key, again.state, again.failures, again.smtp_code) == (failed.message_key, SENT, 1, None)


def test_a_failed_reminder_does_not_undo_the_mail_before(place):
    mailed(place, "p1")
    place.clock.sleep(8 * DAY)
    failed = mailed(place, "p1", sent=False)
    assert (failed.state, failed.sent, failed.last_sent) == (FAILED, 1, START)
    with place.open() as state:
        assert state.invitations.due(7 * DAY) == [failed]


def test_whom_to_remind(place):
    late = mailed(place, "late")
    mailed(place, "never", sent=False)
    place.clock.sleep(3 * DAY)
    early = mailed(place, "early")
    with place.open() as state:
        state.invitations.settle(state.invitations.intend(mailing("doubt")), sent=True)
    place.clock.sleep(4 * DAY)
    with place.open() as state:
        state.invitations.intend(mailing("doubt"))
        assert state.invitations.due(7 * DAY) == [late]
        assert state.invitations.due(7 * DAY + 1) == []
        assert state.invitations.due(4 * DAY) == [late, early]


def test_an_invite_that_was_issued_anew_is_another(place):
    old = mailed(place, "p1", code="old")
    place.clock.sleep(60)
    new = mailed(place, "p1", code="new")
    assert new.sent == 1
    with place.open() as state:
        assert state.invitations.of(["p1"]) == {"p1": [old, new]}
        assert new.invite == state.invitations.invite_mark(Secret("new"))
        assert old.invite == state.invitations.invite_mark(Secret("old"))


def test_a_changed_address_is_noticed(place):
    found = mailed(place, "p1", address="Ada@School.example ")
    with place.open() as state:
        assert found.address == state.invitations.address_mark("ada@school.example")
        assert found.address != state.invitations.address_mark("ada.l@school.example")
        changed = state.invitations.intend(mailing("p1", address="ada.l@school.example"))
        assert changed.address == state.invitations.address_mark("ada.l@school.example")


def test_settled_twice_or_never_intended(place):
    with place.open() as state:
        intended = state.invitations.intend(mailing("p1"))
        sent = state.invitations.settle(intended, sent=True)
        for wrong in (intended, sent, replace(intended, client_user_id="p2")):
            with pytest.raises(ValueError, match="isn't intended"):
                state.invitations.settle(wrong, sent=True)
        assert state.invitations.of(["p1", "p2"]) == {"p1": [sent]}


def test_many_people_in_one_question(place):
    ids = [f"p{number:04d}" for number in range(1234)]
    with place.open() as state:
        state.journal._database._connection.execute("PRAGMA synchronous = OFF")
        for person in ids:
            state.invitations.intend(mailing(person))
        assert state.invitations.of([*ids, "other", ids[0]]).keys() == set(ids)


def test_neither_address_nor_code_is_stored_and_marks_differ_between_files(place):
    address, code = "ada.lovelace@school.example", "e1b6c0de-secret-invite"
    one = mailed(place, "p1", code=code, address=address)
    content = place.file.read_bytes()
    for text in (address, "lovelace", code):
        assert text.encode() not in content
    assert address not in repr(mailing("p1", code, address))
    assert code not in repr(mailing("p1", code, address))
    with place.open(f"{UID}0") as state:
        assert state.invitations.address_mark(address) != one.address
        assert state.invitations.invite_mark(Secret(code)) != one.invite
        assert state.invitations.invite_mark(Secret(address)) != state.invitations.address_mark(address)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at named points, with the ledger on disk: each person gets one mail, but for the one in the window, who is
listed as uncertain and not mailed again."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import Place
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

PEOPLE = 6
RUN = """
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mail.post import LedgerRecord, mailer, mails
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

class Record(LedgerRecord):
    def intend(self, mail):
        at("before the intent", mail)
        key = super().intend(mail)
        at("after the intent", mail)
        return key
    def settle(self, result):
        at("after the answer", result.mail)
        super().settle(result)
        at("after the ledger", result.mail)

def at(point, mail):
    if (point, mail.client_user_id) == (POINT, "p3"): die()

with open_state() as state:
    people = mails(PEOPLE)
    known = state.invitations.of([mail.client_user_id for mail in people])
    with mailer(MailServer(port=PORT)) as post:
        post.send([mail for mail in people if mail.client_user_id not in known], Record(state.invitations))
    say("done")
"""


class Killer:
    """A server that kills its client at the third of a command, before it answers."""

    def __init__(self, command: str = "") -> None:
        self.command = command
        self.pid = 0

    def __call__(self, command: str, _rest: str, count: int) -> str:
        if command == self.command and count == 3:
            os.kill(self.pid, signal.SIGKILL)
        return ""


def run(place: Place, server: MailServer, killer: Killer, point: str = "") -> int:
    process = place.process(f"PORT, PEOPLE, POINT = {server.port}, {PEOPLE}, {point!r}\n{RUN}")
    killer.pid = process.pid
    said = process.communicate()[0]
    assert said == ("done\n" if process.returncode == 0 else "")
    return process.returncode


@pytest.mark.parametrize(
    ("command", "point", "uncertain", "mailed"),
    [
        ("MAIL", "", [], True),
        ("RCPT", "", [], True),
        ("", "before the intent", [], True),
        ("", "after the intent", ["p3"], False),
        ("DATA", "", ["p3"], False),
        ("END", "", ["p3"], True),
        ("", "after the answer", ["p3"], True),
        ("", "after the ledger", [], True),
    ],
)
def test_each_person_once(tmp_path: Path, command, point, uncertain, mailed):
    place, killer = Place(tmp_path / "state"), Killer(command)
    with MailServer(script=killer).running() as server:
        assert run(place, server, killer, point) == -signal.SIGKILL
        with place.open() as state:
            assert [found.client_user_id for found in state.invitations.uncertain()] == uncertain
        killer.command = ""
        assert run(place, server, killer) == 0
        assert run(place, server, killer) == 0
        count = Counter(mail.recipient.partition("@")[0] for mail in server.arrived)
    expected = Counter(f"p{number}" for number in range(1, PEOPLE + 1))
    if not mailed:
        del expected["p3"]
    assert count == expected
    keys = [mail.message["Message-ID"] for mail in server.arrived]
    assert len(set(keys)) == len(keys)
    with place.open() as state:
        assert [found.client_user_id for found in state.invitations.uncertain()] == uncertain
        sent = {person for person, found in state.invitations.of(expected).items() if found[-1].sent == 1}
    assert sent == set(expected) - set(uncertain)


def test_one_who_is_mailed_again_gets_the_same_message_id(tmp_path: Path):
    """So that a mailbox may drop the second copy."""
    place, killer = Place(tmp_path / "state"), Killer("END")
    with MailServer(script=killer).running() as server:
        assert run(place, server, killer) == -signal.SIGKILL
        killer.command = ""
        again = RUN.replace("not in known", "in ['p3']")
        process = place.process(f"PORT, PEOPLE, POINT = {server.port}, {PEOPLE}, ''\n{again}")
        assert process.communicate()[0] == "done\n"
        third = [mail.message["Message-ID"] for mail in server.arrived if mail.recipient == "p3@home.example"]
    assert len(third) == 2
    assert third[0] == third[1]

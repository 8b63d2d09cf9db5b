# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""100 people, 90 codes, and a run that is killed at a named point: no code reaches two people, nobody gets two, the one
in the window is told as uncertain, and ten are named as left without."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.code_model import CODES_UID
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import INTENDED, SENT
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import Place
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

PEOPLE, CODES, AT = 100, 90, 37
RUN = """
import json
from ansible_collections.openmdm.vpp.plugins.module_utils._core.code_model import CODES_UID, Code, Product
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import Person
from ansible_collections.openmdm.vpp.plugins.module_utils._entity import code as module
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mail.post import mailer
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

class Record(module.CodeRecord):
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
    if (point, mail.client_user_id) == (POINT, f"p{AT}"): die()

module.CodeRecord = Record
people = tuple(Person(n, f"p{n}", f"p{n}@home.example") for n in range(1, PEOPLE + 1))
codes = tuple(Code(n, Secret(f"SPEND-ME-{n:04}")) for n in range(1, CODES + 1))
request = module.CodeRequest(
    Product("Procreate"), people, (), codes, (), "people.csv", "line", "Fernhill School", resend=RESEND
)
settings = StateSettings(sys.argv[1], SERVICE)
class Quiet:
    def warn(self, message): pass
with StateFolder(settings, Clock(), Quiet()).open(CODES_UID) as state, mailer(MailServer(port=PORT)) as post:
    outcome = module.CodeTask(state.codes, post, request, Quiet()).run(check=False)
say(json.dumps({**outcome.summary, "missing": [one["client_user_id"] for one in outcome.extra["without"]]}))
"""


class Killer:
    """A server that kills its client at one of a command, before it answers."""

    def __init__(self, command: str = "") -> None:
        self.command = command
        self.pid = 0

    def __call__(self, command: str, _rest: str, count: int) -> str:
        if command == self.command and count == AT:
            os.kill(self.pid, signal.SIGKILL)
        return ""


def run(place: Place, server: MailServer, killer: Killer, point: str = "", *, resend: bool = False) -> tuple[int, str]:
    facts = f"PORT, PEOPLE, CODES, AT, POINT, RESEND = {(server.port, PEOPLE, CODES, AT, point, resend)!r}"
    process = place.process(f"{facts}\n{RUN}")
    killer.pid = process.pid
    text = process.communicate()[0]
    return process.returncode, text


def codes_of(server: MailServer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mail in server.arrived:
        words = mail.data.decode().split()
        found.setdefault(mail.recipient.partition("@")[0], []).append(next(w for w in words if w.startswith("SPEND-")))
    return found


@pytest.mark.parametrize(
    ("command", "point", "uncertain", "mailed"),
    [
        ("MAIL", "", False, True),
        ("RCPT", "", False, True),
        ("", "before the intent", False, True),
        ("", "after the intent", True, False),
        ("DATA", "", True, False),
        ("END", "", True, True),
        ("", "after the answer", True, True),
        ("", "after the ledger", False, True),
    ],
)
def test_no_code_twice(tmp_path: Path, command, point, uncertain, mailed):
    place, killer = Place(tmp_path / "state"), Killer(command)
    with MailServer(script=killer).running() as server:
        assert run(place, server, killer, point) == (-signal.SIGKILL, "")
        killer.command = ""
        runs = [run(place, server, killer) for _run in range(2)]
        given = codes_of(server)
        for status, text in runs:
            assert status == 0, text
            told = json.loads(text)
            assert told["missing"] == [f"p{number}" for number in range(91, 101)]
            assert told["uncertain"] == int(uncertain)
            assert told["without"] == {"no_code": 10}
            assert (told["given"], told["left"]) == (90 - int(uncertain), 0)
        assert told["mailed"] == 0
        expected = {f"p{number}": 1 for number in range(1, 91)}
        if not mailed:
            del expected[f"p{AT}"]
        assert {who: len(codes) for who, codes in given.items()} == expected
        assert max(Counter(code for codes in given.values() for code in codes).values()) == 1
        with place.folder().open(CODES_UID) as state:
            states = Counter(one.state for one in state.codes.handed(1))
        assert states == Counter({SENT: 90 - int(uncertain), **({INTENDED: 1} if uncertain else {})})
        if uncertain:
            assert run(place, server, killer, resend=True)[0] == 0
            again = codes_of(server)
            assert set(again[f"p{AT}"]) == {f"SPEND-ME-{AT:04}"}
            keys = [mail.message["Message-ID"] for mail in server.arrived if mail.recipient == f"p{AT}@home.example"]
            assert len(set(keys)) == 1
    assert "SPEND" not in "".join(
        file.read_bytes().decode("latin-1") for file in place.path.iterdir() if file.is_file()
    )

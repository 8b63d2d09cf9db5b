# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invitations that are killed at any point: each person is mailed once, but for at most the one in the window, who is
uncertain; and whoever was to be invited anew is, with nothing lost."""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, REGISTERED, Person
from ansible_collections.openmdm.vpp.plugins.module_utils._state.invitations import Invitations
from ansible_collections.openmdm.vpp.plugins.module_utils._state.journal import Journal
from ansible_collections.openmdm.vpp.plugins.module_utils._state.people import People
from ansible_collections.openmdm.vpp.plugins.module_utils._state.reissues import Reissues
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_invitation import (
    FakeMailer,
    invite,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_user import run as register
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import Place
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

COUNT = 5


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches a signal."""


def people(count=COUNT):
    return [Person(line, f"u-{line}", f"u{line}@b.example", f"Name{line}") for line in range(1, count + 1)]


def deadly(monkeypatch, owner, name, after, person=""):
    """The call (for that person, where one is named) ends the process, before or after it is done."""
    original = getattr(owner, name)

    def call(self, *args, **kwargs):
        told = getattr(args[0], "client_user_id", "") if args else ""
        if person not in ("", told):
            return original(self, *args, **kwargs)
        if after:
            original(self, *args, **kwargs)
        raise Killed

    monkeypatch.setattr(owner, name, call)


POINTS = [  # where, who was mailed by then, whether u-3 is uncertain
    ("before MAIL", 2, False),
    ("after DATA before the answer", 3, True),
    ("after the answer before the ledger", 3, True),
    ("after the ledger", 3, False),
]


@pytest.mark.parametrize(("point", "sent", "unsure"), POINTS)
def test_each_person_is_mailed_once(point, sent, unsure, tmp_path):
    api, mailer, state = FakeAppsBooks(), FakeMailer(), tmp_path / "state"
    register(api, people(), state_dir=state)

    def at(where, person):
        if (where, person) == (point, "u-3"):
            raise Killed

    mailer.at = at
    with pytest.raises(Killed):
        invite(api, mailer, people(), state_dir=state)
    assert len(mailer.sent) == sent
    mailer.at = lambda _point, _person: None
    second = invite(api, mailer, people(), state_dir=state)
    assert second.error is None
    assert second.summary["uncertain"] == unsure
    assert [one["client_user_id"] for one in second.value if one["status"] == "uncertain"] == ["u-3"] * unsure
    assert Counter(mail.client_user_id for mail in mailer.sent) == Counter(f"u-{n}" for n in range(1, COUNT + 1))
    assert not invite(api, mailer, people(), state_dir=state).changed
    if unsure:
        assert invite(api, mailer, people(), state_dir=state, uncertain="resend").summary["mailed"] == 1
        assert not invite(api, mailer, people(), state_dir=state, uncertain="resend").changed
        assert len(mailer.sent) == COUNT + 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("name", ["intend", "settle"])
def test_killed_in_the_ledger(name, after, tmp_path, monkeypatch):
    api, mailer, state = FakeAppsBooks(), FakeMailer(), tmp_path / "state"
    register(api, people(), state_dir=state)
    with monkeypatch.context() as patch:
        deadly(patch, Invitations, name, after, "u-3")
        with pytest.raises(Killed):
            invite(api, mailer, people(), state_dir=state)
    second = invite(api, mailer, people(), state_dir=state)
    unsure = (name, after) in (("intend", True), ("settle", False))
    assert second.summary["uncertain"] == unsure
    expected = Counter(f"u-{number}" for number in range(1, COUNT + 1))
    if (name, after) == ("intend", True):
        del expected["u-3"]  # killed before the mail went out, which nobody can know
    assert Counter(mail.client_user_id for mail in mailer.sent) == expected


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Reissues, "begin"),
        (Journal, "intend"),
        (FakeAppsBooks, "submit_users"),
        (Journal, "accepted"),
        (FakeAppsBooks, "wait_for_events"),
        (FakeAppsBooks, "read_user"),
        (FakeAppsBooks, "read_users"),
        (People, "release_made"),
        (People, "record_made"),
        (Reissues, "finish"),
        (Invitations, "intend"),
    ],
)
def test_whoever_is_invited_anew_is_not_lost_between(owner, name, after, tmp_path, monkeypatch):
    api, mailer, state = FakeAppsBooks(), FakeMailer(), tmp_path / "state"
    register(api, people(2), state_dir=state)
    invite(api, mailer, people(2), state_dir=state)
    api.people.accept("u-1")
    key = api.own("1")
    api.owned[key].people = {"u-1"}
    old = mailer.sent[0].link
    with monkeypatch.context() as patch:
        deadly(patch, owner, name, after)
        with pytest.raises(Killed):
            invite(api, mailer, people(2), state_dir=state, reissue=True, max_removals="1")
    # However far it came, the same task brings it to its end, and sends one new link at most.
    done = invite(api, mailer, people(2), state_dir=state, reissue=True, max_removals="1")
    if done.summary["uncertain"]:
        done = invite(api, mailer, people(2), state_dir=state, uncertain="resend")
    assert done.error is None
    assert api.people.statuses() == {"u-1": REGISTERED, "u-2": REGISTERED}
    assert len([one for one in api.people.records if one.active]) == 2
    assert [mail.client_user_id for mail in mailer.sent] == ["u-1", "u-2", "u-1"]
    assert mailer.sent[-1].link != old
    assert not invite(api, mailer, people(2), state_dir=state, reissue=True, max_removals="1").changed
    # What was lost by it is given again, once.
    user = api.people.active("u-1")
    monkeypatch.setattr(type(api.people), "accept", _accept_as("another"))
    api.people.accept("u-1")
    assert user is not None
    given = invite(api, mailer, people(2), state_dir=state)
    assert given.error is None
    assert given.summary["granted"] == 1
    assert api.owned[key].people == {"u-1"}
    assert api.people.statuses()["u-1"] == ASSOCIATED
    assert not invite(api, mailer, people(2), state_dir=state).changed


def _accept_as(account):
    def accept(self, client_user_id):
        user = self.active(client_user_id)
        self._put(user, type(user)(client_user_id, ASSOCIATED, user.email, f"hash-of-{account}"))

    return accept


RUN = """
from pathlib import Path
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import Person
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_invitation import invite
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_user import run
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mail.post import mailer
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

people = [Person(line, f"u-{line}", f"u{line}@b.example", "Name") for line in range(1, 6)]
api, state = FakeAppsBooks(), Path(sys.argv[1])
run(api, people, state_dir=state)
with mailer(MailServer(port=PORT)) as post:
    outcome = invite(api, post, people, state_dir=state)
say("done", outcome.summary["mailed"], outcome.summary["uncertain"])
"""
# Each process makes the same world: ids and codes of the fake are the same in all.


@pytest.mark.parametrize(
    ("command", "said", "mailed"),
    [("MAIL", "done 3 0", 5), ("DATA", "done 2 1", 4), ("END", "done 2 1", 5), ("RSET", "", 5)],
)
def test_a_process_that_is_killed(command, said, mailed, tmp_path):
    place, pid = Place(tmp_path / "state"), [0]

    def script(told, _rest, count):
        if told == command and count == 3 and pid[0]:
            os.kill(pid[0], signal.SIGKILL)
        return ""

    with MailServer(script=script).running() as server:
        first = place.process(f"PORT = {server.port}\n{RUN}")
        pid[0] = first.pid
        first.communicate()
        assert first.returncode == (-signal.SIGKILL if said else 0)
        pid[0] = 0
        second = place.process(f"PORT = {server.port}\n{RUN}")
        assert second.communicate()[0] == f"{said or 'done 0 0'}\n"
        third = place.process(f"PORT = {server.port}\n{RUN}")
        third.communicate()
        arrived = Counter(mail.recipient for mail in server.arrived)
    assert len(arrived) == mailed
    assert set(arrived.values()) == {1}

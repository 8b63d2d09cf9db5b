# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks for invitations over the fake world: requests and mails counted, and what is told when something fails."""

from __future__ import annotations

import json
from collections import deque

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    BrakeError,
    PartialError,
    PendingError,
    ServiceError,
    StateError,
    TransportError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import (
    NOT_SENT,
    REFUSED,
    UNCERTAIN,
    MailResult,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, RETIRED, Person
from ansible_collections.openmdm.vpp.plugins.module_utils._state.invitations import Invitations
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks, FakeNotify, Fault, closed
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_invitation import (
    FakeMailer,
    invite,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_user import run as register


def people(count):
    return [Person(line, f"u-{line}", f"u{line}@b.example", f"Name{line}") for line in range(1, count + 1)]


@pytest.fixture
def api():
    return FakeAppsBooks()


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


def mailed(mailer):
    return [mail.client_user_id for mail in mailer.sent]


def test_ten_thousand_people(api, state):
    everybody = people(10_000)
    register(api, everybody, state_dir=state)
    assert len(api.sent_users) == 100
    api.log.clear()
    mailer = FakeMailer(700)  # each is on the disk before and after, which takes its time
    check = invite(api, mailer, everybody, state_dir=state, check=True)
    assert not mailer.sent
    assert check.summary["to_mail"] == 10_000
    asked = [name for name, _detail in api.log]
    assert asked.count("read_users") == 1
    assert set(asked) <= {"read_users", "read_service_config", "invitation_links"}
    outcome = invite(api, mailer, everybody, state_dir=state)
    assert len(mailer.sent) == len(set(mailed(mailer))) == outcome.summary["mailed"] == 700
    assert check.summary["held_back"] == outcome.summary["held_back"] == 9_300
    assert check.plan == outcome.plan
    assert check.diff == outcome.diff
    for one in (check, outcome):
        assert len(one.value) == 100
        assert len(one.diff["before"]) == len(one.diff["after"]) == 101
        assert len(json.dumps([one.value, one.plan, one.diff, one.extra, dict(one.summary)])) < 60_000
    # Mails take no request at Apple.
    assert [name for name, _detail in api.log].count("read_users") == 2


def test_events_of_an_earlier_run_are_asked_first(api, state):
    api.faults.append(Fault(polls=3))
    register(api, people(2), state_dir=state, wait=False)
    mailer = FakeMailer()
    assert invite(api, mailer, people(2), state_dir=state).summary["mailed"] == 2
    api.faults.append(Fault(polls=100))
    register(api, people(3), state_dir=state, wait=False)
    with pytest.raises(PendingError, match="1 event of an earlier run is still pending"):
        invite(api, mailer, people(3), state_dir=state)


class TestMailServer:
    @pytest.fixture(autouse=True)
    def registered(self, api, state):
        register(api, people(4), state_dir=state)

    def test_stops_in_the_middle(self, api, state):
        mailer = FakeMailer()
        error = TransportError("The mail server keeps ending the connection, so the rest was not sent.")
        api_people = people(4)
        mailer.outcomes = {"u-2": MailResult(None, NOT_SENT, error=error)}
        outcome = invite(api, mailer, api_people, state_dir=state)
        assert isinstance(outcome.error, PartialError)
        assert outcome.changed
        assert outcome.error.message == (
            "The task stopped half-way: 1 of 4 mails went out, 3 were not sent. The mail server keeps ending the "
            "connection, so the rest was not sent. Run the task again once the cause is mended: it reads the state and "
            "sends only what is missing."
        )
        assert outcome.summary["not_sent"] == 3
        mailer.outcomes = {}
        assert invite(api, mailer, api_people, state_dir=state).summary["mailed"] == 3
        assert sorted(mailed(mailer)) == ["u-1", "u-2", "u-3", "u-4"]

    def test_refuses_all(self, api, state):
        mailer = FakeMailer()
        mailer.outcomes = {one.client_user_id: MailResult(None, REFUSED, 550, "5.1.1") for one in people(4)}
        outcome = invite(api, mailer, people(4), state_dir=state)
        assert outcome.error.message.startswith("4 mails were refused: line 1 (550 5.1.1), line 2 (550 5.1.1)")
        assert not outcome.changed
        assert outcome.diff["after"]["u-1"] == {"status": "failed", "mails": 0}
        assert [one["smtp_code"] for one in outcome.value] == [550] * 4

    def test_is_down(self, api, state):
        mailer = FakeMailer()
        mailer.down = True
        outcome = invite(api, mailer, people(4), state_dir=state)
        assert outcome.error.message.startswith("The task stopped, and nothing was changed. The mail server is down.")
        assert not outcome.changed
        assert invite(api, mailer, people(4), state_dir=state, check=True).error is None

    @pytest.mark.parametrize("name", ["intend", "settle"])
    def test_the_disk_is_full(self, api, state, monkeypatch, name):
        mailer = FakeMailer()
        original = getattr(Invitations, name)

        def full(self, *args, **kwargs):
            if len(mailer.sent) == 1 + (name == "settle"):
                raise StateError("state_dir: the disk is full; make room.")
            return original(self, *args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(Invitations, name, full)
            outcome = invite(api, mailer, people(4), state_dir=state)
        assert outcome.error.message.startswith("The task stopped half-way: 1 of 4 mails went out")
        assert "the disk is full" in outcome.error.message
        assert outcome.changed
        unsure = 1 if name == "settle" else 0
        assert outcome.summary["uncertain"] == unsure
        assert outcome.summary["not_sent"] == 3 - unsure
        assert invite(api, mailer, people(4), state_dir=state).summary["uncertain"] == unsure
        assert sorted(mailed(mailer)) == ["u-1", "u-2", "u-3", "u-4"]

    def test_without_an_answer(self, api, state):
        mailer = FakeMailer()
        mailer.outcomes = {"u-2": MailResult(None, UNCERTAIN)}
        outcome = invite(api, mailer, people(4), state_dir=state)
        assert outcome.error is None
        assert outcome.changed
        assert outcome.summary["uncertain"] == 1
        assert outcome.summary["waiting"] == 4


class TestReissue:
    OPTIONS = {"reissue": True, "max_removals": "9"}  # noqa: RUF012

    @pytest.fixture(autouse=True)
    def accepted(self, api, state):
        register(api, people(2), state_dir=state)
        invite(api, FakeMailer(), people(2), state_dir=state)
        api.people.accept("u-1")
        key = api.own("1")
        api.owned[key].people = {"u-1"}

    def test_a_retirement_that_fails_changes_nobody_else(self, api, state):
        api.faults.append(Fault(fails={"u-1"}))
        mailer = FakeMailer()
        outcome = invite(api, mailer, people(2), state_dir=state, **self.OPTIONS)
        assert isinstance(outcome.error, PartialError)
        assert outcome.error.message.startswith("0 of 1 people were registered anew (not possible)")
        assert not outcome.changed
        assert api.people.statuses()["u-1"] == ASSOCIATED
        assert not mailer.sent
        assert outcome.summary["still_to_grant"] == 0
        assert invite(api, mailer, people(2), state_dir=state, **self.OPTIONS).summary["reissued"] == 1

    def test_a_registration_that_fails_is_made_up_for_by_the_next_run(self, api, state):
        api.people.late = True
        api.faults.extend([Fault(), Fault(fails={"u-1"}, number=9603), Fault(fails={"u-1"}, number=9603),
                           Fault(fails={"u-1"}, number=9603)])  # fmt: skip
        mailer = FakeMailer()
        outcome = invite(api, mailer, people(2), state_dir=state, **self.OPTIONS)
        assert "0 of 1 people were registered anew, and 1 of the others are retired" in outcome.error.message
        assert api.people.statuses()["u-1"] == RETIRED
        assert invite(api, mailer, people(2), state_dir=state, check=True).plan["reissues"] == 1
        done = invite(api, mailer, people(2), state_dir=state)
        assert done.error is None
        assert mailed(mailer) == ["u-1"]
        api.people.accept("u-1")
        # The fake gives everybody one account, so it is the wrong one again.
        assert not invite(api, mailer, people(2), state_dir=state).changed

    def test_what_apple_says_at_once(self, api, state):
        api.faults.append(closed(ServiceError("Cannot retire users: not now (9650)", error_number=9650)))
        outcome = invite(api, FakeMailer(), people(2), state_dir=state, **self.OPTIONS)
        assert outcome.error is not None
        assert "not now" in outcome.error.message
        assert not outcome.changed

    def test_a_list_that_keeps_changing(self, api, state):
        api.shaky = 1
        with pytest.raises(BrakeError, match="kept changing"):
            invite(api, FakeMailer(), people(2), state_dir=state, **self.OPTIONS)
        assert api.people.statuses()["u-1"] == ASSOCIATED

    def test_max_mails(self, api, state):
        mailer = FakeMailer(0)
        outcome = invite(api, mailer, people(2), state_dir=state, **self.OPTIONS)
        assert outcome.summary["held_back"] == 1
        assert [one["status"] for one in outcome.value if one["action"]] == ["new"]
        assert invite(api, FakeMailer(), people(2), state_dir=state).summary["mailed"] == 1


def test_an_error_of_the_look_up_is_raised_before_anything(api, state):
    register(api, people(1), state_dir=state)
    api.errors["invitation_links"] = deque([ServiceError("The service tells no address of its invitation page.")])
    with pytest.raises(ServiceError, match="no address"):
        invite(api, FakeMailer(), people(1), state_dir=state)


def test_a_list_that_changes_is_told(api, state):
    register(api, people(1), state_dir=state)
    api.shaky = 1
    notify = FakeNotify()
    assert invite(api, FakeMailer(), people(1), state_dir=state, notify=notify).summary["mailed"] == 1
    assert "The list of people kept changing" in notify.told[0]


def test_who_was_there_when_we_were_to_create_them_is_not_ours(api, state):
    def others():
        del api.before["submit_users"]
        api.people.add("u-1", "u1@b.example")

    api.before["submit_users"] = others
    told = register(api, people(2), state_dir=state)
    assert told.error is None
    assert told.document["created"] == ["u-2"]
    mailer = FakeMailer()
    outcome = invite(api, mailer, people(2), state_dir=state)
    assert mailed(mailer) == ["u-2"]
    assert outcome.summary["by_status"]["invitation unknown"] == 1

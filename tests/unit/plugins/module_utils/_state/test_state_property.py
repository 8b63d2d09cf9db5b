# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any order of operations, with the file closed and opened again at any moment, equals a model in memory."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import FAILED, INTENDED, SENT, Write
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import Place, mailing

DAY = 86400
PEOPLE = [f"p{number}" for number in range(4)]
CODES = ["one", "two"]
SOURCES = ["a.csv", "b.csv"]
SETS = st.sets(st.sampled_from(PEOPLE))


@dataclass
class Post:
    write: Write
    intended: datetime
    event_id: str = ""
    ended: datetime | None = None


@dataclass
class Mails:
    state: str = ""
    attempted: datetime | None = None
    address: str = ""
    key: str = ""
    sent: int = 0
    first: datetime | None = None
    last: datetime | None = None
    failures: int = 0
    code: int | None = None


class StateMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        self.place = Place(Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "state")
        self.posts: dict[int, Post] = {}
        self.mails: dict[tuple[str, str], Mails] = {}
        self.keys: dict[tuple[str, str, int], str] = {}
        self.people: dict[str, set[str]] = {source: set() for source in SOURCES}
        self.events = 0
        self.open()

    def open(self) -> None:
        self.run = self.place.open()
        self.state = self.run.__enter__()
        # The disk is not what is tested here.
        self.state.journal._database._connection.execute("PRAGMA synchronous = OFF")

    def teardown(self) -> None:
        if hasattr(self, "run"):
            self.run.__exit__(None, None, None)
            self.stack.close()

    @property
    def now(self) -> datetime:
        return self.place.clock.now()

    @rule()
    def reopen(self) -> None:
        self.run.__exit__(None, None, None)
        self.open()

    @rule(seconds=st.sampled_from([1, 600, DAY, 7 * DAY, 31 * DAY, 91 * DAY]))
    def time_passes(self, seconds: int) -> None:
        self.place.clock.elapsed += seconds

    # The journal.

    @rule(count=st.integers(0, 3))
    def intend_posts(self, count: int) -> None:
        writes = [Write("associate", str(number), number) for number in range(count)]
        keys = self.state.journal.intend(writes)
        for key, post in list(self.posts.items()):
            since = self.now - (post.ended or post.intended)
            if since > timedelta(days=30 if post.ended else 90):
                del self.posts[key]
        assert not self.posts.keys() & set(keys)
        self.posts.update({key: Post(write, self.now) for key, write in zip(keys, writes, strict=True)})

    def pick(self, data: st.DataObject, event: bool) -> dict[int, Post]:
        found = [key for key, post in self.posts.items() if bool(post.event_id) is event and post.ended is None]
        return {key: self.posts[key] for key in (data.draw(st.sets(st.sampled_from(found))) if found else ())}

    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        answers = {}
        for key, post in self.pick(data, event=False).items():
            self.events += 1
            answers[key] = post.event_id = f"e{self.events}"
        self.state.journal.accepted(answers)

    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        chosen = self.pick(data, event=False)
        self.state.journal.dropped(chosen)
        for key in chosen:
            del self.posts[key]

    @rule(data=st.data(), status=st.sampled_from(["COMPLETE", "FAILED", "UNKNOWN", "PENDING"]))
    def end(self, data: st.DataObject, status: str) -> None:
        chosen = self.pick(data, event=True)
        self.state.journal.ended({"of nobody": status, **{post.event_id: status for post in chosen.values()}})
        for post in chosen.values():
            post.ended = None if status == "PENDING" else self.now

    @invariant()
    def journal_is_the_models(self) -> None:
        work = self.state.journal.open_events()
        for found, event in ((work.events, True), (work.unknown, False)):
            assert [(entry.id, entry.write, entry.intended, entry.event_id, entry.age) for entry in found] == [
                (key, post.write, post.intended, post.event_id, (self.now - post.intended).total_seconds())
                for key, post in self.posts.items()
                if bool(post.event_id) is event and post.ended is None
            ]

    # The mails.

    @rule(person=st.sampled_from(PEOPLE), code=st.sampled_from(CODES), address=st.sampled_from(["a@x", "b@x"]))
    def intend_mail(self, person: str, code: str, address: str) -> None:
        found = self.state.invitations.intend(mailing(person, code, address))
        model = self.mails.setdefault((person, code), Mails())
        model.state, model.attempted, model.address, model.code = INTENDED, self.now, address, None
        model.key = found.message_key
        assert self.keys.setdefault((person, code, model.sent), model.key) == model.key
        assert len(set(self.keys.values())) == len(self.keys)

    @precondition(lambda self: any(model.state == INTENDED for model in self.mails.values()))
    @rule(data=st.data(), sent=st.booleans())
    def settle(self, data: st.DataObject, sent: bool) -> None:
        person, code = data.draw(st.sampled_from([key for key, mail in self.mails.items() if mail.state == INTENDED]))
        mark = self.state.invitations.invite_mark(mailing(person, code).invite_code)
        (found,) = [one for one in self.state.invitations.of([person])[person] if one.invite == mark]
        self.state.invitations.settle(found, sent=sent, smtp_code=None if sent else 550)
        model = self.mails[person, code]
        model.state = SENT if sent else FAILED
        if sent:
            model.sent, model.first, model.last = model.sent + 1, model.first or model.attempted, model.attempted
        else:
            model.failures, model.code = model.failures + 1, 550

    @invariant()
    def ledger_is_the_models(self) -> None:
        ledger = self.state.invitations
        marks = {ledger.invite_mark(mailing("p", code).invite_code): code for code in CODES}
        addresses = {ledger.address_mark(address): address for address in ("a@x", "b@x")}
        found = {
            (one.client_user_id, marks[one.invite]): Mails(
                one.state,
                one.attempted,
                addresses[one.address],
                one.message_key,
                one.sent,
                one.first_sent,
                one.last_sent,
                one.failures,
                one.smtp_code,
            )
            for listed in ledger.of(PEOPLE).values()
            for one in listed
        }
        assert found == self.mails
        uncertain = {(one.client_user_id, marks[one.invite]) for one in ledger.uncertain()}
        assert uncertain == {key for key, model in self.mails.items() if model.state == INTENDED}
        due = {(one.client_user_id, marks[one.invite]) for one in ledger.due(7 * DAY)}
        assert due == {
            key
            for key, model in self.mails.items()
            if model.state != INTENDED and model.last and self.now - model.last >= timedelta(days=7)
        }

    # The people.

    @rule(source=st.sampled_from(SOURCES), ids=SETS)
    def record(self, source: str, ids: set[str]) -> None:
        self.state.people.record_people(source, ids)
        self.people[source] |= ids

    @rule(source=st.sampled_from(SOURCES), ids=SETS)
    def release(self, source: str, ids: set[str]) -> None:
        self.state.people.release_people(source, ids)
        self.people[source] -= ids

    @invariant()
    def people_are_the_models(self) -> None:
        for source, other in (SOURCES, SOURCES[::-1]):
            assert self.state.people.people_of(source) == self.people[source]
            assert self.state.people.listed_elsewhere(source, PEOPLE[:3]) == self.people[other] & set(PEOPLE[:3])


StateMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestState = StateMachine.TestCase

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sending over a real connection: what becomes of each mail, and what the record is told of it."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    InputError,
    ServiceError,
    StateError,
    TransportError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import (
    ACCEPTED,
    BAD_ADDRESS,
    FOREIGN_ADDRESS,
    HELD_BACK,
    NOT_SENT,
    REFUSED,
    REFUSED_FOR_NOW,
    UNCERTAIN,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._mail import connection
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.addresses import Address
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeClock
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mail.post import (
    FakeRecord,
    mail,
    mailer,
    mails,
    outcomes,
    stop_of,
)
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import CLOSE


def at(command: str, *replies: str, begin: int = 1):
    """A script: these replies, one after the other, to the command from its `begin`th time on."""

    def script(came: str, _rest: str, count: int) -> str:
        place = count - begin
        return replies[place] if came == command and 0 <= place < len(replies) else ""

    return script


class TestTheWay:
    def test_all_over_one_connection(self, serve):
        server, record = serve(), FakeRecord()
        with mailer(server) as post:
            results = post.send(mails(5), record)
        assert outcomes(results) == [ACCEPTED] * 5
        assert [(found.sender, found.recipient) for found in server.arrived] == [
            ("apps@school.example", f"p{number}@home.example") for number in range(1, 6)
        ]
        assert (server.connections, server.commands[-1]) == (1, "QUIT")
        assert results[0].smtp_code == 250

    def test_intended_before_data_and_settled_after_the_answer(self, serve):
        record = FakeRecord()
        seen: list[tuple[str, int]] = []

        def script(command: str, _rest: str, _count: int) -> str:
            seen.append((command, len(record.calls)))
            return ""

        with mailer(serve(script=script)) as post:
            post.send(mails(2), record)
        told = {command: [calls for name, calls in seen if name == command] for command in ("RCPT", "DATA", "END")}
        assert told == {"RCPT": [0, 2], "DATA": [1, 3], "END": [1, 3]}
        assert record.calls == [("intend", "p1"), (ACCEPTED, "p1"), ("intend", "p2"), (ACCEPTED, "p2")]

    def test_at_even_distances(self, serve):
        clock = FakeClock()
        with mailer(serve(), clock, mails_per_minute=20) as post:
            post.send(mails(4), FakeRecord())
            post.send(mails(1), FakeRecord())
        assert clock.elapsed == 12.0

    def test_connects_at_the_first_mail_and_asks_nothing_for_none(self, serve):
        server = serve()
        with mailer(server) as post:
            assert post.send([], FakeRecord()) == []
            post.check(mails(3))
            assert server.connections == 0
            post.connect()
            post.connect()
            post.send(mails(1), FakeRecord())
        assert server.connections == 1
        assert not [command for command in server.commands if command.startswith("AUTH")]


class TestLimit:
    def test_the_rest_is_held_back(self, serve):
        server = serve()
        with mailer(server, max_mails=3) as post:
            assert post.allowance == 3
            assert outcomes(post.send(mails(2), FakeRecord())) == [ACCEPTED] * 2
            assert outcomes(post.send(mails(3), FakeRecord())) == [ACCEPTED, HELD_BACK, HELD_BACK]
            assert post.allowance == 0
        assert len(server.arrived) == 3

    def test_refused_mails_use_nothing_up(self, serve):
        server = serve(script=at("RCPT", *["550 5.1.1 no"] * 3))
        with mailer(server, max_mails=2) as post:
            assert outcomes(post.send(mails(6), FakeRecord())) == [REFUSED] * 3 + [ACCEPTED] * 2 + [HELD_BACK]

    def test_none_at_all(self, serve):
        server = serve()
        with mailer(server, max_mails=0) as post:
            assert outcomes(post.send(mails(2), FakeRecord())) == [HELD_BACK] * 2
        assert server.connections == 0


class TestTrial:
    def test_goes_to_one_address_and_is_not_recorded(self, serve):
        server, record = serve(), FakeRecord()
        with mailer(server, redirect_all_to=Address("it", "school.example")) as post:
            assert post.trial
            assert outcomes(post.send(mails(3), record)) == [ACCEPTED] * 3
        assert record.calls == []
        assert {found.recipient for found in server.arrived} == {"it@school.example"}
        for number, found in enumerate(server.arrived, 1):
            assert found.message["Subject"].startswith(f"[Trial: {number} of 3] Your invitation")
            assert found.message["To"] == "it@school.example"
            assert b"home.example" not in found.data
            assert b"SECRET" not in found.data
        assert len({found.message["Message-ID"] for found in server.arrived}) == 3

    def test_of_one_who_has_no_address(self, serve):
        server = serve()
        with mailer(server, redirect_all_to=Address("it", "school.example")) as post:
            assert outcomes(post.send([mail(address="nobody")], FakeRecord())) == [ACCEPTED]


class TestRefused:
    def test_half_of_the_recipients(self, serve):
        def script(command: str, rest: str, _count: int) -> str:
            return (
                "550 5.1.1 <p2@home.example> unknown" if command == "RCPT" and int(rest[4:].split("@")[0]) % 2 else ""
            )

        server, record = serve(script=script), FakeRecord()
        people = [mail(f"p{number}", address=f"{number}@home.example") for number in range(100)]
        with mailer(server) as post:
            results = post.send(people, record)
        assert outcomes(results) == [ACCEPTED, REFUSED] * 50
        assert (results[1].smtp_code, results[1].status, results[1].error) == (550, "5.1.1", None)
        assert len(server.arrived) == 50
        assert server.connections == 1
        assert [call for call, _person in record.calls[:4]] == ["intend", ACCEPTED, "intend", REFUSED]

    @pytest.mark.parametrize("command", ["RCPT", "DATA", "END"])
    @pytest.mark.parametrize(
        ("reply", "outcome", "status"),
        [
            ("451 4.7.1 Greylisted, try again", REFUSED_FOR_NOW, "4.7.1"),
            ("452 full", REFUSED_FOR_NOW, ""),
            ("550 5.7.1 spam", REFUSED, "5.7.1"),
            ("554-5.7.1 spam\r\n554 5.7.1 really", REFUSED, "5.7.1"),
        ],
    )
    def test_one_alone(self, serve, command, reply, outcome, status):
        server, record = serve(script=at(command, reply, begin=2)), FakeRecord()
        with mailer(server) as post:
            results = post.send(mails(3), record)
        assert outcomes(results) == [ACCEPTED, outcome, ACCEPTED]
        assert (results[1].smtp_code, results[1].status) == (int(reply[:3]), status)
        assert record.calls[2:4] == [("intend", "p2"), (outcome, "p2")]
        assert server.connections == 1

    @pytest.mark.parametrize(
        ("address", "reason"),
        [
            ("", BAD_ADDRESS),
            ("nobody", BAD_ADDRESS),
            ("a@b@c.example", BAD_ADDRESS),
            ("a b@c.example", BAD_ADDRESS),
            ("a@c.example\r\nBcc: x@y.example", BAD_ADDRESS),
            ("<a@c.example>", BAD_ADDRESS),
            ("a@c.example, b@c.example", BAD_ADDRESS),
            ("a@.example", BAD_ADDRESS),
            ("a\ud800@c.example", BAD_ADDRESS),
            ("zoë@home.example", FOREIGN_ADDRESS),
        ],
    )
    def test_an_address_that_is_none_stops_nobody(self, serve, address, reason):
        server, record = serve(extensions=()), FakeRecord()
        with mailer(server) as post:
            results = post.send([mail("p1", address=address), mail("p2")], record)
        assert outcomes(results) == [REFUSED, ACCEPTED]
        assert (results[0].reason, results[0].smtp_code) == (reason, None)
        assert record.calls == [("intend", "p2"), (ACCEPTED, "p2")]

    def test_a_foreign_address_where_the_server_can(self, serve):
        server = serve()
        with mailer(server) as post:
            people = [mail("p1", address="zoë@bücher.example"), mail("p2", address="z@bücher.example")]
            assert outcomes(post.send(people, FakeRecord())) == [ACCEPTED] * 2
        assert [found.recipient for found in server.arrived] == [
            "zoë@xn--bcher-kva.example",
            "z@xn--bcher-kva.example",
        ]
        assert [found.options for found in server.arrived] == ["SMTPUTF8 BODY=8BITMIME", ""]
        assert "zoë@xn--bcher-kva.example" in server.arrived[0].message["To"]

    @pytest.mark.parametrize("reply", ["550 5.7.60 not you", "451 4.7.0 slow down"])
    def test_the_sender(self, serve, reply):
        server, record = serve(script=at("MAIL", reply, begin=3)), FakeRecord()
        with mailer(server) as post:
            results = post.send(mails(5), record)
        assert outcomes(results) == [ACCEPTED] * 2 + [NOT_SENT] * 3
        assert reply[:3] in stop_of(results)
        assert isinstance(results[-1].error, ServiceError)
        assert record.calls[-1] == (ACCEPTED, "p2")

    def test_the_words_of_all(self, serve):
        server = serve(script=lambda command, _rest, _count: "554 5.7.1 spam" if command == "END" else "")
        with mailer(server) as post:
            results = post.send(mails(30), FakeRecord())
        assert outcomes(results) == [REFUSED] * 10 + [NOT_SENT] * 20
        assert "refused 10 mails in a row" in stop_of(results)

    def test_the_words_of_all_beside_people_who_are_unknown(self, serve):
        def script(command: str, _rest: str, count: int) -> str:
            return "550 no" if command == "END" or (command == "RCPT" and count % 2) else ""

        with mailer(serve(script=script)) as post:
            assert outcomes(post.send(mails(30), FakeRecord())) == [REFUSED] * 20 + [NOT_SENT] * 10


class TestBroken:
    @pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
    @pytest.mark.parametrize("reply", [CLOSE, "421 4.3.2 shutting down", "garbage", "999 what", "250-" + "x" * 9000])
    def test_before_the_mail_went_out_it_goes_out_anew(self, serve, command, reply):
        server, record, clock = serve(script=at(command, reply, begin=2)), FakeRecord(), FakeClock()
        with mailer(server, clock) as post:
            results = post.send(mails(3), record)
        assert outcomes(results) == [ACCEPTED] * 3
        assert [found.recipient[:2] for found in server.arrived] == ["p1", "p2", "p3"]
        assert server.connections == 2
        assert [call for call in record.calls if call[0] == ACCEPTED] == [(ACCEPTED, f"p{n}") for n in (1, 2, 3)]
        assert clock.elapsed >= 2

    @pytest.mark.parametrize("reply", ["250 2.0.0 fine", "299 done"])
    def test_a_server_that_takes_a_mail_it_has_not_seen(self, serve, reply):
        server, record = serve(script=at("DATA", reply)), FakeRecord()
        with mailer(server) as post:
            results = post.send([mail("p1")], record)
        assert [one.outcome for one in results] == [ACCEPTED if server.arrived else NOT_SENT]
        assert len(server.arrived) == sum(one.outcome == ACCEPTED for one in results)

    @pytest.mark.parametrize(("command", "reply"), [("DATA", CLOSE), ("RCPT", "421 busy")])
    def test_for_good(self, serve, command, reply):
        server, record = serve(script=at(command, *[reply] * 99, begin=2)), FakeRecord()
        with mailer(server) as post:
            results = post.send(mails(4), record)
        assert outcomes(results) == [ACCEPTED] + [NOT_SENT] * 3
        assert isinstance(results[1].error, TransportError)
        assert stop_of(results) == (
            f"The mail server 127.0.0.1 keeps ending the connection{' (421)' if '421' in reply else ''}, so the rest "
            "was not sent. Run the task again later, or lower mails_per_minute."
        )
        assert server.connections == 3
        # Surely not sent, so not uncertain.
        assert [call for call in record.calls if call == (NOT_SENT, "p2")] == [(NOT_SENT, "p2")] * (command == "DATA")

    def test_after_the_mail_went_out_nobody_knows(self, serve):
        server, record = serve(script=at("END", CLOSE, begin=2)), FakeRecord()
        with mailer(server) as post:
            results = post.send(mails(4), record)
        assert outcomes(results) == [ACCEPTED, UNCERTAIN, ACCEPTED, ACCEPTED]
        assert [call for call in record.calls if call[1] == "p2"] == [("intend", "p2")]
        assert len(server.arrived) == 4
        assert server.connections == 2

    @pytest.mark.parametrize("reply", ["garbage", "150 what", "250-" + "x" * 9000])
    def test_an_answer_that_says_nothing(self, serve, reply):
        with mailer(serve(script=at("END", reply))) as post:
            assert outcomes(post.send(mails(2), FakeRecord())) == [UNCERTAIN, ACCEPTED]

    def test_twice_in_a_row_without_an_answer_is_enough(self, serve):
        server = serve(script=lambda command, _rest, _count: CLOSE if command == "END" else "")
        with mailer(server) as post:
            results = post.send(mails(50), FakeRecord())
        assert outcomes(results) == [UNCERTAIN] * 2 + [NOT_SENT] * 48
        assert "2 times in a row" in stop_of(results)

    def test_a_421_after_the_mail_is_an_answer(self, serve):
        server, record = serve(script=at("END", "421 4.3.2 shutting down")), FakeRecord()
        with mailer(server) as post:
            assert outcomes(post.send(mails(2), record)) == [REFUSED_FOR_NOW, ACCEPTED]
        assert record.calls[1] == (REFUSED_FOR_NOW, "p1")
        assert server.connections == 2

    def test_a_server_that_never_answers(self, serve):
        given_up = threading.Event()

        def script(command: str, _rest: str, count: int) -> str:
            if command == "END" and count == 1:
                given_up.wait(60)
            return ""

        with mailer(serve(script=script), answer_timeout=1.0) as post:
            assert outcomes(post.send(mails(2), FakeRecord())) == [UNCERTAIN, ACCEPTED]
        given_up.set()

    def test_the_answer_to_the_mail_is_awaited_longer(self, serve, monkeypatch):
        waits: list[float] = []
        monkeypatch.setattr(connection, "_set_timeout", lambda _server, seconds: waits.append(seconds))
        with mailer(serve(), timeout=5.0, answer_timeout=600.0) as post:
            post.send(mails(1), FakeRecord())
        assert waits == [600.0, 5.0]

    def test_the_server_is_gone_when_it_is_needed_again(self, serve):
        server = serve(script=lambda command, _rest, count: "421 full" if command == "CONNECT" and count > 1 else "")
        server.script, first = at("RCPT", CLOSE, begin=2), server.script
        server.script = lambda *came: first(*came) or at("RCPT", CLOSE, begin=2)(*came)
        with mailer(server) as post:
            results = post.send(mails(3), FakeRecord())
        assert outcomes(results) == [ACCEPTED, NOT_SENT, NOT_SENT]
        assert "not available at present (421)" in stop_of(results)
        assert server.connections == 3

    def test_while_a_refusal_is_put_away(self, serve):
        def script(command: str, _rest: str, count: int) -> str:
            return {("RCPT", 1): "550 no", ("RSET", 1): CLOSE}.get((command, count), "")

        server = serve(script=script)
        with mailer(server) as post:
            assert outcomes(post.send(mails(2), FakeRecord())) == [REFUSED, ACCEPTED]
        assert server.connections == 2


class TestTheRecord:
    def test_an_interruption_in_the_middle_of_a_mail_ends_it(self, serve):
        class Interrupted(FakeRecord):
            def settle(self, result):
                raise KeyboardInterrupt

        server = serve()
        with pytest.raises(KeyboardInterrupt), mailer(server) as post:
            post.send(mails(3), Interrupted())
        assert len(server.arrived) == 1
        assert "QUIT" not in server.commands

    def test_a_full_disk_stops_before_the_mail(self, serve):
        server = serve()
        with mailer(server) as post:
            with pytest.raises(StateError, match="full"):
                post.send(mails(3), FakeRecord(StateError("full"), at=2))
        assert [found.recipient for found in server.arrived] == ["p1@home.example"]


class TestSecrets:
    @pytest.mark.parametrize(
        "script",
        [
            at("RCPT", "550 5.1.1 <p1@home.example> unknown"),
            at("MAIL", "550 5.1.1 apps@school.example p1@home.example SECRET"),
            at("END", "554 SECRET-p1 p1@home.example"),
            at("CONNECT", "554 SECRET"),
            at("EHLO", "554 SECRET"),
        ],
    )
    def test_stand_in_no_result_and_no_error(self, serve, script):
        with mailer(serve(script=script)) as post:
            results = post.send(mails(1), FakeRecord())
        error = results[0].error
        chain = [error, error.__cause__, error.__context__] if error else []
        said = "".join(map(repr, [*results, *chain, *(found.facts for found in chain[:1])]))
        assert "SECRET" not in said
        assert "home.example" not in said
        assert "school.example" not in said

    def test_a_link_that_is_none_is_refused_unseen(self, serve):
        for link in ("javascript:alert(1)", "https://x.example/\r\nSECRET", 'https://x.example/"SECRET', ""):
            with mailer(serve()) as post, pytest.raises(InputError) as caught:
                post.send([mail(link=Secret(link))], FakeRecord())
            assert "SECRET" not in caught.value.message

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What arrives: both parts, the headers, and names of all kinds."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email import policy as email_policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import REMINDER
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.addresses import Address, one_line, parse_address
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.message import Envelope, build_message, message_bytes
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.templates import Words
from ansible_collections.openmdm.vpp.tests.unit.fakes import START, FakeClock
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mail.post import SENDER, FakeRecord, mail, mailer

HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
}


@pytest.fixture
def post_one(serve):
    """What arrives of one mail."""

    def send(found=None, **options):
        server = serve()
        clock = FakeClock()
        clock.elapsed = 3600.0
        with mailer(server, clock, **options) as post:
            post.send([found or mail()], FakeRecord())
        (arrived,) = server.arrived
        return arrived

    return send


def parse(data: bytes):
    text = data.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    return message_from_bytes(text, policy=email_policy.default)


def built(name: str = "", subject: str = "Hello", sender_name: str = "School", text: str = "T\n") -> bytes:
    envelope = Envelope(SENDER, sender_name, Address("ana", "home.example"), name)
    return message_bytes(build_message(envelope, Words(subject, text, f"<p>{text}</p>\n"), START), "k" * 32, SENDER)


class TestHeaders:
    def test_are_these(self, post_one):
        message = post_one().message
        assert set(message.keys()) == HEADERS
        assert message["From"] == "North Harbour College <apps@school.example>"
        assert message["To"] == "Ana Diaz <p1@home.example>"
        assert message["Subject"] == "Your invitation to apps and books from North Harbour College"
        assert message["Message-ID"] == "<key-of-p1@school.example>"
        assert message["Date"].datetime == START + timedelta(hours=1)
        assert message["Auto-Submitted"] == "auto-generated"

    def test_with_the_names_and_the_address_for_answers(self, post_one):
        arrived = post_one(sender_name="Apps team, IT", reply_to=Address("help", "school.example"))
        message = arrived.message
        assert message["From"] == '"Apps team, IT" <apps@school.example>'
        assert message["Reply-To"] == "help@school.example"
        assert arrived.sender == "apps@school.example"
        assert "help@school.example" in message.get_body(("plain",)).get_content()

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("", ""),
            ("Diaz, Ana", "Diaz, Ana"),
            ('Ana "Nana" Diaz', 'Ana "Nana" Diaz'),
            ("Ana\r\nBcc: evil@home.example", "Ana Bcc: evil@home.example"),
            ("Ana\0\x1b[31m\u2028Diaz\u202e", "Ana [31m Diaz"),
            ("Zoë Müller", "Zoë Müller"),
            ('Müller, Zoë (7b) <x@y.example>; "Z"', 'Müller, Zoë (7b) <x@y.example>; "Z"'),
            ("Diaz, Ana" + " x" * 30, "Diaz Ana" + " x" * 30),
            ("Анна Иванова", "Анна Иванова"),
            ("王小明", "王小明"),
            ("Ana 🎓", "Ana 🎓"),
            ("=?utf-8?q?evil=40home.example?=", None),
            ("x" * 300, "x" * 120),
            ("é" * 300, None),
            ("a\ud800b", "a b"),
        ],
    )
    def test_a_name_of_any_kind(self, name, shown):
        (address,) = parse(built(name))["To"].addresses
        assert address.addr_spec == "ana@home.example"
        assert shown is None or address.display_name == shown

    @given(
        name=st.text(max_size=120) | st.text(alphabet='ab ,.<>@"\\é', max_size=120),
        sender_name=st.text(max_size=60),
        subject=st.text(max_size=150),
    )
    def test_never_more_than_one_address_and_one_header(self, name, sender_name, subject):
        data = built(name, one_line(subject) or "S", one_line(sender_name))
        message = parse(data)
        assert [found.addr_spec for found in message["To"].addresses] == ["ana@home.example"]
        assert [found.addr_spec for found in message["From"].addresses] == ["apps@school.example"]
        assert set(message.keys()) == HEADERS
        assert data.isascii()
        assert max(map(len, data.split(b"\r\n"))) <= 998

    @given(subject=st.text(max_size=200).map(one_line).filter(lambda text: text and "=?" not in text))
    def test_a_subject_arrives_as_it_was(self, subject):
        assert parse(built(subject=subject))["Subject"] == subject


class TestParts:
    @pytest.mark.parametrize("kind", ["invitation", "reminder"])
    def test_both_hold_the_link_and_neither_a_picture(self, post_one, kind):
        found = mail(kind=kind, days=12, account_name="Lycée & Fils <b>", name="Zoë")
        message = post_one(found).message
        assert message.get_content_type() == "multipart/alternative"
        plain, page = message.iter_parts()
        assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
        assert {part.get_content_charset() for part in (plain, page)} == {"utf-8"}
        text, html = plain.get_content(), page.get_content()
        assert f"\n\n{found.link.reveal()}\n\n" in text
        assert html.count('href="https://buy.itunes.apple.com/accept?inviteCode=SECRET-p1&amp;mt=8"') == 2
        assert ">https://buy.itunes.apple.com/accept?inviteCode=SECRET-p1&amp;mt=8</a>" in html
        assert "Hello Zoë," in text
        assert "Hello Zoë," in html
        assert "Lycée & Fils <b>" in text
        assert "<b>" not in html
        assert "Lycée &amp; Fils &lt;b&gt;" in html
        for word in ("<img", "<table", "url(", "<script", "src="):
            assert word not in html
        assert max(len(line) for line in text.splitlines() if "://" not in line) <= 78 + len("Lycée & Fils <b>")
        if kind == REMINDER:
            assert "12 days ago" in text
            assert "12 days ago" in html

    @pytest.mark.parametrize(("days", "said"), [(0, "Earlier we"), (1, "Yesterday we"), (2, "2 days ago we")])
    def test_when_it_was(self, post_one, days, said):
        assert said in post_one(mail(kind=REMINDER, days=days)).message.get_body(("plain",)).get_content()

    def test_without_a_name(self, post_one):
        message = post_one(mail(name="")).message
        assert message["To"] == "p1@home.example"
        assert message.get_body(("plain",)).get_content().startswith("Hello,\n")

    def test_a_line_with_a_dot_alone_ends_nothing(self, post_one):
        sources = {"text": "one\n.\n..two\n.three {{ link }}\n", "html": "<p>\n.\n{{ link }}</p>"}
        message = post_one(sources=sources).message
        assert message.get_body(("plain",)).get_content().startswith("one\n.\n..two\n.three https://")

    def test_a_long_line_is_cut_on_the_way_alone(self, post_one):
        sources = {"text": "ж" * 3000 + " {{ link }}"}
        arrived = post_one(sources=sources)
        assert max(map(len, arrived.data.split(b"\r\n"))) <= 78
        assert arrived.message.get_body(("plain",)).get_content().startswith("ж" * 3000)


class TestAddress:
    @pytest.mark.parametrize(
        ("text", "spec"),
        [
            (" Ana.Diaz+7b@Home.example ", "Ana.Diaz+7b@Home.example"),
            ("o'neil@home.example", "o'neil@home.example"),
            ("root@localhost", "root@localhost"),
            ("a@bücher.example", "a@xn--bcher-kva.example"),
        ],
    )
    def test_is_read(self, text, spec):
        found = parse_address(text)
        assert found
        assert found.spec == spec
        assert "home" not in repr(found)

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "a",
                "@b",
                "a@",
                ".a@b",
                "a.@b",
                "a..b@c",
                "a@b..c",
                "a@-b",
                "a@b-",
                "a@b.c.",
                "a\n@b",
                "a@b\n.c",
                "a@b c",
            ),
            *("x" * 65 + "@b.example", "a@" + "b." * 130 + "c", '"a b"@c.example', "a\u200bb@c.example", "a@[1.2.3.4]"),
        ],
    )
    def test_is_refused(self, text):
        assert parse_address(text) is None

    @given(text=st.text(alphabet=st.characters(), max_size=40))
    def test_never_holds_what_ends_a_command(self, text):
        found = parse_address(text + "@home.example") or parse_address("ana@" + text)
        if found is not None:
            assert found.spec.isprintable()
            assert not set(found.spec) & set(' <>,;:"()[]\\\r\n')

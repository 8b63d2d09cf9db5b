# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encryption and login: never a fallback to the clear, and one sentence for each thing that is wrong."""

from __future__ import annotations

import socket
import ssl

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError, TransportError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import ACCEPTED
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.connection import CLEAR, STARTTLS, TLS, SmtpSettings
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mail.post import (
    FakeRecord,
    mailer,
    mails,
    outcomes,
)
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import CLOSE

PASSWORD = 'Gäheim, "sehr"'


def refused(kind, server, **options) -> str:
    """The sentence of the error that meets the connection; nothing was mailed and no login tried in the clear."""
    with mailer(server, **options) as post:
        with pytest.raises(kind) as caught:
            post.connect()
        results = post.send(mails(2), FakeRecord())
    error = caught.value
    assert [found.outcome for found in results] == ["not_sent"] * 2
    assert str(results[0].error) == error.message
    assert "\n" not in error.message
    assert error.message.endswith(".")
    for found in (error, results[0].error):
        assert found.__cause__ is None
        assert found.__context__ is None
    assert not server.arrived
    return error.message


def trusting(ca: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca)


class TestEncryption:
    @pytest.mark.parametrize("security", [STARTTLS, TLS])
    def test_all_but_the_beginning_is_encrypted(self, serve, authority, security):
        context, ca = authority
        server = serve(context=context, implicit=security == TLS, login=("ana", PASSWORD))
        options = {"security": security, "tls": trusting(ca), "username": "ana", "password": Secret(PASSWORD)}
        with mailer(server, **options) as post:
            assert outcomes(post.send(mails(2), FakeRecord())) == [ACCEPTED] * 2
        assert [found.secure for found in server.arrived] == [True, True]
        before = server.commands[: server.commands.index("STARTTLS")] if security == STARTTLS else []
        assert [command.split()[0] for command in before] == ["CONNECT", "EHLO"][: len(before)]

    @pytest.mark.parametrize("security", [STARTTLS, TLS])
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_a_certificate_of_nobody_known(self, serve, authority, security, host):
        server = serve(context=authority[0], implicit=security == TLS)
        said = refused(TransportError, server, host=host, security=security, tls=ssl.create_default_context())
        assert "certificate" in said
        assert "ca_path" in said
        assert not [command for command in server.commands if command.startswith(("AUTH", "MAIL"))]

    def test_a_certificate_of_another(self, serve, authority):
        server = serve(context=authority[0], address="127.0.0.2")
        said = refused(TransportError, server, host="127.0.0.2", security=STARTTLS, tls=trusting(authority[1]))
        assert "certificate" in said

    def test_never_falls_back_to_the_clear(self, serve, authority):
        server = serve(login=("ana", PASSWORD))
        options = {"security": STARTTLS, "tls": trusting(authority[1]), "username": "ana", "password": Secret(PASSWORD)}
        said = refused(ServiceError, server, **options)
        assert said.startswith("The mail server 127.0.0.1 offers no STARTTLS")
        assert {command.split()[0] for command in server.commands} == {"CONNECT", "EHLO", "QUIT"} - {"QUIT"}

    @pytest.mark.parametrize("reply", ["454 4.7.0 not now", "502 no"])
    def test_starttls_refused(self, serve, authority, reply):
        server = serve(context=authority[0], script=lambda command, *_rest: reply if command == "STARTTLS" else "")
        said = refused(ServiceError, server, security=STARTTLS, tls=trusting(authority[1]))
        assert f"offers no STARTTLS ({reply[:3]})" in said

    def test_starttls_broken_off(self, serve, authority):
        server = serve(context=authority[0], script=lambda command, *_rest: CLOSE if command == "STARTTLS" else "")
        assert "ended the connection" in refused(TransportError, server, security=STARTTLS, tls=trusting(authority[1]))

    def test_tls_to_a_port_that_speaks_clear(self, serve, authority):
        said = refused(TransportError, serve(), security=TLS, tls=trusting(authority[1]))
        assert "TLS could not be agreed on" in said

    def test_clear_to_a_port_that_speaks_tls(self, serve, authority):
        server = serve(context=authority[0], implicit=True)
        said = refused(TransportError, server, security=CLEAR, timeout=0.3)
        assert "does not answer in time" in said or "does not speak SMTP" in said

    def test_what_was_smuggled_in_before_tls_is_not_believed(self, serve, authority):
        reply = "220 go\r\n250-test\r\n250 AUTH PLAIN"
        context, ca = authority

        def script(command: str, _rest: str, _count: int) -> str:
            return reply if command == "STARTTLS" else ""

        server = serve(context=context, script=script)
        with mailer(server, security=STARTTLS, tls=trusting(ca), timeout=0.5) as post, pytest.raises(VppError):
            post.connect()
        assert not [command for command in server.commands if command.startswith("AUTH")]


def at_login(reply: str):
    """A server that says so to AUTH."""

    def script(command, *_rest):
        return reply if command == "AUTH" else ""

    return script


class TestLogin:
    @pytest.mark.parametrize("methods", ["PLAIN LOGIN", "LOGIN", "XOAUTH2 LOGIN CRAM-MD5"])
    def test_by_what_the_server_takes(self, serve, methods):
        server = serve(login=("ana", PASSWORD), methods=methods)
        with mailer(server, username="ana", password=Secret(PASSWORD)) as post:
            assert outcomes(post.send(mails(1), FakeRecord())) == [ACCEPTED]

    @pytest.mark.parametrize("methods", ["PLAIN", "LOGIN"])
    def test_refused(self, serve, methods):
        server = serve(login=("ana", "another"), methods=methods)
        said = refused(ServiceError, server, username="ana", password=Secret(PASSWORD))
        assert "refuses smtp_username and its password (535)" in said
        assert "ana" not in said.replace("smtp_username", "")
        assert PASSWORD not in said

    def test_not_at_present(self, serve):
        server = serve(login=("ana", PASSWORD), script=at_login("454 4.7.0 later"))
        assert "at present (454)" in refused(ServiceError, server, username="ana", password=Secret(PASSWORD))

    @pytest.mark.parametrize("reply", [CLOSE, "garbage"])
    def test_without_an_answer(self, serve, reply):
        server = serve(login=("ana", PASSWORD), script=at_login(reply))
        said = refused(TransportError, server, username="ana", password=Secret(PASSWORD))
        assert "ended the connection at the login" in said

    def test_is_tried_once(self, serve):
        server = serve(login=("ana", "another"))
        with mailer(server, username="ana", password=Secret(PASSWORD)) as post:
            post.send(mails(9), FakeRecord())
        assert server.counts["AUTH"] == 1

    @pytest.mark.parametrize("login", [None, ("ana", PASSWORD)])
    def test_no_method(self, serve, login):
        server = serve(login=login, methods="GSSAPI")
        assert "takes no password here" in refused(ServiceError, server, username="ana", password=Secret(PASSWORD))

    def test_is_in_no_repr(self):
        said = repr(SmtpSettings("h", 1, username="ana", password=Secret(PASSWORD)))
        assert PASSWORD not in said
        assert "ana" not in said


class TestNoServer:
    def test_nobody_listens(self, serve):
        server = serve()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            said = refused(TransportError, server, port=free.getsockname()[1])
        assert "refuses connections" in said

    def test_no_such_name(self, serve):
        assert "can't be resolved" in refused(TransportError, serve(), host="mail.invalid")

    def test_a_name_that_is_none(self, serve):
        assert "can't be resolved" in refused(TransportError, serve(), host="a..b")

    @pytest.mark.parametrize("command", ["CONNECT", "EHLO"])
    @pytest.mark.parametrize(
        ("reply", "kind", "why"),
        [
            (CLOSE, TransportError, "does not speak SMTP"),
            ("HTTP/1.1 400 Bad Request", TransportError, "does not speak SMTP"),
            ("421 4.3.2 busy", TransportError, "not available at present (421)"),
            ("554 5.7.1 go away", ServiceError, "does not serve this host (554)"),
            ("\r\n".join(["220-and on"] * 300 + ["220 at last"]), TransportError, "does not speak SMTP"),
        ],
    )
    def test_unfriendly(self, serve, command, reply, kind, why):
        server = serve(script=lambda came, *_rest: reply if came == command else "")
        assert why in refused(kind, server)

    def test_silence(self, serve):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            said = refused(TransportError, serve(), port=silent.getsockname()[1], timeout=0.1)
        assert "does not answer in time" in said or "does not speak SMTP" in said

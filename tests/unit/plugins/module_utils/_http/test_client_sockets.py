# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real sockets on loopback: TLS, a proxy, redirects, and connections that break."""

from __future__ import annotations

import logging
import socket
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import OutcomeUnknownError, TransportError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._http.caller import Caller
from ansible_collections.openmdm.vpp.plugins.module_utils._http.client import (
    AnswerLostError,
    Credential,
    HttpClient,
    NotSentError,
    Request,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._http.pace import Pacer, SystemClock
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import (
    TOKEN,
    proxy,
    reply,
    server,
    text_of,
)
from sandbox.tls import server_context


def request(origin: str, method: str = "GET", path: str = "/a") -> Request:
    port = "" if origin.count(":") == 2 else ":443"
    body = {"a": 1} if method == "POST" else None
    credential = Credential.bearer(Secret(TOKEN))
    return Request("do it", method, origin + path, frozenset({origin + port}), body=body, credential=credential)


def ok(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, 200, b'["done"]')


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_an_own_authority_is_trusted_as_file_and_as_folder(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    ca = tmp_path / "ca.pem"
    with server(ok, server_context(ca)) as (origin, seen):
        for path in (ca, tmp_path):
            with HttpClient(ca_path=str(path)) as client:
                assert client.send(request(origin)).body == ["done"]
    assert len(seen) == 2


def test_an_unknown_authority_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    with server(ok, server_context(tmp_path / "ca.pem")) as (origin, seen):
        with HttpClient() as client:
            caller = Caller(client, Pacer(SystemClock(), 15), SystemClock())
            with pytest.raises(TransportError, match=r"certificate of host 127\S+ does not verify.*ca_path") as caught:
                caller.call(request(origin, "POST"), lambda _request, _answer: None)
    assert not isinstance(caught.value, OutcomeUnknownError)
    assert TOKEN not in text_of(caught.value)
    assert seen == []


def test_plain_http_where_tls_is_expected() -> None:
    tls = pytest.raises(NotSentError, match="TLS could not be agreed on")
    with server(ok) as (origin, _seen):
        with HttpClient() as client:
            with tls:
                client.send(request(origin.replace("http:", "https:")))


def test_a_proxy_by_option_carries_http_and_tunnels_https(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    ca = tmp_path / "ca.pem"
    with proxy() as (address, lines):
        with server(ok) as (plain, _seen), server(ok, server_context(ca)) as (secure, _seen_too):
            with HttpClient(proxy=address, ca_path=str(ca)) as client:
                assert client.send(request(plain)).body == ["done"]
                assert client.send(request(secure)).body == ["done"]
    assert lines[0].startswith(f"GET {plain}/a ")
    assert lines[1].startswith("CONNECT 127.0.0.1:")
    assert TOKEN not in "".join(lines)


def test_a_proxy_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy() as (address, lines):
        with server(ok) as (origin, _seen):
            monkeypatch.setenv("HTTP_PROXY", address)
            monkeypatch.setenv("http_proxy", address)
            with HttpClient() as client:
                assert client.send(request(origin)).body == ["done"]
            assert len(lines) == 1
            monkeypatch.setenv("no_proxy", "127.0.0.1")
            with HttpClient() as client:
                assert client.send(request(origin)).body == ["done"]
            assert len(lines) == 1


def test_a_proxy_that_refuses_the_tunnel() -> None:
    refuse = server(lambda handler: reply(handler, 403))
    with refuse as (address, _seen):
        with HttpClient(proxy=address) as client, pytest.raises(NotSentError, match="proxy"):
            client.send(request("https://127.0.0.1:9"))


def test_the_token_never_reaches_the_target_of_a_refused_redirect() -> None:
    with (
        server(ok) as (other, reached),
        server(lambda handler: reply(handler, 302, Location=other + "/steal")) as (origin, seen),
        HttpClient() as client,
    ):
        with pytest.raises(TransportError, match="refused redirect to host 127"):
            client.send(request(origin))
        assert seen[0][2]["authorization"] == f"Bearer {TOKEN}"
    assert reached == []


def test_a_redirect_of_a_write_is_refused() -> None:
    refused = pytest.raises(TransportError, match="refused redirect of a write")
    with server(lambda handler: reply(handler, 307, Location="/b")) as (origin, seen):
        with HttpClient() as client:
            with refused:
                client.send(request(origin, "POST"))
    assert len(seen) == 1


def test_a_write_whose_answer_is_lost_is_seen_once() -> None:
    with server(cut) as (origin, seen):
        with HttpClient() as client:
            caller = Caller(client, Pacer(SystemClock(), 15), SystemClock())
            with pytest.raises(OutcomeUnknownError) as caught:
                caller.call(request(origin, "POST"), lambda _request, _answer: None)
    assert len(seen) == 1
    assert TOKEN not in text_of(caught.value)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with HttpClient() as client, pytest.raises(NotSentError, match=r"host 127\.0\.0\.1: connection refused"):
        client.send(request(f"http://127.0.0.1:{port}"))


def test_a_silent_server_is_given_up() -> None:
    late = pytest.raises(AnswerLostError, match="did not answer in time")
    with socket.create_server(("127.0.0.1", 0)) as silent, HttpClient(timeout=0.1) as client:
        with late:
            client.send(request(f"http://127.0.0.1:{silent.getsockname()[1]}"))


def test_an_answer_shorter_than_announced() -> None:
    def short(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"[1")
        cut(handler)

    with server(short) as (origin, _seen):
        with HttpClient() as client, pytest.raises(AnswerLostError):
            client.send(request(origin))


def test_one_connection_serves_many_requests() -> None:
    connections = set()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        connections.add(handler.client_address)
        ok(handler)

    with server(answer) as (origin, _seen):
        with HttpClient() as client:
            for _turn in range(5):
                client.send(request(origin))
    assert len(connections) == 1


def test_the_libraries_log_neither_address_nor_header_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with server(ok) as (origin, _seen):
        with HttpClient() as client:
            client.send(request(origin, path="/not-for-logs"))
    assert "not-for-logs" not in caplog.text
    assert "127.0.0.1" not in caplog.text
    assert TOKEN not in caplog.text

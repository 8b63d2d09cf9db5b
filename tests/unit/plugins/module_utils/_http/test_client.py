# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange: what is sent where, and how every failure reads. No sockets."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError, ServiceError, TransportError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._http import client as client_module
from ansible_collections.openmdm.vpp.plugins.module_utils._http.client import (
    AnswerLostError,
    Credential,
    HttpClient,
    NotSentError,
    Request,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import TOKEN, Recorder, text_of

HOME = "https://home.example"
ORIGINS = frozenset({f"{HOME}:443", "https://second.example:443"})
BEARER = Credential.bearer(Secret(TOKEN))


def get(url: str = f"{HOME}/a", **more: object) -> Request:
    return Request("read it", "GET", url, ORIGINS, credential=BEARER, **more)  # type: ignore[arg-type]


def post(url: str = f"{HOME}/a") -> Request:
    return Request("write it", "POST", url, ORIGINS, body={"a": 1}, credential=BEARER)


def exchange(handler: Callable[[httpx.Request], httpx.Response], request: Request) -> tuple[object, Recorder]:
    recorder = Recorder(handler)
    with HttpClient(transport=recorder.transport) as client:
        return client.send(request), recorder


def failure_of(handler: Callable[[httpx.Request], httpx.Response], request: Request) -> tuple[TransportError, int]:
    recorder = Recorder(handler)
    with HttpClient(transport=recorder.transport) as client, pytest.raises(TransportError) as caught:
        client.send(request)
    assert TOKEN not in text_of(caught.value)
    assert caught.value.__context__ is None
    return caught.value, len(recorder.requests)


def test_query_body_and_credential_are_sent() -> None:
    _answer, recorder = exchange(lambda _r: httpx.Response(200, json={}), get(params={"a": "1 &"}))
    assert recorder.requests[0].url.path == "/a"
    assert dict(recorder.requests[0].url.params) == {"a": "1 &"}
    assert recorder.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    _answer, recorder = exchange(lambda _r: httpx.Response(200, json={}), post())
    assert json.loads(recorder.requests[0].content) == {"a": 1}
    assert recorder.requests[0].headers["content-type"] == "application/json"


def test_a_query_in_the_address_of_the_service_is_kept() -> None:
    _answer, recorder = exchange(lambda _r: httpx.Response(200, json={}), get(f"{HOME}/a?x=1", params={"y": "2"}))
    assert dict(recorder.requests[0].url.params) == {"x": "1", "y": "2"}


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/a",
        "http://home.example/a",
        "https://home.example:8443/a",
        "nonsense",
        "http://a:b",
        "https://home.example@other.example/",
        "https://home.example.other.example/",
    ],
)
def test_a_credential_never_leaves_its_origins(url: str) -> None:
    _error, sent = failure_of(lambda _r: httpx.Response(200, json={}), get(url))
    assert sent == 0


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "caf\u00e9", "tab\t"])
def test_a_token_that_no_header_can_carry_is_met_before_the_library_shows_it(token: str) -> None:
    for make in (Credential.bearer, lambda secret: Credential.cookie("itvt", secret)):
        with pytest.raises(InputError) as caught:
            make(Secret(token))
        assert token == "" or token not in text_of(caught.value)


def test_cookies_of_the_server_are_not_kept() -> None:
    recorder = Recorder(lambda _r: httpx.Response(200, json={}, headers={"Set-Cookie": "sid=1; Path=/"}))
    with HttpClient(transport=recorder.transport) as client:
        client.send(get())
        client.send(get())
        client.send(Request("look up", "GET", f"{HOME}/b", ORIGINS, credential=Credential.cookie("itvt", Secret("t="))))
    assert "cookie" not in recorder.requests[1].headers
    assert recorder.requests[2].headers["cookie"] == "itvt=t="
    assert "authorization" not in recorder.requests[2].headers


def redirecting(*targets: str, status: int = 302) -> Callable[[httpx.Request], httpx.Response]:
    steps = [httpx.Response(status, headers={"Location": target}) for target in targets]
    return lambda _r: steps.pop(0) if steps else httpx.Response(200, json=[1])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_get_follows_redirects_inside_its_origins(status: int) -> None:
    answer, recorder = exchange(redirecting("/b", "https://second.example/c", f"{HOME}/d", status=status), get())
    assert getattr(answer, "body", None) == [1]
    assert [str(request.url) for request in recorder.requests[1:]] == [
        f"{HOME}/b",
        "https://second.example/c",
        f"{HOME}/d",
    ]


def test_a_fourth_redirect_is_refused() -> None:
    error, sent = failure_of(redirecting("/b", "/c", "/d", "/e"), get())
    assert "more than 3 redirects" in error.message
    assert sent == 4


@pytest.mark.parametrize(
    "target", ["https://evil.example/x", "http://home.example/x", "//evil.example/x", "https://home.example:444/"]
)
def test_a_redirect_elsewhere_is_refused_and_names_the_host(target: str) -> None:
    error, sent = failure_of(redirecting(target), get())
    assert "refused redirect to host" in error.message
    assert sent == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (307, TransportError),
        (308, TransportError),
        (301, AnswerLostError),
        (302, AnswerLostError),
        (303, AnswerLostError),
    ],
)
def test_a_write_follows_no_redirect(status: int, kind: type) -> None:
    error, sent = failure_of(redirecting("/b", status=status), post())
    assert error.__class__ is kind
    assert "refused redirect of a write to host home.example" in error.message
    assert sent == 1


def test_html_beside_an_error_status_is_no_body() -> None:
    answer, _recorder = exchange(lambda _r: httpx.Response(503, text="<html>"), get())
    assert (getattr(answer, "status", 0), getattr(answer, "body", 0)) == (503, None)


@pytest.mark.parametrize("content", [b"<html>", b"", b"\xff\xfe", b"[" * 100_000])
def test_an_answer_that_is_not_json(content: bytes) -> None:
    recorder = Recorder(lambda _r: httpx.Response(200, content=content))
    with HttpClient(transport=recorder.transport) as client:
        with pytest.raises(ServiceError, match="not JSON"):
            client.send(get())
        with pytest.raises(AnswerLostError, match="not JSON"):  # the write may have been done
            client.send(post())


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "MAX_BODY", 1024 * 1024)
    taken = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b" " * 65536

    recorder = Recorder(lambda _r: httpx.Response(200, content=endless()))
    with HttpClient(transport=recorder.transport) as client, pytest.raises(ServiceError, match="larger than 1 MiB"):
        client.send(get())
    assert len(taken) == 17


def test_an_answer_that_drips_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its bytes is in time."""
    now = iter(range(10**6))
    monkeypatch.setattr(client_module.time, "monotonic", lambda: 10.0 * next(now))

    def dripping() -> Iterator[bytes]:
        while True:
            yield b" "

    recorder = Recorder(lambda _r: httpx.Response(200, content=dripping()))
    with (
        HttpClient(transport=recorder.transport, timeout=20) as client,
        pytest.raises(AnswerLostError, match="in time"),
    ):
        client.send(get())
    assert next(now) < 30


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd", "deflate"])
def test_a_packing_that_was_not_asked_for_is_not_opened(packing: str) -> None:
    """Layer in layer, some bytes would be some gigabytes."""
    taken = []

    def packed() -> Iterator[bytes]:
        taken.append(1)
        yield b"x"

    recorder = Recorder(lambda _r: httpx.Response(200, headers={"Content-Encoding": packing}, content=packed()))
    with HttpClient(transport=recorder.transport) as client, pytest.raises(ServiceError, match="not asked for"):
        client.send(get())
    assert not taken
    assert recorder.requests[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("body", [b'{"a": "\\ud800"}', b'{"a": "\xed\xa0\x80"}', b'{"\\uDFFF": 1}', b"[" * 100_000])
def test_half_a_character_and_endless_depth_are_no_json(body: bytes) -> None:
    """The one could go neither into an address nor into a file later on."""
    recorder = Recorder(lambda _r: httpx.Response(200, content=body))
    with HttpClient(transport=recorder.transport) as client, pytest.raises(ServiceError, match="not JSON"):
        client.send(get())


def test_a_whole_character_in_halves_is_json() -> None:
    answer, _recorder = exchange(lambda _r: httpx.Response(200, content=b'{"a": "\\ud83d\\ude00"}'), get())
    assert answer.body == {"a": "\U0001f600"}


@pytest.mark.parametrize("request_of", [get, post])
def test_a_redirect_that_the_library_cannot_read(request_of: Callable[[], Request]) -> None:
    """It reads them all, also those that are not to be followed."""
    handler = redirect_to("https:nowhere")
    caught, sent = failure_of(handler, request_of())
    assert caught.__class__ is AnswerLostError
    assert "home.example redirects to an address that can't be read" in caught.message
    assert sent == 1


def redirect_to(where: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(302, headers={"Location": where})


def broken(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def handler(_request: httpx.Request) -> httpx.Response:
        raise error

    return handler


SECRETIVE = f"header b'Bearer {TOKEN}' of {HOME}/a?x={TOKEN}"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError(SECRETIVE), NotSentError),
        (httpx.ConnectTimeout(SECRETIVE), NotSentError),
        (httpx.PoolTimeout(SECRETIVE), NotSentError),
        (httpx.ProxyError(SECRETIVE), NotSentError),
        (httpx.ReadTimeout(SECRETIVE), AnswerLostError),
        (httpx.WriteTimeout(SECRETIVE), AnswerLostError),
        (httpx.ReadError(SECRETIVE), AnswerLostError),
        (httpx.WriteError(SECRETIVE), AnswerLostError),
        (httpx.CloseError(SECRETIVE), AnswerLostError),
        (httpx.RemoteProtocolError(SECRETIVE), AnswerLostError),
        (httpx.DecodingError(SECRETIVE), AnswerLostError),
        (httpx.LocalProtocolError(SECRETIVE), TransportError),
        (httpx.UnsupportedProtocol(SECRETIVE), TransportError),
    ],
)
def test_every_exception_of_the_library_becomes_one_of_ours(error: Exception, kind: type) -> None:
    caught, sent = failure_of(broken(error), post())
    assert caught.__class__ is kind
    assert "Cannot write it: " in caught.message
    assert "home.example" in caught.message
    assert sent == 1


def test_no_exception_of_the_library_is_forgotten() -> None:
    todo, kinds = [httpx.RequestError], set()
    while todo:
        kind = todo.pop()
        kinds.add(kind)
        todo += kind.__subclasses__()
    for kind in kinds - {httpx.TooManyRedirects}:
        caught, _sent = failure_of(broken(kind("x")), get())
        assert isinstance(caught, TransportError)


def test_a_certificate_that_does_not_verify_names_host_and_option() -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "self-signed certificate"
    error = httpx.ConnectError(SECRETIVE)
    error.__cause__ = cause
    caught, _sent = failure_of(broken(error), get())
    assert caught.__class__ is TransportError, "trying again would not help"
    assert "home.example does not verify (self-signed certificate)" in caught.message
    assert "ca_path" in caught.message


@pytest.mark.parametrize("proxy", ["nonsense", "ftp://u:hunter2@x", "http://u:hunter2@x:y"])
def test_an_unusable_proxy_is_not_shown(proxy: str) -> None:
    with pytest.raises(InputError, match="proxy") as caught:
        HttpClient(proxy=proxy)
    assert "hunter2" not in text_of(caught.value)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service may ask for that Apple's does not: arrays, links, empty answers, writes that move. No sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator
from urllib.parse import parse_qsl

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    OutcomeUnknownError,
    ServiceError,
    TransportError,
    VppError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._http.caller import Caller
from ansible_collections.openmdm.vpp.plugins.module_utils._http.client import (
    Answer,
    AnswerLostError,
    Credential,
    HttpClient,
    Request,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._http.pace import Pacer
from ansible_collections.openmdm.vpp.plugins.module_utils._http.retry import Outcome
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import (
    TOKEN,
    FakeClock,
    Recorder,
    text_of,
)

HOME = "https://home.example"
BEARER = Credential.bearer(Secret(TOKEN))


class Below(Container[str]):
    """home.example and what is below it."""

    def __contains__(self, origin: object) -> bool:
        return isinstance(origin, str) and (origin == f"{HOME}:443" or origin.endswith(".home.example:443"))


def request(method: str = "GET", **more: object) -> Request:
    body = None if method == "GET" else {"a": 1}
    return Request("do it", method, f"{HOME}/a", Below(), body=body, credential=BEARER, **more)  # type: ignore[arg-type]


def send(handler: Callable[[httpx.Request], httpx.Response], asked: Request) -> tuple[Answer, Recorder]:
    recorder = Recorder(handler)
    with HttpClient(transport=recorder.transport, user_agent="Application/1.0 Vendor") as client:
        return client.send(asked), recorder


def test_a_parameter_with_several_values_is_repeated() -> None:
    _answer, recorder = send(lambda _r: httpx.Response(200, json=[]), request(params={"s[]": ["x", "y z"], "n": "1"}))
    query = recorder.requests[0].url.query.decode()
    assert parse_qsl(query) == [("s[]", "x"), ("s[]", "y z"), ("n", "1")]


def test_the_user_agent_is_the_clients() -> None:
    _answer, recorder = send(lambda _r: httpx.Response(200, json=[]), request())
    assert recorder.requests[0].headers["user-agent"] == "Application/1.0 Vendor"


def test_links_and_the_address_of_the_answer() -> None:
    link = "</a?after=0>; rel=first, <https://home.example/a?after=9>; rel=next"

    def answer(asked: httpx.Request) -> httpx.Response:
        if asked.url.host == "home.example":
            return httpx.Response(302, headers={"Location": "https://n1.home.example/a?x=1"})
        return httpx.Response(200, json=[], headers={"Link": link})

    found, recorder = send(answer, request(params={"x": "1"}))
    assert found.url == "https://n1.home.example/a?x=1"
    assert found.links == {"first": "/a?after=0", "next": "https://home.example/a?after=9"}
    assert [one.headers["authorization"] for one in recorder.requests] == [f"Bearer {TOKEN}"] * 2


@pytest.mark.parametrize("link", ["", ",", "nonsense", "<>; rel", "<a>;;;rel=next", "; rel=next"])
def test_a_link_header_that_makes_no_sense_is_no_error(link: str) -> None:
    found, _recorder = send(lambda _r: httpx.Response(200, json=[], headers={"Link": link}), request())
    assert found.body == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("content", [b"", b"<html>", b'{"cut'])
def test_a_write_may_be_answered_without_a_body(status: int, content: bytes) -> None:
    found, _recorder = send(lambda _r: httpx.Response(status, content=content), request("POST", may_be_empty=True))
    assert (found.status, found.body) == (status, None)


class Cut(httpx.SyncByteStream):
    """A body that ends too soon."""

    def __iter__(self) -> Iterator[bytes]:
        yield b'[{"id'
        raise httpx.ReadError("broken")


def test_a_body_that_breaks_off_after_an_accepting_status() -> None:
    found, _recorder = send(lambda _r: httpx.Response(200, stream=Cut()), request("POST", may_be_empty=True))
    assert found.body is None
    with pytest.raises(AnswerLostError):
        send(lambda _r: httpx.Response(200, stream=Cut()), request("POST"))
    with pytest.raises(AnswerLostError):
        send(lambda _r: httpx.Response(200, stream=Cut()), request(may_be_empty=True))
    with pytest.raises(AnswerLostError):
        send(lambda _r: httpx.Response(500, stream=Cut()), request("POST", may_be_empty=True))


def test_an_error_of_such_a_service_is_still_one() -> None:
    found, _recorder = send(lambda _r: httpx.Response(404, content=b""), request("POST", may_be_empty=True))
    assert (found.status, found.body) == (404, None)


@pytest.mark.parametrize(("may_be_empty", "kind"), [(True, AnswerLostError), (False, ServiceError)])
@pytest.mark.parametrize("content", [b"", b"<html>"])
def test_a_read_without_a_readable_body(may_be_empty: bool, kind: type[VppError], content: bytes) -> None:
    with pytest.raises(kind, match="is not JSON"):
        send(lambda _r: httpx.Response(200, content=content), request(may_be_empty=may_be_empty))


@pytest.mark.parametrize("status", [307, 308])
def test_a_write_moves_inside_its_origins(status: int) -> None:
    def answer(asked: httpx.Request) -> httpx.Response:
        if asked.url.host == "home.example":
            return httpx.Response(status, headers={"Location": "https://n1.home.example/a"})
        return httpx.Response(200, json={})

    _found, recorder = send(answer, request("POST", moves=True))
    assert [(one.method, json.loads(one.content), one.headers["authorization"]) for one in recorder.requests] == [
        ("POST", {"a": 1}, f"Bearer {TOKEN}")
    ] * 2


@pytest.mark.parametrize(
    ("status", "target", "moves", "kind"),
    [
        (307, "https://home.example.evil.example/a", True, TransportError),
        (308, "http://n1.home.example/a", True, TransportError),
        (308, "https://n1.home.example:8443/a", True, TransportError),
        (301, "https://n1.home.example/a", True, AnswerLostError),
        (302, "https://n1.home.example/a", True, AnswerLostError),
        (303, "https://n1.home.example/a", True, AnswerLostError),
        (307, "https://n1.home.example/a", False, TransportError),
    ],
)
def test_a_write_that_does_not_move(status: int, target: str, moves: bool, kind: type[VppError]) -> None:
    recorder = Recorder(lambda _r: httpx.Response(status, headers={"Location": target}))
    with HttpClient(transport=recorder.transport) as client, pytest.raises(kind) as caught:
        client.send(request("POST", moves=moves))
    assert isinstance(caught.value, AnswerLostError) is (kind is AnswerLostError)
    assert len(recorder.requests) == 1
    assert TOKEN not in text_of(caught.value)


def judge(asked: Request, answer: Answer) -> Outcome | None:
    if answer.status < 300:
        return None
    return Outcome(ServiceError(f"Cannot {asked.what}: failed"), transient=True, untouched=False, tries=3)


@pytest.mark.parametrize(("repeatable", "sent"), [(True, 3), (False, 1)])
@pytest.mark.parametrize("broken", [True, False])
def test_a_write_that_does_no_harm_twice_is_sent_again(repeatable: bool, sent: int, broken: bool) -> None:
    def answer(asked: httpx.Request) -> httpx.Response:
        if broken:
            raise httpx.RemoteProtocolError("broken off", request=asked)
        return httpx.Response(502, content=b"")

    recorder, clock = Recorder(answer), FakeClock()
    with HttpClient(transport=recorder.transport) as client:
        caller = Caller(client, Pacer(clock, 10), clock)
        with pytest.raises(OutcomeUnknownError) as caught:
            caller.call(request("POST", repeatable=repeatable), judge)
    assert len(recorder.requests) == (4 if broken and repeatable else sent)
    assert ("so it was not sent again" in caught.value.message) is not repeatable


def test_a_lost_answer_of_a_repeatable_write_is_made_good() -> None:
    left = [httpx.RemoteProtocolError("broken off")]

    def answer(asked: httpx.Request) -> httpx.Response:
        if left:
            raise left.pop()
        return httpx.Response(200, json=[])

    recorder, clock = Recorder(answer), FakeClock()
    with HttpClient(transport=recorder.transport) as client:
        found = Caller(client, Pacer(clock, 10), clock).call(request("POST", repeatable=True), judge)
    assert found.body == []
    assert len(recorder.requests) == 2

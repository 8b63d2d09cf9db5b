# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paced repetition on fake time: what is sent again, how often, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    OutcomeUnknownError,
    ServiceError,
    ThrottledError,
    TransportError,
    VppError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._http.caller import Caller
from ansible_collections.openmdm.vpp.plugins.module_utils._http.client import Answer, HttpClient, Request
from ansible_collections.openmdm.vpp.plugins.module_utils._http.pace import Pacer
from ansible_collections.openmdm.vpp.plugins.module_utils._http.retry import Outcome, retry_after
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import START, FakeClock, Recorder

HOME = "https://home.example"
Handler = Callable[[httpx.Request], httpx.Response]


class Bench:
    """A caller on fake time; `sent` = moments at which requests arrived."""

    def __init__(self, handler: Handler, latency: float = 0.0, budget: float = 120.0) -> None:
        self.clock = FakeClock()
        self.sent: list[float] = []
        self._handler = handler

        def answer(request: httpx.Request) -> httpx.Response:
            self.sent.append(self.clock.monotonic())
            self.clock.advance(latency)
            return handler(request)

        self.recorder = Recorder(answer)
        self.client = HttpClient(transport=self.recorder.transport)
        self.caller = Caller(self.client, Pacer(self.clock, 15), self.clock, budget)

    def judge(self, _request: Request, answer: Answer) -> Outcome | None:
        if answer.status < 300:
            return None
        asked = retry_after(answer.headers, self.clock.now())
        shared = answer.status in (429, 503)
        error = ServiceError(f"Cannot do it (HTTP {answer.status})", http_status=answer.status)
        return Outcome(error, transient=answer.status >= 429, untouched=shared, shared=shared, asked=asked)

    def call(self, method: str = "GET") -> object:
        request = Request("do it", method, f"{HOME}/a", frozenset({f"{HOME}:443"}))
        return self.caller.call(request, self.judge).body


def answers(*given: httpx.Response | Exception) -> Handler:
    left = list(given)

    def handler(_request: httpx.Request) -> httpx.Response:
        item = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(item, Exception):
            raise item
        return httpx.Response(item.status_code, headers=item.headers, content=item.content)

    return handler


OK = httpx.Response(200, json=["done"])
REFUSED, LOST = httpx.ConnectError("refused"), httpx.ReadTimeout("late")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_was_never_sent_is_sent_again(method: str) -> None:
    bench = Bench(answers(REFUSED, REFUSED, OK))
    assert bench.call(method) == ["done"]
    assert [round(moment) for moment in bench.sent] == [0, 1, 3]


def test_a_host_that_refuses_is_reported_after_four_tries() -> None:
    bench = Bench(answers(REFUSED))
    with pytest.raises(TransportError, match="no connection") as caught:
        bench.call("POST")
    assert not isinstance(caught.value, OutcomeUnknownError)
    assert len(bench.sent) == 4
    assert bench.clock.monotonic() == pytest.approx(7)


def test_a_read_whose_answer_was_lost_is_repeated() -> None:
    bench = Bench(answers(LOST, httpx.Response(502), OK))
    assert bench.call() == ["done"]


@pytest.mark.parametrize(
    "loss",
    [
        LOST,
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("x"),
        httpx.Response(502),
        httpx.Response(504),
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
    ],
)
def test_a_write_whose_answer_was_lost_is_never_repeated(loss: httpx.Response | Exception) -> None:
    bench = Bench(answers(loss, OK))
    with pytest.raises(OutcomeUnknownError, match="may have done it nevertheless"):
        bench.call("POST")
    assert len(bench.sent) == 1
    assert bench.clock.monotonic() == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_write_that_was_turned_away_is_sent_again(status: int) -> None:
    bench = Bench(answers(httpx.Response(status, headers={"Retry-After": "3"}), OK))
    assert bench.call("POST") == ["done"]
    assert bench.sent == [0, 3]


def test_a_final_answer_is_raised_at_once() -> None:
    bench = Bench(answers(httpx.Response(400)))
    with pytest.raises(ServiceError) as caught:
        bench.call()
    assert caught.value.__class__ is ServiceError
    assert len(bench.sent) == 1


def test_a_wait_that_is_too_long_ends_at_once_and_says_how_long() -> None:
    bench = Bench(answers(httpx.Response(429, headers={"Retry-After": "3600"})))
    with pytest.raises(ThrottledError, match="asked for a wait of 3600 s") as caught:
        bench.call()
    assert caught.value.http_status == 429
    assert caught.value.facts == {"requests_sent": 1, "retry_after": 3600.0}
    with pytest.raises(ThrottledError):
        bench.call()
    assert len(bench.sent) == 1, "the next call knows it already"


FORMS: list[dict[str, str]] = [
    {},
    {"Retry-After": "0"},
    {"Retry-After": "1"},
    {"Retry-After": "2"},
    {"Retry-After": "-5"},
    {"Retry-After": "soon"},
    {"Retry-After": format_datetime(START - timedelta(hours=1), usegmt=True)},
    {"Retry-After": format_datetime(START + timedelta(seconds=20), usegmt=True)},
    {"Retry-After": "86400"},
]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("headers", FORMS)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("latency", [0.0, 0.2])
def test_a_storm_is_answered_by_few_requests_and_ends(
    status: int, headers: dict[str, str], method: str, latency: float
) -> None:
    all_under_way = threading.Barrier(5)

    def storm(_request: httpx.Request) -> httpx.Response:
        if len(bench.sent) <= 5:
            all_under_way.wait(10)
        return httpx.Response(status, headers=headers)

    bench = Bench(storm, latency)
    errors: list[VppError] = []

    def work(_number: int) -> None:
        try:
            bench.call(method)
        except VppError as exc:
            errors.append(exc)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, range(5)))
    assert len([moment for moment in bench.sent if moment < 6]) <= 12
    assert len(errors) == 5
    assert all(error.__class__ is ThrottledError and error.http_status == status for error in errors)
    assert f"HTTP {status}" in errors[0].message
    assert bench.clock.monotonic() < 200


def test_after_a_storm_all_go_on() -> None:
    left = [httpx.Response(429)] * 4
    bench = Bench(lambda _r: left.pop() if left else httpx.Response(200, json=[1]))
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(lambda _n: bench.call(), range(20))) == [[1]] * 20
    assert len(bench.sent) == 24

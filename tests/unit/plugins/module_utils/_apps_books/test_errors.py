# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's error numbers: each has our words, its class, and its meaning for sending again."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.errors import (
    PASSING,
    error_of,
    words_of,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    AssetError,
    ServiceError,
    TokenError,
    VppError,
)
from sandbox.apple.errors import ERRORS

SYNCHRONOUS = [
    9601,
    9602,
    9603,
    9609,
    9621,
    9623,
    9625,
    9634,
    9637,
    9646,
    9647,
    9650,
    *range(9700, 9709),
    *range(9710, 9716),
    *range(9717, 9730),
    *range(9811, 9819),
]
ASYNCHRONOUS = [9603, 9609, 9635, 9641, 9644, 9709, 9716]
LEGACY = [
    9600,
    9604,
    9605,
    9607,
    9608,
    9610,
    9611,
    *range(9616, 9621),
    9622,
    9624,
    *range(9626, 9634),
    9636,
    9642,
    9643,
]
EVERY = sorted({*SYNCHRONOUS, *ASYNCHRONOUS, *LEGACY, *ERRORS})


@pytest.mark.parametrize("number", EVERY)
def test_every_number_has_our_own_words(number: int) -> None:
    error = error_of("do it", 400, {"errorNumber": number, "errorMessage": "APPLE'S WORDS"})
    assert error is not None
    assert error.message == f"Cannot do it: {words_of(number)} ({number})"
    assert "APPLE" not in error.message
    assert error.error_number == number
    assert isinstance(error, (ServiceError, TokenError, AssetError))


@pytest.mark.parametrize("number", [9601, 9621, 9622, 9625, 9722])
@pytest.mark.parametrize("status", [200, 401])
def test_what_is_wrong_with_the_token_says_what_to_do(number: int, status: int) -> None:
    error = error_of("do it", status, {"errorNumber": number})
    assert isinstance(error, TokenError)
    assert re.search("download|use the file|pass the whole text", error.message)


@pytest.mark.parametrize("number", [9700, 9701, 9702])
def test_changed_limits_are_service_errors(number: int) -> None:
    assert error_of("x", 400, {"errorNumber": number}).__class__ is ServiceError


def test_groups() -> None:
    assert {9603, 9644, 9646, 9729} == PASSING


def test_an_error_in_200_counts_and_zero_does_not() -> None:
    assert error_of("x", 200, {"errorNumber": 9622}) is not None
    nothing: list[object] = [0, None, False, "x", []]
    for value in nothing:
        assert error_of("x", 200, {"errorNumber": value}) is None
    assert error_of("x", 200, []) is None
    assert error_of("x", 200, None) is None
    text = error_of("x", 200, {"errorNumber": "9622"})
    assert text is not None
    assert text.error_number == 9622


def test_an_unknown_number_gives_apples_words_as_one_bounded_line() -> None:
    secret = "eyJ0b2tlbiI6ImludmVudGVkLXNlY3JldC10b2tlbi1vZi1hLXNjaG9vbCJ9"
    error = error_of("x", 400, {"errorNumber": 9999, "errorMessage": f"odd\n\x1b[31m thing {secret} " + "la " * 500})
    assert error is not None
    assert "the service says: odd [31m thing ... la la" in error.message
    assert "\n" not in error.message
    assert secret not in error.message
    assert len(error.message) < 260
    assert isinstance(error_of("x", 401, {"errorNumber": 9999}), TokenError)


@pytest.mark.parametrize("message", ["!" * 10**6, "\u00e9@" * 10**6, f"odd {'la ' * 660}{'s' * 10**6}"])
def test_apples_words_take_no_time(message: str) -> None:
    begun = time.thread_time()
    error = error_of("x", 400, {"errorNumber": 9999, "errorMessage": message})
    assert error is not None
    assert len(error.message) < 260
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_a_number_that_is_none_is_still_an_error(number: int) -> None:
    error = error_of("x", 200, {"errorNumber": number})
    assert error is not None
    assert error.error_number == -1


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, TokenError, "content token"),
        (403, ServiceError, "forbids"),
        (404, ServiceError, "apps_books_url"),
        (407, ServiceError, "proxy"),
        (410, ServiceError, "gone"),
        (429, ServiceError, "too many"),
        (500, ServiceError, "HTTP 500"),
        (503, ServiceError, "temporarily"),
        (302, ServiceError, "HTTP 302"),
    ],
)
def test_a_status_without_a_number(status: int, kind: type, words: str) -> None:
    error = error_of("x", status, None)
    assert error is not None
    assert error.__class__ is kind
    assert words in error.message
    assert error.http_status == status


@given(
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(["errorNumber", "errorMessage"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
    ),
)
def test_any_answer_gives_an_error_or_none(status: int, body: dict[str, object]) -> None:
    error = error_of("x", status, body)
    assert error is None or isinstance(error, VppError)
    assert error is not None or 200 <= status < 300


@pytest.mark.parametrize("number", [9602, 9999])
def test_what_is_forbidden_is_a_matter_of_the_token(number: int) -> None:
    error = error_of("associate", 403, {"errorNumber": number, "errorMessage": "x"})
    assert isinstance(error, TokenError)
    assert "the content token has no right to do this" in error.message
    assert (error.error_number, error.http_status) == (number, 403)


def test_what_a_proxy_forbids_is_not() -> None:
    error = error_of("associate", 403, None)
    assert not isinstance(error, TokenError)

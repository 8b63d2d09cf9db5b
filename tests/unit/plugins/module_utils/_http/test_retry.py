# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of repetition, as tables."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._http.retry import Outcome, back_off, next_wait, retry_after
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import START

ERROR = VppError("no")


@pytest.mark.parametrize(
    ("method", "transient", "untouched", "attempt", "elapsed", "asked", "wait"),
    [
        ("GET", True, True, 1, 0, None, 1),
        ("GET", True, False, 1, 0, None, 1),
        ("GET", True, False, 4, 7, None, 8),
        ("GET", False, True, 1, 0, None, None),
        ("POST", True, True, 1, 0, None, 1),
        ("POST", True, False, 1, 0, None, None),
        ("POST", False, True, 1, 0, None, None),
        ("GET", True, True, 1, 0, 30.0, 30),
        ("GET", True, True, 1, 0, 0.0, 1),  # "Retry-After: 0" is no invitation to a storm
        ("GET", True, True, 5, 0, 2.0, 16),
        ("GET", True, True, 1, 0, 121.0, None),
        ("GET", True, True, 1, 0, 120.0, 120),
        ("GET", True, True, 1, 119.5, None, None),
    ],
)
def test_next_wait(
    method: str, transient: bool, untouched: bool, attempt: int, elapsed: float, asked: float | None, wait: float | None
) -> None:
    outcome = Outcome(ERROR, transient, untouched, asked=asked)
    assert next_wait(method == "GET", outcome, attempt, elapsed, 120.0) == wait


def test_tries_bound_what_is_not_worth_the_whole_budget() -> None:
    outcome = Outcome(ERROR, transient=True, untouched=True, tries=4)
    assert [next_wait(True, outcome, attempt, 0, 120) for attempt in (1, 2, 3, 4)] == [1, 2, 4, None]


def test_back_off_grows_and_is_bounded() -> None:
    assert [back_off(attempt) for attempt in range(1, 9)] == [1, 2, 4, 8, 16, 32, 64, 64]
    assert back_off(10**9) == 64


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        (" 7 ", 7),
        ("120", 120),
        ("999999999999", 999999999),
        ("Mon, 01 Mar 2027 08:00:30 GMT", 30),
        ("Mon, 01 Mar 2027 07:00:00 GMT", 0),
        ("Mon, 01 Mar 2027 09:00:10 +0100", 10),
        ("Mon, 01 Mar 2027 08:00:05 -0000", 5),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("\u0663", None),
        ("Mon, 99 Foo 2027", None),
        ("Mon, 01 Mar 99999 08:00:30 GMT", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text}, START) == seconds


def test_retry_after_is_absent() -> None:
    assert retry_after({}, START + timedelta(days=1)) is None


@given(st.text(max_size=60))
def test_garbage_never_breaks_it(text: str) -> None:
    wait = retry_after({"retry-after": text}, START)
    assert wait is None or wait >= 0

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Even spacing, holds and probes."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ThrottledError
from ansible_collections.openmdm.vpp.plugins.module_utils._http.pace import Pacer, SystemClock
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import FakeClock

FOREVER = 1e9
ERROR = ThrottledError("too many requests")


def most_in_any_second(times: list[float]) -> int:
    window: deque[float] = deque()
    most = 0
    for moment in times:
        window.append(moment)
        while window[0] <= moment - 1.0:
            window.popleft()
        most = max(most, len(window))
    return most


@given(st.integers(0, 2**32))
def test_never_more_than_the_rate_in_any_sliding_second_with_late_sleeps(seed: int) -> None:
    chance = random.Random(seed)
    clock = FakeClock(late=lambda: chance.choice((0.0, 0.001, 0.02, 0.2)) * chance.random())
    pacer = Pacer(clock, 15)
    times = []
    for _turn in range(100):
        with pacer.slot(FOREVER):
            times.append(clock.monotonic())
        clock.advance(chance.choice((0.0, 0.0, 0.01, 0.5, 3.0)))  # pauses must not save up a burst
    assert most_in_any_second(times) <= 15


def test_the_whole_rate_is_used() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, 15)
    for _turn in range(1 + 15 * 60):
        with pacer.slot(FOREVER):
            pass
    assert clock.monotonic() == pytest.approx(60 / 0.97)


def test_rate_can_change() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, 15)
    pacer.set_rate(0.5)
    for _turn in range(3):
        with pacer.slot(FOREVER):
            pass
    assert clock.monotonic() == pytest.approx(2 * 2 / 0.97)


def test_five_real_threads_keep_the_spacing() -> None:
    clock = SystemClock()
    pacer = Pacer(clock, 200)
    times: list[float] = []

    def send(_number: int) -> None:
        with pacer.slot(time.monotonic() + 60):
            times.append(time.monotonic())
        time.sleep(0.02)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(send, range(60)))
    times.sort()
    assert times[-1] - times[0] >= 59 / (0.97 * 200) - 0.005


def test_a_hold_stops_everyone_and_lets_one_probe_through() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, 1000)
    with pacer.slot(FOREVER) as slot:
        slot.hold(10, ERROR)
    with pacer.slot(FOREVER) as probe:
        assert clock.monotonic() == pytest.approx(10)
        assert probe.probe
        entered = threading.Event()

        def second() -> None:
            with pacer.slot(FOREVER):
                entered.set()

        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.05), "nobody passes while the probe is out"
        probe.succeed()
    thread.join(5)
    assert entered.is_set()
    with pacer.slot(FOREVER) as slot:
        assert not slot.probe


def test_a_probe_without_an_answer_is_followed_by_another_probe() -> None:
    pacer = Pacer(FakeClock(), 1000)
    with pacer.slot(FOREVER) as slot:
        slot.hold(1, ERROR)
    for _turn in range(2):
        with pacer.slot(FOREVER) as slot:
            assert slot.probe
    with pytest.raises(RuntimeError), pacer.slot(FOREVER) as slot:
        raise RuntimeError("a bug must not block the others")
    with pacer.slot(FOREVER) as slot:
        assert slot.probe


def test_late_success_of_an_earlier_request_does_not_end_the_hold() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, 1000)
    with pacer.slot(FOREVER) as early, pacer.slot(FOREVER) as other:
        other.hold(5, ERROR)
        early.succeed()
    with pacer.slot(FOREVER) as slot:
        assert slot.probe
    assert clock.monotonic() >= 5


def test_a_hold_beyond_the_patience_raises_at_once_and_passes_by_itself() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, 1000)
    with pacer.slot(FOREVER) as slot:
        slot.hold(3600, ERROR)
    with pytest.raises(ThrottledError), pacer.slot(120):
        pass
    assert clock.monotonic() < 1
    clock.advance(3600)
    with pacer.slot(3720) as slot:
        assert slot.probe


def test_a_shorter_hold_does_not_shorten_a_longer_one() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, 1000)
    with pacer.slot(FOREVER) as one, pacer.slot(FOREVER) as two:
        one.hold(30, ERROR)
        two.hold(1, ERROR)
    with pacer.slot(FOREVER):
        assert clock.monotonic() >= 30


def test_a_departure_is_booked_once_and_waited_for() -> None:
    clock = FakeClock()
    asked: list[float] = []

    def book(now: float, interval: float) -> float:
        assert interval == pytest.approx(1 / 97)
        asked.append(now)
        return now + 3

    pacer = Pacer(clock, 100, book)
    for turn in (1, 2):
        with pacer.slot(FOREVER):
            assert len(asked) == turn
            assert clock.monotonic() == pytest.approx(3 * turn + (turn - 1) / 97)


def test_a_hold_that_came_meanwhile_makes_a_booking_void(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    asked: list[float] = []

    def book(now: float, _interval: float) -> float:
        asked.append(now)
        return now + 3

    pacer = Pacer(clock, 1000, book)
    early = ExitStack()
    slot = early.enter_context(pacer.slot(FOREVER))

    def sleep(seconds: float) -> None:
        clock.advance(max(0.0, seconds))
        if len(asked) == 2 and slot.hold_for is None:
            slot.hold(60, ERROR)
            early.close()

    monkeypatch.setattr(clock, "sleep", sleep)
    with pacer.slot(FOREVER) as late:
        assert late.probe
    assert len(asked) == 3
    assert asked[2] >= 66
    assert clock.monotonic() == asked[2] + 3


def test_the_real_clock() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() >= before + 0.01
    assert clock.now().utcoffset() is not None

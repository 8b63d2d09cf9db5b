# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both caps: requests in any sliding second, and paged reads at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from sandbox.clock import ManualClock


def test_the_sixteenth_request_in_a_second_is_refused(make: Any, api_of: Any) -> None:
    box = make(rate=True)
    api = api_of(box)
    for _turn in range(15):
        box.clock.advance(0.01)
        assert api.get("/client/config").status_code == 200
    for path in ("/assets", "/client/config", "/status", "/service/config"):
        assert api.number(api.get(path)) == (429, 9646)
    box.clock.advance(0.865)
    assert api.get("/assets").status_code == 200
    assert api.number(api.get("/assets")) == (429, 9646)
    box.clock.advance(1)
    assert api.get("/assets").status_code == 200


def test_the_cap_is_per_location_and_spares_the_control_surface(make: Any, api_of: Any) -> None:
    box = make("school", rate=True)
    north, south = api_of(box, "north"), api_of(box, "south")
    for _turn in range(20):
        north.get("/client/config")
    assert north.number(north.get("/client/config")) == (429, 9646)
    assert south.get("/client/config").status_code == 200
    for _turn in range(30):
        assert north.http.get("/_sandbox/switches").status_code == 200
    del north.http.headers["Authorization"]
    assert north.get("/service/config").status_code == 200


def test_the_cap_follows_service_config(make: Any, api_of: Any) -> None:
    box = make(rate=True)
    api = api_of(box)
    api.switch(limits={"maxRequestPerSecond": 2})
    assert [api.get("/assets").status_code for _turn in range(3)] == [200, 200, 429]


class GateClock(ManualClock):
    """Sleeping waits for the gate, so that requests are held in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.waiting = threading.Semaphore(0)

    def sleep(self, seconds: float) -> None:
        self.waiting.release()
        self.gate.wait(10)


@pytest.mark.parametrize("enforced", [True, False])
def test_the_sixth_page_at_once_is_refused(make: Any, api_of: Any, enforced: bool) -> None:
    box = make(enforce_parallel=str(enforced).lower(), latency_ms=1)
    clock = GateClock()
    box.clock = box.context.clock = clock
    api = api_of(box)
    answers: list[int] = []

    def read(path: str) -> None:
        answers.append(api_of(box).get(path).status_code)

    paths = ["/assets", "/assignments", "/users", "/assignments", "/users"]
    threads = [threading.Thread(target=read, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for _turn in threads:
        assert clock.waiting.acquire(timeout=10)
    if enforced:
        for path in ("/assets", "/assignments", "/users"):
            assert api.number(api.get(path)) == (429, 9646)
    else:
        sixth = threading.Thread(target=read, args=("/assets",))
        sixth.start()
        threads.append(sixth)
        assert clock.waiting.acquire(timeout=10)
    clock.gate.set()
    for thread in threads:
        thread.join(10)
    assert answers == [200] * len(threads)
    assert api.get("/assets").status_code == 200

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox whose answers are changed, or given by somebody else, on their way to the client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from ansible_collections.openmdm.vpp.tests.unit import harness
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.college import College
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import NORTH, School
from sandbox.app import Sandbox, create_app
from sandbox.clock import ManualClock

Instead = Callable[[httpx.Request], "httpx.Response | None"]
After = Callable[[httpx.Request, httpx.Response], httpx.Response]
PLAIN_TRANSPORT = harness.BoxTransport


@dataclass(frozen=True)
class Sent:
    """A request that left, and when."""

    at: float
    method: str
    host: str
    path: str
    headers: httpx.Headers


class Wire(httpx.BaseTransport):
    """`instead` answers in the place of the sandbox, `after` changes its answer; None where they let it pass."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.sent: list[Sent] = []
        self.instead: Instead | None = None
        self.after: After | None = None
        self._inner = PLAIN_TRANSPORT(box)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        self.sent.append(Sent(self.box.clock.now(), request.method, url.host, url.path, request.headers))
        given = self.instead(request) if self.instead is not None else None
        if given is not None:
            return given
        answered = self._inner.handle_request(request)
        return answered if self.after is None else self.after(request, answered)


@dataclass(frozen=True)
class Bench:
    """A school of the sandbox behind a wire."""

    school: School
    college: College
    wire: Wire

    def run(self, module: Any, *, check: bool = False, **options: Any) -> harness.Result:
        """With the options by which the module reaches its services."""
        known = module.main.__globals__
        ours = dict(self.school.options)
        if "DEVICE_INFO_SPEC" in known:
            ours = {name: value for name, value in ours.items() if name == "connector" or name.startswith("meraki")}
        return harness.run_main(module.main, {**ours, **options}, check=check)


@contextmanager
def bench(folder: Path, seed: str = "school", **options: str) -> Iterator[Bench]:
    """Both services of one sandbox behind one wire."""
    box = create_app(seed, {"enforce_rate": "false", "sm_enforce_rate": "false", **options}, clock=ManualClock())
    wire = Wire(box)
    with closing(box), pytest.MonkeyPatch.context() as patch:
        patch.setattr(harness, "BoxTransport", lambda _box: wire)
        apple = {**harness.use_box(patch, box), "content_token": box.token("north")}
        school = School(box, {**apple, **harness.use_systems(patch, box), "meraki_network_ids": [NORTH]})
        yield Bench(school, College(school, folder), wire)

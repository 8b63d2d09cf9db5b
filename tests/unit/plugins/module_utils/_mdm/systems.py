# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connector of Systems Manager against the sandbox in this process, and what it sent there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import httpx

from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.ports import Mdm
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm import registry
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm.meraki import MerakiSettings
from ansible_collections.openmdm.vpp.tests.unit.harness import SYSTEMS_URL, BoxClock, BoxTransport
from sandbox.app import Sandbox, create_app
from sandbox.clock import ManualClock

SHARD = "http://127.0.0.1:9443"


def new_box(seed: str = "small", **switches: object) -> Sandbox:
    box = create_app(seed, {}, clock=ManualClock())
    box.context.shard = SHARD
    box.switches.update(switches)
    return box


class Wire(httpx.BaseTransport):
    """Into the sandbox, with a copy of every request."""

    def __init__(self, box: Sandbox) -> None:
        self.requests: list[httpx.Request] = []
        self._inner = BoxTransport(box)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        return self._inner.handle_request(request)

    def sent(self, method: str = "POST") -> list[tuple[str, Any]]:
        """End of the path and body of each request of a method."""
        return [
            (request.url.path.rpartition("/")[2], json.loads(request.content) if request.content else None)
            for request in self.requests
            if request.method == method
        ]

    def queries(self, end: str) -> list[list[tuple[str, str]]]:
        """The query of each request whose path ends so."""
        found = [request.url for request in self.requests if request.url.path.endswith(end)]
        return [parse_qsl(url.query.decode(), keep_blank_values=True) for url in found]

    @property
    def origins(self) -> list[str]:
        return [f"{request.url.scheme}://{request.url.host}:{request.url.port}" for request in self.requests]


@contextmanager
def connected(box: Sandbox, wire: httpx.BaseTransport | None = None, **settings: Any) -> Iterator[Mdm]:
    chosen = {"api_key": Secret(box.meraki_key()), "base_url": SYSTEMS_URL, **settings}
    with registry.connect(MerakiSettings(**chosen), BoxClock(box), transport=wire or BoxTransport(box)) as mdm:
        yield mdm

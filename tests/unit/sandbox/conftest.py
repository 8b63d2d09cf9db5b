# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox in this very process, with a clock that only moves when told to."""

from __future__ import annotations

import http.server
import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = str(Path(__file__).resolve().parents[3])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from sandbox.app import Sandbox, create_app  # noqa: E402
from sandbox.clock import ManualClock  # noqa: E402

V2 = "/mdm/v2"


class Api:
    """A client of one location, and the control surface."""

    def __init__(self, box: Sandbox, location: str | None = None) -> None:
        self.box = box
        self.key = location or next(iter(box.world.locations))
        self.http = httpx.Client(
            transport=httpx.WSGITransport(app=box),
            base_url="http://sandbox.test",
            headers={"Authorization": f"Bearer {box.token(location)}"},
        )

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(V2 + path, params=params)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.http.post(V2 + path, json=body)

    def read(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()
        assert "errorNumber" not in data, data
        return data

    def walk(self, path: str, name: str, **params: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        index: int | None = 0
        while index is not None:
            page = self.read(path, pageIndex=index, **params)
            assert page["size"] == len(page[name])
            rows += page[name]
            index = page.get("nextPageIndex")
        return rows

    def submit(self, path: str, body: Any) -> str:
        answer = self.post(path, body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["eventId"])

    def status(self, event: str) -> dict[str, Any]:
        return self.read("/status", eventId=event)

    def run(self, path: str, body: Any) -> dict[str, Any]:
        """Submit and wait for the end of the event."""
        event = self.submit(path, body)
        for _turn in range(5):
            status = self.status(event)
            if status["eventStatus"] != "PENDING":
                return status
            self.box.advance(1)
        raise AssertionError("The event does not end.")

    def asset(self, adam_id: str, pricing: str = "STDQ") -> dict[str, Any]:
        found: list[dict[str, Any]] = self.read("/assets", adamId=adam_id, pricingParam=pricing)["assets"]
        assert len(found) == 1
        return found[0]

    def control(self, method: str, path: str, data: Any = None) -> Any:
        status, answer = self.box.control(method, f"/_sandbox/{path}", data)
        assert status == 200, answer
        return answer

    def switch(self, **values: Any) -> None:
        self.box.switches.update(values)

    def fault(self, kind: str, **rest: Any) -> None:
        self.box.faults.add({"kind": kind, **rest})

    def number(self, answer: httpx.Response) -> tuple[int, int]:
        """HTTP status and errorNumber."""
        return answer.status_code, answer.json().get("errorNumber", 0)


class Systems(Api):
    """A client of Systems Manager, of one of its networks above all."""

    def __init__(self, box: Sandbox, location: str | None = None) -> None:
        super().__init__(box, location)
        self.org = box.world.meraki.id
        self.network = next(one.id for one in box.world.meraki.networks.values() if one.key == self.key)
        self.sm = httpx.Client(transport=httpx.WSGITransport(app=box), base_url="http://sandbox.test/api/v1")
        self.use(box.meraki_key())

    def use(self, key: str) -> None:
        self.sm.headers["Authorization"] = f"Bearer {key}"

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> httpx.Response:
        """A path below the network unless it begins with a slash; arrays get their brackets."""
        url = path if path.startswith("/") else f"/networks/{self.network}/sm/{path}"
        query = {f"{name}[]" if isinstance(value, list) else name: value for name, value in params.items()}
        return self.sm.request(method, url, params=query, json=body)

    def see(self, path: str, **params: Any) -> Any:
        answer = self.ask("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def do(self, path: str, body: Any = None, method: str = "POST") -> Any:
        answer = self.ask(method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def device(self, serial: str, *fields: str) -> dict[str, Any]:
        (found,) = self.see("devices", serials=[serial], fields=list(fields))
        return dict(found)

    def tag(self, action: str, tag: str, *serials: str) -> list[str]:
        body = {"serials": list(serials), "tags": [tag], "updateAction": action}
        return [one["serial"] for one in self.do("devices/modifyTags", body)]

    def app_id(self, adam_id: str) -> str:
        apps = self.control("GET", "meraki/apps", {"network": self.key})["apps"]
        return str(next(app["app_id"] for app in apps if app["itunes_id"] == adam_id))

    def set_app(self, adam_id: str, **settings: Any) -> None:
        self.control("PUT", f"meraki/apps/{self.app_id(adam_id)}", settings)

    def software(self, serial: str, adam_id: str) -> dict[str, Any]:
        rows = self.see(f"devices/{self.device(serial)['id']}/softwares")
        return next((dict(row) for row in rows if row["itunesId"] == adam_id), {})

    def holders(self, adam_id: str) -> list[str]:
        """Serial numbers at Apple."""
        rows = self.walk("/assignments", "assignments", adamId=adam_id)
        return sorted(row["serialNumber"] for row in rows if "serialNumber" in row)


@pytest.fixture
def make() -> Iterator[Callable[..., Sandbox]]:
    """Makes sandboxes with a still clock and without the cap on requests per second."""
    made: list[Sandbox] = []

    def build(seed: str = "small", rate: bool = False, **options: Any) -> Sandbox:
        caps = dict.fromkeys(("enforce_rate", "sm_enforce_rate"), str(rate).lower())
        texts = {name: str(value) for name, value in options.items()}
        made.append(create_app(seed, {**caps, **texts}, clock=ManualClock()))
        return made[-1]

    yield build
    for box in made:
        box.close()


@pytest.fixture
def box(make: Callable[..., Sandbox]) -> Sandbox:
    return make()


@pytest.fixture
def api(box: Sandbox) -> Iterator[Api]:
    client = Api(box)
    with client.http:
        yield client


@pytest.fixture
def sm(box: Sandbox) -> Iterator[Systems]:
    client = Systems(box)
    with client.http, client.sm:
        yield client


@pytest.fixture
def sm_of() -> type[Systems]:
    return Systems


@pytest.fixture
def api_of() -> type[Api]:
    return Api


class Hook(http.server.BaseHTTPRequestHandler):
    seen: list[tuple[str, str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append((self.path, self.headers["Authorization"], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library names it so)
        pass


@pytest.fixture
def hook() -> Iterator[tuple[str, list[tuple[str, str, Any]]]]:
    handler = type("OneHook", (Hook,), {"seen": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook", handler.seen  # type: ignore[attr-defined]
        server.shutdown()

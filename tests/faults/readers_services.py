# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of what services answer. The seeds are answers of the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import httpx

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books import codec, users_codec
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.errors import error_of
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.guard import Guard
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.pages import decode_page
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.wire import answer
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import AppName
from ansible_collections.openmdm.vpp.plugins.module_utils._http.client import Answer, HttpClient, Request, _decode
from ansible_collections.openmdm.vpp.plugins.module_utils._http.retry import retry_after
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm import meraki_codec
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm.meraki_errors import outcome_of
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm.meraki_softwares_codec import decode_softwares
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm.meraki_wire import objects
from ansible_collections.openmdm.vpp.tests.faults.readers import Reader, document
from sandbox.app import create_app
from sandbox.clock import ManualClock

NOW = datetime(2030, 9, 2, 12, 0, tzinfo=timezone.utc)
ORIGIN = "https://a.example:443"
GET = Request("read it", "GET", "https://a.example/x", frozenset({ORIGIN}))
POST = Request("write it", "POST", "https://a.example/x", frozenset({ORIGIN}), body={}, may_be_empty=True, moves=True)


class _Wire:
    """An HTTP client whose next answers are given beforehand."""

    def __init__(self) -> None:
        self._next: list[httpx.Response] = []
        self._client = HttpClient(transport=httpx.MockTransport(lambda _request: self._next.pop(0)))

    def send(self, request: Request, *responses: httpx.Response) -> Answer:
        self._next = list(responses)
        return self._client.send(request)


_WIRE = _Wire()


def sendable(value: object) -> object:
    """What came from a service may go to one, and into a file."""
    json.dumps(value, ensure_ascii=False, default=_plain).encode()
    return value


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else repr(value)


def _apple(decode: Callable[[Any], object]) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        body = answer(_decode(data, 200, GET))
        error = error_of("read it", 200, body)
        if error is not None:
            _sentence(error.message)
            raise error
        Guard().check(body)
        return sendable(decode(body))

    return read


def _sentence(message: str) -> None:
    if len(message) > 600 or not message.isprintable():
        raise AssertionError(f"no sentence: {message[:200]!r} ({len(message)})")


def _config(body: Any) -> object:
    config = codec.decode_service_config(body)
    return float(config.limits.max_request_per_second), config


def _store(body: Any) -> object:
    return codec.decode_metadata("1", body)


def _meraki(decode: Callable[[Any], object]) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        return [sendable(decode(row)) for row in objects(_decode(data, 200, GET), "read it")]

    return read


def _softwares(data: bytes) -> object:
    apps = [AppName("361309726", "com.apple.Pages", {"N_1": "1"}), AppName(bundle_id="com.apple.Keynote")]
    return sendable(list(decode_softwares(objects(_decode(data, 200, GET), "read it"), apps, "N_1").values()))


def _refusal(data: bytes) -> object:
    """A status with a body, at both services."""
    status = 400 + (data[0] if data else 0) % 200
    reply = Answer(status, {}, _decode(data, status, GET))
    error, outcome = error_of("read it", status, reply.body), outcome_of("read it", reply, NOW)
    for one in (error, outcome.error if outcome else None):
        if one is None:
            raise AssertionError("no error")
        _sentence(one.message)
    return error


def _headers(data: bytes) -> object:
    """Lines of headers of a redirect, or of a page, and what stands there afterwards."""
    lines = [line.partition(b":") for line in data.split(b"\n")]
    headers = [(name.strip() or b"x", value.strip()) for name, _colon, value in lines]
    wait = retry_after(httpx.Headers(headers), NOW)
    if wait is not None and not 0 <= wait < 1e12:
        raise AssertionError(f"a wait of {wait}")
    reply = httpx.Response(307 if len(data) % 2 else 200, headers=headers, stream=httpx.ByteStream(b"[]"))
    return _WIRE.send(POST if len(data) % 4 > 1 else GET, reply, httpx.Response(200, content=b"[]"))


def _seeds() -> dict[str, list[bytes]]:
    """Answers of the sandbox."""
    box = create_app("small", {"enforce_rate": "false"}, clock=ManualClock())
    client = httpx.Client(transport=httpx.WSGITransport(app=box), base_url="http://127.0.0.1:8443")
    apple = {"Authorization": f"Bearer {box.token()}"}
    paths = {
        "service config": "/mdm/v2/service/config",
        "client config": "/mdm/v2/client/config",
        "assets": "/mdm/v2/assets",
        "assignments": "/mdm/v2/assignments",
        "users": "/mdm/v2/users",
    }
    found = {name: [client.get(path, headers=apple).content] for name, path in paths.items()}
    meraki, key = box.world.meraki, {"Authorization": f"Bearer {box.meraki_key()}"}
    network = next(iter(meraki.networks.values()))
    device = next(iter(network.devices.values()))
    fields = "&".join(f"fields[]={name}" for name in meraki_codec.DEVICE_FIELDS["fields[]"])
    api = f"/api/v1/organizations/{meraki.id}"
    sm = f"/api/v1/networks/{network.id}/sm"
    for name, path in {
        "networks": f"{api}/networks",
        "accounts": f"{api}/sm/vppAccounts",
        "devices": f"{sm}/devices?{fields}",
        "softwares": f"{sm}/devices/{device.id}/softwares",
    }.items():
        answered = client.get(path, headers=key)
        if answered.status_code != 200:
            raise AssertionError(answered.text)
        found[name] = [json.dumps(answered.json()[:3]).encode()]
    box.close()
    return found


_SEED = _seeds()
_FAILURE = {
    "errorNumber": 9709,
    "errorMessage": "x",
    "errorInfo": {"assets": [{"adamId": "1", "pricingParam": "STDQ"}], "serialNumbers": ["TESTA00001"]},
}
_EVENT = {
    "eventStatus": "COMPLETE",
    "eventType": "ASSOCIATE",
    "numRequested": 2,
    "numCompleted": 1,
    "failures": [_FAILURE],
}
_STORE = {"name": "Pages", "bundleId": "com.apple.Pages", "kind": "iosSoftware", "deviceFamilies": ["ipad"]}
_TRACK = {"trackId": 361309726, "trackName": "Pages", "bundleId": "com.apple.Pages", "minimumOsVersion": "17.0"}
_HEADER = (
    b"Location: /y?a=b\nRetry-After: 120\nLink: <https://a.example/z?page=2>; rel=next\n"
    b"Content-Type: application/json; charset=utf-8"
)

READERS = (
    Reader("Apple's service config", _apple(_config), _SEED["service config"]),
    Reader("Apple's client config", _apple(codec.decode_client_config), _SEED["client config"]),
    Reader("Apple's assets", _apple(lambda body: decode_page(0, body, codec.decode_assets(body))), _SEED["assets"]),
    Reader(
        "Apple's assignments",
        _apple(lambda body: decode_page(0, body, codec.decode_assignments(body))),
        _SEED["assignments"],
    ),
    Reader("Apple's users", _apple(lambda body: decode_page(0, body, users_codec.decode_users(body))), _SEED["users"]),
    Reader("Apple's events", _apple(lambda body: codec.decode_event("e", body)), [document(_EVENT)]),
    Reader("Apple's event ids", _apple(codec.decode_event_id), [document({"eventId": "e-1", "uId": "1"})]),
    Reader(
        "Apple's store", _apple(lambda body: codec.decode_metadata("1", body)), [document({"results": {"1": _STORE}})]
    ),
    Reader("iTunes", _apple(codec.decode_search), [document({"resultCount": 1, "results": [_TRACK]})]),
    Reader("refusals", _refusal, [document(_FAILURE), document({"errors": ["no such device", "x"]}), b"<html>"]),
    Reader("networks", _meraki(meraki_codec.decode_unit), _SEED["networks"]),
    Reader("accounts", _meraki(meraki_codec.decode_account), _SEED["accounts"]),
    Reader("devices", _meraki(lambda row: meraki_codec.decode_device(row, "N_1")), _SEED["devices"]),
    Reader("owners", _meraki(meraki_codec.decode_owner_tags), [document([{"id": "1", "tags": " staff year-7 "}])]),
    Reader("softwares", _softwares, _SEED["softwares"]),
    Reader(
        "headers",
        _headers,
        [_HEADER, b"Retry-After: Fri, 31 Dec 2032 23:59:59 GMT\nLocation: https://a.example:443/x"],
        ["Retry-After: -1", "Link: <", "//[", "Content-Encoding: gzip", "Location: //a.example/"],
    ),
)

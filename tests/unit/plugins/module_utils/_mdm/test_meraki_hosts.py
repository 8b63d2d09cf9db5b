# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the key may go: redirects, links to a next page, and pages that never end."""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError, TransportError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import AppCommand, TagChange
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm import meraki_session
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm.meraki_hosts import MerakiOrigins
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import Recorder, text_of
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mdm.systems import Wire, connected, new_box

MAIN = "N_600042000001"
KEY = "0123456789abcdef0123456789abcdef01234567"
MERAKI = "https://api.meraki.com/api/v1"
GATEWAY = "https://gateway.school.example/meraki/api/v1"


@pytest.mark.parametrize(
    ("base", "origin", "may"),
    [
        (MERAKI, "https://api.meraki.com:443", True),
        (MERAKI, "https://meraki.com:443", True),
        (MERAKI, "https://n99.meraki.cn:443", True),
        (MERAKI, "https://api.gov-meraki.com:443", True),
        (MERAKI, "https://api.meraki.ca:443", True),
        (MERAKI, "https://api.meraki.in:443", True),
        (MERAKI, "http://api.meraki.com:80", False),
        (MERAKI, "http://api.meraki.com:443", False),
        (MERAKI, "https://api.meraki.com:8443", False),
        (MERAKI, "https://evil-meraki.com:443", False),
        (MERAKI, "https://xgov-meraki.com:443", False),
        (MERAKI, "https://meraki.com.evil.example:443", False),
        (MERAKI, "https://meraki.com.:443", False),
        (MERAKI, "https://127.0.0.1:443", False),
        (MERAKI, "", False),
        (MERAKI, "https://", False),
        (MERAKI, None, False),
        ("https://api.meraki.com:8443/x", "https://api.meraki.com:8443", True),
        ("https://api.meraki.com:8443/x", "https://n99.meraki.com:443", False),
        (GATEWAY, "https://gateway.school.example:443", True),
        (GATEWAY, "https://gateway.school.example:444", False),
        (GATEWAY, "https://api.meraki.com:443", False),
        ("http://127.0.0.1:8443/api/v1", "http://127.0.0.1:9443", True),
        ("http://127.0.0.1:8443/api/v1", "https://127.0.0.1:9443", False),
        ("http://127.0.0.1:8443/api/v1", "http://127.0.0.2:8443", False),
        ("http://127.0.0.1:8443/api/v1", "https://api.meraki.com:443", False),
        ("http://[::1]:8443/api/v1", "http://::1:9443", True),
        ("http://localhost:8443/api/v1", "http://localhost:9443", True),
        ("http://localhost:8443/api/v1", "http://localhost.evil.example:9443", False),
    ],
)
def test_origins(base: str, origin: object, may: bool) -> None:
    assert (origin in MerakiOrigins(base)) is may


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example:9443/api/v1",
        "https://api.meraki.com/api/v1",
        "https://127.0.0.1.evil.example/api/v1",
        "https://127.0.0.1:9443/api/v1",
        "http://127.0.0.2:9443/api/v1",
    ],
)
def test_the_key_does_not_go_to_a_foreign_host(status: int, target: str) -> None:
    box = new_box()
    for path in ("/devices", "/modifyTags"):
        fault = {"kind": "redirect", "url": target, "status": status, "match": {"path": path}, "times": None}
        box.faults.add(fault)
    wire = Wire(box)
    with connected(box, wire) as mdm:
        with pytest.raises(TransportError, match="refused redirect to host"):
            mdm.read_devices()
        with pytest.raises(TransportError, match="refused redirect"):
            mdm.change_tags([TagChange(MAIN, ("a",), ("1",))])
    assert set(wire.origins) == {"http://127.0.0.1:8443"}


@pytest.mark.parametrize(
    ("base", "target", "follows"),
    [
        (MERAKI, "https://n99.meraki.com/api/v1", True),
        (MERAKI, "https://api.gov-meraki.com/api/v1", True),
        (MERAKI, "http://n99.meraki.com/api/v1", False),
        (MERAKI, "https://n99.meraki.com:8443/api/v1", False),
        (MERAKI, "https://evil-meraki.com/api/v1", False),
        (MERAKI, "https://meraki.com@evil.example/api/v1", False),
        (GATEWAY, "https://n99.meraki.com/api/v1", False),
        (GATEWAY, "https://gateway.school.example/other", True),
        (GATEWAY, "https://gateway.school.example:444/other", False),
    ],
)
def test_where_a_redirect_may_lead(base: str, target: str, follows: bool) -> None:
    network = {"id": "N_1", "name": "One", "productTypes": ["systemsManager"]}

    def answer(request: httpx.Request) -> httpx.Response:
        if str(request.url).startswith(base):
            return httpx.Response(307, headers={"Location": str(request.url).replace(base, target)})
        return httpx.Response(200, json=[network] if request.url.path.endswith("/networks") else {})

    recorder = Recorder(answer)
    settings = {"base_url": base, "organization_id": "1", "api_key": Secret(KEY)}
    with connected(new_box(), recorder.transport, **settings) as mdm:
        if follows:
            assert mdm.send_commands([AppCommand("N_1", "2", ("3",))]) == [None]
            assert [str(one.url).partition("?")[0] for one in recorder.requests] == [
                f"{base}/organizations/1/networks",
                f"{target}/organizations/1/networks",
                f"{target}/networks/N_1/sm/devices/2/installApps",
            ]
        else:
            with pytest.raises(TransportError, match="refused redirect") as caught:
                mdm.read_units()
            assert len(recorder.requests) == 1
            assert KEY not in text_of(caught.value)


@pytest.mark.parametrize("status", [307, 308])
def test_a_write_that_is_redirected_moves_inside_the_hosts(status: int) -> None:
    box = new_box()
    shard = "http://127.0.0.1:9443"
    url = f"{shard}/api/v1/networks/{MAIN}/sm/devices/modifyTags"
    box.faults.add({"kind": "redirect", "url": url, "status": status, "match": {"path": "/modifyTags"}})
    wire = Wire(box)
    device = next(box.world.meraki.devices())
    with connected(box, wire) as mdm:
        mdm.change_tags([TagChange(MAIN, ("a",), (device.id,))])
    assert [one.method for one in wire.requests[-2:]] == ["POST", "POST"]
    assert wire.origins[-1] == shard
    assert "a" in device.tags


@pytest.mark.parametrize("link", ["https://evil.example/api/v1/x", "//evil.example/x", "http://[", "https://"])
def test_a_next_page_on_a_foreign_host(link: str) -> None:
    recorder = Recorder(lambda _request: httpx.Response(200, json=[], headers={"Link": f"<{link}>; rel=next"}))
    with connected(new_box(), recorder.transport, api_key=Secret(KEY)) as mdm:
        with pytest.raises(TransportError, match="named a next page") as caught:
            mdm.read_units()
    assert len(recorder.requests) == 1
    assert KEY not in text_of(caught.value)


def test_a_link_of_strange_letters_is_no_traceback() -> None:
    header = {b"Link": "</bär ?x=ö%20&y=[]>; rel=next".encode()}
    recorder = Recorder(lambda _request: httpx.Response(200, json=[], headers=header))
    with connected(new_box(), recorder.transport) as mdm, pytest.raises(ServiceError, match="lead in a circle"):
        mdm.read_units()
    assert recorder.requests[1].url.path == "/api/v1/bär "


@pytest.mark.parametrize("step", [-1, 1])
def test_pages_without_an_end(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        turn = int(request.url.params.get("turn", "1"))
        turn = turn + 1 if step == 1 else 1 - turn  # on and on, or round and round
        return httpx.Response(200, json=[], headers={"Link": f"</api/v1/a?turn={turn}>; rel=next"})

    monkeypatch.setattr(meraki_session, "MAX_PAGES", 20)
    recorder = Recorder(answer)
    with connected(new_box(), recorder.transport) as mdm, pytest.raises(ServiceError, match="lead in a circle"):
        mdm.read_units()
    assert len(recorder.requests) <= 20

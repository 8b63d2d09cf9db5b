# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Systems Manager when it fails, throttles or answers nonsense; and that nothing shows a secret."""

from __future__ import annotations

from collections.abc import Callable, Sized

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    ServiceError,
    ThrottledError,
    TransportError,
    VppError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import AppName
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.ports import Mdm
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import Recorder, text_of
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mdm.systems import Wire, connected, new_box

Read = Callable[[Mdm], Sized]
KEY = "0123456789abcdef0123456789abcdef01234567"
PAGES = AppName("361309726")
READS: list[Read] = [
    lambda mdm: mdm.read_units(),
    lambda mdm: mdm.read_accounts(),
    lambda mdm: mdm.read_devices(),
    lambda mdm: mdm.read_members([Scope("all")]),
    lambda mdm: mdm.read_tags(),
    lambda mdm: mdm.read_apps(mdm.read_devices(), [PAGES]),
]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 502},
        {"kind": "status", "status": 504},
        {"kind": "status", "status": 503, "retry_after": 2},
        {"kind": "status", "status": 429},
        {"kind": "status", "status": 429, "retry_after": 5},
        {"kind": "status", "status": 429, "retry_after": 5, "retry_after_form": "date"},
        {"kind": "not_json"},
        {"kind": "not_json", "body": ""},
        {"kind": "truncated_body"},
        {"kind": "lost_answer"},
        {"kind": "reset_before"},
    ],
)
def test_a_read_survives_a_hiccup(read: Read, fault: dict[str, object]) -> None:
    with connected(new_box()) as mdm:
        wanted = read(mdm)
    box = new_box()
    box.faults.add({**fault, "match": {"service": "meraki", "after": 1}, "times": 2})
    before = box.clock.now()
    with connected(box) as mdm:
        found = read(mdm)
    assert len(found) == len(wanted)
    assert box.clock.now() - before >= max(3.0, 2 * float(str(fault.get("retry_after", 0))) - 1)


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ({"kind": "status", "status": 500}, ServiceError, r"the service gives no reason \(HTTP 500\)$"),
        ({"kind": "status", "status": 429}, ThrottledError, "too many requests for this organisation .* run it again"),
        ({"kind": "status", "status": 400}, ServiceError, r"the service gives no reason \(HTTP 400\)$"),
        ({"kind": "status", "status": 405}, ServiceError, "check meraki_base_url"),
        ({"kind": "not_json"}, TransportError, "is not JSON"),
        ({"kind": "not_json", "body": "{}"}, ServiceError, "is not understood"),
        ({"kind": "not_json", "body": "[1]"}, ServiceError, "is not understood"),
        ({"kind": "not_json", "body": "null"}, ServiceError, "is not understood"),
        ({"kind": "lost_answer"}, TransportError, "broke the connection off"),
    ],
)
def test_a_read_gives_up_with_a_sentence(
    read: Read, fault: dict[str, object], kind: type[VppError], words: str
) -> None:
    box = new_box()
    box.faults.add({**fault, "match": {"service": "meraki"}, "times": None})
    with connected(box, organization_id="600042") as mdm, pytest.raises(kind, match=words) as caught:
        read(mdm)
    assert caught.value.message.startswith("Cannot read ")
    assert box.meraki_key() not in text_of(caught.value)
    assert box.token() not in text_of(caught.value)


@pytest.mark.parametrize("path", ["/networks", "/vppAccounts", "/devices", "/softwares"])
def test_an_entry_without_an_id(path: str) -> None:
    box = new_box()
    body = '[{"productTypes": ["systemsManager"], "name": "x"}]'
    box.faults.add({"kind": "not_json", "body": body, "match": {"path": path}, "times": None})
    with connected(box) as mdm:
        reads = {"/networks": 0, "/vppAccounts": 1, "/devices": 2, "/softwares": 5}
        if path == "/softwares":  # its rows need none
            assert not any(READS[5](mdm).values())  # type: ignore[attr-defined]
        else:
            with pytest.raises(ServiceError, match="an entry has no id"):
                READS[reads[path]](mdm)


def test_half_an_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    box = new_box("school")
    box.faults.add({"kind": "status", "status": 500, "match": {"path": "*/N_600077000003/sm/devices"}, "times": None})
    with connected(box) as mdm, pytest.raises(ServiceError, match="devices of network West devices"):
        mdm.read_devices()


@pytest.mark.parametrize("wait", [1, None])
def test_the_cap_of_the_organisation_is_kept_and_survived(wait: float | None) -> None:
    box = new_box("school", sm_retry_after=wait)
    with connected(box, requests_per_second=10.0) as mdm:
        devices = mdm.read_devices()[:60]
        assert len(mdm.read_apps(devices, [PAGES])) == 60
    assert 429 not in [entry["status"] for entry in box.requests]
    while box.world.meraki.bucket.take(box.clock.now()):  # another program of the school uses the cap up
        pass
    with connected(box, requests_per_second=10.0) as mdm:
        assert len(mdm.read_devices()) == 1269
    assert 429 in [entry["status"] for entry in box.requests]


def test_the_pace_is_three_requests_a_second() -> None:
    box = new_box()
    wire = Wire(box)
    with connected(box, wire) as mdm:
        devices = mdm.read_devices()
        before, sent = box.clock.now(), len(wire.requests)
        mdm.read_apps(devices, [PAGES])
    assert len(wire.requests) - sent == 10
    assert box.clock.now() - before >= 9 / 3


def test_the_service_s_own_words_are_bounded_and_hold_no_secret() -> None:
    said = f"No\n\x07 for {KEY}! " + "very " * 100

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"errors": [said, 7, "second"]})

    recorder = Recorder(answer)
    with connected(new_box(), recorder.transport, api_key=Secret(KEY)) as mdm, pytest.raises(ServiceError) as caught:
        mdm.read_units()
    assert caught.value.message.startswith(
        "Cannot read the organisations of the API key: the service says: No for ...! very very"
    )
    assert len(caught.value.message) < 300
    assert KEY not in text_of(caught.value)


def test_nothing_that_can_be_printed_shows_the_key_or_a_token() -> None:
    box = new_box()
    with connected(box) as mdm:
        accounts = mdm.read_accounts()
        shown = repr((mdm, vars(mdm), accounts, [str(one) for one in accounts]))
    assert box.meraki_key() not in shown
    assert box.token() not in shown
    assert "Secret(...)" in shown

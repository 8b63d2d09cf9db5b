# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings, keys, organisations and networks that can't be used: one sentence each, naming option and remedy."""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError, ServiceError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import TagChange
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import Recorder, text_of
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mdm.systems import Wire, connected, new_box
from sandbox.app import Sandbox

NOT_FOUND = pytest.mark.parametrize("not_found", ["json", "empty", "html"])


def key_of(box: Sandbox, **rights: object) -> Secret:
    status, made = box.control("POST", "/meraki/keys", {"name": "other", **rights})
    if status != 200:
        raise AssertionError(made)
    return Secret(made["key"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"base_url": "https://api.meraki.com/api/v0"}, "version 0 of the API, which has ended"),
        ({"base_url": "https://api.meraki.com"}, "use https://api.meraki.com/api/v1"),
        ({"base_url": "https://dashboard.meraki.com/o/x/manage"}, "use https://dashboard.meraki.com/api/v1"),
        ({"base_url": "http://api.meraki.com/api/v1"}, "meraki_base_url must begin with https://"),
        ({"base_url": "https://a:b@api.meraki.com/api/v1"}, "meraki_base_url must hold neither a user"),
        ({"base_url": "nonsense"}, "meraki_base_url is not an address"),
        ({"api_key": Secret("")}, "API key is empty"),
        ({"api_key": Secret("two words")}, "meraki_api_key or the file of meraki_api_key_file"),
        ({"api_key": Secret("line\nend")}, "holds characters that no key has"),
        ({"timeout": 0.0}, "request_timeout must be above zero"),
        ({"requests_per_second": 0.0}, "meraki_requests_per_second must be above 0"),
        ({"requests_per_second": 11.0}, "at most 10"),
        ({"requests_per_second": float("nan")}, "at most 10"),
    ],
)
def test_settings_are_refused_before_anything_is_sent(settings: dict[str, object], words: str) -> None:
    box = new_box()
    wire = Wire(box)
    with pytest.raises(InputError, match=words) as caught, connected(box, wire, **settings):
        pass
    assert wire.requests == []
    assert "two words" not in text_of(caught.value)


@pytest.mark.parametrize("text", ["missing_key", "no_method"])
def test_a_wrong_key(text: str) -> None:
    box = new_box(sm_unauthorized=text)
    wrong = "f" * 40
    with connected(box, api_key=Secret(wrong)) as mdm, pytest.raises(ServiceError) as caught:
        mdm.read_units()
    assert caught.value.message == (
        "Cannot read the organisations of the API key: the API key is not accepted; check meraki_api_key or "
        "meraki_api_key_file, and that the key was not revoked; the service says: Invalid API key (HTTP 401)"
    )
    assert wrong not in text_of(caught.value)
    assert len(box.requests) == 1


@NOT_FOUND
def test_a_wrong_organisation(not_found: str) -> None:
    box = new_box(sm_not_found=not_found)
    words = "the organisation 999 is not known, .* check meraki_organization_id"
    with connected(box, organization_id="999") as mdm:
        for read in (mdm.read_units, mdm.read_accounts, mdm.read_devices):
            with pytest.raises(ServiceError, match=words):
                read()


@NOT_FOUND
def test_unknown_networks(not_found: str) -> None:
    box = new_box("school", sm_not_found=not_found)
    with connected(box, network_ids=("N_1", "N_600077000001")) as mdm, pytest.raises(InputError) as caught:
        mdm.read_devices()
    assert caught.value.message == (
        "meraki_network_ids: unknown, or not visible to the API key: N_1; those that the key sees are N_600077000001 "
        "(North devices), N_600077000002 (South devices), N_600077000003 (West devices)."
    )
    with connected(box, network_ids=("N_600077000004",)) as mdm, pytest.raises(InputError) as caught:
        mdm.read_units()
    assert caught.value.message.startswith(
        "meraki_network_ids: N_600077000004 (All sites Wi-Fi) is not a network of Systems Manager; those that"
    )


def test_a_key_for_one_network() -> None:
    box = new_box("school")
    key = key_of(box, networks=["south"])
    with connected(box, api_key=key) as mdm:
        assert [unit.id for unit in mdm.read_units()] == ["N_600077000002"]
        assert {one.unit for one in mdm.read_devices()} == {"N_600077000002"}
        with pytest.raises(ServiceError, match="does not reach over the whole organisation"):
            mdm.read_accounts()
    with connected(box, api_key=key, network_ids=("N_600077000001",)) as mdm, pytest.raises(InputError) as caught:
        mdm.read_units()
    assert "not visible to the API key: N_600077000001" in caught.value.message
    with connected(box, api_key=key) as mdm, pytest.raises(ServiceError, match="no right to see it"):
        mdm.change_tags([TagChange("N_600077000001", ("a",), ("1",))])


def test_a_key_that_sees_no_network() -> None:
    box = new_box("school")
    with connected(box, api_key=key_of(box, networks=["wifi"])) as mdm, pytest.raises(InputError) as caught:
        mdm.read_devices()
    assert "sees no network of Systems Manager in organisation 600077" in caught.value.message


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "The API key sees no organisation; use a key of an admin"),
        (
            [{"id": "2", "name": "B"}, {"id": "1", "name": "A"}],
            r"sees 2 organisations; set meraki_organization_id to one of: 1 \(A\), 2 \(B\)\.",
        ),
        ([{"id": str(number), "name": "X"} for number in range(100, 120)], r"109 \(X\) and 10 more\.$"),
    ],
)
def test_none_or_several_organisations(rows: list[dict[str, str]], words: str) -> None:
    recorder = Recorder(lambda _request: httpx.Response(200, json=rows))
    with connected(new_box(), recorder.transport) as mdm:
        for read in (mdm.read_units, mdm.read_accounts):
            with pytest.raises(InputError, match=words):
                read()

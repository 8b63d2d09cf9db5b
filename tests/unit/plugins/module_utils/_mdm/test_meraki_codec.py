# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers in every form that the documentation leaves open."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core import mdm
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import AppName, MdmDevice, TagChange
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import MATCHES, Scope
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm import meraki_codec as codec
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm import meraki_wire as wire
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm.meraki_softwares_codec import (
    decode_software,
    decode_softwares,
)

TOKEN = base64.b64encode(
    json.dumps({"expDate": "2031-04-30T09:15:00+0000", "token": "invented", "orgName": "Fernhill"}).encode()
).decode()
NOON = datetime(2030, 9, 2, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("system", "model", "platform", "version"),
    [
        ("iPadOS 19.1", "iPad", "iOS", "19.1"),
        ("iOS 9.3.5", "iPhone", "iOS", "9.3.5"),
        ("iPhone OS 3.1", "iPod touch", "iOS", "3.1"),
        ("ios 12", "", "iOS", "12"),
        ("macOS 16.0", "MacBook Air", "macOS", "16.0"),
        ("Mac OS X 10.15.7 (19H2)", "iMac", "macOS", "10.15.7"),
        ("OS X 10.11", "", "macOS", "10.11"),
        ("tvOS 19.0", "Apple TV", "tvOS", "19.0"),
        ("Apple TVOS 17", "AppleTV11,1", "tvOS", "17"),
        ("visionOS 2.1", "Apple Vision Pro", "visionOS", "2.1"),
        ("watchOS 11", "Watch6,1", "watchOS", "11"),
        ("", "iPad13,4", "iOS", ""),
        ("", "iPod touch", "iOS", ""),
        ("", "MacBookPro18,1", "macOS", ""),
        ("", "Mac14,2", "macOS", ""),
        ("", "Mac mini", "macOS", ""),
        ("", "VirtualMac2,1", "macOS", ""),
        ("", "Apple TV", "tvOS", ""),
        ("", "RealityDevice14,1", "visionOS", ""),
        ("", "Apple Watch", "watchOS", ""),
        ("17.2", "iPad", "iOS", "17.2"),
        ("Android 15", "Galaxy Tab", "", "15"),
        ("Android 15", "iPad look-alike", "", "15"),
        ("Windows 11 Pro", "Surface", "", "11"),
        ("Chrome OS 120", "", "", "120"),
        ("", "HP Envision", "", ""),
        ("", "Macaw phone", "", ""),
        ("", "", "", ""),
    ],
)
def test_platforms(system: str, model: str, platform: str, version: str) -> None:
    device = codec.decode_device({"id": "1", "osName": system, "systemModel": model}, "N_1")
    assert (device.platform, device.os_version) == (platform, version)
    assert device.os == system.partition(version)[0].strip() if version else device.os == system
    by_type = codec.decode_device({"id": "1", "osName": system, "systemModel": None, "systemType": model}, "N_1")
    assert by_type.platform == platform


@pytest.mark.parametrize(
    "value",
    [
        *("2030-09-02T12:00:00Z", "2030-09-02T12:00:00.123456789Z", "2030-09-02T12:00:00+00:00", "2030-09-02T12:00:00"),
        *("2030-09-02 12:00:00 UTC", "2030-09-02T14:00:00+0200", "2030-09-02T07:00:00-05:00", " 2030-09-02T12:00:00Z "),
        *(1914580800, 1914580800.0, 1914580800000, "1914580800"),
    ],
)
def test_dates(value: object) -> None:
    assert wire.moment({"at": value}, "at") == NOON


@pytest.mark.parametrize(
    "value", [None, "", "soon", True, [], {}, "2030-13-02T12:00:00Z", 1e300, float("nan"), float("inf"), "1e400", "-"]
)
def test_what_is_no_date_is_not_told(value: object) -> None:
    assert wire.moment({"at": value}, "at") is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (["a", "b", "a"], ("a", "b")),
        ([], ()),
        ("[]", ()),
        ('["a", "b"]', ("a", "b")),
        (" staff year-7 ", ("staff", "year-7")),
        ("N_1,N_2", ("N_1", "N_2")),
        ("N_1, N_2", ("N_1", "N_2")),
        ("N_1 N_2", ("N_1", "N_2")),
        ("[broken", ()),
        ("", ()),
        (None, ()),
        (7, ()),
        ({"a": 1}, ()),
        ([" a ", None, 3, "b"], ("a", "b")),
        (["é;x"], ("é;x",)),
    ],
)
def test_words(value: object, found: tuple[str, ...]) -> None:
    assert wire.words({"tags": value}, "tags") == found


@pytest.mark.parametrize(
    ("value", "found"),
    [(True, True), (False, False), ("true", True), ("False", False), (1, True), (0, False), (None, None), ("?", None)],
)
def test_flags(value: object, found: bool | None) -> None:
    assert wire.flag({"x": value}, "x") is found


@pytest.mark.parametrize(
    ("value", "found"), [(3, 3), ("3", 3), (0, 0), (None, None), ("x", None), (True, None), ("9" * 5000, None)]
)
def test_numbers(value: object, found: int | None) -> None:
    assert wire.number({"x": value}, "x") == found


def test_a_device_with_nothing_but_an_id() -> None:
    assert codec.decode_device({"id": "1"}, "N_1") == MdmDevice("1", "N_1")
    null = dict.fromkeys(("name", "tags", "osName", "systemModel", "serial", "serialNumber", "autoTags", "ownerEmail"))
    assert codec.decode_device({"id": 1, **null}, "N_1") == MdmDevice("1", "N_1")


@pytest.mark.parametrize(
    ("row", "serial"),
    [
        ({"serialNumber": "A1", "serial": "A1"}, "A1"),
        ({"serial": " A1 "}, "A1"),
        ({"serialNumber": "", "serial": "A1"}, "A1"),
        ({"serialNumber": None, "serial": None}, ""),
    ],
)
def test_serial_numbers(row: dict[str, object], serial: str) -> None:
    assert codec.decode_device({"id": "1", **row}, "N_1").serial_number == serial


@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "tags", "osName", "lastConnected", "isSupervised", "missingAppsCount", "name", "serial"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
            max_leaves=5,
        ),
    )
)
def test_no_answer_breaks_the_reading(row: dict[str, object]) -> None:
    assert codec.decode_device({**row, "id": "1"}, "N_1").id == "1"


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": ""}, {"id": []}, {"id": True}])
def test_an_id_must_be_there(row: dict[str, object]) -> None:
    with pytest.raises(ServiceError, match="Cannot read the devices: .*an entry has no id"):
        codec.decode_device(row, "N_1")


@pytest.mark.parametrize(
    ("row", "units"),
    [
        ({}, None),
        ({"assignableNetworks": None, "assignableNetworkIds": None}, None),
        ({"assignableNetworks": "All"}, None),
        ({"assignableNetworks": "all networks", "assignableNetworkIds": []}, None),
        ({"assignableNetworks": "Some", "assignableNetworkIds": ["N_1", "N_2"]}, ("N_1", "N_2")),
        ({"assignableNetworkIds": ["N_1"]}, ("N_1",)),
        ({"assignableNetworkIds": []}, ()),
        ({"assignableNetworks": "Some"}, ()),
        ({"assignableNetworks": "None", "assignableNetworkIds": []}, ()),
    ],
)
def test_where_an_account_may_be_used(row: dict[str, object], units: tuple[str, ...] | None) -> None:
    assert codec.decode_account({"id": "7", **row}).units == units


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"contentToken": TOKEN}, True),
        ({"vppServiceToken": TOKEN}, True),
        ({"contentToken": "eyJl************", "vppServiceToken": TOKEN}, True),
        ({"contentToken": "eyJl************", "vppServiceToken": "eyJl************"}, False),
        ({"contentToken": None}, False),
        ({}, False),
    ],
)
def test_tokens_of_an_account(row: dict[str, object], shown: bool) -> None:
    token = codec.decode_account({"vppAccountId": "7", **row}).token
    assert (token is not None and token.reveal() == TOKEN) is shown


def test_the_last_sync_is_the_later_one() -> None:
    row = {"id": "7", "lastSyncedAt": "2030-09-01T12:00:00Z", "lastForceSyncedAt": "2030-09-02T12:00:00Z"}
    assert codec.decode_account(row).last_sync == NOON
    assert codec.decode_account({"id": "7", "lastSyncedAt": None}).last_sync is None


SOME, LATER = "2030-09-02T12:00:00Z", "2030-09-03T12:00:00Z"


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"status": "Managed", "isManaged": True, "installedAt": SOME}, mdm.INSTALLED),
        ({"status": "Managed"}, mdm.INSTALLED),
        ({"status": "Installing", "toInstall": True}, mdm.INSTALLING),
        ({"status": "Updating"}, mdm.INSTALLING),
        ({"status": "Queued", "toInstall": True}, mdm.PENDING),
        ({"status": "PromptingForLogin"}, mdm.PENDING),
        ({"status": "Prompting For Management"}, mdm.PENDING),
        ({"status": "ValidatingPurchase"}, mdm.PENDING),
        ({"status": "Redeeming"}, mdm.PENDING),
        ({"status": "NeedsRedemption"}, mdm.FAILED),
        ({"status": "Failed", "toInstall": True}, mdm.FAILED),
        ({"status": "UserRejected"}, mdm.REJECTED),
        ({"status": "ManagementRejected"}, mdm.REJECTED),
        ({"status": "UserInstalledApp", "installedAt": SOME}, mdm.UNMANAGED),
        ({"status": "ManagedButUninstalled", "uninstalledAt": SOME}, mdm.REMOVED),
        ({"status": "Managed", "installedAt": SOME, "uninstalledAt": LATER}, mdm.REMOVED),
        ({"status": "Managed", "installedAt": LATER, "uninstalledAt": SOME}, mdm.INSTALLED),
        ({"isManaged": True, "installedAt": SOME}, mdm.INSTALLED),
        ({"isManaged": False, "installedAt": SOME}, mdm.UNMANAGED),
        ({"status": "a new word", "isManaged": True, "installedAt": SOME}, mdm.INSTALLED),
        ({"toInstall": True}, mdm.PENDING),
        ({"toInstall": True, "uninstalledAt": SOME}, mdm.PENDING),
        ({"installedAt": SOME, "uninstalledAt": LATER}, mdm.REMOVED),
        ({"installedAt": SOME, "uninstalledAt": SOME}, mdm.REMOVED),
        ({"toInstall": None, "toUninstall": None, "installedAt": None, "isManaged": None}, mdm.UNMANAGED),
    ],
)
def test_states(row: dict[str, object], state: str) -> None:
    assert decode_software(row).state == state
    assert state in mdm.APP_STATES


def test_an_app_is_found_by_its_ids() -> None:
    ipad = {"appId": "55", "itunesId": "900000001", "identifier": "example.fern", "isManaged": True}
    for name in (
        AppName("900000001"),
        AppName(bundle_id="example.fern"),
        AppName("900000001", "example.other"),
        AppName("900000002", app_ids={"N_1": "55"}),
    ):
        assert decode_softwares([ipad], [name], "N_1")[name].app_id == "55"
    for name in (
        AppName("900000002"),
        AppName("900000002", "example.fern"),  # the Mac's app of the same bundle id
        AppName(bundle_id="example"),
        AppName("900000002", app_ids={"N_2": "55"}),
    ):
        assert decode_softwares([ipad], [name], "N_1") == {}
    without = {**ipad, "itunesId": None}
    name = AppName("900000001", "example.fern")
    assert decode_softwares([without], [name], "N_1")[name].app_id == "55"
    assert decode_softwares([without], [AppName("900000001")], "N_1") == {}


def test_of_several_rows_the_managed_one_counts() -> None:
    rows = [
        {"itunesId": "1", "appId": None, "isManaged": False, "installedAt": SOME},
        {"itunesId": "1", "appId": "55", "isManaged": True, "status": "Managed", "updatedAt": SOME},
        {"itunesId": "1", "appId": "55", "isManaged": True, "status": "Failed", "updatedAt": LATER},
    ]
    name = AppName("1")
    assert decode_softwares(rows, [name], "N_1")[name].state == mdm.FAILED
    assert decode_softwares(rows[:2], [name], "N_1")[name].state == mdm.INSTALLED


def test_what_is_sent() -> None:
    assert [codec.encode_scope(Scope(match, ("a", "b")))["scope[]"][1:] for match in MATCHES] == [["a", "b"]] * 6
    assert codec.encode_scope(Scope("without_all", ("a",))) == {"scope[]": ["withoutAll", "a"]}
    change = TagChange("N_1", ("a",), ("1", "2"), add=False)
    assert codec.encode_tags(change, ["1"]) == {"ids": ["1"], "tags": ["a"], "updateAction": "delete"}


def test_networks_of_other_kinds() -> None:
    assert codec.manages_devices({"productTypes": ["wireless", "systemsManager"]})
    assert not codec.manages_devices({"productTypes": ["wireless"]})
    assert not codec.manages_devices({})

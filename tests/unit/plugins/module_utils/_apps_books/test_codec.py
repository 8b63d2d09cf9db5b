# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wire <-> model: names, tolerance, and that nothing but a VppError escapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books import codec
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.wire import wire
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    UNLIMITED,
    AssetKey,
    AssignmentQuery,
    AssignmentRequest,
    ClientConfigChange,
    Limits,
    MdmInfo,
    Secret,
)


@pytest.mark.parametrize(
    ("name", "on_the_wire"),
    [
        ("adam_id", "adamId"),
        ("uid", "uId"),
        ("country", "countryISO2ACode"),
        ("website_url", "websiteURL"),
        ("minimum_os_version", "minimumOSVersion"),
        ("max_revoke_client_user_ids", "maxRevokeClientUserIds"),
        ("max_mdm_id_length", "maxMdmIdLength"),
        ("max_request_per_second", "maxRequestPerSecond"),
        ("urls", "urls"),
    ],
)
def test_names(name: str, on_the_wire: str) -> None:
    assert wire(name) == on_the_wire


def test_limits_default_to_the_samples_and_unknown_keys_are_left_out() -> None:
    config = codec.decode_service_config(
        {"limits": {"maxAssets": 10, "maxDreams": 3}, "urls": {"getAssets": "https://x", "odd": 7}, "more": []}
    )
    assert config.limits == Limits(max_assets=10)
    assert dict(config.urls) == {"getAssets": "https://x"}
    assert codec.decode_service_config({}).limits == Limits()


@pytest.mark.parametrize(
    ("decode", "body", "field"),
    [
        (codec.decode_service_config, {"limits": {"maxAssets": 0}}, "maxAssets"),
        (codec.decode_service_config, {"limits": {"maxUsers": "100"}}, "maxUsers"),
        (codec.decode_service_config, {"urls": []}, None),
        (codec.decode_service_config, {"urls": [1]}, "urls"),
        (codec.decode_client_config, {}, "uId"),
        (codec.decode_client_config, {"uId": "1", "mdmInfo": "x"}, "mdmInfo"),
        (
            codec.decode_client_config,
            {"uId": "1", "subscribedNotificationTypes": [None]},
            "subscribedNotificationTypes",
        ),
        (codec.decode_assets, {"assets": {}}, "assets"),
        (codec.decode_assets, {"assets": [7]}, "assets"),
        (codec.decode_assets, {"assets": [{}]}, "adamId"),
        (codec.decode_assets, {"assets": [{"adamId": "1", "revocable": "no"}]}, "revocable"),
        (codec.decode_assets, {"assets": [{"adamId": "1", "totalCount": True}]}, "totalCount"),
        (codec.decode_assets, {"assets": [{"adamId": "1", "totalCount": 1.5}]}, "totalCount"),
        (codec.decode_assignments, {"assignments": [{"adamId": "1"}]}, "serialNumber"),
        (
            codec.decode_assignments,
            {"assignments": [{"adamId": "1", "serialNumber": "A", "clientUserId": "b"}]},
            "either",
        ),
        (codec.decode_assignments, {"assignments": [{"serialNumber": "A"}]}, "adamId"),
        (codec.decode_assignments, {"assignments": [{"adamId": "1", "serialNumber": []}]}, "serialNumber"),
        (codec.decode_assignments, {"assignments": "x"}, "assignments"),
        (codec.decode_event_id, {}, "eventId"),
        (codec.decode_search, {"results": [{"trackName": "x"}]}, "trackId"),
    ],
)
def test_a_wrong_type_names_the_field(decode: Callable[[Any], object], body: object, field: str | None) -> None:
    if field is None:  # an empty list stands for an empty map
        decode(body)
        return
    with pytest.raises(ServiceError, match=field):
        decode(body)


def test_assets() -> None:
    fixed = {
        "adamId": 900000101,
        "productType": "App",
        "deviceAssignable": True,
        "revocable": True,
        "assignedCount": 2,
        "availableCount": 3,
        "retiredCount": 1,
        "totalCount": 5,
        "supportedPlatforms": ["iOS"],
        "new": {},
    }
    free = {"adamId": "900000102", "pricingParam": "PLUS", "assignedCount": 4, "totalCount": UNLIMITED}
    apart = {"adamId": "900000103", "pricingParam": None, "assignedCount": 1}
    first, second, third = codec.decode_assets({"assets": [fixed, free], "unlimitedAssets": [apart]})
    assert first.key == AssetKey("900000101", "STDQ"), "a number becomes text, a missing quality the standard"
    assert (first.total_count, first.unlimited, first.supported_platforms) == (5, False, ("iOS",))
    assert second.key.pricing_param == "PLUS"
    assert second.unlimited
    assert (third.unlimited, third.total_count, third.assigned_count) == (True, None, 1)


def test_rows_fast_and_slow_agree() -> None:
    plain = [{"adamId": "1", "pricingParam": "STDQ", "serialNumber": "A"}, {"adamId": "1", "clientUserId": "u"}]
    rows = [("1", "STDQ", "A", None), ("1", "STDQ", None, "u")]
    assert codec.decode_assignments({"assignments": plain}) == rows
    odd = [{"adamId": 1, "pricingParam": "STDQ", "serialNumber": "A", "clientUserId": ""}, plain[1]]
    assert codec.decode_assignments({"assignments": odd}) == rows
    assert codec.decode_assignments({}) == []


def test_a_write_always_sends_the_quality_and_only_targets_that_it_has() -> None:
    request = AssignmentRequest(ASSOCIATE, (AssetKey("1"),), ("A", "B"))
    assert codec.encode_request(request) == {
        "assets": [{"adamId": "1", "pricingParam": "STDQ"}],
        "serialNumbers": ["A", "B"],
    }


def test_query() -> None:
    assert codec.encode_query(AssignmentQuery()) == {}
    assert codec.encode_query(AssignmentQuery(AssetKey("1", "PLUS"), "A", "u")) == {
        "adamId": "1",
        "pricingParam": "PLUS",
        "serialNumber": "A",
        "clientUserId": "u",
    }


def test_client_config_change_sends_only_what_is_given() -> None:
    assert codec.encode_client_config_change(ClientConfigChange()) == {}
    change = ClientConfigChange(MdmInfo("i", "n", ""), "", Secret("s"), ())
    assert codec.encode_client_config_change(change) == {
        "mdmInfo": {"id": "i", "name": "n", "metadata": ""},
        "notificationUrl": "",
        "notificationAuthToken": "s",
        "notificationTypes": [],
    }


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2031-03-02T09:15:00+0000", 9), ("2031-03-02T09:15:00-0700", 16), ("2031-03-02", None), ("", None)],
)
def test_expiry_in_utc_or_not_given(text: str, hour: int | None) -> None:
    moment = codec.decode_client_config(
        {"uId": "7", "locationName": "x", "tokenExpirationDate": text}
    ).token_expiration_date
    assert (None if moment is None else moment.hour) == hour


def test_a_claim_of_empty_texts_is_no_claim() -> None:
    assert codec.decode_identity({"mdmInfo": {"id": "", "name": "", "metadata": ""}})[1] is None
    assert codec.decode_identity({"mdmInfo": None})[1] is None


def test_failures_with_and_without_error_info() -> None:
    event = codec.decode_event(
        "e",
        {
            "eventStatus": "FAILED",
            "eventType": "ASSOCIATE",
            "numRequested": 6,
            "numCompleted": 4,
            "failures": [
                {
                    "errorNumber": 9609,
                    "errorMessage": "x",
                    "errorInfo": {
                        "clientUserIds": ["u"],
                        "assets": [{"adamId": "1", "pricingParam": "STDQ"}],
                        "serialNumbers": None,
                    },
                },
                {"errorNumber": 9709, "errorInfo": None},
            ],
        },
    )
    assert (event.status, event.num_requested, event.num_completed) == ("FAILED", 6, 4)
    assert (event.failures[0].adam_ids, event.failures[0].client_user_ids) == (("1",), ("u",))
    assert event.failures[1].error_number == 9709


def test_store_answers() -> None:
    found = codec.decode_metadata("1", {"results": {"1": {"name": "N", "bundleId": "b", "minimumOSVersion": "16.0"}}})
    assert found is not None
    assert (found.name, found.bundle_id, found.minimum_os_version) == ("N", "b", "16.0")
    assert codec.decode_metadata("1", {"results": {"1": {}}}) is None
    assert codec.decode_metadata("1", {"results": {}}) is None
    (hit,) = codec.decode_search({"results": [{"trackId": 7, "trackName": "N", "minimumOsVersion": "15.0"}]})
    assert (hit.adam_id, hit.name, hit.minimum_os_version) == ("7", "N", "15.0")


@pytest.mark.parametrize("value", [1 << 63, 10**400, -(10**400)])
def test_a_number_without_end_is_none(value: int) -> None:
    """Floats, files and sentences have one."""
    for decode, body in (
        (codec.decode_service_config, {"limits": {"maxRequestPerSecond": value}}),
        (codec.decode_assets, {"assets": [{"adamId": "1", "totalCount": value}]}),
    ):
        with pytest.raises(ServiceError, match="is not a whole number"):
            decode(body)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the service sends: nothing but a VppError escapes the codec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books import codec
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.pages import decode_page
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.wire import answer
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError, VppError

DECODERS: list[Callable[[Any], object]] = [
    codec.decode_identity,
    codec.decode_service_config,
    codec.decode_client_config,
    codec.decode_assets,
    codec.decode_assignments,
    codec.decode_event_id,
    lambda body: codec.decode_event("e", body),
    lambda body: codec.decode_metadata("1", body),
    codec.decode_search,
    lambda body: decode_page(0, body, []),
]

NAMES = [
    "uId",
    "mdmInfo",
    "id",
    "name",
    "metadata",
    "tokenExpirationDate",
    "limits",
    "urls",
    "notificationTypes",
    "maxAssets",
    "maxRequestPerSecond",
    "countryISO2ACode",
    "defaultPlatform",
    "notificationAuthToken",
    "subscribedNotificationTypes",
    "assets",
    "unlimitedAssets",
    "adamId",
    "pricingParam",
    "deviceAssignable",
    "assignedCount",
    "totalCount",
    "supportedPlatforms",
    "assignments",
    "serialNumber",
    "clientUserId",
    "eventId",
    "eventStatus",
    "numRequested",
    "failures",
    "errorNumber",
    "errorMessage",
    "errorInfo",
    "serialNumbers",
    "results",
    "1",
    "bundleId",
    "deviceFamilies",
    "trackId",
    "trackName",
    "currentPageIndex",
    "nextPageIndex",
    "size",
    "totalPages",
    "versionId",
]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=30,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8)


@given(BODIES, st.sampled_from(DECODERS))
def test_whatever_the_service_sends_only_our_errors_escape(body: dict[str, object], decode: Any) -> None:
    error: VppError | None = None
    try:
        decode(body)
    except VppError as exc:
        error = exc
    if error is not None:
        assert "not understood" in error.message or "without end" in error.message
        assert len(error.message) < 200


@given(JSON)
def test_only_an_object_is_an_answer(body: object) -> None:
    if isinstance(body, dict):
        assert answer(body) is body
    else:
        with pytest.raises(ServiceError, match="not a JSON object"):
            answer(body)

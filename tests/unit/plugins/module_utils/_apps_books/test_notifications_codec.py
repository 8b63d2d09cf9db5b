# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's notifications, in the words of its documentation."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.notifications_codec import decode_notification
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey

CODE, EMAIL = "0f0e0d0c0b0a09080706050403020100", "tama@harbour.example.org"


def envelope(kind, inner):
    return {"notificationId": "n-1", "notificationType": kind, "uId": "7700000000000042", "notification": inner}


def test_who_accepted():
    person = {"clientUserId": "u-8", "email": EMAIL, "idHash": "aa", "inviteCode": CODE, "status": "Associated"}
    found = decode_notification(envelope("USER_ASSOCIATED", {"associatedUsers": [person]}))
    assert found.client_user_ids == ("u-8",)
    assert (found.type, found.location_uid, found.notification_id) == ("USER_ASSOCIATED", "7700000000000042", "n-1")
    assert CODE not in repr(found) + repr(found.facts())
    assert EMAIL not in repr(found) + repr(found.facts())


def test_a_count():
    found = decode_notification(
        envelope("ASSET_COUNT", {"adamId": "900000101", "pricingParam": "STDQ", "countDelta": -5})
    )
    assert (found.assets, found.count_delta) == ((AssetKey("900000101"),), -5)


def test_assignments_that_failed():
    rows = [{"adamId": "1", "pricingParam": "STDQ", "serialNumber": f"TESTA0000{number}"} for number in (1, 2, 1)]
    inner = {"eventId": "e", "type": "ASSOCIATE", "result": "FAILURE", "assignments": rows}
    found = decode_notification(
        envelope("ASSET_MANAGEMENT", {**inner, "error": {"errorNumber": 9709, "errorMessage": "x"}})
    )
    assert (found.event_id, found.verb, found.result, found.error_number) == ("e", "ASSOCIATE", "FAILURE", 9709)
    assert found.serial_numbers == ("TESTA00001", "TESTA00002")
    assert found.assets == (AssetKey("1"),)


def test_a_type_that_we_do_not_know_passes():
    assert decode_notification(envelope("UNLIMITED_ASSET", {"new": [1]})).type == "UNLIMITED_ASSET"
    assert decode_notification(envelope("TEST_NOTIFICATION", {})).facts()["users"] == []


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {},
        {"notificationId": "n", "notificationType": "X"},
        envelope("X", []) | {"notification": [1]},
        envelope("X", {"assignments": 5}),
        envelope("X", {"associatedUsers": ["u"]}),
        envelope("X", {"countDelta": "many"}),
    ],
)
def test_what_is_none(body):
    with pytest.raises(ServiceError):
        decode_notification(body)

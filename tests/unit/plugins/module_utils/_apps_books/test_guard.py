# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Same location, same owner."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.guard import Guard
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import LocationError, OwnershipError


def body(uid: str | None = "1", claim: str | None = None, name: str = "Name") -> dict[str, Any]:
    given: dict[str, Any] = {} if uid is None else {"uId": uid}
    if claim is not None:
        given["mdmInfo"] = {"id": claim, "name": name, "metadata": "m"}
    return given


def test_the_first_answer_fixes_both() -> None:
    guard = Guard()
    guard.check(body("1", "a"))
    guard.check(body("1", "a", name="renamed by its owner"))
    guard.check(body(None))
    guard.check({"uId": "1", "mdmInfo": None})
    with pytest.raises(LocationError, match="location 2 now, but location 1") as location:
        guard.check(body("2", "a"))
    assert location.value.facts == {"expected_uid": "1", "uid": "2"}
    with pytest.raises(OwnershipError, match="b.*claims this location now, but a did") as owner:
        guard.check(body("1", "b"))
    assert owner.value.facts["mdm_id"] == "b"


def test_a_missing_claim_is_known_from_the_client_config_only() -> None:
    guard = Guard()
    guard.check(body())
    guard.check(body("1", "a"))
    guard = Guard()
    guard.check(body(), is_client_config=True)
    with pytest.raises(OwnershipError, match="nobody did"):
        guard.check(body("1", "a"))


def test_our_own_write_and_a_lost_one() -> None:
    guard = Guard()
    guard.check(body(), is_client_config=True)
    guard.expect_claim("ours")
    guard.check(body("1", "ours"))
    guard.expect_claim(None)
    guard.check(body("1", "whoever"))
    with pytest.raises(OwnershipError):
        guard.check(body("1", "ours"))

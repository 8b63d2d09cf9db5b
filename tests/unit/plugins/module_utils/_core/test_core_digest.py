# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests: the same for the same set, another for any other."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.digest import digest_of, request_digest
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey, AssignmentRequest

REQUEST = AssignmentRequest("associate", (AssetKey("1"), AssetKey("2", "PLUS")), ("S1", "S2"))


def test_is_sha256_over_sorted_lines():
    assert digest_of("head", ["b", "a"]) == hashlib.sha256(b"head\na\nb\n").hexdigest()


def test_order_does_not_matter():
    assert request_digest(REQUEST) == request_digest(
        AssignmentRequest("associate", REQUEST.assets[::-1], REQUEST.serial_numbers[::-1])
    )


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "disassociate"},
        {"assets": (AssetKey("1"), AssetKey("2"))},
        {"assets": (AssetKey("1"),)},
        {"serial_numbers": ("S1",)},
        {"serial_numbers": (), "client_user_ids": ("S1", "S2")},
        {"serial_numbers": ("S1\ndevice\t'S2'",)},
    ],
)
def test_anything_else_is_another(change):
    assert request_digest(replace(REQUEST, **change)) != request_digest(REQUEST)

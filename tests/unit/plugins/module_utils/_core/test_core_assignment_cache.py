# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is believed of holders that were remembered, and in whose numbering."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.assignment_cache import (
    MAX_AGE,
    NO_CHANGE,
    Change,
    KnownAsset,
    Snapshot,
    caught_up,
    onto,
    snapshot_of,
    unchanged,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import TargetIndex

NOW = 2_000_000_000
APP = AssetKey("1")


def known(devices=0b111, users=0, comparable=True, age=0):
    return KnownAsset(devices, users, comparable, NOW - age)


@pytest.mark.parametrize(
    ("age", "believed"), [(0, True), (MAX_AGE, True), (MAX_AGE + 1, False), (-MAX_AGE, True), (-MAX_AGE - 1, False)]
)
def test_for_thirty_days_whichever_way_the_clock_went(age, believed):
    assert MAX_AGE == 30 * 24 * 3600
    assert unchanged(known(age=age), 3, NOW) is believed
    assert (caught_up(known(age=age), NO_CHANGE, 3, NOW) is not None) is believed


def test_a_count_that_differs_is_no_proof():
    assert not unchanged(known(), 4, NOW)
    assert unchanged(known(comparable=False), 4, NOW)
    assert caught_up(known(comparable=False), NO_CHANGE, 3, NOW) is None


@pytest.mark.parametrize(
    ("change", "count", "devices", "users"),
    [
        (Change(devices=0b1000), 4, 0b1111, 0),
        (Change(devices=0b1000), 3, None, None),
        (Change(users=0b1), 4, 0b111, 0b1),
        (Change(taken_devices=0b010), 2, 0b101, 0),
        (Change(devices=0b010, taken_devices=0b010), 3, 0b111, 0),
        (Change(users=0b10, taken_users=0b1), 4, 0b111, 0b10),
    ],
)
def test_changes_since(change, count, devices, users):
    found = caught_up(known(), change, count, NOW)
    assert (found.devices, found.users) == (devices, users) if found else devices is None


def test_names_keep_their_holders_in_another_numbering():
    before = Snapshot("v", ("A", "B", "C"), ("u", "v"), {APP: known(0b101, 0b10)})
    devices, users = TargetIndex(["C", "D", "A"]), TargetIndex(["v"])
    found = onto(before, devices, users)[APP]
    assert (devices.names(found.devices), users.names(found.users)) == (["C", "A"], ["v"])
    after = snapshot_of("v", {APP: found}, devices, users)
    assert (after.devices, after.users) == (("C", "A"), ("v",))
    assert (after.assets[APP].devices, after.assets[APP].users) == (0b11, 0b1)

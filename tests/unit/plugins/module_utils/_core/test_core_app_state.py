# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which devices stand for others, and what their answers mean."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.app_model import NOT_SEEN
from ansible_collections.openmdm.vpp.plugins.module_utils._core.app_state import (
    choose_sample,
    lacks,
    reached,
    seen,
    seen_since,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import (
    ABSENT,
    FAILED,
    INSTALLED,
    PENDING,
    AppRecord,
    MdmDevice,
)


@pytest.mark.parametrize(
    ("ids", "size", "prefer", "chosen"),
    [
        ("fedcba", 3, "", "ace"),
        ("abcdef", 2, "ef", "ef"),
        ("abcdef", 3, "ef", "efa"),
        ("abcdef", 2, "abcd", "ac"),
        ("ab", 3, "b", "ba"),
        ("", 3, "a", ""),
    ],
)
def test_a_sample_is_spread_and_takes_who_is_asked_anyway(ids, size, prefer, chosen):
    assert "".join(choose_sample(ids, size, prefer)) == chosen


@pytest.mark.parametrize(
    ("there", "absent", "percent", "enough"),
    [(100, 0, 100, True), (100, 1, 100, False), (9, 1, 90, True), (89, 11, 90, False), (0, 0, 100, True)],
)
def test_how_many_are_enough(there, absent, percent, enough):
    states = [INSTALLED] * there + [ABSENT] * absent + [NOT_SEEN] * 50
    assert reached(dict(enumerate(states)), percent) is enough


def test_who_reported_lately():
    now = datetime(2030, 5, 6, tzinfo=timezone.utc)
    since = seen_since(now, 14)
    moments = [None, now, now - timedelta(days=14), now - timedelta(days=14, seconds=1)]
    found = [seen(MdmDevice(id="1", unit="N", last_seen=moment), since) for moment in moments]
    assert found == [True, True, True, False]


@pytest.mark.parametrize(
    ("record", "so"),
    [
        (None, True),
        (AppRecord(ABSENT), True),
        (AppRecord(FAILED), True),
        (AppRecord(FAILED, wanted=True), False),
        (AppRecord(PENDING), False),
        (AppRecord(INSTALLED), False),
    ],
)
def test_what_is_neither_there_nor_on_its_way(record, so):
    assert lacks(record) is so

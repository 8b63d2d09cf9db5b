# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can take a licence, what is said of those who can, and which of two records counts."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.eligibility import (
    cautions,
    days_unseen,
    latest_records,
    obstacle,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import MdmDevice
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope, merged, opposite

NOW = datetime(2030, 5, 6, tzinfo=timezone.utc)


def device(serial: str = "DMPX00000001", platform: str = "iOS", **facts: object) -> MdmDevice:
    told = {"id": "1", "unit": "N", "serial_number": serial, "platform": platform, **facts}
    return MdmDevice(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (device(), ""),
        (device(" dmpx00000001 "), ""),
        (device(platform="macOS"), ""),
        (device(""), "no_serial_number"),
        (device("   "), "no_serial_number"),
        (device("not told"), "no_serial_number"),
        (device(platform=""), "not_apple"),
        (device("", platform=""), "not_apple"),
    ],
)
def test_obstacle(told, reason):
    assert obstacle(told) == reason


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"supervised": True}, []),
        ({"supervised": None}, []),
        ({"supervised": False}, ["unsupervised"]),
        ({"os_version": "8.4.1"}, ["old_os"]),
        ({"os_version": "9.0"}, []),
        ({"os_version": "12.5.7"}, []),
        ({"os_version": "10.10.5", "platform": "macOS"}, ["old_os"]),
        ({"os_version": "10.11", "platform": "macOS"}, []),
        ({"os_version": "8.0", "platform": "tvOS"}, []),
        ({"os_version": "unknown"}, []),
        ({"last_seen": NOW - timedelta(days=14)}, ["unseen"]),
        ({"last_seen": NOW - timedelta(days=13, hours=23)}, []),
        ({"last_seen": None}, []),
        ({"last_seen": NOW + timedelta(days=1)}, []),
        (
            {"supervised": False, "os_version": "8", "last_seen": NOW - timedelta(days=99)},
            ["unsupervised", "old_os", "unseen"],
        ),
    ],
)
def test_cautions(facts, words):
    assert cautions(device(**facts), NOW) == words


def test_a_clock_that_is_behind_makes_no_negative_days():
    assert days_unseen(device(last_seen=NOW + timedelta(days=3)), NOW) == 0


def test_of_two_records_the_one_seen_last_counts():
    old = device(id="1", last_seen=NOW - timedelta(days=9))
    new = device(" dmpx00000001", id="2", last_seen=NOW)
    never = device(id="3")
    for order in ([old, new, never], [never, new, old], [new, never, old]):
        latest, older = latest_records(order)
        assert latest == {"DMPX00000001": new}
        assert sorted(one.id for one in older) == ["1", "3"]
    assert latest_records([device(""), device("", id="2")]) == ({}, [])
    first, second = device(last_seen=NOW), device(last_seen=NOW, id="2")
    assert latest_records([first, second]) == ({"DMPX00000001": second}, [first])


def test_a_union_of_any_is_one_question():
    first, second, other = Scope("with_any", ("a",)), Scope("with_any", ("b", "a")), Scope("with_all", ("c",))
    assert merged([first, other, second]) == [Scope("with_any", ("a", "b")), other]
    assert merged([other]) == [other]


@pytest.mark.parametrize(
    ("scope", "questions"),
    [
        (Scope("none"), []),
        (Scope("all"), [[Scope("none")]]),
        (Scope("with_any", ("a", "b")), [[Scope("without_any", ("a",))], [Scope("without_any", ("b",))]]),
        (Scope("with_all", ("a", "b")), [[Scope("without_any", ("a",)), Scope("without_any", ("b",))]]),
        (Scope("without_any", ("a", "b")), [[Scope("with_any", ("a", "b"))]]),
        (Scope("without_all", ("a", "b")), [[Scope("with_all", ("a", "b"))]]),
    ],
)
def test_the_opposite_question(scope, questions):
    assert opposite(scope) == questions

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown of an MDM's devices: every filter, no person unless asked for, and nothing written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.device_info import DeviceFilter, DeviceReader
from ansible_collections.openmdm.vpp.tests.unit.fakes import START, FakeClock, FakeNotify, serials
from ansible_collections.openmdm.vpp.tests.unit.fakes_mdm import SOUTH, FakeMdm


def fleet() -> FakeMdm:
    mdm = FakeMdm()
    mdm.units.append(SOUTH)
    mdm.enrol(*serials(3), tags=["year-7"], owner="lea@school.example", name="iPad of Lea")
    mdm.enrol(*serials(1, 3), platform="macOS", unit=SOUTH.id, last_seen=START - timedelta(days=70))
    mdm.enrol("", supervised=False)
    mdm.enrol("R5CT", platform="")
    mdm.enrol(serials(1)[0], unit=SOUTH.id, last_seen=START - timedelta(days=3))
    return mdm


def read(mdm: FakeMdm, limit: int = 100, **wanted: Any) -> Outcome:
    return DeviceReader(mdm, DeviceFilter(**wanted), FakeNotify(), FakeClock()).read(limit)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, ["0001", "0002", "0003", "0005", "0006", "0004", "0007"]),
        ({"scopes": (Scope("with_any", ("year-7",)),)}, ["0001", "0002", "0003"]),
        ({"serial_numbers": tuple(serials(2))}, ["0001", "0002", "0007"]),
        ({"platforms": frozenset(["macOS"])}, ["0004"]),
        ({"licensable": False}, ["0005", "0006"]),
        ({"licensable": True, "platforms": frozenset(["iOS"])}, ["0001", "0002", "0003", "0007"]),
        ({"unseen_days": 70}, ["0004"]),
        ({"unseen_days": 71}, []),
    ],
)
def test_filters(wanted, ids):
    mdm = fleet()
    outcome = read(mdm, **wanted)
    assert [one["id"] for one in outcome.value] == ids
    assert outcome.extra["summary"]["devices"] == outcome.extra["total"] == len(ids)
    assert not outcome.changed
    assert mdm.writes == []


def test_people_are_named_on_request_only():
    assert "Lea" not in str(read(fleet()))
    assert "lea@" not in str(read(fleet()))
    shown = read(fleet(), show_people=True).value[0]
    assert (shown["name"], shown["owner"]) == ("iPad of Lea", "lea@school.example")


def test_a_long_list_is_cut_and_the_document_is_not():
    outcome = read(fleet(), 2)
    assert (len(outcome.value), outcome.extra["truncated"], len(outcome.document["devices"])) == (2, True, 7)


def test_what_is_said_of_each():
    told = {one["id"]: (one["reason"], one["warnings"], one["days_unseen"]) for one in read(fleet()).value}
    assert told["0001"] == ("", [], 0)
    assert told["0004"] == ("", ["unseen"], 70)
    assert told["0005"] == ("no_serial_number", ["unsupervised"], 0)
    assert told["0006"] == ("not_apple", [], 0)
    assert told["0007"] == ("", ["same_serial_number"], 3)


def test_serial_numbers_that_the_mdm_does_not_know():
    assert read(fleet(), serial_numbers=("ELSEWHERE01", *serials(1))).extra["unknown_serial_numbers"] == ["ELSEWHERE01"]

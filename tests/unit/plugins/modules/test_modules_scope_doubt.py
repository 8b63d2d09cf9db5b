# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Half an answer of the MDM, a slip in a tag, a network missing: nothing is taken, whatever the limits allow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import ALL, NORTH, SOUTH, with_any

SCOPES: dict[str, list[dict[str, Any]]] = {
    "by hand": with_any("year-7"),
    "owner": with_any("choir"),
    "everybody": [{"match": "all"}],
    "without": [{"match": "without_all", "tags": ["choir"]}],
}
READS: dict[str, tuple[dict[str, Any], int | None]] = {
    **{f"{place + 1} of 6": ({"after": place}, 1) for place in (0, 3, 5)},
    "devices": ({}, 3),
    "members": ({"after": 3}, 3),
    "all, for ever": ({}, None),
}
LOOSE = {"exclusive": True, "max_removals": "100%", "max_shrink": 100, "shortage": "partial"}


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize(("match", "times"), READS.values(), ids=READS)
def test_half_an_answer_takes_nothing(school, scope, match, times):
    """No limit would stop it: what is not told to be out of the scope keeps what it has."""
    options = {"devices": {"scope": scope}, "shortage": "partial", "meraki_network_ids": ALL}
    assert not school.license(**options).failed
    holders, writes = school.holders(), school.writes()
    school.box.faults.add({"kind": "fewer_rows", "times": times, "match": {"path": "/sm/devices", **match}})
    result = school.license(**{**options, **LOOSE})
    assert school.holders() == holders
    assert school.writes() == writes
    assert result.failed or not result.data["changed"]
    if result.failed:
        assert "may have been cut off" in result.data["msg"]


@pytest.mark.parametrize("after", [0, 3])
def test_half_an_answer_while_somebody_leaves(school, after):
    """The right one may go, once all answers are whole; nobody goes before."""
    year = sorted(row["serialNumber"] for row in school.devices("app-pages"))
    options = {"devices": {"scope": with_any("app-pages")}, "meraki_network_ids": ALL}
    assert not school.license(**options).failed
    school.control("PUT", "meraki/devices", {"serials": year[:1], "tags": ["year-8"]})
    holders = school.holders()
    school.box.faults.add({"kind": "fewer_rows", "times": 3, "match": {"path": "/sm/devices", "after": after}})
    assert school.license(**{**options, **LOOSE}).failed
    assert school.holders() == holders
    assert school.license(**{**options, **LOOSE}).data["summary"]["disassociated"] == 1
    assert school.holders() == holders - set(year[:1])


@pytest.mark.parametrize("goal", [LOOSE, {"state": "absent", "max_removals": "100%"}], ids=["exclusive", "absent"])
@pytest.mark.parametrize("match", ["with_any", "with_all", "without_any", "without_all"])
def test_a_misspelt_tag(school, goal, match):
    school.assign(row["serialNumber"] for row in school.devices("year-7"))
    result = school.license(devices={"scope": [{"match": match, "tags": ["yaer-7"]}]}, **goal)
    assert result.data["msg"] == (
        "devices.scope: neither a device nor an owner of one has the tag 'yaer-7' (did you mean 'year-7'?). Correct "
        "the tag, or set allow_empty: true if nobody is to have it yet."
    )
    assert school.writes() == []


def test_a_misspelt_tag_within(school):
    devices = {"scope": with_any("year-7"), "within": with_any("year-7", "yeer-8")}
    result = school.license(devices=devices, **LOOSE)
    assert result.data["msg"].startswith("devices.within: neither a device nor an owner of one has the tag 'yeer-8'")
    assert school.requests("apple") == []


def test_a_misspelt_tag_gives_nobody_anything(school):
    result = school.license(devices={"scope": with_any("yaer-7")})
    assert not result.failed
    assert "did you mean 'year-7'?" in result.text
    assert "devices.scope: no device is in it, so there is nothing to do." in result.text
    assert school.writes() == []


def test_an_empty_scope_takes_nothing_unless_it_may(school):
    year = sorted(row["serialNumber"] for row in school.devices("year-7"))
    school.assign(year[:3])
    goal = {"devices": {"scope": with_any("nobody-yet")}, "exclusive": True, "max_removals": 3}
    assert school.license(**goal).failed
    assert school.holders() == set(year[:3])
    assert not school.license(**goal, allow_empty=True).failed
    assert school.holders() == set()


def test_a_scope_of_nobody_takes_nothing(school):
    school.assign(row["serialNumber"] for row in school.devices("year-7"))
    result = school.license(devices={"scope": [{"match": "none"}]}, **LOOSE)
    assert result.data["msg"] == (
        "devices.scope: no device is in it, so 'exclusive' would take every known device's licences back: that is more "
        "often a slip than a wish; correct the scope, or set allow_empty: true."
    )
    assert school.requests("apple") == []


def test_a_network_that_is_missing(school):
    school.lend()
    options = {"devices": {"scope": with_any("year-7")}, "meraki_network_ids": [NORTH, SOUTH]}
    school.license(**options)
    holders, writes = school.holders(), school.writes()
    result = school.license(**{**options, **LOOSE, "meraki_network_ids": [SOUTH]})
    assert not result.failed
    assert result.data["summary"]["orphans"] > 0
    school.box.faults.add({"kind": "fewer_rows", "count": 1, "match": {"path": "/networks"}})
    assert school.license(**{**options, **LOOSE}).data["msg"].startswith("meraki_network_ids: ")
    school.box.faults.add({"kind": "fewer_rows", "count": 1, "match": {"path": "/networks"}})
    assert not school.license(**{**options, **LOOSE, "meraki_network_ids": None}).data["changed"]
    assert school.holders() == holders
    assert school.writes() == writes


def test_a_device_that_moved_to_another_network_is_left_to_the_tasks_for_that_one(school):
    school.lend()
    networks = school.box.world.meraki.networks
    moved = next(one for one in networks[NORTH].devices.values() if "year-7" in one.tags)
    old = replace(moved, id="4410000099999", network_id=SOUTH, tags=["year-9"], last_seen=moved.last_seen - 86400)
    networks[SOUTH].devices[old.id] = old
    school.assign([moved.serial])
    goal = {"devices": {"scope": with_any("year-8")}, "meraki_network_ids": [SOUTH], **LOOSE}
    result = school.license(**goal, check=True)
    assert (result.data["summary"]["to_disassociate"], result.data["summary"]["skipped"]) == (0, {"elsewhere": 1})
    assert "in another unit of the MDM now" in str(result.data["warnings"])
    # Where the device is seen last, it is this network's to decide.
    old.last_seen = moved.last_seen + 86400
    assert school.license(**goal, check=True).data["summary"]["to_disassociate"] == 1


def test_devices_of_networks_that_are_not_the_tasks_are_no_orphans_to_take_from(school):
    school.lend()
    school.license(devices={"scope": with_any("year-7")})
    holders = school.holders()
    goal = {"devices": {"scope": with_any("year-8")}, "meraki_network_ids": [SOUTH], "orphans": True, **LOOSE}
    result = school.license(**goal, check=True)
    assert result.data["summary"]["skipped"] == {"elsewhere": len(holders)}
    assert result.data["summary"]["to_disassociate"] == 0


def test_a_device_in_scope_outside_within(school):
    result = school.license(devices={"scope": with_any("choir"), "within": with_any("year-7")})
    assert "devices in it are outside of devices.within" in result.data["msg"]
    assert school.requests("apple") == []

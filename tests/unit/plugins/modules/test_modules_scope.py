# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_license by scope, over the school of the sandbox: nothing is taken on half an answer, and no two tasks flap."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import mdm_device_info, vpp_license_info
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import ALL, EXCEL, NORTH, SOUTH, School, with_any

GOALS: dict[str, dict[str, Any]] = {
    "present": {"devices": {"scope": with_any("choir", "staff")}},
    "exclusive": {"devices": {"scope": with_any("year-8")}, "exclusive": True, "max_removals": 45, "max_shrink": 100},
    "within": {
        "devices": {"scope": with_any("year-8"), "within": with_any("year-7", "year-8")},
        "exclusive": True,
        "max_removals": "100%",
        "max_shrink": 100,
    },
    "absent": {"devices": {"scope": with_any("choir")}, "state": "absent", "max_removals": 30},
}


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS)
def test_check_run_check_run(school, goal):
    year = {row["serialNumber"] for row in school.devices("year-7")}
    school.assign(sorted(year)[:40])
    school.check_twins(partial(school.license, **goal))


def test_requests_of_a_run_over_three_networks(school):
    school.license(devices={"scope": with_any("year-7")}, meraki_network_ids=ALL)
    found = school.requests("meraki")
    assert len(found) == 1 + 3 + 3 + 1
    assert sum(one.endswith("/sm/devices") for one in found) == 6


def test_who_is_in_scope_is_what_the_mdm_says(school):
    """Tags of owners and automatic ones, which no device shows among its own."""
    for tags, number in ((["choir"], 27), (["mac"], 24), (["iphone", "mac"], 74)):
        result = school.info(mdm_device_info, scope=with_any(*tags), limit=1)
        assert result.data["total"] == number, result.data


def test_macs_get_no_licence_of_an_app_for_the_ipad(school):
    result = school.license(devices={"scope": with_any("mac", "year-7")}, shortage="partial")
    assert result.data["summary"]["skipped"] == {"unsupported_platform": 24}


def test_who_can_take_no_licence_is_counted_and_not_named(school):
    result = school.license(check=True, devices={"scope": [{"match": "all"}]}, shortage="partial")
    assert result.data["summary"]["left_out"] == {"no_serial_number": 3, "not_apple": 1}
    assert [one["count"] for one in result.data["left_out"]] == [3, 1]
    assert "iPad of" not in result.text


class TestTwoTasks:
    """One asset, two scopes, ten runs in turn."""

    def alternate(self, school: School, *tasks: dict[str, Any]) -> None:
        for task in tasks:
            assert not school.license(**task).failed
        before, holders = school.writes(), school.holders()
        for _run in range(5):
            for task in tasks:
                result = school.license(**task)
                assert not result.failed, result.data["msg"]
                assert not result.data["changed"]
        assert school.writes() == before
        assert school.holders() == holders != set()

    def test_that_only_give(self, school):
        self.alternate(school, *({"devices": {"scope": with_any(tag)}} for tag in ("year-7", "choir")))

    def test_that_are_exclusive_within_their_own(self, school):
        self.alternate(
            school,
            *(
                {
                    "devices": {"scope": with_any(tag), "within": with_any(tag, f"{tag}-lost")},
                    "exclusive": True,
                    "max_removals": 5,
                    "allow_empty": True,
                }
                for tag in ("year-7", "year-8")
            ),
        )

    def test_that_are_exclusive_in_networks_of_their_own(self, school):
        school.lend()
        self.alternate(
            school,
            *(
                {
                    "devices": {"scope": with_any("year-7")},
                    "meraki_network_ids": [network],
                    "exclusive": True,
                    "max_removals": 5,
                }
                for network in (NORTH, SOUTH)
            ),
        )

    def test_that_strip_each_other_are_stopped(self, school):
        tasks = [
            {"devices": {"scope": with_any(tag)}, "exclusive": True, "max_removals": "10%"}
            for tag in ("year-7", "year-8")
        ]
        assert school.license(**tasks[0]).data["changed"]
        before, holders = school.writes(), school.holders()
        for _run in range(5):
            assert "covers too few of the present holders" in school.license(**tasks[1]).data["msg"]
            assert not school.license(**tasks[0]).data["changed"]
        assert school.writes() == before
        assert school.holders() == holders


def test_orphans_are_told_and_left_alone(school):
    school.assign(["ELSEWHERE01", "ELSEWHERE02"])
    goal = {"devices": {"scope": with_any("year-7")}, "exclusive": True, "max_removals": 5}
    result = school.license(**goal)
    assert (result.data["summary"]["orphans"], result.data["summary"]["to_disassociate"]) == (2, 0)
    assert {"ELSEWHERE01", "ELSEWHERE02"} < school.holders()
    result = school.license(**goal, orphans=True)
    assert (result.data["summary"]["orphans"], result.data["summary"]["to_disassociate"]) == (0, 2)
    assert not {"ELSEWHERE01", "ELSEWHERE02"} & school.holders()


def test_orphans_and_within_are_a_contradiction(school):
    """What is outside of `within` is in the charge of another task, not an orphan."""
    school.assign(sorted(row["serialNumber"] for row in school.devices("year-8"))[:5])
    devices = {"scope": with_any("year-7"), "within": with_any("year-7")}
    result = school.license(devices=devices, exclusive=True, orphans=True, max_removals="100%", max_shrink=100)
    assert result.data["msg"] == (
        "orphans: true doesn't go with devices.within: the devices outside of it are in the charge of other tasks; "
        "leave one of the two out."
    )
    assert school.requests("meraki") == school.requests("apple") == []


def test_an_orphan_is_none_while_a_network_is_missing_from_the_list(school):
    """All devices of that network look as if nobody knew them, for one answer."""
    options = {"devices": {"scope": with_any("year-7")}, "meraki_network_ids": ALL}
    assert not school.license(**options).failed
    holders, writes = school.holders(), school.writes()
    loose = {"exclusive": True, "orphans": True, "max_removals": "100%", "max_shrink": 100}
    school.box.faults.add({"kind": "fewer_rows", "count": 1, "match": {"path": "/networks"}})
    result = school.license(**{**options, **loose, "meraki_network_ids": None})
    assert "may have been cut off" in result.data["msg"]
    assert (school.holders(), school.writes()) == (holders, writes)


def test_many_removals_cost_no_more_requests_than_few(school):
    school.assign(row["serialNumber"] for year in ("year-7", "year-8") for row in school.devices(year))
    options = {"devices": {"scope": with_any("year-7")}, "exclusive": True, "max_removals": "100%", "max_shrink": 100}
    assert school.license(check=True, **options).data["summary"]["to_disassociate"] == len(school.devices("year-8"))
    assert len(school.requests("meraki")) < 10


def test_an_empty_network_id(school):
    result = school.license(devices={"scope": with_any("year-7")}, meraki_network_ids=["", NORTH])
    assert result.data["msg"] == "meraki_network_ids: an item is empty; give the network's id, or leave the item out."


def test_what_devices_hold(school):
    year = sorted(row["serialNumber"] for row in school.devices("year-7"))
    school.assign([*year[:3], "ELSEWHERE01"])
    options = {"assets": [{"adam_id": EXCEL}], "devices": {"scope": with_any("year-7")}}
    result = school.info(vpp_license_info, **options)
    assert [row["serial_number"] for row in result.data["assignments"]] == year[:3]
    empty = school.info(vpp_license_info, **{**options, "devices": {"scope": with_any("yaer-7")}})
    assert empty.data["assignments"] == []
    assert "did you mean 'year-7'?" in empty.text

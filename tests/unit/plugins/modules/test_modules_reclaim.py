# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_reclaim and its twin over the school of the sandbox: the leavers of a year, and what is said to mistakes."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import vpp_reclaim, vpp_reclaim_info
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.college import BOOK, KINDLE, College
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import EXCEL, SOUTH, with_any

LEFT = "year-12"


class Summer(College):
    """The iPads of a year are sold, and its people are in no list any more."""

    def end_the_year(self) -> None:
        serials = [row["serialNumber"] for row in self.school.devices(LEFT)]
        self.school.control("POST", "meraki/unenrol", {"serials": serials})

    def staying(self, name: str = "everybody.csv") -> str:
        return self.file([one for one in self.people if LEFT not in one.tags], name)

    def reclaim(self, *reasons: str, check: bool = False, **options: Any) -> Result:
        base: dict[str, Any] = {"reasons": list(reasons), "max_removals": "100%", "poll_interval": 30}
        told = {**self.school.options, **base, **options}
        return run_main(
            vpp_reclaim.main, {name: value for name, value in told.items() if value is not None}, check=check
        )

    def look(self, *reasons: str, **options: Any) -> Result:
        told = {**self.school.options, "reasons": list(reasons) or None, **options}
        return run_main(vpp_reclaim_info.main, {name: value for name, value in told.items() if value is not None})


@pytest.fixture
def summer(school, tmp_path, monkeypatch) -> Summer:
    monkeypatch.delenv("OPENMDM_VPP_STATE_DIR", raising=False)
    return Summer(school, tmp_path)


class TestLeavers:
    REASONS = ("unknown_device", "gone_person")

    def test_report_first_and_then_within_limits(self, summer):
        summer.end_the_year()
        left = {row.serial_number for row in summer.school.box.world.devices if row.tags == (LEFT,)}
        gone = {one.client_user_id for one in summer.people if LEFT in one.tags}
        people_file, report = summer.staying(), str(summer.folder / "plan.json")
        told = summer.look(
            *self.REASONS, people_file=people_file, limit=10, report_path=str(summer.folder / "all.json")
        )
        whole = json.loads((summer.folder / "all.json").read_text())["candidates"]
        assert {row["serial_number"] for row in whole if row["serial_number"]} <= left
        assert {row["client_user_id"] for row in whole if row["client_user_id"]} <= gone
        summary = told.data["summary"]
        assert (len(told.data["candidates"]), told.data["total"], told.data["truncated"]) == (10, len(whole), True)
        assert 0 < summary["reclaimable"] < summary["candidates"] == len(whole)  # books stay
        run = partial(summer.reclaim, *self.REASONS, people_file=people_file)
        stopped = run(max_removals=summary["reclaimable"] - 1)
        assert "1 more than max_removals" in stopped.data["msg"]
        planned = run(check=True, report_path=report)
        assert planned.data["summary"]["to_disassociate"] == summary["reclaimable"]
        summer.school.check_twins(partial(run, approved_plan=report), ("changed", "plan", "diff", "removals"))
        again = summer.look(*self.REASONS, people_file=people_file).data["summary"]
        assert (again["reclaimable"], again["candidates"]) == (0, summary["candidates"] - summary["reclaimable"])
        assert summer.holders(KINDLE) == set(summer.accepted) - gone
        assert len(summer.holders(BOOK)) == 40

    def test_a_network_too_few_is_no_crowd_of_leavers(self, summer):
        result = summer.reclaim("unknown_device", meraki_network_ids=[SOUTH])
        assert result.data["changed"] is False
        # Those of the north are known there, outside of the task's networks.
        assert result.data["summary"]["to_disassociate"] == 0

    def test_another_location_is_a_crowd_that_is_stopped(self, summer):
        """Whose devices this key does not see at all."""
        made = summer.control("meraki/keys", {"name": "south", "networks": ["south"]})
        options = {"meraki_api_key": made["key"], "meraki_network_ids": [SOUTH]}
        result = summer.reclaim("unknown_device", **options)
        assert "would come back because something is not listed" in result.data["msg"]
        assert summer.school.writes() == []


class TestOthers:
    def test_devices_that_were_not_seen(self, summer):
        quiet = [row["serialNumber"] for row in summer.school.devices("year-7")][:3]
        summer.school.control("PUT", "meraki/devices", {"serials": quiet, "last_seen_ago": 400 * 86400})
        result = summer.reclaim("unseen_device", unseen_days=365)
        assert {row["serial_number"] for row in result.data["removals"]} == set(quiet)
        assert {row["reason"] for row in result.data["removals"]} == {"unseen_device"}

    def test_from_people_to_their_devices(self, summer):
        """Nobody is without a licence on the way."""
        owners = summer.owners("year-7") & set(summer.accepted)
        summer.assign(owners)
        devices = [row["serialNumber"] for row in summer.school.devices("year-7")]
        options: dict[str, Any] = {"assets": [{"adam_id": EXCEL}]}
        assert summer.reclaim("doubly_licensed", **options).data["summary"]["to_disassociate"] == 0
        summer.school.license(devices={"scope": with_any("year-7")})
        twins = partial(summer.reclaim, "doubly_licensed", **options)
        summer.school.check_twins(twins, ("changed", "plan", "diff", "removals"))
        assert summer.holders() == set()
        assert summer.school.holders() == set(devices)

    def test_the_device_s_by_option(self, summer):
        owners = summer.owners("year-7") & set(summer.accepted)
        summer.assign(owners)
        summer.school.license(devices={"scope": with_any("year-7")})
        before = summer.school.holders()
        result = summer.reclaim("doubly_licensed", assets=[{"adam_id": EXCEL}], take_from="devices")
        assert result.data["summary"]["disassociated"] == len(owners)
        assert len(summer.school.holders()) == len(before) - len(owners)
        assert summer.holders() == owners

    def test_books_of_the_retired_are_told_and_stay(self, summer):
        reader = summer.accepted[0]
        summer.register([{"client_user_id": reader}], state="absent", max_removals="1")
        told = summer.look("retired_person").data
        assert {row["client_user_id"] for row in told["candidates"]} == {reader}
        assert {row["withheld"] for row in told["candidates"]} == {"irrevocable"}
        result = summer.reclaim("retired_person")
        assert (result.data["changed"], result.failed) == (False, False)
        assert result.data["summary"]["skipped"] == {"irrevocable": told["total"]}

    def test_a_forecast(self, summer):
        told = summer.look(
            assets=[{"adam_id": "425073498"}], forecast={"scope": with_any("year-7"), "planned": 1, "per_month": 1}
        ).data
        (row,) = told["licenses"]
        wanted = len(summer.school.devices("year-7")) + 1
        assert (row["wanted"], row["short"]) == (wanted, wanted - row["available_count"])
        assert row["runs_out"] is not None
        assert told["reasons"] == ["doubly_licensed", "retired_person", "unknown_device"]

    def test_addresses_in_keep_are_not_shown(self, summer):
        result = summer.reclaim("retired_person", keep={"emails": summer.emails(summer.accepted[0])})
        assert not result.failed
        assert "kowhaivalley.example" not in result.text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"reasons": []}, "reasons is an empty list; name at least one, such as unknown_device."),
        ({"reasons": ["unseen_device"]}, "reasons: unseen_device needs unseen_days; give it, or leave the reason out."),
        ({"reasons": ["gone_person"]}, "reasons: gone_person needs people_file; give it, or leave the reason out."),
        (
            {"unseen_days": 9},
            "unseen_days goes with unseen_device, which is not among reasons; add it there, or leave it out.",
        ),
        (
            {"reasons": ["unseen_device"], "unseen_days": 0},
            "unseen_days: 0 is no number of days from 1 to 3650; correct it.",
        ),
        (
            {"columns": {"email": "Mail"}},
            "columns goes with people_file: it tells how the columns of that file are called.",
        ),
        (
            {"reasons": ["unknown_device"], "connector": None},
            "reasons: unknown_device needs an MDM: set connector (such as connector: meraki) and its options.",
        ),
        ({"assets": []}, "assets is an empty list; name an asset, or leave it out to mean all of the location."),
        ({"max_removals": "many"}, "max_removals: 'many' is neither a number (25) nor a percentage (10%); give one."),
        ({"max_shrink": 101}, "max_shrink: 101 is no percentage; give a whole number from 0 to 100."),
        ({"settle": 9, "wait": False}, "settle needs wait: true: it begins when the work is done."),
        (
            {"keep": {"emails": ["nobody"]}},
            "keep.emails: item 1 can't be an e-mail address; correct the list.",
        ),
    ],
)
def test_what_is_said_to_mistakes(summer, options, said):
    result = summer.reclaim("retired_person", **options)
    assert (result.data["msg"], result.data["changed"]) == (said, False)
    assert summer.school.requests("apple") == summer.school.requests("meraki") == []


def test_a_list_of_nobody(summer):
    path = summer.file([], "nobody.csv")
    result = summer.reclaim("gone_person", people_file=path)
    assert result.failed
    assert "nobody" in result.data["msg"]
    assert summer.school.requests("apple") == []


def test_a_row_that_can_not_be_used(summer):
    path = summer.file(summer.people, more=[["no address", "Lea", ""]])
    result = summer.reclaim("gone_person", people_file=path)
    assert result.failed
    assert "1 row of" in result.data["msg"]
    assert summer.school.requests("apple") == []

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_report over the school: the files, what may be replaced, one report of many, and dead tokens."""

from __future__ import annotations

import csv
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import mdm_app, vpp_report
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._core.report_made import dead, location
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import EXCEL, School, with_any

PAGES, PROCREATE = "361309726", "425073498"
TABLES = [
    "assignments.csv",
    "changes.csv",
    "holders.csv",
    "licenses.csv",
    "locations.csv",
    "manual_steps.csv",
    "missing.csv",
    "people.csv",
    "wasted.csv",
]


class Desk:
    """The school, and a folder for its reports."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder = school, folder
        (folder / "tables").mkdir()
        self.files = {"html_path": str(folder / "report.html"), "csv_dir": str(folder / "tables")}

    def run(self, *, check: bool = False, **options: Any) -> Result:
        return run_main(vpp_report.main, {**self.school.options, **options}, check=check)

    def page(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")

    def rows(self, file: str) -> list[dict[str, str]]:
        with (self.folder / "tables" / file).open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    def keep(self, name: str, *locations: dict[str, Any], **more: Any) -> str:
        path = self.folder / name
        document = {"format": "openmdm.vpp locations", "version": 1, "locations": locations, "unread": [], **more}
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)


@pytest.fixture
def desk(school: School, tmp_path: Path) -> Desk:
    return Desk(school, tmp_path)


@pytest.mark.parametrize("check", [True, False])
def test_all_files_are_written_for_their_owner_only(desk, check):
    before = desk.school.writes()
    result = desk.run(check=check, **desk.files, report_path=str(desk.folder / "report.json"))
    assert not result.failed, result.data["msg"]
    assert result.data["changed"] is False
    assert desk.school.writes() == before
    assert sorted(os.listdir(desk.folder / "tables")) == TABLES
    written = [*(desk.folder / "tables").iterdir(), desk.folder / "report.html", desk.folder / "report.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert sorted(result.data["report"]["csv_files"]) == [str(desk.folder / "tables" / name) for name in TABLES]


def test_the_school_is_told(desk):
    scope = with_any("year-7")
    rollouts = [
        {"adam_id": PAGES, "scope": scope},
        {"name": "Procreate", "scope": scope},
        {"adam_id": EXCEL, "scope": scope},
    ]
    result = desk.run(rollouts=rollouts, **desk.files)
    summary, page = result.data["summary"], desk.page()
    licenses = desk.rows("licenses.csv")
    assert (
        summary["assigned_count"]
        == sum(int(row["assigned_count"]) for row in licenses)
        == len(desk.rows("assignments.csv"))
    )
    assert summary["assets"] == len(licenses) == 35
    assert summary["people"] == {"new": 120, "associated": 240, "retired": 0}
    assert summary["missing"] == len(desk.rows("missing.csv")) > 60
    assert sum(summary["wasted"].values()) == len(desk.rows("wasted.csv")) > 0
    assert result.data["findings"][0]["level"] == "bad"
    assert "only 6 are free" in result.data["findings"][0]["text"]
    for words in ("Kowhai Valley College North Campus", "Device-assignable", "year-7", "Procreate"):
        assert words in page
    assert "@kowhaivalley.example" not in page
    assert not any(row["email"] for row in desk.rows("people.csv"))


def test_people_are_named_on_request(desk):
    desk.run(show_people=True, **desk.files)
    assert "@kowhaivalley.example" in desk.page()
    assert all(row["email"] for row in desk.rows("people.csv"))


def test_what_the_last_run_did_and_left_is_told(desk):
    licenses, apps = str(desk.folder / "licenses.json"), str(desk.folder / "apps.json")
    desk.school.license(devices={"scope": with_any("year-7")}, report_path=licenses)
    options = {"apps": [{"adam_id": EXCEL, "tag": "app-excel"}], "devices": {"scope": with_any("year-7")}}
    run_main(mdm_app.main, {**desk.school.options, **options, "licensing": "collection", "report_path": apps})
    result = desk.run(run_reports=[licenses, apps], **desk.files)
    assert not result.failed, result.data["msg"]
    changes = {row["what"]: (row["planned"], row["done"]) for row in desk.rows("changes.csv")}
    assert changes["licences given"][0] == changes["licences given"][1] != "0"
    assert "devices put into the scope of an app" in changes
    steps = desk.rows("manual_steps.csv")
    assert steps
    assert "done" not in {row["state"] for row in steps}
    assert steps[0]["what"][:20] in desk.page()


def test_a_second_report_takes_the_place_of_the_first(desk):
    desk.run(**desk.files)
    first = desk.page()
    desk.run(**desk.files, title="Another <title>")
    assert "Another &lt;title&gt;" in desk.page()
    assert first != desk.page()
    assert [path.name for path in desk.folder.iterdir() if path.name.startswith(".openmdm")] == []


@pytest.mark.parametrize("option", ["html_path", "csv_dir"])
def test_a_file_of_another_is_not_replaced(desk, option):
    path = desk.folder / ("report.html" if option == "html_path" else "tables/wasted.csv")
    path.write_text("a token", encoding="utf-8")
    before = len(desk.school.box.requests)
    result = desk.run(**desk.files)
    assert result.data["msg"] == f"{option}: {path} exists and is no report, so it is not replaced. Name another file."
    assert path.read_text(encoding="utf-8") == "a token"
    assert len(desk.school.box.requests) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"csv_dir": "/nowhere/at/all"}, "csv_dir: /nowhere/at/all is no folder. Name one that exists."),
        ({"html_path": "/nowhere/report.html"}, "html_path: /nowhere/report.html can't be written."),
        ({"unseen_days": -1}, "unseen_days: -1 is no number of days; give a whole number from 0 up."),
        (
            {"html_path": "/tmp/1.html", "report_path": "/tmp/../tmp/1.html"},
            "html_path and report_path name one file; give each",
        ),
        ({"merge": []}, "merge is an empty list; name the reports of the locations, or leave it out."),
        ({"merge": ["/nowhere/a.json"]}, "merge: none of the 1 files is there; run the tasks that write them first."),
        (
            {"rollouts": [{"adam_id": PAGES, "scope": []}]},
            "rollouts[0].scope is an empty list; name at least one scope",
        ),
        ({"run_reports": ["/nowhere/a.json"]}, "run_reports: cannot read /nowhere/a.json"),
    ],
)
def test_what_cannot_go_well_is_said(desk, options, words):
    result = desk.run(**options)
    assert result.failed
    assert result.data["msg"].startswith(words)


def test_rollouts_need_an_mdm(desk):
    del desk.school.options["connector"]
    result = desk.run(rollouts=[{"adam_id": PAGES, "scope": with_any("year-7")}])
    assert result.data["msg"].startswith("rollouts needs an MDM: set connector")
    assert desk.school.box.requests == []


def test_a_run_at_another_location_is_not_taken_for_ours(desk):
    path = desk.folder / "other.json"
    path.write_text(json.dumps({"openmdm.vpp report": True, "location_uid": "1"}), encoding="utf-8")
    result = desk.run(run_reports=[str(path)])
    assert "is about another location (uid 1)" in result.data["msg"]


@pytest.mark.parametrize("action", ["revoke", "expire"])
def test_a_dead_token_is_told_and_no_failure(desk, action):
    desk.school.control("POST", "locations/north/token", {"action": action})
    result = desk.run(**desk.files)
    assert not result.failed, result.data["msg"]
    (found,) = result.data["report"]["locations"]
    assert not found["read"]
    assert found["token_state"] in ("revoked", "expired")
    assert result.data["findings"][0]["level"] == "bad"
    assert "so nothing of it could be read" in desk.page()


@pytest.mark.parametrize(("action", "state"), [("revoke", "revoked"), ("expire", "expired")])
def test_a_token_that_dies_while_it_is_used_is_told_too(desk, action, state):
    match = {"path": "*/assignments"}
    desk.school.box.faults.add({"kind": "token", "action": action, "match": match})
    result = desk.run(**desk.files)
    assert not result.failed, result.data["msg"]
    (found,) = result.data["report"]["locations"]
    assert (found["token_state"], found["read"], found["assets"]) == (state, False, 0)
    assert f"The content token is {state}" in str(result.data["warnings"])


class TestMerge:
    def test_needs_no_token_and_asks_nobody(self, desk):
        first = desk.keep("north.json", location())
        second = desk.keep("hill.json", location(uid="2", name="Hill School"))
        result = run_main(vpp_report.main, {"merge": [first, second, str(desk.folder / "west.json")], **desk.files})
        assert not result.failed, result.data["msg"]
        assert [one["name"] for one in result.data["report"]["locations"]] == ["Harbour Street School", "Hill School"]
        assert result.data["report"]["unread"] == ["west"]
        assert result.data["summary"]["assigned_count"] == 8
        assert desk.school.box.requests == []
        assert "west" in desk.page()

    def test_what_was_read_can_be_merged(self, desk):
        kept = str(desk.folder / "north.json")
        read = desk.run(report_path=kept, csv_dir=desk.files["csv_dir"])
        tables = {name: (desk.folder / "tables" / name).read_bytes() for name in TABLES}
        result = run_main(vpp_report.main, {"merge": [kept], **desk.files})
        assert result.data["summary"] == read.data["summary"]
        assert {name: (desk.folder / "tables" / name).read_bytes() for name in TABLES} == tables

    def test_names_nobody_unless_it_may(self, desk):
        user = {"client_user_id": "u-1", "status": "new", "email": "lea@school.example", "licenses": 1}
        kept = desk.keep("a.json", location(people_shown=True, people={"counts": {"new": 1}, "users": [user]}))
        for allowed in (False, True):
            run_main(vpp_report.main, {"merge": [kept], "show_people": allowed, **desk.files})
            assert ("lea@school.example" in desk.page()) is allowed
            assert (desk.rows("people.csv")[0]["email"] != "") is allowed

    def test_the_newest_of_one_location_counts(self, desk):
        old = desk.keep("old.json", location(name="Old name", read_at="2029-01-01T00:00:00+00:00"))
        result = run_main(vpp_report.main, {"merge": [desk.keep("new.json", location()), old]})
        assert [one["name"] for one in result.data["report"]["locations"]] == ["Harbour Street School"]
        assert "more than one file is about the location" in str(result.data["warnings"])

    def test_a_file_of_another_kind_is_refused(self, desk):
        path = desk.folder / "licenses.json"
        desk.school.license(devices={"serial_numbers": ["DMPX00000001"]}, report_path=str(path))
        result = run_main(vpp_report.main, {"merge": [str(path)]})
        assert result.data["msg"].startswith(f"merge: {path} is no report of vpp_report; name files that it wrote")

    def test_lists_are_cut_at_the_limit(self, desk):
        kept = [desk.keep(f"{number}.json", dead(uid=str(number), name=f"School {number}")) for number in range(5)]
        result = run_main(vpp_report.main, {"merge": kept, "limit": 2})
        assert len(result.data["report"]["locations"]) == len(result.data["findings"]) == 2
        assert (result.data["total"], result.data["truncated"]) == (5, True)

    def test_formulas_are_disarmed(self, desk):
        kept = desk.keep("a.json", location(name="=HYPERLINK(1)"))
        run_main(vpp_report.main, {"merge": [kept], **desk.files})
        assert desk.rows("locations.csv")[0]["location_name"] == "'=HYPERLINK(1)"

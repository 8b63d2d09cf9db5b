# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages and tables of three estates, whole: a word, a number or a colour that goes astray shows.

After a change that is meant, write the file anew and read what changed in it:

    OPENMDM_VPP_WRITE_WHOLE=1 make unit
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_files import TABLES
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_findings import find
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_page import render_page
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_sums import sum_up
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._core.report_made import (
    asset,
    dead,
    idle,
    location,
    rollout,
    run,
    step,
)

FILE = Path(__file__).with_name("whole") / "reports.json"
LINE = re.compile(r"(?=<(?:a|caption|details|dd|div|dt|footer|h[1-3]|li|main|p|section|summary|table|td|th|tr)\b)")

BOOK = asset("900000001", "Tides", product_type="Book", device_assignable=False, revocable=False, devices=0, people=4)
LIMITLESS = asset("361285480", "", owned=None, assigned=7, bundle_id="")
EMPTY = asset("586447913", "Word", owned=5, assigned=5, retired_count=2, units={"N_1": 2, "N_2": 3}, tags={})
PEOPLE = {
    "counts": {"new": 2, "associated": 1, "retired": 1},
    "users": [
        {"client_user_id": "u-1", "status": "associated", "email": "lea@fernhill.example", "licenses": 3},
        {"client_user_id": "u-2", "status": "new", "email": "omar@fernhill.example", "licenses": 0},
        {"client_user_id": "u-3", "status": "retired", "email": None, "licenses": 1},
    ],
}
RUNS = [
    run(),
    run(
        file="apps.json",
        kind="mdm_app",
        changes=[
            {"what": "tags set", "planned": 1200, "done": 900},
            {"what": "apps removed", "planned": 2, "done": 0},
            {"what": "commands sent", "planned": 1, "done": None},
        ],
        failures=[{"reason": "no licence left", "count": 300}, {"reason": "it stopped", "count": None}],
    ),
    run(file="none.json", changes=[]),
]
RICH = location(
    people_shown=True,
    owner={"state": "foreign", "name": "Other MDM"},
    stable=False,
    token={"state": "alive", "expires": "2030-05-20T09:15:00+00:00", "days_left": 14},
    units=[
        {"id": "N_1", "name": "North", "devices": 8, "licensed": 4},
        {"id": "N_2", "name": "", "devices": 0, "licensed": 0},
    ],
    tags=[{"name": f"year-{year}", "devices": year, "licensed": 3} for year in range(7, 12)],
    licenses=[asset(tags={"year-7": 4, "year-8": 1}), BOOK, LIMITLESS, EMPTY, asset("1", "Idle", assigned=0, units={})],
    people=PEOPLE,
    wasted=[idle(), idle("unseen_device", ("DM000001", "DM000002")), idle("retired_person", ("u-3",))],
    rollouts=[
        rollout(missing=7),
        rollout(missing=6, left_out={"platform": 2}),
        rollout(0, None, adam_id="361285480", name=""),
    ],
    runs=RUNS,
    manual_steps=[step(), step("unverifiable", about="the account")],
)
ESTATES: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "one": ([location(mdm="", units=[], tags=[], owner={"state": "unclaimed", "name": ""})], []),
    "rich": ([RICH], []),
    "several": ([RICH, location(uid="2", name="Hill School"), dead(uid="", name="")], ["west"]),
}


def whole(locations: list[dict[str, Any]], unread: list[str]) -> dict[str, Any]:
    estate = sum_up(locations, unread, tables=True)
    markup = render_page(estate, "Licences", "2030-05-06T07:08:09+00:00")
    body = markup[markup.index("<body") : markup.index("<script")]
    tables = {table.file: [list(table.header), *map(list, table.rows(estate.locations))] for table in TABLES}
    found = {"page": LINE.split(body), "tables": tables, "findings": [one.facts() for one in find(estate)]}
    return json.loads(json.dumps(found))


@pytest.mark.parametrize("name", ESTATES)
def test_all_of_it(name):
    found = whole(*ESTATES[name])
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if "OPENMDM_VPP_WRITE_WHOLE" in os.environ:
        text = json.dumps({**known, name: found}, indent=1, ensure_ascii=False, sort_keys=True)
        FILE.write_text(f"{text}\n", encoding="utf-8")
    assert found == known[name]

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_user and vpp_user_info over the 900 people of the sandbox's school, none of whom Apple knows at first."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import vpp_user, vpp_user_info
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box
from sandbox.app import Sandbox, create_app
from sandbox.clock import ManualClock


class People:
    """All of the school's people, in the list of one location."""

    def __init__(self, box: Sandbox, options: dict[str, Any], folder: Path) -> None:
        self.box, self.options, self.folder = box, options, folder
        self.listed = box.world.people

    def write(self, name: str, rows: Iterable[Iterable[str]], header: str = "Email,Name,Notes") -> str:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(header.split(","))
        writer.writerows(rows)
        path = self.folder / name
        path.write_text(text.getvalue(), encoding="utf-8")
        return str(path)

    def file(self, count: int | None = None, start: int = 0, name: str = "north.csv") -> str:
        return self.write(name, [(one.email, one.name, " ".join(one.tags)) for one in self.listed[start:count]])

    def run(self, *, check: bool = False, loud: bool = False, **options: Any) -> Result:
        return run_main(vpp_user.main, {**self.options, "poll_interval": 30, **options}, check=check, loud=loud)

    def info(self, **options: Any) -> Result:
        return run_main(vpp_user_info.main, {**self.options, **options})

    def writes(self) -> int:
        return sum(one["method"] != "GET" for one in self.box.requests)

    def control(self, path: str, body: dict[str, Any]) -> Any:
        status, answer = self.box.control("POST", f"/_sandbox/locations/north/{path}", body)
        assert status in (200, 201), answer
        return answer


@pytest.fixture
def north(monkeypatch, tmp_path) -> Iterator[People]:
    monkeypatch.delenv("OPENMDM_VPP_STATE_DIR", raising=False)
    box = create_app("school", {"people": "new", "enforce_rate": "false"}, clock=ManualClock())
    options = {**use_box(monkeypatch, box), "content_token": box.token("north")}
    yield People(box, options, tmp_path)
    box.close()


def test_check_run_check_run_of_everybody(north):
    src = north.file()
    first = north.run(src=src, check=True)
    assert north.writes() == 0
    second = north.run(src=src)
    assert not second.failed, second.data["msg"]
    count = len(north.listed)
    assert second.data["summary"]["created"] == count
    assert north.writes() == second.data["plan"]["requests"] == -(-count // 100)
    later = [north.run(src=src, check=check) for check in (True, False)]
    assert [one.data["changed"] for one in (first, second, *later)] == [True, True, False, False]
    assert first.data["plan"] == second.data["plan"]
    assert first.data["diff"] == second.data["diff"]
    assert north.writes() == -(-count // 100)
    assert max(len(one.text) for one in (first, second)) < 80_000
    told = north.info()
    assert told.data["summary"]["new"] == count
    assert (told.data["total"], told.data["truncated"], len(told.data["users"])) == (count, True, 100)


# Not in the text of the tests, whose lines stand in tracebacks.
WHO = "".join(["za", "phod"])


def test_nobody_is_named(north):
    people = [{"email": f"{WHO}@fernhill.example", "name": WHO, "managed_apple_account": f"{WHO}@id.example"}]
    keep = {"emails": [f"{WHO}@b.example"]}
    report = str(north.folder / "report.json")
    rows = [(f"{WHO}@fernhill.example", WHO, ""), (WHO, WHO, ""), ("x", WHO, "")]
    runs = [
        north.run(users=[*people, {"email": WHO}], keep=keep, report_path=report, loud=True),
        north.run(src=north.write("s.csv", rows), report_path=report, loud=True),
        north.run(users=people, state="absent", max_removals="1", report_path=report, loud=True),
        north.info(emails=[f"{WHO}@fernhill.example"], report_path=report),
        north.run(users=people, groups=["nobody"], loud=True),
        north.run(users=people, max_shrink=101, loud=True),
    ]
    for run in runs:
        assert WHO not in run.text.lower()
        assert WHO not in Path(report).read_text(encoding="utf-8").lower()
    shown = north.run(users=people, show_people=True)
    assert shown.data["users"][0]["name"] == WHO


def test_no_invite_code_is_shown(north):
    north.run(src=north.file(5))
    codes = {one["inviteCode"] for one in north.box.control("GET", "/_sandbox/locations/north/users", {})[1]["users"]}
    report = north.folder / "report.json"
    told = [north.run(src=north.file(5), show_people=True), north.info(show_people=True, report_path=str(report))]
    whole = "".join(run.text for run in told) + report.read_text(encoding="utf-8")
    assert len(codes) == 5
    assert not any(code in whole for code in codes)


def test_bad_rows_are_listed_and_the_others_done(north):
    first, second = north.listed[:2]
    src = north.write(
        "b.csv", [(first.email, "A", ""), ("", "B", ""), (first.email.upper(), "C", ""), (second.email, "D", "")]
    )
    run = north.run(src=src)
    assert run.failed
    assert run.data["changed"]
    assert run.data["summary"]["created"] == 2
    assert run.data["bad_rows"] == [
        {"line": 3, "why": "has no e-mail address"},
        {"line": 4, "why": "has the same e-mail address as line 2"},
    ]
    assert run.data["msg"].startswith("2 of the 4 people of b.csv can't be used: line 3 has no e-mail address; line 4")


def test_two_lists_and_people_of_the_mdm(north):
    count = len(north.listed)
    north.control("users", {"add": [{"email": "mdm@fernhill.example"}]})
    options = {"state_dir": str(north.folder / "state"), "exclusive": True, "max_removals": "60"}
    a, b = north.file(400, name="a.csv"), north.file(start=400, name="b.csv")
    for src in (a, b):
        run = north.run(src=src, **options)
        assert not run.failed, run.data["msg"]
    assert north.info().data["summary"]["new"] == count + 1
    # 50 leave the one list; a check tells whom, and nobody else goes.
    smaller = north.file(350, name="a.csv")
    check = north.run(src=smaller, check=True, **options)
    run = north.run(src=smaller, **options)
    assert not run.failed, run.data["msg"]
    assert check.data["plan"] == run.data["plan"]
    assert run.data["summary"]["retired"] == len(run.data["leavers"]) == 50
    assert not north.run(src=b, **options).data["changed"]
    gone = {one.email for one in north.listed[350:400]}
    told = north.info(status=["retired"], show_people=True, limit=1000).data
    assert {one["email"] for one in told["users"]} == gone
    # A list that lost a third of its people is stopped.
    stopped = north.run(src=north.file(200, name="a.csv"), **options)
    assert stopped.failed
    assert "max_shrink allows a loss of 20%" in stopped.data["msg"]
    assert not stopped.data["changed"]


def test_leavers_give_their_licences_back(north):
    one = north.listed[0]
    run = north.run(src=north.file(1))
    (user,) = run.data["users"]
    key = user["client_user_id"]
    apps, book = "361309726", "900000001"
    north.control("accept", {"clientUserId": key})
    north.control("assignments", {"add": [{"adamId": adam_id, "clientUserId": key} for adam_id in (apps, book)]})
    told = north.run(users=[{"email": one.email.upper()}], state="absent", max_removals="1")
    assert not told.failed, told.data["msg"]
    (leaver,) = told.data["leavers"]
    assert (leaver["held"], leaver["staying"], leaver["held_after"]) == (2, 1, 1)
    assert {row["adam_id"]: (row["before"], row["after"]) for row in told.data["held"]} == {apps: (1, 0), book: (1, 1)}
    assert "1 of them stay with the people" in str(told.data["warnings"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "There is nobody: users and src are not given; give one of them."),
        ({"users": [], "src": "x"}, "users and src are both given; give one of them."),
        ({"users": [], "exclusive": True, "state": "absent", "max_removals": "1"},
         "exclusive goes with state: present; with state: absent name the people to be retired."),
        ({"src": "x.csv", "exclusive": True, "max_removals": "1"},
         ("exclusive needs state_dir, where it is remembered whom this source listed before: nobody else is ever "
         "retired by it.")),
        ({"users": [], "exclusive": True, "max_removals": "1", "state_dir": "/nowhere"},
         "exclusive with users needs source: a name by which this list is known again in the next run."),
        ({"users": [], "state": "absent"},
         ("state: absent needs max_removals: say how many people it may retire at most, as a number or as a percentage "
         "of those whom it could reach, such as 5%.")),
        ({"users": [], "columns": {"email": "Mail"}},
         "columns goes with src: it tells how the columns of that file are called."),
        ({"users": [{"client_user_id": "u", "groups": ["year-7"]}], "groups": ["yaer-7"]},
         "groups: nobody in the list is in yaer-7 (it has year-7); correct the names."),
        ({"users": [], "groups": []}, "groups: the list is empty; name a group, or leave it out to mean everybody."),
        ({"users": [], "max_shrink": 101}, "max_shrink: 101 is no percentage; give a whole number from 0 to 100."),
    ],
)  # fmt: skip
def test_bad_options(north, options, sentence):
    run = north.run(**options)
    assert run.failed
    assert run.data["msg"] == sentence
    assert not run.data["changed"]
    assert not north.box.requests


def test_the_report_is_whole_and_private(north):
    path = north.folder / "report.json"
    north.run(src=north.file(), report_path=str(path), check=True)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert len(document["plan"]["create"]) == len(document["users"]) == len(north.listed)
    assert path.stat().st_mode & 0o777 == 0o600
    again = north.run(src=str(path))
    assert "is a report, which also lists people who are retired" in again.data["msg"]


def test_who_is_known_twice_is_told(north):
    email = north.listed[0].email
    north.control(
        "users", {"add": [{"email": email, "clientUserId": "u-1"}, {"email": email.upper(), "clientUserId": "u-2"}]}
    )
    told = north.info(client_user_ids=["nobody"], emails=["nobody@fernhill.example"])
    assert told.data["summary"]["duplicates"] == 1
    assert told.data["duplicates"][0]["count"] == 2
    assert told.data["unknown_client_user_ids"] == ["nobody"]
    run = north.run(users=[{"email": email}])
    assert run.data["bad_rows"][0]["why"] == (
        "has an address that 2 users have; give the client_user_id of the right one"
    )


def test_two_files_of_one_name(north):
    """In two folders they are two lists, and the one must not retire the people of the other."""
    for folder in ("north", "south"):
        (north.folder / folder).mkdir()
    state = {"state_dir": str(north.folder / "state")}
    ours, theirs = north.file(50, name="north/people.csv"), north.file(55, start=50, name="south/people.csv")
    strict = {"exclusive": True, "max_removals": "10%"}
    assert not north.run(src=ours, **strict, **state).failed
    for check in (True, False):
        found = north.run(src=theirs, check=check, **state)
        assert found.failed
        assert "knows 'people.csv' as a file in another folder" in found.data["msg"]
    assert not north.run(src=theirs, source="south", **state).failed
    again = north.run(src=ours, **strict, **state)
    assert (again.failed, again.data["changed"], again.data["summary"]["to_retire"]) == (False, False, 0)
    # Who is to be gone is of no list, wherever the file lies.
    one = {"src": north.file(51, start=50, name="people.csv"), "state": "absent", "max_removals": "1"}
    assert north.run(**one, **state).data["summary"]["retired"] == 1
    # The list was moved: said once, it is the same as before.
    moved = north.file(49, name="south/people.csv")
    found = north.run(src=moved, source="people.csv", **strict, **state)
    assert found.data["summary"]["retired"] == 1


def test_who_left_and_came_back_by_another_hand(north):
    """Retired by name, then off the list, then registered by somebody else: not the list's to retire any more."""
    rows = [(one.email, one.name, "") for one in north.listed[:20]]
    strict = {"exclusive": True, "max_removals": "5", "state_dir": str(north.folder / "state")}
    north.run(src=north.write("a.csv", rows), **strict)
    person = [{"email": rows[0][0]}]
    assert north.run(users=person, state="absent", max_removals="1", state_dir=strict["state_dir"]).data["changed"]
    src = north.write("a.csv", rows[1:])
    assert north.run(src=src, **strict).data["changed"] is False
    assert north.run(users=person).data["summary"]["created"] == 1
    again = north.run(src=src, **strict)
    assert (again.failed, again.data["changed"], again.data["summary"]["to_retire"]) == (False, False, 0)


def test_absent_by_an_id_beside_the_address_of_another(north):
    """As after one column of a list was sorted and the others not."""
    people = [{"client_user_id": f"id{number}", "email": f"p{number}@fernhill.example"} for number in range(4)]
    north.run(users=people)
    shifted = [{**one, "email": people[number - 1]["email"]} for number, one in enumerate(people)]
    writes = north.writes()
    found = north.run(users=shifted, state="absent", max_removals="100%")
    assert north.writes() == writes
    assert (found.failed, found.data["changed"], found.data["summary"]["bad_rows"]) == (True, False, 4)
    assert "has the client_user_id of one user and the address of another" in found.data["msg"]
    # An address that is nobody's, or was the person's before, contradicts nothing.
    changed = [{"client_user_id": "id0", "email": "new@fernhill.example"}]
    assert north.run(users=changed, state="absent", max_removals="1").data["summary"]["retired"] == 1

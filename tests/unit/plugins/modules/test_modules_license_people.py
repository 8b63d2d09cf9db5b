# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_license for people over the school of the sandbox: who gets a licence, who keeps it, and who is left out."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.college import BOOK, KINDLE, PROCREATE, College
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import with_any

LOOSE: dict[str, Any] = {"exclusive": True, "max_removals": "100%", "max_shrink": 100}
NOT_YET, STRANGERS = 120, 40
"""Of the 400 people of the north: those who did not accept yet, and those whom Apple doesn't know."""


@pytest.fixture
def college(school, tmp_path, monkeypatch) -> College:
    monkeypatch.delenv("OPENMDM_VPP_STATE_DIR", raising=False)
    return College(school, tmp_path)


def twins(college: College, **options: Any) -> None:
    college.school.check_twins(partial(college.run, **options))


class TestWho:
    """Each way of naming people, as check, run, check, run."""

    def test_ids(self, college):
        one, two = college.accepted[:2]
        waiting, strange = college.ids("Registered")[0], "kvc-0001"
        twins(college, users={"client_user_ids": [one, waiting, strange, two]})
        assert college.holders() == {one, two}
        told = college.run(users={"client_user_ids": [one, waiting, strange, two]}).data
        assert told["summary"]["left_out"] == {"not_associated": 1, "unknown": 1}
        assert {entry["reason"]: entry["client_user_ids"] for entry in told["left_out"]} == {
            "not_associated": [waiting],
            "unknown": [strange],
        }

    def test_addresses(self, college):
        named = college.accepted[:3]
        twins(college, users={"emails": [email.upper() for email in college.emails(*named)]})
        assert college.holders() == set(named)

    def test_the_list_of_systems_manager(self, college):
        users = {"targets_file": college.file(college.people)}
        twins(college, users=users)
        assert college.holders() == set(college.accepted)
        told = college.run(users=users).data
        assert told["summary"]["left_out"] == {"not_associated": NOT_YET, "unknown": STRANGERS}
        assert [(entry["count"], len(entry["lines"])) for entry in told["left_out"]] == [(NOT_YET, 0), (STRANGERS, 10)]

    def test_groups_of_the_list(self, college):
        users = {
            "targets_file": college.file(college.people),
            "columns": {"groups": "Notes"},
            "groups": ["year-7", "staff"],
        }
        twins(college, users=users)
        expected = {one.client_user_id for one in college.people if one.tags[0] in users["groups"]}
        assert college.holders() == expected & set(college.accepted)

    def test_a_report_of_vpp_user(self, college):
        report = str(college.folder / "report.json")
        people = [{"email": one.email, "name": one.name} for one in college.people[:30]]
        college.register(people, report_path=report)
        twins(college, users={"targets_file": report})
        assert college.holders() == {one.client_user_id for one in college.people[:30]} & set(college.accepted)

    @pytest.mark.parametrize("tag", ["choir", "year-7", "staff"])
    def test_owners_of_devices_in_a_scope(self, college, tag):
        users = {"scope": with_any(tag)}
        twins(college, mdm=True, users=users)
        owners = college.owners(tag)
        assert college.holders() == owners & set(college.accepted) != set()
        left_out = college.run(mdm=True, users=users).data["summary"]["left_out"]
        strangers = owners - set(college.accepted) - set(college.ids("Registered"))
        assert left_out.get("not_associated", 0) == len(owners & set(college.ids("Registered")))
        assert left_out.get("owner_unknown", 0) == len(strangers)

    def test_devices_without_an_owner_are_counted(self, college):
        told = college.run(mdm=True, users={"scope": with_any("carts")}).data
        assert told["summary"]["left_out"] == {"no_owner": 50}
        assert not told["changed"]
        assert "users.scope: no device in it has an owner, so there is nothing to do." in str(told["warnings"])

    def test_who_accepts_gets_it_in_the_next_run(self, college):
        users = {"targets_file": college.file(college.people)}
        college.run(users=users)
        late = college.ids("Registered")[:5]
        college.control("locations/north/accept", {"client_user_ids": late})
        told = college.run(users=users)
        assert (told.data["summary"]["associated"], told.data["plan"]["requests"]) == (5, 1)
        assert told.data["summary"]["left_out"]["not_associated"] == NOT_YET - 5
        assert set(late) < college.holders()


class TestExclusive:
    def test_takes_from_those_who_are_not_listed_and_from_nobody_else(self, college):
        named, others = college.accepted[:20], college.accepted[20:25]
        college.assign(others)
        devices = [row["serialNumber"] for row in college.school.devices("year-7")][:3]
        college.school.assign(devices)
        twins(college, users={"client_user_ids": named}, exclusive=True, max_removals=5, max_shrink=100)
        assert college.holders() == set(named)
        assert college.school.holders() == set(devices), "licences of devices are not the task's"

    def test_orphans_of_a_list_are_left_alone(self, college):
        """Whom the file lists in no group is nobody's to take from."""
        year = [one for one in college.people if one.tags[0] == "year-7"]
        listed = [one for one in college.people if one.tags[0] in ("year-7", "year-8")]
        moved = next(one for one in listed if one.tags[0] == "year-8" and one.client_user_id in college.accepted)
        strange = next(
            one for one in college.people if one.tags[0] == "staff" and one.client_user_id in college.accepted
        )
        college.assign([moved.client_user_id, strange.client_user_id])
        users = {"targets_file": college.file(listed), "columns": {"groups": "Notes"}, "groups": ["year-7"]}
        twins(college, users=users, exclusive=True, max_removals=1, max_shrink=100)
        expected = {one.client_user_id for one in year} & set(college.accepted)
        assert college.holders() == {*expected, strange.client_user_id}
        told = college.run(users=users, exclusive=True, max_removals=1)
        assert told.data["summary"]["orphans"] == 1
        assert not college.run(users=users, exclusive=True, max_removals=1, orphans=True).failed
        assert college.holders() == expected

    def test_whoever_is_named_keeps_it_accepted_or_not(self, college):
        waiting = college.ids("Registered")[0]
        named = [college.accepted[0], waiting]
        college.assign(named)
        told = college.run(users={"client_user_ids": named}, **LOOSE)
        assert not told.data["changed"]
        assert college.holders() == set(named)

    def test_a_limit_stops_all(self, college):
        college.assign(college.accepted[:6])
        told = college.run(users={"client_user_ids": college.accepted[6:9]}, exclusive=True, max_removals=5)
        assert told.failed
        assert college.school.writes() == []
        assert college.holders() == set(college.accepted[:6])

    def test_a_row_that_cannot_be_used_may_be_a_holder(self, college):
        college.assign(college.accepted[:4])
        path = college.file(college.named(*college.accepted[4:6]), more=[("nobody", "Somebody", "")])
        told = college.run(users={"targets_file": path}, **LOOSE)
        assert told.failed
        assert told.data["summary"]["bad_rows"] == 1
        assert told.data["bad_rows"] == [{"line": 4, "why": "has an e-mail address that can't be one"}]
        assert college.holders() == set(college.accepted[:6])

    @pytest.mark.parametrize("by", ["client_user_ids", "emails", "targets_file"])
    @pytest.mark.parametrize("times", [1, 3, None])
    def test_half_of_the_people_takes_nothing(self, college, by, times):
        named = college.accepted[:40] if by == "targets_file" else college.accepted[:4]
        college.assign(named)
        emails = college.emails(*named)
        value = {"client_user_ids": named, "emails": emails}.get(by) or college.file(college.named(*named))
        college.school.box.faults.add({"kind": "fewer_rows", "count": 0, "times": times, "match": {"path": "/users"}})
        college.run(users={by: value}, **LOOSE, allow_empty=True)
        assert college.holders() == set(named)
        assert college.school.writes() == []

    def test_somebody_named_by_id_whom_apple_denies_keeps_it(self, college):
        """Whether Apple's record or its list of holders is behind, the task names the person."""
        named = college.accepted[:3]
        college.assign(named)
        match = {"path": "/users"}
        college.school.box.faults.add({"kind": "fewer_rows", "count": 0, "times": 3, "match": match})
        told = college.run(users={"client_user_ids": named}, **LOOSE)
        assert (told.failed, told.data["changed"]) == (False, False)
        assert told.data["summary"]["left_out"] == {"unknown": 1}
        assert told.data["summary"]["skipped"] == {"kept": 1}
        assert college.holders() == set(named)


class TestOwners:
    """Exclusive by the tags of an MDM."""

    def test_within_its_own(self, college):
        choir, staff = college.owners("choir"), college.owners("staff")
        leaver = sorted((staff - choir) & set(college.accepted))[:2]
        other = sorted((college.owners("year-7") - choir - staff) & set(college.accepted))[:2]
        college.assign([*leaver, *other])
        users = {"scope": with_any("choir"), "within": with_any("choir", "staff")}
        twins(college, mdm=True, users=users, exclusive=True, max_removals=2, max_shrink=100)
        assert college.holders() == {*(choir & set(college.accepted)), *other}

    def test_people_without_a_device_are_orphans(self, college):
        owners = {key for tag in ("staff", *(f"year-{n}" for n in range(7, 13))) for key in college.owners(tag)}
        college.control("locations/north/users", {"add": [{"email": "guest@kowhaivalley.example"}]})
        guest = next(key for key in college.ids("Registered") if not key.startswith("kvc-"))
        assert guest not in owners
        college.control("locations/north/accept", {"clientUserId": guest})
        college.assign([guest])
        goal = {"users": {"scope": with_any("choir")}, "exclusive": True, "max_removals": 1}
        told = college.run(mdm=True, **goal)
        assert (told.data["summary"]["orphans"], told.data["summary"]["to_disassociate"]) == (1, 0)
        assert guest in college.holders()
        assert college.run(mdm=True, **goal, orphans=True).data["summary"]["disassociated"] == 1
        assert guest not in college.holders()

    @pytest.mark.parametrize("goal", [LOOSE, {"state": "absent", "max_removals": "100%"}], ids=["exclusive", "absent"])
    def test_a_misspelt_tag(self, college, goal):
        college.assign(college.accepted)
        told = college.run(mdm=True, users={"scope": with_any("chior")}, **goal)
        assert told.data["msg"] == (
            "users.scope: neither a device nor an owner of one has the tag 'chior' (did you mean 'choir'?). Correct "
            "the tag, or set allow_empty: true if nobody is to have it yet."
        )
        assert college.school.writes() == []

    def test_a_scope_of_nobody(self, college):
        college.assign(college.accepted)
        told = college.run(mdm=True, users={"scope": [{"match": "none"}]}, **LOOSE)
        assert told.failed
        assert college.holders() == set(college.accepted)

    @pytest.mark.parametrize("times", [1, 2, 3, None])
    @pytest.mark.parametrize("after", [0, 1, 2, 3])
    @pytest.mark.parametrize("tag", ["choir", "year-7"])
    def test_half_an_answer(self, college, tag, after, times):
        users = {"scope": with_any(tag)}
        college.run(mdm=True, users=users)
        holders, writes = college.holders(), college.school.writes()
        match = {"path": "/sm/devices", "after": after}
        college.school.box.faults.add({"kind": "fewer_rows", "times": times, "match": match})
        told = college.run(mdm=True, users=users, **LOOSE)
        assert college.holders() == holders
        assert college.school.writes() == writes
        assert told.failed or not told.data["changed"]

    @pytest.mark.parametrize("times", [1, 3, None])
    def test_half_of_the_people_at_apple(self, college, times):
        """Of the owners those whom an answer lacks look like nobody."""
        users = {"scope": with_any("year-7", "choir"), "within": with_any("year-7", "choir", "year-8")}
        college.run(mdm=True, users=users)
        holders = college.holders()
        college.school.box.faults.add({"kind": "fewer_rows", "times": times, "match": {"path": "/users"}})
        college.run(mdm=True, users=users, **LOOSE)
        assert college.holders() == holders

    @pytest.mark.parametrize("after", range(4))
    def test_half_an_answer_within(self, college, after):
        users = {"scope": with_any("year-7"), "within": with_any("year-7", "year-8", "choir", "staff")}
        college.assign(college.owners("year-8") & set(college.accepted))
        college.run(mdm=True, users={"scope": users["within"]})
        leaving = college.owners("year-8") | college.owners("staff")
        holders = college.holders()
        college.school.box.faults.add(
            {"kind": "fewer_rows", "times": None, "match": {"path": "/sm/devices", "after": after}}
        )
        college.run(mdm=True, users=users, **LOOSE)
        assert college.holders() >= holders - leaving

    def test_a_leaver_goes_when_all_answers_are_whole(self, college):
        users = {"scope": with_any("year-7")}
        college.run(mdm=True, users=users)
        holders = college.holders()
        org = college.school.box.world.meraki
        emails = {one.email: one.client_user_id for one in college.people}
        device, key = next(
            (one, emails[org.owners[one.owner_id].email])
            for one in org.networks["N_600077000001"].devices.values()
            if one.serial and one.owner_id and emails.get(org.owners[one.owner_id].email) in holders
        )
        college.control("meraki/devices", {"serials": [device.serial], "tags": ["year-8"]}, "PUT")
        # Owners have tags of their own.
        org.owners[device.owner_id].tags = ("year-8",)
        assert college.run(mdm=True, users=users, **LOOSE).data["summary"]["disassociated"] == 1
        assert college.holders() == holders - {key}


class TestAbsent:
    @pytest.mark.parametrize("by", ["client_user_ids", "emails", "targets_file", "scope"])
    def test_takes_from_those_named(self, college, by):
        college.assign(college.accepted)
        named = college.accepted[10:14]
        value = {
            "client_user_ids": named,
            "emails": college.emails(*named),
            "targets_file": college.file(college.named(*named)),
            "scope": with_any("choir"),
        }[by]
        gone = college.owners("choir") & set(college.accepted) if by == "scope" else set(named)
        twins(college, mdm=by == "scope", users={by: value}, state="absent", max_removals=len(gone))
        assert college.holders() == set(college.accepted) - gone

    def test_books_stay(self, college):
        held = college.holders(BOOK)
        reader = min(held)
        told = college.run(
            users={"client_user_ids": [reader]}, assets=None, all_assets=True, state="absent", max_removals=10
        )
        assert not told.failed, told.data["msg"]
        assert told.data["summary"]["disassociated"] == 1
        assert told.data["summary"]["skipped"] == {"irrevocable": 3}
        assert (college.holders(BOOK), reader in college.holders(KINDLE)) == (held, False)

    def test_books_are_given(self, college):
        new = [key for key in college.accepted if key not in college.holders(BOOK)][:2]
        twins(college, assets=[{"adam_id": BOOK}], users={"client_user_ids": new})
        assert set(new) < college.holders(BOOK)


class TestLicences:
    """Procreate: 30 licences, 24 of them on devices."""

    def options(self, college: College, start: int, number: int) -> dict[str, Any]:
        return {"assets": [{"adam_id": PROCREATE}], "users": {"client_user_ids": college.accepted[start:][:number]}}

    def test_too_few_change_nothing(self, college):
        told = college.run(**self.options(college, 0, 8))
        assert told.failed
        assert told.data["msg"] == (
            "Too few licences: 425073498 lacks 2 of 8; get more in Apple's portal, name fewer targets, or set "
            "shortage: partial."
        )
        assert college.school.writes() == []

    def test_the_first_of_the_list_get_them(self, college):
        twins(college, **self.options(college, 0, 8), shortage="partial")
        assert college.holders(PROCREATE) == set(college.accepted[:6])

    @pytest.mark.parametrize("lag", [0, 90])
    def test_what_one_gives_back_the_next_gets(self, college, lag):
        college.assign(college.accepted[:6], PROCREATE)
        college.control("switches", {"freed_lag": lag}, "PUT")
        options = self.options(college, 3, 6)
        twins(college, **options, exclusive=True, max_removals=3, max_shrink=100)
        assert college.holders(PROCREATE) == set(college.accepted[3:9])

    def test_what_another_task_has_just_freed_is_waited_for(self, college):
        college.assign(college.accepted[:6], PROCREATE)
        college.control("switches", {"freed_lag": 90}, "PUT")
        options = self.options(college, 0, 1)
        assert not college.run(**options, state="absent", max_removals=1).failed
        options = self.options(college, 6, 1)
        assert college.run(**options).failed
        told = college.run(**options, wait_available=300)
        assert not told.failed, told.data["msg"]
        assert college.holders(PROCREATE) == set(college.accepted[1:7])


class TestRegistered:
    """Whether Apple gives to people who have not accepted is a guess; both ways end well."""

    def options(self, college: College) -> dict[str, Any]:
        named = [*college.accepted[:3], *college.ids("Registered")[:2]]
        return {"users": {"client_user_ids": named}, "include_registered": True}

    def test_allowed(self, college):
        options = self.options(college)
        twins(college, **options)
        assert college.holders() == set(options["users"]["client_user_ids"])

    def test_refused(self, college):
        college.control("switches", {"registered_user": "refused"}, "PUT")
        options = self.options(college)
        checked = college.run(check=True, **options)
        assert college.school.writes() == []
        done = college.run(**options)
        assert not done.failed, done.data["msg"]
        assert done.data["changed"]
        assert done.data["plan"] == checked.data["plan"]
        assert done.data["summary"]["left_out"] == {"not_associated": 2}
        assert done.data["failures"] == []
        assert college.holders() == set(college.accepted[:3])
        again = college.run(**options)
        assert (again.failed, again.data["changed"]) == (False, False)
        assert college.holders() == set(college.accepted[:3])

    def test_not_asked_for(self, college):
        options = {**self.options(college), "include_registered": False}
        twins(college, **options)
        assert college.holders() == set(college.accepted[:3])


class TestDevicesOfAPerson:
    def rich(self, college: College, number: int = 14) -> str:
        """One who owns many devices."""
        owner = min(college.owners("year-7") & set(college.accepted))
        serials = [row["serialNumber"] for row in college.school.devices("year-8")][:number]
        (email,) = college.emails(owner)
        college.control("meraki/devices", {"serials": serials, "owner_email": email}, "PUT")
        return owner

    def test_too_many_are_told_and_granted_all_the_same(self, college):
        owner = self.rich(college)
        told = college.run(mdm=True, users={"client_user_ids": [owner, college.accepted[-1]]})
        assert told.data["summary"]["over_device_limit"] == 1
        assert (
            f"1 person owns more than 10 devices, which is the most that one Apple Account may use licences on ({owner}"
            in str(told.data["warnings"])
        )
        assert owner in college.holders()

    def test_a_higher_limit(self, college):
        owner = self.rich(college)
        told = college.run(mdm=True, users={"client_user_ids": [owner]}, devices_per_account=20)
        assert told.data["summary"]["over_device_limit"] == 0

    @pytest.mark.parametrize("options", [{"mdm": False}, {"mdm": True, "devices_per_account": 0}])
    def test_nobody_counted(self, college, options):
        told = college.run(users={"client_user_ids": [self.rich(college)]}, **options)
        assert told.data["summary"]["over_device_limit"] is None


class TestState:
    def test_work_of_a_killed_run_is_asked_about_first(self, college):
        state = {"state_dir": str(college.folder / "state")}
        users = {"client_user_ids": college.accepted[:3]}
        box = college.school.box
        college.control("switches", {"event_seconds": 100}, "PUT")
        started = college.run(users=users, wait=False, **state)
        assert [one["event_status"] for one in started.data["events"]] == ["PENDING"]
        (event,) = [one["event_id"] for one in started.data["events"]]
        before, writes = len(box.requests), college.school.writes()
        told = college.run(users=users, **state)
        assert (told.failed, told.data["changed"]) == (False, False)
        paths = [one["path"] for one in box.requests[before:]]
        first = next(place for place, path in enumerate(paths) if event in path)
        assert not [path for path in paths[:first] if "/assets" in path or "/users" in path or "/assignments" in path]
        assert college.school.writes() == writes
        assert college.holders() == set(users["client_user_ids"])

    def test_check_mode_leaves_no_trace(self, college):
        folder = college.folder / "state"
        college.run(check=True, users={"client_user_ids": college.accepted[:3]}, state_dir=str(folder))
        assert not folder.exists()

    def test_twins_with_a_state(self, college):
        twins(college, users={"client_user_ids": college.accepted[:3]}, state_dir=str(college.folder / "state"))


class TestSecrets:
    def test_no_address_is_shown(self, college):
        report = college.folder / "report.json"
        emails = college.emails(college.accepted[0], college.ids("Registered")[0])
        people = [*emails, "nobody@kowhaivalley.example"]
        path = college.file(college.people, more=[("broken", "Broken Person", "")])
        runs = [
            college.run(users={"emails": people}, loud=True, report_path=str(report)),
            college.run(users={"targets_file": path}, loud=True, report_path=str(report), check=True),
            college.run(users={"emails": people}, keep={"emails": people}, loud=True, **LOOSE),
            college.run(users={"emails": people}, max_shrink=101, loud=True),
            college.run(mdm=True, users={"scope": with_any("staff")}, loud=True, report_path=str(report)),
            college.info(users={"emails": people}),
        ]
        for text in (*(run.text for run in runs), report.read_text(encoding="utf-8")):
            assert "kowhaivalley.example" not in text
            assert "Broken" not in text

    def test_unless_asked_for(self, college):
        told = college.run(users={"emails": ["nobody@kowhaivalley.example"]}, show_people=True)
        assert told.data["left_out"][0]["emails"] == ["nobody@kowhaivalley.example"]


class TestApproved:
    def test_a_plan_that_was_approved_and_nothing_else(self, college):
        plan = str(college.folder / "plan.json")
        users = {"targets_file": college.file(college.people)}
        checked = college.run(check=True, users=users, report_path=plan)
        late = college.ids("Registered")[0]
        college.control("locations/north/accept", {"clientUserId": late})
        told = college.run(users=users, approved_plan=plan)
        assert told.failed
        assert f"associate 586683407 {late}" in told.data["msg"]
        assert college.school.writes() == []
        others = [one for one in college.people if one.client_user_id != late]
        done = college.run(users={"targets_file": college.file(others)}, approved_plan=plan)
        assert not done.failed, done.data["msg"]
        assert done.data["plan"] == checked.data["plan"]
        assert late not in college.holders()

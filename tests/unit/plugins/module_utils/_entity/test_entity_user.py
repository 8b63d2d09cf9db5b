# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks for people over the fake world: twins, what is told, failures half-way, whose people they are, the journal."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import replace

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    BrakeError,
    OwnershipError,
    PartialError,
    PendingError,
    ServiceError,
    StateError,
    ThrottledError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.person_id import person_id
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    ASSOCIATED,
    CREATE,
    REGISTERED,
    RETIRE,
    RETIRED,
    BadRow,
    Person,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes import (
    GONE,
    GONE_UNDONE,
    HOLLOW,
    STUCK,
    UID,
    FakeAppsBooks,
    FakeNotify,
    Fault,
    claim,
    closed,
    lost,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_user import people, person, run


def made(name):
    return person_id(UID, f"{name}@fernhill.example")


@pytest.fixture
def api() -> FakeAppsBooks:
    return FakeAppsBooks()


def refused(number):
    return Fault(error=ServiceError(f"Cannot create users: refused for x@fernhill.example ({number})",
                                    error_number=number))  # fmt: skip


class TestTwin:
    """Check, run, check, run."""

    def twin(self, api, listed, **options):
        first = run(api, listed, check=True, **options)
        assert not api.writes
        second = run(api, listed, **options)
        sent = len(api.writes)
        later = [run(api, listed, check=check, **options) for check in (True, False)]
        assert len(api.writes) == sent
        assert (first.plan, first.diff, first.changed) == (second.plan, second.diff, second.changed)
        assert not any(one.changed for one in later)
        assert all(one.diff == {"before": {}, "after": {}} for one in later)
        assert second.error is None
        return second

    def test_creates(self, api):
        outcome = self.twin(api, people("lea", "omar"))
        assert outcome.summary["created"] == 2
        assert api.people.statuses() == {made("lea"): REGISTERED, made("omar"): REGISTERED}
        assert outcome.value[0] == {
            "client_user_id": made("lea"), "status": "new", "action": "create", "email": None, "name": None,
        }  # fmt: skip

    def test_updates_an_address(self, api):
        api.people.add("u-1", "old@fernhill.example")
        outcome = self.twin(api, [person("lea", key="u-1")])
        assert outcome.summary["updated"] == 1
        assert api.people.active("u-1").email == "lea@fernhill.example"
        assert outcome.diff["before"] == {"u-1": {"status": "new", "email": "another"}}

    def test_links_an_account_at_once(self, api):
        api.people.add("u-1", "lea@fernhill.example")
        outcome = self.twin(api, people("lea", "omar", managed_apple_account="x@id.example")[:1])
        assert api.people.statuses() == {"u-1": ASSOCIATED}
        assert outcome.value[0]["status"] == "associated"
        assert run(api, people("lea", managed_apple_account="y@id.example")).summary["not_comparable"] == 1

    def test_takes_a_retired_person_back(self, api):
        api.people.add("u-1", status=RETIRED)
        self.twin(api, [person("lea", key="u-1")])
        assert api.people.statuses() == {"u-1": REGISTERED}

    def test_retires(self, api):
        api.people.add("u-1", "lea@fernhill.example", ASSOCIATED)
        api.people.add("u-2", "omar@fernhill.example")
        app, book = api.own("1"), api.own("2", product_type="Book", revocable=False)
        for key in (app, book):
            api.owned[key].people = {"u-1", "u-2"}
        notify = FakeNotify()
        outcome = self.twin(api, people("lea"), state="absent", max_removals=1, notify=notify)
        assert api.people.statuses() == {"u-1": RETIRED, "u-2": REGISTERED}
        assert list(outcome.extra["leavers"]) == [
            {"client_user_id": "u-1", "status": "retired", "assets": ["1", "2"], "held": 2, "staying": 1,
             "held_after": 1}
        ]  # fmt: skip
        assert [(one["before"], one["after"]) for one in outcome.extra["held"]] == [(1, 0), (1, 1)]
        assert "1 of them stay with the people, since books can't be taken back" in notify.told[0]

    def test_who_holds_nothing_is_retired_without_a_word(self, api):
        api.people.add("u-1", "lea@fernhill.example")
        notify = FakeNotify()
        run(api, people("lea"), state="absent", max_removals=1, notify=notify)
        assert api.people.statuses() == {"u-1": RETIRED}
        assert notify.told == []


def test_no_output_names_anybody(api):
    api.people.add("u-1", "secret@fernhill.example")
    api.faults.append(refused(9717))
    listed = [*people("secret-1", "secret-2"), person("secret-3", key="u-1"), Person(9, "u-9", "secret@b.example")]
    outcome = run(api, listed, bad_rows=[BadRow(3, "has no e-mail address")])
    told = [outcome.error.message, outcome.error.facts]
    whole = json.dumps([outcome.value, outcome.diff, outcome.document, outcome.extra, outcome.plan, told])
    assert "secret" not in whole.lower()
    assert "@" not in whole
    assert "Secret-1" in json.dumps(run(api, listed, show_people=True).value)


def test_no_output_grows_with_the_people(api):
    outcome = run(api, [Person(line, email=f"p{line}@fernhill.example") for line in range(1, 1051)])
    assert [len(request.users) for request in api.sent_users] == [100] * 10 + [50]
    assert outcome.summary["created"] == 1050
    assert len(outcome.value) == len(outcome.plan["operations"]) + 89 == 100
    assert len(outcome.diff["before"]) == len(outcome.diff["after"]) == 101
    assert len(json.dumps([outcome.plan, outcome.diff, outcome.extra, outcome.summary])) < 40_000


class TestTold:
    """What goes wrong."""

    def test_bad_rows(self, api):
        outcome = run(api, people("lea"), bad_rows=[BadRow(3, "has no e-mail address")])
        assert isinstance(outcome.error, PartialError)
        assert outcome.error.message == (
            "1 of the 2 people of people.csv can't be used: line 3 has no e-mail address. The others are as planned; "
            "mend these and run the task again."
        )
        assert outcome.changed
        assert outcome.summary["created"] == 1
        assert outcome.extra["bad_rows"] == [{"line": 3, "why": "has no e-mail address"}]

    def test_some_failed(self, api):
        api.people.not_linkable.add("x@id.example")
        listed = [person("lea", managed_apple_account="x@id.example"), person("omar")]
        outcome = run(api, listed)
        assert isinstance(outcome.error, PartialError)
        assert outcome.changed
        assert outcome.summary["created"] == outcome.summary["failed"] == 1
        (group,) = outcome.extra["failures"]
        assert (group["error_number"], group["client_user_ids"], group["count"]) == (9635, [made("lea")], 1)
        assert "1 of 2 people are as planned, 1 failed: " in outcome.error.message
        assert [one["status"] for one in outcome.value] == ["unknown", "new"]

    def test_who_is_there_already_is_no_failure(self, api):
        def others():
            del api.before["submit_users"]
            api.people.add(made("lea"), "lea@fernhill.example")

        api.before["submit_users"] = others
        outcome = run(api, people("lea", "omar"))
        assert outcome.error is None
        assert outcome.extra["failures"] == []

    def test_who_is_there_already_with_another_address_is_updated(self, api):
        def others():
            del api.before["submit_users"]
            api.people.add("u-1", "other@fernhill.example")

        api.before["submit_users"] = others
        assert run(api, [person("lea", key="u-1")]).error is None
        assert api.people.active("u-1").email == "lea@fernhill.example"

    @pytest.mark.parametrize("late", [True, False])
    def test_who_is_retired_already_is_no_failure(self, api, late):
        api.people.late = late
        for number in range(3):
            api.people.add(f"u-{number}", f"p{number}@fernhill.example")

        def others():
            del api.before["submit_users"]
            records = api.people.records
            records[0] = replace(records[0], status=RETIRED)

        api.before["submit_users"] = others
        listed = [Person(number, f"u-{number}") for number in range(3)]
        outcome = run(api, listed, state="absent", max_removals=3)
        assert outcome.error is None
        assert outcome.summary["retired"] == 3

    def test_one_bad_address_does_not_void_the_others(self, api):
        refuse = api.people.refusal

        def refusal(request):
            bad = any((one.email or "").startswith("p7@") for one in request.users)
            return ServiceError("Cannot create users (9717)", error_number=9717) if bad else refuse(request)

        api.people.refusal = refusal
        outcome = run(api, [Person(line, email=f"p{line}@fernhill.example") for line in range(100)])
        assert outcome.summary["created"] == 99
        assert outcome.summary["failed"] == 1
        assert outcome.extra["failures"][0]["client_user_ids"] == [made("p7")]

    @pytest.mark.parametrize("fault", [lost(True), lost(False), GONE, GONE_UNDONE])
    def test_a_lost_answer_is_read(self, api, fault):
        api.faults.append(fault)
        outcome = run(api, people("lea", "omar"))
        assert outcome.error is None
        assert outcome.summary["created"] == 2

    def test_an_empty_success_is_told(self, api):
        api.faults.append(HOLLOW)
        outcome = run(api, people("lea"))
        assert outcome.summary["failed"] == 1
        assert "another product may write here" in outcome.extra["failures"][0]["reason"]

    def test_stopped_half_way(self, api):
        api.faults.extend([Fault(), closed(ThrottledError("Apple asks to wait."))])
        outcome = run(api, [Person(line, email=f"p{line}@fernhill.example") for line in range(250)])
        assert outcome.changed
        assert outcome.error.message.startswith("The task stopped half-way: ")
        assert "were not sent" in outcome.error.message

    def test_pending(self, api):
        api.faults.append(STUCK)
        outcome = run(api, people("lea"))
        assert isinstance(outcome.error, PendingError)
        assert outcome.summary["pending"] == 1
        assert outcome.changed

    def test_without_waiting(self, api):
        outcome = run(api, people("lea"), wait=False)
        assert outcome.error is None
        assert outcome.changed
        assert outcome.summary["pending"] == 1
        assert outcome.value[0]["status"] == "new"

    def test_a_list_that_changes_under_the_read(self, api):
        api.shaky = 1
        with pytest.raises(BrakeError, match="kept changing while it was read"):
            run(api, people("lea"))
        assert not api.writes

    def test_a_foreign_claim(self, api):
        api.config = claim(api.config, "another")
        with pytest.raises(OwnershipError):
            run(api, people("lea"))


def test_a_read_that_fails_after_the_work_hides_nothing(api):
    api.people.add("u-1", "lea@fernhill.example")
    api.owned[api.own("1")].people = {"u-1"}
    api.errors["read_assets"] = deque([None, ServiceError("Cannot read assets: out of order")])
    notify = FakeNotify()
    outcome = run(api, people("lea"), state="absent", max_removals=1, notify=notify)
    assert outcome.error is None
    assert outcome.summary["retired"] == 1
    assert outcome.extra["leavers"][0]["held_after"] is None
    assert notify.told[-1] == "What leavers hold now could not be read: Cannot read assets: out of order"


class TestWhosePeople:
    """Exclusive, over the ledger."""

    def exclusive(self, api, listed, tmp_path, source="a.csv", **more):
        facts = {"max_removals": 10, "max_shrink": 100, **more}
        return run(api, listed, state_dir=tmp_path / "state", source=source, exclusive=True, **facts)

    def test_two_lists_and_an_mdm(self, api, tmp_path):
        api.people.add("mdm-1", "mdm@fernhill.example", ASSOCIATED)
        self.exclusive(api, people("lea", "omar"), tmp_path)
        self.exclusive(api, people("tama"), tmp_path, "b.csv")
        outcome = self.exclusive(api, people("lea"), tmp_path)
        assert outcome.summary["retired"] == 1
        assert [one["client_user_id"] for one in outcome.extra["leavers"]] == [made("omar")]
        self.exclusive(api, people("tama"), tmp_path, "b.csv")
        assert api.people.statuses() == {
            "mdm-1": ASSOCIATED, made("lea"): REGISTERED, made("omar"): RETIRED, made("tama"): REGISTERED,
        }  # fmt: skip

    def test_a_person_in_two_lists_goes_with_the_last(self, api, tmp_path):
        self.exclusive(api, people("lea", "omar"), tmp_path)
        self.exclusive(api, people("lea", "tama"), tmp_path, "b.csv")
        assert self.exclusive(api, people("omar"), tmp_path).summary["spared"] == {"listed_elsewhere": 1}
        assert self.exclusive(api, people("tama"), tmp_path, "b.csv").summary["retired"] == 1
        assert api.people.statuses()[made("lea")] == RETIRED

    def test_who_was_only_listed_is_remembered_too(self, api, tmp_path):
        api.people.add("u-1", "lea@fernhill.example")
        api.people.add("u-2", "omar@fernhill.example")
        assert not self.exclusive(api, people("lea", "omar"), tmp_path).changed
        assert self.exclusive(api, people("omar"), tmp_path).summary["retired"] == 1

    def test_a_check_remembers_nothing(self, api, tmp_path):
        self.exclusive(api, people("lea"), tmp_path, check=True)
        assert not (tmp_path / "state").exists()

    def test_a_bad_row_stops_removals(self, api, tmp_path):
        self.exclusive(api, people("lea", "omar"), tmp_path)
        outcome = self.exclusive(api, people("lea", "tama"), tmp_path, bad_rows=[BadRow(3, "is bad")])
        assert outcome.summary["created"] == 1
        assert outcome.summary["spared"] == {"bad_rows": 1}
        assert "1 person is not retired, since one of these rows may be theirs" in outcome.error.message

    def test_who_came_back_by_somebody_else_is_not_ours(self, api, tmp_path):
        self.exclusive(api, people("lea", "omar"), tmp_path)
        self.exclusive(api, people("lea"), tmp_path)
        api.people.add(made("omar"), "omar@fernhill.example")
        assert not self.exclusive(api, people("lea"), tmp_path).changed

    def test_brakes(self, api, tmp_path):
        self.exclusive(api, people("lea", "omar", "tama"), tmp_path)
        with pytest.raises(BrakeError, match="retires 2 of 3 people, 1 more than max_removals 1 allows"):
            self.exclusive(api, people("lea"), tmp_path, max_removals=1)
        with pytest.raises(BrakeError, match="covers only 1 of the 3 people"):
            self.exclusive(api, people("lea"), tmp_path, max_shrink=20)
        with pytest.raises(BrakeError, match="The list is empty"):
            self.exclusive(api, [], tmp_path)
        assert set(api.people.statuses().values()) == {REGISTERED}

    def test_keep(self, api, tmp_path):
        self.exclusive(api, people("lea", "omar"), tmp_path)
        outcome = self.exclusive(api, people("lea"), tmp_path, keep_emails=frozenset({"omar@fernhill.example"}))
        assert outcome.summary["spared"] == {"kept": 1}
        assert not outcome.changed


class TestJournal:
    def test_an_event_that_was_open_is_asked_first(self, api, tmp_path):
        api.faults.append(Fault(polls=40))
        first = run(api, people("lea"), state_dir=tmp_path / "state", wait_timeout=60)
        assert isinstance(first.error, PendingError)
        with pytest.raises(PendingError, match="1 event of an earlier run is still pending"):
            run(api, people("lea"), state_dir=tmp_path / "state", wait_timeout=60)
        sent = len(api.sent_users)
        outcome = run(api, people("lea"), state_dir=tmp_path / "state", wait_timeout=3600)
        assert not outcome.changed
        assert len(api.sent_users) == sent
        api.log.clear()
        run(api, people("lea"), state_dir=tmp_path / "state")
        assert "wait_for_events" not in api.calls

    def test_a_write_without_an_answer_is_read_once(self, api, tmp_path):
        api.faults.extend([lost(True), lost(True), lost(True)])
        run(api, people("lea"), state_dir=tmp_path / "state")
        assert run(api, people("lea"), state_dir=tmp_path / "state").error is None

    def test_a_disk_that_refuses_before_the_write(self, api, tmp_path, monkeypatch):
        def full(*_more):
            raise StateError("The disk is full.")

        monkeypatch.setattr(
            "ansible_collections.openmdm.vpp.plugins.module_utils._state.people.People.record_people", full
        )
        outcome = run(api, people("lea"), state_dir=tmp_path / "state")
        assert outcome.error.message.startswith("The task stopped, and nothing was changed. The disk is full.")
        assert not outcome.changed
        assert not api.sent_users

    def test_a_disk_that_refuses_after_the_write(self, api, tmp_path, monkeypatch):
        def full(*_more):
            raise StateError("The disk is full.")

        monkeypatch.setattr(
            "ansible_collections.openmdm.vpp.plugins.module_utils._state.journal.Journal.accepted", full
        )
        outcome = run(api, people("lea"), state_dir=tmp_path / "state")
        assert outcome.changed
        assert outcome.summary["created"] == 1
        assert "The disk is full." in outcome.error.message


def test_leavers_go_before_those_who_get_their_account(api, tmp_path):
    first = person("lea", managed_apple_account="x@id.example")
    second = person("omar", managed_apple_account="x@id.example")
    options = {"state_dir": tmp_path / "state", "exclusive": True, "max_removals": 1, "max_shrink": 100}
    run(api, [first], **options)
    outcome = run(api, [second], **options)
    assert outcome.error is None
    assert [request.verb for request in api.sent_users] == [CREATE, RETIRE, CREATE]

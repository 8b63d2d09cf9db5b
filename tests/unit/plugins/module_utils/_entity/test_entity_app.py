# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps of an MDM over a fleet written by hand: what is read, written, waited for, and told when it goes wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core import manual_steps as keys
from ansible_collections.openmdm.vpp.plugins.module_utils._core.app_model import App, AppGoal
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    AssetError,
    BrakeError,
    InputError,
    PartialError,
    PendingError,
    ServiceError,
    TransportError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import parse_removal_limit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.manual_steps import StepText
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import (
    INSTALLED,
    PENDING,
    UNMANAGED,
    AppName,
    AppRecord,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import WITH_ANY, Scope
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.app import AppTask
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.app_info import AppFilter, AppReader
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.app_request import (
    Apple,
    AppRequest,
    Chosen,
    WaitInstalled,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome, reconcile
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.tests.unit.fakes import START, TOKEN, FakeAppsBooks, FakeClock, FakeNotify, serials
from ansible_collections.openmdm.vpp.tests.unit.fakes_mdm import NORTH, SOUTH, FakeMdm, account

PAGES = App(AppName("361309726"), "app-pages", "Pages")
WORD = App(AppName("586447913"), "app-word", "Word")
THERE = AppRecord(INSTALLED, "55001", managed=True, wanted=True)
ON_ITS_WAY = AppRecord(PENDING, "55001", wanted=True)
BY_HAND = AppRecord(UNMANAGED)
YEAR_7 = Chosen((Scope(WITH_ANY, ("year-7",)),))
MINUTE = WaitInstalled(100, 60.0, 10.0)


class Bench:
    """Six iPads of year 7, and two of year 8; `api` None = no content token."""

    def __init__(self) -> None:
        self.mdm, self.clock, self.notify = FakeMdm(), FakeClock(), FakeNotify()
        self.api: FakeAppsBooks | None = None
        self.seven, self.eight = serials(6), serials(2, 6)
        self.mdm.enrol(*self.seven, tags=["year-7"], missing_apps=0)
        self.mdm.enrol(*self.eight, tags=["year-8"], missing_apps=0)

    def have(
        self, serial_numbers: list[str], record: AppRecord | None = THERE, app: App = PAGES, missing: int = 0
    ) -> None:
        for key in self.mdm.ids(*serial_numbers):
            known = self.mdm.apps.setdefault(key, {})
            known.pop(app.name.adam_id, None)
            if record is not None:
                known[app.name.adam_id] = record
            self.mdm.devices[key] = replace(self.mdm.devices[key], missing_apps=missing)

    def tag(self, serial_numbers: list[str], app: App = PAGES) -> None:
        self.mdm.tag(app.tag, *serial_numbers)

    def tagged(self, app: App = PAGES) -> list[str]:
        return sorted(one.serial_number for one in self.mdm.devices.values() if app.tag in one.tags)

    def run(
        self, *, check: bool = False, apps: tuple[App, ...] = (PAGES,), devices: Chosen = YEAR_7, **facts: Any
    ) -> Outcome:
        names = AppRequest.__dataclass_fields__
        goal = {name: value for name, value in facts.items() if name not in names}
        if "max_removals" in goal:
            goal["max_removals"] = parse_removal_limit(goal["max_removals"])
        rest = {name: value for name, value in facts.items() if name in names}
        request = AppRequest(apps=apps, devices=devices, goal=AppGoal(**goal), **rest)
        return reconcile(AppTask(self.mdm, self.apple, request, self.notify, self.clock), check=check)

    def info(self, limit: int = 100, apps: tuple[App, ...] = (PAGES,), **facts: Any) -> Outcome:
        return AppReader(self.mdm, self.apple, AppFilter(apps, **facts), self.notify, self.clock).read(limit)

    @property
    def apple(self) -> Apple | None:
        if self.api is None:
            return None
        return Apple(self.api, LocationGuard(), TOKEN.secret, self.mdm.read_accounts)

    def asked(self) -> list[str]:
        return [key for name, detail in self.mdm.log if name == "read_apps" for key in detail[0]]  # type: ignore[index]

    def commands(self) -> list[Any]:
        return [one for name, detail in self.mdm.log if name == "send_commands" for one in detail]  # type: ignore[union-attr]

    def on_check_in(self, act: Callable[[], None]) -> None:
        self.mdm.before["ask_check_in"] = act

    def report(self, serial_numbers: list[str]) -> None:
        """They report to the MDM now."""
        for key in self.mdm.ids(*serial_numbers):
            self.mdm.devices[key] = replace(self.mdm.devices[key], last_seen=self.clock.now())


@pytest.fixture
def bench() -> Bench:
    return Bench()


GOALS: dict[str, dict[str, Any]] = {
    "present": {},
    "two apps": {"apps": (PAGES, WORD)},
    "install": {"install": True},
    "exclusive": {"exclusive": True, "max_removals": "9", "max_shrink": 100},
    "exclusive, uninstall": {"exclusive": True, "uninstall": True, "max_removals": "9", "max_shrink": 100},
    "absent": {"state": "absent", "devices": Chosen((Scope(WITH_ANY, ("year-8",)),)), "max_removals": "100%"},
    "absent, uninstall": {
        "state": "absent",
        "devices": Chosen((Scope(WITH_ANY, ("year-8",)),)),
        "max_removals": "9",
        "uninstall": True,
    },
    "wait": {"wait": WaitInstalled(10, 60.0, 10.0)},
}


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS)
def test_check_mode_writes_nothing_and_foretells_the_run(bench, goal):
    bench.tag([bench.seven[0], *bench.eight])
    bench.have([bench.seven[0], *bench.eight])
    checked = bench.run(check=True, **goal)
    assert bench.mdm.writes == []
    done = bench.run(**goal)
    assert (checked.changed, checked.plan, checked.diff) == (done.changed, done.plan, done.diff)
    assert checked.changed
    assert bench.mdm.writes


def test_second_run_has_nothing_to_do(bench):
    first = bench.run(apps=(PAGES, WORD))
    bench.mdm.log.clear()
    second = bench.run(apps=(PAGES, WORD))
    assert first.changed
    assert first.summary["added"] == 12
    assert bench.tagged(PAGES) == bench.tagged(WORD) == bench.seven
    assert not second.changed
    assert bench.mdm.writes == []
    assert second.plan["operations"] == []


def test_two_apps_cost_one_change_of_tags(bench):
    bench.run(apps=(PAGES, WORD))
    assert bench.mdm.writes == ["change_tags", "ask_check_in"]
    ((change,),) = [detail for name, detail in bench.mdm.log if name == "change_tags"]
    assert change.tags == ("app-pages", "app-word")


class TestWhoIsMoved:
    def test_exclusive_takes_out_the_others(self, bench):
        bench.tag([*bench.seven[:5], *bench.eight])
        outcome = bench.run(exclusive=True, max_removals="2", max_shrink=40)
        assert bench.tagged() == bench.seven
        assert (outcome.summary["added"], outcome.summary["removed"]) == (1, 2)

    def test_whom_the_mdm_does_not_confirm_to_be_outside_stays(self, bench):
        bench.tag([*bench.seven, *bench.eight])
        cut = frozenset(bench.mdm.ids(*bench.seven, bench.eight[0]))
        real = bench.mdm.read_members
        bench.mdm.read_members = lambda scopes: real(scopes) if scopes[0].match == WITH_ANY else real(scopes) - cut
        with pytest.raises(ServiceError, match="1 devices that would lose something"):
            bench.run(exclusive=True, max_removals="9", max_shrink=100)
        assert bench.mdm.writes == []

    def test_a_member_that_can_take_no_licence_gets_no_tag_and_loses_none(self, bench):
        bench.mdm.enrol("", "", tags=["year-7"])
        bench.mdm.enrol("ANDROID001", tags=["year-7", "app-pages"], platform="")
        outcome = bench.run(exclusive=True, max_removals="0")
        assert outcome.summary["left_out"] == {"no_serial_number": 2, "not_apple": 1}
        assert bench.tagged() == sorted([*bench.seven, "ANDROID001"])

    def test_keep_is_kept(self, bench):
        bench.tag(bench.eight)
        bench.run(
            state="absent",
            devices=Chosen(serial_numbers=tuple(bench.eight)),
            max_removals="9",
            keep_serial_numbers=(bench.eight[0],),
        )
        assert bench.tagged() == [bench.eight[0]]

    def test_a_serial_number_that_the_mdm_does_not_know(self, bench):
        outcome = bench.run(devices=Chosen(serial_numbers=(bench.seven[0], "UNKNOWN001")))
        assert bench.tagged() == [bench.seven[0]]
        assert outcome.summary["left_out"] == {"not_enrolled": 1}
        assert "UNKNOWN001" in bench.notify.told[0]

    def test_a_tag_of_the_owner_is_told(self, bench):
        bench.tag(bench.seven)
        bench.mdm.enrol("OWNER00001", tags=["year-8"], owner_tags=["app-pages"])
        bench.run(exclusive=True, max_removals="9")
        assert any("1 device stays in the scope" in one for one in bench.notify.told)


@pytest.mark.parametrize(
    ("goal", "error", "sentence"),
    [
        ({"exclusive": True}, BrakeError, "max_removals is missing"),
        ({"exclusive": True, "max_removals": "1", "max_shrink": 100}, BrakeError, "1 more than max_removals 1"),
        ({"exclusive": True, "max_removals": "99"}, BrakeError, r"cover too few .*0 of 2"),
        (
            {"exclusive": True, "max_removals": "99", "devices": Chosen((Scope(WITH_ANY, ("yaer-7",)),))},
            InputError,
            "did you mean 'year-7'",
        ),
        (
            {"apps": (replace(PAGES, name=AppName("1", app_ids={"N_9": "5"})),)},
            InputError,
            r"names N_9, .*N_1 \(North\)",
        ),
        ({"install": True}, AssetError, r"361309726 \(Pages\) in 'North' \(\d devices asked\); nothing was changed"),
    ],
)
def test_refusals_change_nothing(bench, goal, error, sentence):
    bench.tag(bench.eight)
    with pytest.raises(error, match=sentence):
        bench.run(**goal)
    assert bench.mdm.writes == []


class TestWhoIsAsked:
    def test_a_sample_stands_for_devices_on_which_nothing_is_missing(self, bench):
        bench.mdm.enrol(*serials(50, 100), tags=["year-7"], missing_apps=0)
        bench.tag([*bench.seven, *serials(50, 100)])
        bench.have([*bench.seven, *serials(50, 100)])
        outcome = bench.run()
        assert len(bench.asked()) == outcome.summary["read"] == 3
        assert outcome.value[0]["installs"] == {"installed": 56}
        assert outcome.summary["inferred"] == 53

    def test_a_sample_that_disagrees_is_no_proof(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven[1:])
        assert bench.run().value[0]["installs"] == {"installed": 2, "absent": 1, "unread": 3}
        assert bench.info().value[0]["installs"] == {"installed": 5, "absent": 1}

    def test_those_that_miss_something_are_asked_one_by_one_where_it_matters(self, bench):
        bench.mdm.enrol(*serials(50, 100), tags=["year-7"], missing_apps=1)
        bench.tag([*bench.seven, *serials(50, 100)])
        bench.have(bench.seven)
        bench.have(serials(50, 100), ON_ITS_WAY, missing=1)
        assert bench.run().value[0]["installs"] == {"installed": 6, "pending": 10, "unread": 40}
        assert bench.run(install=True).value[0]["installs"] == {"installed": 6, "pending": 50}

    def test_those_not_seen_are_not_asked(self, bench):
        bench.mdm.enrol(*serials(5, 100), tags=["year-7"], missing_apps=1, last_seen=START - timedelta(days=20))
        bench.tag([*bench.seven, *serials(5, 100)])
        bench.have(bench.seven)
        entry = bench.run(install=True).value[0]
        assert entry["installs"] == {"installed": 6, "not_seen": 5}
        assert entry["not_seen"] == 5
        assert bench.mdm.writes == []
        assert bench.run(seen_within=30).value[0]["installs"] == {"installed": 6, "absent": 5}

    def test_many_are_told_before_they_are_asked(self, bench):
        bench.mdm.enrol(*serials(240, 100), tags=["year-7"], missing_apps=1)
        bench.tag([*bench.seven, *serials(240, 100)])
        bench.have([*bench.seven, *serials(240, 100)], ON_ITS_WAY, missing=1)
        bench.run(install=True, rate=2.0)
        (told,) = bench.notify.told
        assert told == (
            "246 devices are asked one by one what became of the apps; at 2 requests a second that takes about 2 "
            "minutes."
        )


class TestCommands:
    def test_installs_go_to_devices_that_neither_have_it_nor_wait(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven[:2])
        bench.have([bench.seven[2]], ON_ITS_WAY, missing=1)
        bench.have([bench.seven[3]], BY_HAND)
        outcome = bench.run(install=True)
        sent = bench.commands()
        assert [one.device_id for one in sent] == bench.mdm.ids(*bench.seven[4:])
        assert {one.app_ids for one in sent} == {("55001",)}
        assert outcome.summary["install_commands"] == 2

    def test_what_the_mdm_queued_by_itself_is_not_sent(self, bench):
        bench.tag(bench.seven[:1])
        bench.have(bench.seven[:1])

        def queue() -> None:
            for key in bench.mdm.ids(*bench.seven[1:5]):
                if "app-pages" in bench.mdm.devices[key].tags:
                    bench.mdm.devices[key] = replace(bench.mdm.devices[key], missing_apps=1)

        bench.mdm.before["read_devices"] = queue
        outcome = bench.run(install=True)
        assert [one.device_id for one in bench.commands()] == bench.mdm.ids(bench.seven[5])
        assert (outcome.summary["queued_by_mdm"], outcome.summary["install_commands"]) == (4, 1)

    def test_macs_are_not_sent_to_unless_asked_for(self, bench):
        bench.mdm.enrol("MAC0000001", tags=["year-7", "app-pages"], platform="macOS", missing_apps=0)
        bench.tag(bench.seven)
        bench.have(bench.seven)
        outcome = bench.run(install=True)
        assert outcome.value[0]["not_pushed"] == 1
        assert bench.commands() == []
        bench.run(install=True, push_macs=True)
        assert [one.device_id for one in bench.commands()] == bench.mdm.ids("MAC0000001")

    def test_ids_that_are_given_win(self, bench):
        app = replace(PAGES, name=AppName("361309726", app_ids={NORTH.id: "7"}))
        bench.run(apps=(app,), install=True)
        assert {one.app_ids for one in bench.commands()} == {("7",)}

    def test_an_id_of_one_unit_is_none_of_another(self, bench):
        bench.mdm.units.append(SOUTH)
        bench.mdm.enrol("SOUTH00001", unit=SOUTH.id, tags=["year-7"], missing_apps=0)
        bench.tag(bench.seven)
        bench.have(bench.seven)
        with pytest.raises(AssetError, match="in 'South' \\(1 devices asked\\).*app_ids, here {N_2: the number"):
            bench.run(install=True)
        assert bench.mdm.writes == []

    def test_uninstall_leaves_what_a_person_installed(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven[:4])
        bench.have(bench.seven[4:], BY_HAND)
        outcome = bench.run(state="absent", max_removals="9", uninstall=True)
        assert bench.mdm.writes == ["change_tags", "send_commands", "ask_check_in"]
        assert [one.device_id for one in bench.commands()] == bench.mdm.ids(*bench.seven[:4])
        assert not any(one.install for one in bench.commands())
        assert outcome.summary["uninstall_commands"] == 4

    def test_a_refused_command_is_told_by_reason(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven[:3])
        for key in bench.mdm.ids(*bench.seven[3:5]):
            bench.mdm.refused[key] = ServiceError("Cannot install: unknown app")
        outcome = bench.run(install=True)
        assert isinstance(outcome.error, PartialError)
        assert outcome.changed
        assert outcome.extra["failures"] == [
            {"reason": "Cannot install: unknown app", "count": 2, "serial_numbers": bench.seven[3:5]}
        ]
        assert "1 of 3 commands are on their way: Cannot install: unknown app." in outcome.error.message


class TestTags:
    def test_an_error_half_way_is_reported_whole(self, bench):
        def halfway() -> None:
            bench.tag(bench.seven[:2])

        bench.mdm.before["change_tags"] = halfway
        bench.mdm.errors["change_tags"] = deque([TransportError("Cannot change tags: no answer")])
        outcome = bench.run()
        assert isinstance(outcome.error, PartialError)
        assert outcome.changed
        assert outcome.summary["added"] == 2
        assert outcome.error.message == (
            "The task stopped half-way: 2 of 6 tags are as planned. Cannot change tags: no answer. Run the task again "
            "once the cause is mended: it reads the state and sends only what is missing."
        )
        assert bench.mdm.writes == ["change_tags"]

    def test_an_error_before_anything_is_no_change(self, bench):
        bench.mdm.errors["change_tags"] = deque([ServiceError("Cannot change tags: no right (403)", http_status=403)])
        outcome = bench.run()
        assert not outcome.changed
        assert outcome.error is not None
        assert outcome.error.http_status == 403
        assert outcome.error.message.startswith("The task stopped, and nothing was changed. Cannot change tags")

    def test_nobody_knows_after_a_lost_answer_and_a_failed_read(self, bench):
        bench.mdm.errors["change_tags"] = deque([TransportError("Cannot change tags: no answer.")])
        bench.mdm.errors["read_devices"] = deque([None, TransportError("down")])
        outcome = bench.run()
        assert outcome.changed
        assert "it is not known which of 6 tags were changed" in outcome.error.message

    def test_what_is_not_so_afterwards_is_a_failure(self, bench):
        real = bench.mdm.change_tags
        key = bench.mdm.ids(bench.seven[0])[0]

        def forgetful(changes):
            real(changes)
            bench.mdm.devices[key] = replace(bench.mdm.devices[key], tags=frozenset({"year-7"}))

        bench.mdm.change_tags = forgetful
        outcome = bench.run()
        assert isinstance(outcome.error, PartialError)
        assert outcome.extra["failures"][0]["serial_numbers"] == [bench.seven[0]]
        assert bench.clock.elapsed == 10

    def test_who_did_not_get_the_tag_is_sent_nothing(self, bench):
        real = bench.mdm.change_tags
        key = bench.mdm.ids(bench.seven[1])[0]

        def forgetful(changes):
            real(changes)
            bench.mdm.devices[key] = replace(bench.mdm.devices[key], tags=frozenset({"year-7"}))

        bench.mdm.change_tags = forgetful
        bench.tag(bench.seven[:1])
        bench.have(bench.seven[:1])
        outcome = bench.run(install=True)
        assert [one.device_id for one in bench.commands()] == bench.mdm.ids(*bench.seven[2:])
        assert outcome.summary["added"] == 4

    def test_a_list_that_is_late_is_waited_for(self, bench):
        real, late = bench.mdm.read_devices, [0]
        bench.mdm.before["change_tags"] = lambda: late.append(1)
        before = real()

        def stale():
            late[0] += len(late) > 1
            return before if late[0] < 2 else real()

        bench.mdm.read_devices = stale
        outcome = bench.run()
        assert outcome.error is None
        assert outcome.summary["added"] == 6
        assert bench.clock.elapsed == 5


class TestWaiting:
    def install_when_asked(self, bench, serial_numbers):
        def act() -> None:
            bench.report(serial_numbers)
            bench.have(serial_numbers)

        bench.clock.elapsed = 1.0
        bench.on_check_in(act)

    def test_until_all_have_it(self, bench):
        self.install_when_asked(bench, bench.seven)
        outcome = bench.run(wait=MINUTE)
        assert outcome.error is None
        assert outcome.value[0]["installs"] == {"installed": 6}
        assert bench.clock.elapsed == 1.0

    def test_too_few_in_time(self, bench):
        self.install_when_asked(bench, bench.seven[:4])
        bench.mdm.before["change_tags"] = lambda: bench.have(bench.seven, ON_ITS_WAY, missing=1)
        outcome = bench.run(wait=MINUTE)
        assert isinstance(outcome.error, PendingError)
        assert outcome.changed
        assert outcome.value[0]["installs"] == {"installed": 4, "pending": 2}
        assert (
            "fewer than 100% of the devices seen lately have each app (361309726 (Pages): 4 installed, 2 pending)"
            in (outcome.error.message)
        )
        assert bench.clock.elapsed == 61.0
        # Who did not report since is not asked again and again.
        assert len(bench.asked()) == 4

    def test_a_share_is_enough(self, bench):
        self.install_when_asked(bench, bench.seven[:4])
        bench.mdm.before["change_tags"] = lambda: bench.have(bench.seven, ON_ITS_WAY, missing=1)
        assert bench.run(wait=WaitInstalled(60, 60.0, 10.0)).error is None

    def test_a_later_run_waits_for_what_an_earlier_one_set(self, bench):
        bench.run()
        bench.have(bench.seven, ON_ITS_WAY, missing=1)
        bench.mdm.log.clear()
        self.install_when_asked(bench, bench.seven)
        outcome = bench.run(wait=MINUTE)
        assert not outcome.changed
        assert outcome.error is None
        assert bench.mdm.writes == ["ask_check_in"]

    def test_those_that_have_it_are_not_asked_to_report(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven)
        bench.run(wait=MINUTE)
        assert bench.mdm.writes == []
        assert bench.clock.elapsed == 0

    def test_devices_not_seen_and_macs_are_not_waited_for(self, bench):
        bench.mdm.enrol("MAC0000001", tags=["year-7"], platform="macOS")
        bench.mdm.enrol("OLD0000001", tags=["year-7"], last_seen=START - timedelta(days=90))
        self.install_when_asked(bench, bench.seven)
        outcome = bench.run(wait=MINUTE)
        assert outcome.error is None
        assert outcome.value[0]["installs"] == {"installed": 6}

    def test_a_failed_request_to_report_is_told_and_no_failure(self, bench):
        bench.mdm.errors["ask_check_in"] = deque([ServiceError("Cannot ask for a check-in")])
        outcome = bench.run()
        assert outcome.error is None
        (told,) = bench.notify.told
        assert told == (
            "The devices could not be asked to report (Cannot ask for a check-in); they do so by themselves sooner or "
            "later."
        )


class TestLicences:
    def test_only_holders_get_into_scope(self, bench):
        bench.api = FakeAppsBooks()
        bench.api.own("361309726", devices=bench.seven[:4])
        bench.tag(bench.seven[3:5])
        outcome = bench.run(granted_here=True)
        assert bench.tagged() == bench.seven[:5]
        assert outcome.value[0]["unlicensed"] == 2
        assert outcome.value[0]["devices"] == 4
        assert any("hold no licence at Apple" in one for one in bench.notify.told)

    def test_a_platform_that_the_app_does_not_support_stays_out(self, bench):
        bench.mdm.enrol("MAC0000001", tags=["year-7"], platform="macOS")
        bench.api = FakeAppsBooks()
        bench.api.own("361309726", platforms=("iOS",))
        outcome = bench.run()
        assert bench.tagged() == bench.seven
        assert outcome.value[0]["unsupported_platform"] == 1

    def test_an_app_that_is_not_owned(self, bench):
        bench.api = FakeAppsBooks()
        with pytest.raises(AssetError, match="isn't owned by this location"):
            bench.run(granted_here=True)
        assert bench.mdm.writes == []
        assert bench.run().changed
        assert any("isn't owned" in one and "The MDM has no licence" in one for one in bench.notify.told)

    def test_a_book_can_not_be_deployed_so(self, bench):
        bench.api = FakeAppsBooks()
        bench.api.own("361309726", device_assignable=False)
        with pytest.raises(AssetError, match=r"361309726 \(Pages\) can't be assigned to devices"):
            bench.run()

    def test_apple_is_not_asked_who_holds_what_where_the_mdm_grants(self, bench):
        bench.api = FakeAppsBooks()
        bench.api.own("361309726", devices=bench.seven)
        bench.run()
        assert "walk_assignments" not in [name for name, _detail in bench.api.log]


TEXT = StepText("Do this", "There", "So that", "Seen so")


class TestSteps:
    def steps(self, bench, **facts):
        bench.mdm.texts = dict.fromkeys(
            [
                keys.LINK_ACCOUNT,
                keys.ACCOUNT_UNITS,
                keys.ADD_APP,
                keys.APP_SCOPE,
                keys.PURCHASE_METHOD,
                keys.PURCHASE_METHOD_PAID,
                keys.PURCHASE_METHOD_FREE,
                keys.AUTO_LICENSING_OFF,
                keys.AUTO_LICENSING_ON,
            ],
            TEXT,
        )
        outcome = bench.run(check=True, **facts)
        return {entry["step"]: entry["state"] for entry in outcome.extra["manual_steps"]}

    def test_nothing_tells_before_the_first_device(self, bench):
        assert self.steps(bench) == dict.fromkeys(
            ["account_units", "add_app", "app_scope", "purchase_method", "auto_licensing_on"], "unverifiable"
        )

    def test_devices_with_the_tag_tell(self, bench):
        bench.tag(bench.seven)
        assert self.steps(bench)["app_scope"] == "to_do"
        bench.have(bench.seven[:1], ON_ITS_WAY, missing=1)
        assert self.steps(bench)["app_scope"] == self.steps(bench)["add_app"] == "done"

    def test_every_unit_has_to_tell(self, bench):
        bench.mdm.units.append(SOUTH)
        bench.tag(bench.seven)
        bench.have(bench.seven)
        assert self.steps(bench)["add_app"] == "done"
        bench.mdm.enrol("SOUTH00001", unit=SOUTH.id, tags=["year-7"], missing_apps=0)
        assert self.steps(bench)["add_app"] == "unverifiable"
        bench.mdm.tag("app-pages", "SOUTH00001")
        assert self.steps(bench)["add_app"] == "to_do"

    @pytest.mark.parametrize(
        ("paid", "step"),
        [(None, "purchase_method"), (True, "purchase_method_paid"), (False, "purchase_method_free")],
    )
    def test_the_method_is_done_where_apple_shows_a_licence(self, bench, paid, step):
        bench.tag(bench.seven)
        bench.have(bench.seven)
        app = replace(PAGES, paid=paid)
        assert self.steps(bench, apps=(app,))[step] == "unverifiable"
        bench.api = FakeAppsBooks()
        bench.api.own("361309726")
        assert self.steps(bench, apps=(app,))[step] == "unverifiable"
        bench.api.own("361309726", devices=bench.seven[:1])
        assert self.steps(bench, apps=(app,))[step] == "done"

    def test_an_app_without_its_licence_is_a_conflict(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven)
        bench.api = FakeAppsBooks()
        bench.api.own("361309726", devices=bench.seven)
        assert self.steps(bench, granted_here=True)["auto_licensing_off"] == "unverifiable"
        bench.api.own("361309726", devices=bench.seven[1:])
        assert self.steps(bench, granted_here=True)["auto_licensing_off"] == "to_do"

    @pytest.mark.parametrize(
        ("accounts", "state"),
        [([account()], "done"), ([account(units=("N_9",))], "to_do"), ([], "to_do")],
    )
    def test_the_location_in_the_units(self, bench, accounts, state):
        bench.api = FakeAppsBooks()
        bench.api.own("361309726")
        bench.mdm.accounts = accounts
        found = self.steps(bench)
        assert found["account_units"] == state
        assert ("link_account" in found) == (not accounts)
        assert bool(bench.notify.told) == (state == "to_do")

    def test_absent_leaves_nothing_to_set_up(self, bench):
        assert self.steps(bench, state="absent", max_removals="9") == {}


class TestInfo:
    def test_it_only_reads(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven[:4])
        bench.have(bench.seven[4:], ON_ITS_WAY, missing=1)
        bench.mdm.enrol("OWNER00001", owner_tags=["app-pages"], missing_apps=1)
        outcome = bench.info()
        assert bench.mdm.writes == []
        (entry,) = outcome.value
        assert (entry["in_scope"], entry["tagged"]) == (7, 6)
        assert entry["installs"] == {"installed": 4, "pending": 2, "absent": 1}
        assert entry["app_ids"] == {NORTH.id: "55001"}
        assert outcome.extra["total"] == 7

    def test_lists_are_bounded_and_the_report_is_whole(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven)
        outcome = bench.info(limit=2)
        assert len(outcome.extra["installs"]) == 2
        assert outcome.extra["truncated"]
        assert len(outcome.document["installs"]) == 6

    def test_without_states_nobody_is_asked(self, bench):
        bench.tag(bench.seven)
        outcome = bench.info(states=False, devices=YEAR_7)
        assert bench.asked() == []
        assert outcome.value[0]["installs"] == {}
        assert outcome.value[0]["in_scope"] == 6

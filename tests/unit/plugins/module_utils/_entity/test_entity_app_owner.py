# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps by licences of the people who own the devices: who comes into scope, who is told, what it costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core import manual_steps as keys
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import AssetError, BrakeError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, REGISTERED
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks, serials
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.test_entity_app import (
    PAGES,
    TEXT,
    WORD,
    YEAR_7,
    Bench,
)

PEOPLE = [f"person-{number}" for number in range(6)]
EXCLUSIVE = {"exclusive": True, "max_removals": "9", "max_shrink": 100}


def address(person: str) -> str:
    return f"{person}@school.example"


class OwnerBench(Bench):
    """Owners of the devices of year 7: 0 to 3 hold Pages, 4 has accepted and holds nothing, 5 has not accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.api: FakeAppsBooks = FakeAppsBooks()
        for serial, person in zip(self.seven, PEOPLE, strict=True):
            self.give(serial, person)
        for person in PEOPLE:
            self.api.people.add(person, address(person), REGISTERED if person == PEOPLE[5] else ASSOCIATED)
        self.api.own(PAGES.name.adam_id, people=set(PEOPLE[:4]), device_assignable=False)
        self.api.own(WORD.name.adam_id, people={PEOPLE[0]})

    def give(self, serial: str, person: str) -> None:
        for key in self.mdm.ids(serial):
            self.mdm.devices[key] = replace(self.mdm.devices[key], owner=address(person).title() if person else "")

    def hold(self, *people: str) -> None:
        self.api.owned[AssetKey(PAGES.name.adam_id)].people.update(people)

    def run(self, **facts):
        return super().run(**{"by_owner": True, "granted_here": True, **facts})


@pytest.fixture
def bench() -> OwnerBench:
    return OwnerBench()


def test_devices_come_into_scope_by_the_licences_of_their_owners(bench):
    outcome = bench.run()
    assert bench.tagged() == bench.seven[:4]
    assert outcome.summary["left_out"] == {"not_associated": 1}
    assert outcome.extra["left_out"] == [{"reason": "not_associated", "count": 1, "devices": [bench.seven[5]]}]
    assert outcome.summary["eligible"] == 5
    assert (outcome.value[0]["devices"], outcome.value[0]["unlicensed"]) == (4, 1)
    assert (
        "Devices whose owners hold no licence at Apple and that are not put in scope, nor sent the app: 361309726 "
        "(Pages): 1; grant it to these people with vpp_license." in bench.notify.told
    )


def test_a_later_run_takes_in_who_accepted_since(bench):
    bench.run()
    assert not bench.run().changed
    bench.api.people.accept(PEOPLE[5])
    bench.hold(*PEOPLE)
    outcome = bench.run()
    assert outcome.summary["added"] == 2
    assert outcome.summary["left_out"] == {}
    assert bench.tagged() == bench.seven
    assert not bench.run().changed


def test_check_mode_foretells_the_run(bench):
    checked = bench.run(check=True, apps=(PAGES, WORD))
    assert bench.mdm.writes == []
    done = bench.run(apps=(PAGES, WORD))
    assert (checked.changed, checked.plan, checked.diff) == (done.changed, done.plan, done.diff)
    assert (checked.extra["left_out"], done.summary["added"]) == (done.extra["left_out"], 5)


def test_licences_that_are_to_come_are_foretold(bench):
    """Who accepted is licensed by then; who did not, is not. Nobody's licences are read for that."""
    outcome = bench.run(check=True, expected=True)
    assert outcome.summary["to_add"] == 5
    assert outcome.summary["left_out"] == {"not_associated": 1}
    assert "walk_assignments" not in bench.api.calls


def test_each_reason(bench):
    bench.mdm.enrol("NOOWNER001", tags=["year-7"])
    bench.mdm.enrol("UNKNOWN001", tags=["year-7"], owner="nobody@school.example")
    bench.mdm.enrol("TWICE00001", tags=["year-7"], owner="twice@school.example")
    bench.mdm.enrol("ANDROID001", tags=["year-7"], owner=address(PEOPLE[0]), platform="")
    for person in ("one", "two"):
        bench.api.people.add(person, "twice@school.example", ASSOCIATED)
    assert bench.run().summary["left_out"] == {
        "ambiguous": 1,
        "no_owner": 1,
        "not_apple": 1,
        "not_associated": 1,
        "owner_unknown": 1,
    }
    assert bench.tagged() == bench.seven[:4]


def test_a_device_needs_no_serial_number(bench):
    bench.mdm.enrol("", tags=["year-7"], owner=address(PEOPLE[0]), missing_apps=0)
    outcome = bench.run()
    assert bench.tagged() == ["", *bench.seven[:4]]
    assert "no_serial_number" not in outcome.summary["left_out"]


def test_a_device_without_a_serial_number_is_out_of_reach_of_exclusive(bench):
    bench.mdm.enrol("", tags=["year-8", "app-pages"], owner=address(PEOPLE[0]))
    bench.tag(bench.eight)
    outcome = bench.run(**EXCLUSIVE)
    assert outcome.summary["removed"] == 2
    assert bench.tagged() == ["", *bench.seven[:4]]
    assert any(one.startswith("1 device has the tag") for one in bench.notify.told)


def test_requests(bench):
    """The people once, the products once, the holders in one walk; nothing by person."""
    bench.mdm.enrol(*serials(200, 100), tags=["year-7"], missing_apps=0)
    for number, serial in enumerate(serials(200, 100)):
        bench.give(serial, f"more-{number}")
        bench.api.people.add(f"more-{number}", address(f"more-{number}"), ASSOCIATED)
        bench.hold(f"more-{number}")
    assert bench.run(apps=(PAGES, WORD)).summary["added"] == 205
    assert [name for name in bench.api.calls if not name.endswith("_config")] == [
        "read_assets",
        "read_users",
        "walk_assignments",
    ]
    ((_name, queries),) = [entry for entry in bench.api.log if entry[0] == "walk_assignments"]
    assert len(queries) == 1


def test_without_owners_nobody_is_asked_about(bench):
    for serial in bench.seven:
        bench.give(serial, "")
    assert bench.run().summary["left_out"] == {"no_owner": 6}
    assert "read_users" not in bench.api.calls
    assert not any(detail for name, detail in bench.api.log if name == "walk_assignments")


def test_a_list_of_people_that_does_not_hold_still_is_told(bench):
    bench.api.overlooked = {PEOPLE[0]}
    bench.api.before["read_users"] = lambda: setattr(bench.api, "shaky", 1)
    assert bench.run().summary["left_out"]["owner_unknown"] == 1
    assert any("list of people kept changing" in one for one in bench.notify.told)


class TestExclusive:
    def test_who_is_named_stays_though_the_owner_left(self, bench):
        bench.tag([*bench.seven, *bench.eight])
        bench.api.people.records = [one for one in bench.api.people.records if one.client_user_id != PEOPLE[0]]
        outcome = bench.run(**EXCLUSIVE)
        assert outcome.summary["removed"] == 2
        assert outcome.summary["left_out"] == {"not_associated": 1, "owner_unknown": 1}
        assert bench.tagged() == bench.seven

    def test_nobody_has_accepted_yet(self, bench):
        """The first nights of a year: that is no failed export."""
        bench.api.people.records = [replace(one, status=REGISTERED, id_hash="") for one in bench.api.people.records]
        assert not bench.run(**EXCLUSIVE).changed

    def test_no_device_at_all_is(self, bench):
        bench.tag(bench.eight)
        bench.mdm.devices = {key: one for key, one in bench.mdm.devices.items() if "year-7" not in one.tags}
        with pytest.raises(BrakeError, match="'devices' names no device that can be in scope"):
            bench.run(**EXCLUSIVE, devices=replace(YEAR_7, scopes=(), serial_numbers=()))


class TestTheMdmGrants:
    def test_all_get_the_tag_and_apple_is_not_asked(self, bench):
        bench.give(bench.seven[0], "")
        bench.mdm.enrol("", tags=["year-7"], owner=address(PEOPLE[0]))
        outcome = bench.run(granted_here=False)
        assert bench.tagged() == ["", *bench.seven]
        assert outcome.summary["left_out"] == {}
        (told,) = bench.notify.told
        assert told == (
            "Systems Manager tells no owner with an e-mail address for 1 device, so nobody's licence serves "
            "there; name the owners in Systems Manager."
        )
        assert not {"read_users", "walk_assignments"} & set(bench.api.calls)

    def test_without_a_token(self, bench):
        bench.api = None
        assert bench.run(granted_here=False).summary["added"] == 6


class TestDevicesOfAnAccount:
    def many(self, bench, number):
        extra = serials(number, 100)
        bench.mdm.enrol(*extra, tags=["year-7"])
        for serial in extra:
            bench.give(serial, PEOPLE[0])

    @pytest.mark.parametrize(("extra", "most", "found"), [(9, 10, 0), (10, 10, 1), (10, 20, 0), (0, 1, 0), (1, 1, 1)])
    def test_owners_of_more_are_counted(self, bench, extra, most, found):
        self.many(bench, extra)
        outcome = bench.run(devices_per_account=most)
        assert outcome.summary["over_device_limit"] == found
        told = [one for one in bench.notify.told if " more than " in one]
        assert len(told) == (found > 0)
        assert all(one.startswith(f"1 person owns more than {most} devices each in the scope") for one in told)
        assert outcome.summary["added"] == 4 + extra

    def test_who_has_the_tag_already_counts_too(self, bench):
        bench.tag(bench.eight)
        for serial in bench.eight:
            bench.give(serial, PEOPLE[0])
        assert bench.run(devices_per_account=2).summary["over_device_limit"] == 1
        assert bench.run(devices_per_account=2, **EXCLUSIVE).summary["over_device_limit"] == 0

    @pytest.mark.parametrize(
        "facts", [{"devices_per_account": 0}, {"by_owner": False}, {"state": "absent", "max_removals": "9"}]
    )
    def test_nobody_counts(self, bench, facts):
        self.many(bench, 20)
        bench.api.own(PAGES.name.adam_id)
        outcome = bench.run(granted_here=False, **facts)
        assert outcome.summary["over_device_limit"] is None
        assert not any(" more than " in one for one in bench.notify.told)


class TestApps:
    def test_an_app_that_devices_can_not_have(self, bench):
        with pytest.raises(AssetError, match="or set assignment: user to use licences of the devices' owners"):
            bench.run(by_owner=False)

    def test_a_platform_that_the_app_does_not_support(self, bench):
        bench.mdm.enrol("MAC0000001", tags=["year-7"], platform="macOS", owner=address(PEOPLE[0]))
        bench.api.own(PAGES.name.adam_id, people=set(PEOPLE), platforms=("iOS",))
        outcome = bench.run()
        assert (outcome.value[0]["unsupported_platform"], outcome.value[0]["unlicensed"]) == (1, 0)
        assert bench.tagged() == bench.seven[:5]

    def test_installs_go_to_devices_of_holders(self, bench):
        bench.tag(bench.seven[:2])
        bench.have(bench.seven[:1])
        bench.run(install=True)
        assert [one.device_id for one in bench.commands()] == bench.mdm.ids(*bench.seven[1:4])

    def test_what_became_of_the_app_is_told_of_former_holders_too(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven)
        bench.api.people.records = bench.api.people.records[1:]
        assert bench.run().value[0]["installs"] == {"installed": 6}


class TestSteps:
    def steps(self, bench, read=False, **facts):
        bench.mdm.texts = dict.fromkeys([keys.PURCHASE_METHOD, keys.AUTO_LICENSING_OFF, keys.AUTO_LICENSING_ON], TEXT)
        told = []
        real = bench.mdm.step_texts
        bench.mdm.step_texts = lambda facts: (told.append(facts.get("assignment")), real(facts))[1]
        outcome = bench.info(by_owner=True) if read else bench.run(check=True, **facts)
        assert "user" in told
        assert "device" not in told
        bench.mdm.step_texts = real
        return {entry["step"]: entry["state"] for entry in outcome.extra["manual_steps"]}

    @pytest.mark.parametrize("read", [True, False])
    def test_the_method_is_done_where_an_owner_holds_the_licence_and_the_device_none(self, bench, read):
        bench.tag(bench.seven)
        assert self.steps(bench, read, granted_here=False)["purchase_method"] == "unverifiable"
        bench.have(bench.seven[4:])
        assert self.steps(bench, read, granted_here=False)["purchase_method"] == "unverifiable"
        bench.have(bench.seven[:1])
        assert self.steps(bench, read, granted_here=False)["purchase_method"] == "done"
        bench.api.owned[AssetKey(PAGES.name.adam_id)].devices.update(bench.seven)
        assert self.steps(bench, read, granted_here=False)["purchase_method"] == "unverifiable"

    def test_an_app_without_its_licence_is_a_conflict(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven[:4])
        assert self.steps(bench)["auto_licensing_off"] == "unverifiable"
        bench.have(bench.seven)
        assert self.steps(bench)["auto_licensing_off"] == "to_do"


def test_no_address_is_told(bench):
    bench.run(apps=(PAGES, WORD), install=False)
    outcome = bench.run(check=True, **EXCLUSIVE)
    told = repr((outcome.document, outcome.extra, outcome.summary, outcome.diff, bench.notify.told)).lower()
    assert "@" not in told
    assert "person-" not in told

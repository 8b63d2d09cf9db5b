# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mdm_app and mdm_app_info over the school of the sandbox, where a tag ends in a licence and an installed app."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import mdm_app, mdm_app_info
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import (
    ALL,
    KEYNOTE,
    NORTH,
    SOUTH,
    School,
    with_any,
)

PAGES, WORD, PLAYGROUND, PROCREATE, THINGS = "361309726", "586447913", "908519492", "425073498", "904280696"
TAGS = {PAGES: "app-pages", WORD: "app-word", KEYNOTE: "app-keynote", PLAYGROUND: "app-playground"}
TAGS |= {PROCREATE: "app-procreate", THINGS: "app-things"}


def apps(*adam_ids: str, **facts: Any) -> list[dict[str, Any]]:
    return [{"adam_id": one, "tag": TAGS[one], **facts} for one in adam_ids]


def deploy(school: School, *, check: bool = False, token: bool = False, **options: Any) -> Result:
    base = {"apps": apps(PAGES), "licensing": "mdm", "devices": {"scope": with_any("year-7")}}
    told = {name: value for name, value in {**school.options, **base, **options}.items() if value is not None}
    if not token:
        told.pop("content_token")
    return run_main(mdm_app.main, told, check=check)


def look(school: School, *, token: bool = False, **options: Any) -> dict[str, Any]:
    told = {**school.options, "apps": apps(PAGES), **options}
    if not token:
        told.pop("content_token")
    return run_main(mdm_app_info.main, told).data


def tagged(school: School, adam_id: str, network: str = NORTH) -> set[str]:
    return {one["serialNumber"] for one in school.devices(TAGS[adam_id], network)}


def sent(school: School, word: str) -> int:
    return sum(word in one for one in school.requests("meraki"))


YEAR_7, YEAR_8 = {"scope": with_any("year-7")}, {"scope": with_any("year-8")}
GOALS: dict[str, dict[str, Any]] = {
    "present": {"apps": apps(KEYNOTE)},
    "present, two apps": {"apps": apps(KEYNOTE, WORD)},
    "present, collection": {"apps": apps(PAGES), "devices": {"scope": with_any("year-9")}, "licensing": "collection"},
    "install": {"apps": apps(WORD), "install": True},
    "exclusive": {"devices": YEAR_8, "exclusive": True, "max_removals": "100%", "max_shrink": 100},
    "exclusive, uninstall": {
        "devices": YEAR_8,
        "exclusive": True,
        "uninstall": True,
        "max_removals": 100,
        "max_shrink": 100,
    },
    "absent": {"state": "absent", "max_removals": 100},
    "absent, uninstall": {"state": "absent", "max_removals": 100, "uninstall": True},
    "wait": {"apps": apps(KEYNOTE), "wait_installed": {"percent": 95, "timeout": 60, "poll_interval": 10}},
}


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS)
def test_check_run_check_run(school, goal):
    token = goal.get("licensing") == "collection"
    if token:
        school.assign([one["serialNumber"] for one in school.devices("year-9")][:20], PAGES)
    school.check_twins(partial(deploy, school, token=token, **goal))


class TestRollOut:
    def test_a_tag_ends_in_a_licence_and_an_installed_app(self, school):
        result = deploy(school, token=True, apps=apps(KEYNOTE), wait_installed={"percent": 100, "poll_interval": 10})
        year = {one["serialNumber"] for one in school.devices("year-7")}
        assert result.data["apps"][0]["installs"]["installed"] == len(year)
        assert school.holders(KEYNOTE) == year == tagged(school, KEYNOTE)
        steps = {
            one["step"]: one["state"] for one in deploy(school, token=True, apps=apps(KEYNOTE)).data["manual_steps"]
        }
        assert steps == {
            "account_units": "done",
            "add_app": "done",
            "app_scope": "done",
            "purchase_method": "done",
            "auto_licensing_on": "unverifiable",
        }

    def test_devices_that_do_not_report(self, school):
        school.control("PUT", "switches", {"sm_checkin_seconds": 86400})
        wait = {"percent": 90, "timeout": 120, "poll_interval": 30}
        result = deploy(school, apps=apps(KEYNOTE), wait_installed=wait)
        assert result.failed
        assert result.data["changed"]
        assert result.data["msg"].startswith(
            "After 120 seconds fewer than 90% of the devices seen lately have each app (361285480: 67 pending). "
            "Devices get it when they report"
        )
        assert sent(school, "softwares") == 0
        assert sent(school, "/checkin") == 1

    def test_a_mac_app(self, school):
        macs = {"scope": with_any("mac")}
        result = deploy(school, apps=apps(THINGS), devices=macs)
        assert result.data["plan"]["add"] == 24
        with_id = apps(
            THINGS, app_ids={NORTH: school.control("GET", "meraki/apps", {"network": "north"})["apps"][0]["app_id"]}
        )
        quiet = deploy(school, apps=with_id, devices=macs, install=True)
        assert quiet.data["apps"][0]["to_install"] == 0

    def test_what_a_person_installed_is_unmanaged_and_not_removed(self, school):
        app = [{"adam_id": "310633997", "name": "WhatsApp", "tag": "app-whatsapp"}]
        school.control(
            "POST",
            "meraki/apps",
            {"network": "north", "itunes_id": "310633997", "scope": "withAny", "tags": ["app-whatsapp"]},
        )
        school.tag("app-whatsapp", [one["serialNumber"] for one in school.devices("year-8")])
        found = look(school, apps=app)["apps"][0]["installs"]
        assert found["unmanaged"] > 0
        number = found["unmanaged"]
        result = deploy(school, apps=app, devices=YEAR_8, state="absent", uninstall=True, max_removals="100%")
        assert result.data["plan"]["uninstall"] == 0
        assert result.data["plan"]["remove"] == 67
        assert number == found["unmanaged"]

    def test_an_uninstall_is_done_when_the_device_reports(self, school):
        school.control("PUT", "switches", {"sm_checkin_seconds": 60})
        goal = {"state": "absent", "max_removals": 100, "uninstall": True}
        first = deploy(school, **goal)
        waiting = deploy(school, **goal)
        school.box.advance(120)
        after = deploy(school, **goal)
        assert first.data["summary"]["uninstall_commands"] == 67
        assert not waiting.data["changed"]
        assert not after.data["changed"]
        assert after.data["apps"][0]["installs"].get("installed", 0) == 0


class TestNeverDeployed:
    def test_without_commands_no_id_is_needed(self, school):
        assert deploy(school, apps=apps(PLAYGROUND)).data["plan"]["add"] == 67

    def test_with_commands_it_says_what_to_do(self, school):
        result = deploy(school, apps=apps(PLAYGROUND, name="Playground"), install=True)
        assert result.data["msg"] == (
            "apps: the id of an app in Systems Manager is told only by a device that has the app, and none that was "
            "asked has 908519492 (Playground) in 'North devices' (5 devices asked); nothing was changed. Deploy it "
            "there once without install and uninstall, or give app_ids, here {N_600077000001: the number in the "
            "address of the app's page}."
        )
        assert school.writes() == []

    def test_with_the_id_it_goes(self, school):
        listed = school.control("GET", "meraki/apps", {"network": "north"})["apps"]
        (app_id,) = [one["app_id"] for one in listed if one["itunes_id"] == PLAYGROUND]
        school.control("PUT", f"meraki/apps/{app_id}", {"prevent_auto_install": True})
        result = deploy(school, apps=apps(PLAYGROUND, app_ids={NORTH: app_id}), install=True)
        assert result.data["summary"]["install_commands"] == 67
        assert not deploy(school, apps=apps(PLAYGROUND, app_ids={NORTH: app_id}), install=True).data["changed"]


class TestRequests:
    """Of a run over all 1,200 devices in three networks."""

    FLEET: ClassVar[dict[str, Any]] = {
        "apps": apps(KEYNOTE, PAGES),
        "devices": {"scope": with_any("ipad", "iphone")},
        "meraki_network_ids": ALL,
    }

    def test_first_and_second_run(self, school):
        deploy(school, **self.FLEET)
        first = school.requests("meraki")
        deploy(school, **self.FLEET)
        second = school.requests("meraki")[len(first) :]
        assert sum(one.endswith("/sm/devices") for one in first) == 9
        assert sum("modifyTags" in one for one in first) < 30
        assert sum("softwares" in one for one in first) <= 60
        assert len(first) < 120
        assert sum("softwares" in one for one in second) <= 80
        assert not any("POST" in one for one in second)

    def test_two_tasks_in_turn_do_not_flap(self, school):
        for year in ("year-7", "year-8"):
            school.tag("art", [one["serialNumber"] for one in school.devices(year)][:30])
        for number in range(10):
            year = ("year-7", "year-8")[number % 2]
            result = deploy(
                school,
                apps=apps(PAGES),
                devices={"scope": [{"match": "with_all", "tags": ["art", year]}], "within": with_any(year)},
                exclusive=True,
                max_removals=50,
                max_shrink=100,
            )
            assert not result.failed, result.data["msg"]
            assert result.data["plan"]["remove"] == (37 if number < 2 else 0)
            assert result.data["changed"] == (number < 2)
        assert len(tagged(school, PAGES)) == 60


class TestRefused:
    CASES: tuple[tuple[dict[str, Any], str], ...] = (
        ({"apps": []}, "apps is an empty list; name at least one app with its tag."),
        (
            {"apps": [{"adam_id": PAGES, "tag": "app pages"}]},
            (
                "apps: item 1: the tag 'app pages' holds a space or a comma, and the MDM would read it as several "
                "tags; rename it there, and in the scope of the app."
            ),
        ),
        (
            {"apps": [*apps(PAGES), *apps(PAGES)]},
            "apps: 361309726 stands there more than once; an app has one tag.",
        ),
        (
            {"devices": {"scope": with_any("app-pages")}},
            (
                "devices.scope names 'app-pages', the tag of an app that this task itself sets and takes; name the "
                "devices by other tags."
            ),
        ),
        (
            {"apps": apps(PAGES, app_ids={"N_1": "5"})},
            (
                "apps: app_ids of 361309726 names N_1, which is none of the units that the task works with in Systems "
                "Manager: N_600077000001 (North devices); correct it."
            ),
        ),
        (
            {"licensing": None},
            (
                "licensing is missing, and connector: meraki takes licences by itself: set licensing: mdm to leave "
                "that to the MDM and only check, or licensing: collection to grant them here."
            ),
        ),
        (
            {"licensing": "collection"},
            (
                "licensing: collection needs a content token, to see which devices hold a licence before they get the "
                "app: set content_token_file or content_token_from, or licensing: mdm."
            ),
        ),
        (
            {"connector": None},
            "This task needs an MDM: set connector (such as connector: meraki) and its options.",
        ),
        (
            {"exclusive": True},
            (
                "exclusive: true needs max_removals: say how many (app, device) pairs it may take out of scope at "
                "most, as a number or as a percentage of those in scope now, such as 5%."
            ),
        ),
        (
            {"state": "absent"},
            (
                "state: absent needs max_removals: say how many (app, device) pairs it may take out of scope at most, "
                "as a number or as a percentage of those in scope now, such as 5%."
            ),
        ),
        (
            {"uninstall": True},
            "uninstall: true goes with state: absent or exclusive: true, which say who loses the apps.",
        ),
        (
            {"state": "absent", "max_removals": 1, "install": True},
            "install goes with state: present; leave it out.",
        ),
        (
            {"wait_installed": {"percent": 0}},
            "wait_installed.percent: 0 is no percentage; give a whole number from 1 to 100.",
        ),
        ({"seen_within": 0}, "seen_within: 0 is no number of days from 1 to 3650; correct it."),
        (
            {"devices": YEAR_8, "exclusive": True, "max_removals": 9, "max_shrink": 100},
            (
                "The plan takes 67 of 134 (app, device) pairs out, 58 more than max_removals 9 allows; check the "
                "devices, or raise max_removals."
            ),
        ),
        (
            {"devices": {"scope": with_any("yaer-7")}, "exclusive": True, "max_removals": 999, "max_shrink": 100},
            (
                "devices.scope: neither a device nor an owner of one has the tag 'yaer-7' (did you mean 'year-7'?). "
                "Correct the tag, or set allow_empty: true if nobody is to have it yet."
            ),
        ),
    )

    @pytest.mark.parametrize(("options", "sentence"), CASES)
    def test_one_sentence_and_nothing_changed(self, school, options, sentence):
        result = deploy(school, **options)
        assert result.data["msg"] == sentence
        assert not result.data["changed"]
        assert school.writes() == []

    def test_a_key_that_may_only_read(self, school):
        key = school.control("POST", "meraki/keys", {"name": "reader", "write": False})["key"]
        result = deploy(school, apps=apps(KEYNOTE), meraki_api_key=key)
        assert result.failed
        assert not result.data["changed"]
        assert result.data["msg"].startswith("The task stopped, and nothing was changed.")
        assert key not in result.text
        assert tagged(school, KEYNOTE) == set()

    def test_an_mdm_that_answers_with_half_its_devices(self, school):
        school.box.faults.add({"kind": "fewer_rows", "match": {"path": f"/networks/{NORTH}/sm/devices"}, "times": 1})
        result = deploy(school, exclusive=True, max_removals="100%", max_shrink=100)
        assert "contradict each other" in result.data["msg"]
        assert school.writes() == []

    def test_a_network_that_is_missing_takes_nothing(self, school):
        """Its devices are not known, so they are out of reach."""
        before = tagged(school, PAGES, SOUTH)
        result = deploy(school, exclusive=True, max_removals="100%", max_shrink=100, meraki_network_ids=[NORTH])
        assert not result.failed
        assert tagged(school, PAGES, SOUTH) == before != set()


class TestInfo:
    def test_counts_and_states(self, school):
        found = look(school, limit=5)
        (entry,) = found["apps"]
        assert entry["in_scope"] == entry["tagged"] == sum(entry["installs"].values())
        assert len(found["installs"]) == 5
        assert found["truncated"]
        assert found["total"] == entry["in_scope"]
        assert list(entry["app_ids"]) == [NORTH]
        assert school.writes() == []

    def test_a_scope_by_owner_is_told_apart(self, school):
        found = look(school, apps=[{"adam_id": "302584613", "tag": "choir"}])["apps"][0]
        assert found["in_scope"] > 0
        assert found["tagged"] == 0

    def test_no_person_is_named(self, school):
        found = look(school, limit=10000)
        people = [one.email for one in school.box.world.meraki.owners.values()]
        assert not [one for one in people if one in str(found)]

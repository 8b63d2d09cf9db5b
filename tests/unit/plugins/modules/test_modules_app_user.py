# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mdm_app with licences of people over the school of the sandbox: the owner's licence ends in an app on the device."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import pytest

from ansible_collections.openmdm.vpp.tests.unit.harness import Result
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import NORTH, School, with_any
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.test_modules_app import TAGS, deploy, look

KINDLE, TAG = "302584613", "app-kindle"
TAGS[KINDLE] = TAG
APPS = [{"adam_id": KINDLE, "name": "Kindle", "tag": TAG}]
EVERYBODY = {"scope": [{"match": "all"}]}
WAIT = {"percent": 100, "poll_interval": 10}


@pytest.fixture
def library(school: School) -> School:
    """Kindle of location north is installed by licences of people. All who accepted hold it."""
    (app,) = [one for one in school.control("GET", "meraki/apps", {"network": "north"})["apps"] if _is_kindle(one)]
    school.control("PUT", f"meraki/apps/{app['app_id']}", {"scope": "withAny", "tags": [TAG]})
    assert app["purchase_method"] == "user"
    return school


def _is_kindle(app: dict[str, Any]) -> bool:
    return app["itunes_id"] == KINDLE


def roll_out(school: School, *, check: bool = False, **options: Any) -> Result:
    usual = {"apps": APPS, "devices": EVERYBODY, "assignment": "user", "licensing": "collection"}
    return deploy(school, check=check, token=True, **{**usual, **options})


def grant(school: School, *people: str, add: bool = True) -> None:
    rows = [{"adamId": KINDLE, "clientUserId": one} for one in people]
    school.control("POST", "locations/north/assignments", {"add" if add else "remove": rows})


def owned(school: School, statuses: tuple[str, ...]) -> dict[str, str]:
    """Owners of devices in the north in these states at Apple, and their ids there."""
    place = school.box.world.locations["north"]
    people = {row["email"]: row["client_user_id"] for row in place.store.users("1") if row["status"] in statuses}
    owners = school.box.world.meraki.owners
    devices = school.box.world.meraki.networks[NORTH].devices.values()
    emails = {owners[one.owner_id].email for one in devices if one.owner_id}
    return {email: people[email] for email in sorted(emails) if email in people}


@pytest.mark.parametrize(
    "goal",
    [
        {},
        {"exclusive": True, "max_removals": "100%", "max_shrink": 100, "devices": {"scope": with_any("year-8")}},
        {"wait_installed": WAIT},
        {"licensing": "mdm"},
        {"state": "absent", "max_removals": "100%"},
    ],
    ids=["present", "exclusive", "wait", "mdm", "absent"],
)
def test_check_run_check_run(library, goal):
    if "state" in goal or "exclusive" in goal:
        library.tag(TAG, [one["serialNumber"] for one in library.devices("year-7")])
    library.check_twins(partial(roll_out, library, **goal))


def test_install_commands_check_run_check_run(library):
    (app,) = [one for one in library.control("GET", "meraki/apps", {"network": "north"})["apps"] if _is_kindle(one)]
    library.control("PUT", f"meraki/apps/{app['app_id']}", {"prevent_auto_install": True})
    apps = [{**APPS[0], "app_ids": {NORTH: app["app_id"]}}]
    library.check_twins(partial(roll_out, library, apps=apps, install=True))
    assert sum(one.endswith("installApps") for one in library.requests("meraki")) == 234


class TestNightly:
    LEFT_OUT: ClassVar[dict[str, int]] = {"no_owner": 134, "not_apple": 1, "not_associated": 119, "owner_unknown": 40}

    def test_who_accepted_since_and_holds_the_app_gets_it(self, library):
        first = roll_out(library, wait_installed=WAIT)
        assert first.data["summary"]["added"] == 240
        assert first.data["summary"]["left_out"] == self.LEFT_OUT
        assert first.data["apps"][0]["installs"]["installed"] == 234
        assert first.data["summary"]["over_device_limit"] == 0
        assert library.writes()
        waiting = [*owned(library, ("Registered",)).values()]
        library.control("POST", "locations/north/accept", {"client_user_ids": waiting[:30]})
        grant(library, *waiting[:20])
        second = roll_out(library, wait_installed=WAIT)
        assert second.data["summary"]["added"] == 20
        assert second.data["apps"][0]["unlicensed"] == 10
        assert second.data["summary"]["left_out"]["not_associated"] == 89
        done = library.writes()
        third = roll_out(library)
        assert not third.data["changed"]
        assert library.writes() == done

    def test_requests(self, library):
        """The people, the products and the holders cost a page each, whatever the number of devices."""
        roll_out(library)
        found = [one.rpartition("/")[2] for one in library.requests("apple")]
        assert found == ["config", "config", "assets", "users", "assignments"]
        assert not any("softwares" in one for one in library.requests("meraki"))
        assert len(library.requests("meraki")) <= 12

    def test_a_leaver(self, library):
        """Nothing is taken from a device that is named; once it is not, exclusive takes it out."""
        roll_out(library)
        (leaver,) = [*owned(library, ("Associated",)).values()][:1]
        library.control("POST", "locations/north/assignments", {"remove": [{"adamId": KINDLE, "clientUserId": leaver}]})
        again = roll_out(library, exclusive=True, max_removals=0)
        assert not again.data["changed"]
        assert again.data["apps"][0]["unlicensed"] == 1

    def test_devices_that_their_users_enrolled(self, library):
        """They have no serial number, and a licence of their owner is the only one that they can use."""
        owner = next(iter(owned(library, ("Associated",))))
        own = [one for one in library.box.world.meraki.networks[NORTH].devices.values() if one.serial is None]
        library.control("PUT", "meraki/devices", {"ids": [own[0].id], "owner_email": owner})
        result = roll_out(library, devices={"scope": with_any("staff")}, wait_installed=WAIT)
        assert TAG in own[0].tags
        assert own[0].software["com.amazon.Lassen"].present
        assert "no_serial_number" not in result.data["summary"]["left_out"]


class TestDevicesOfAnAccount:
    def test_beyond_the_limit_installs_fail_and_it_was_told(self, library):
        owner = next(iter(owned(library, ("Associated",))))
        seven = [one["serialNumber"] for one in library.devices("year-7")][:14]
        library.control("PUT", "meraki/devices", {"serials": seven, "owner_email": owner})
        wait = {"percent": 100, "timeout": 60, "poll_interval": 10}
        result = roll_out(library, devices={"serial_numbers": seven}, wait_installed=wait, seen_within=3000)
        assert result.data["summary"]["over_device_limit"] == 1
        assert any("1 person owns more than 10 devices each" in str(one) for one in result.data["warnings"])
        assert result.failed
        assert result.data["apps"][0]["installs"]["failed"] > 0
        quiet = roll_out(library, devices={"serial_numbers": seven}, devices_per_account=0, check=True)
        assert quiet.data["summary"]["over_device_limit"] is None


def test_expected_licences_in_check_mode(library):
    waiting = [*owned(library, ("Associated",)).values()][:50]
    grant(library, *waiting, add=False)
    assert roll_out(library, check=True).data["apps"][0]["unlicensed"] == 50
    foretold = roll_out(library, check=True, expect_licenses=True).data
    assert foretold["summary"]["to_add"] == 240
    assert foretold["summary"]["left_out"] == TestNightly.LEFT_OUT
    assert roll_out(library, expect_licenses=True).data["summary"]["added"] == 190


def test_what_to_set_up_by_hand(library):
    roll_out(library, wait_installed=WAIT)
    steps = {one["step"]: one for one in look(library, token=True, apps=APPS, assignment="user")["manual_steps"]}
    assert '"VPP User Assignment"' in steps["purchase_method"]["what"]
    assert steps["purchase_method"]["state"] == "done"
    steps = {one["step"]: one for one in look(library, token=True, apps=APPS)["manual_steps"]}
    assert '"VPP Device Assignment"' in steps["purchase_method"]["what"]
    assert steps["purchase_method"]["state"] == "unverifiable"


def test_no_person_is_named(library, tmp_path):
    report = tmp_path / "report.json"
    results = [
        roll_out(library, check=True, report_path=str(report)),
        roll_out(library, exclusive=True, max_removals="100%", max_shrink=100),
    ]
    for text in (*(result.text for result in results), report.read_text()):
        assert "@" not in text
        assert "kvc-" not in text


CASES: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {"content_token": None},
        (
            "licensing: collection needs a content token, to see whose owners hold a licence before they get the app: "
            "set content_token_file or content_token_from, or licensing: mdm."
        ),
    ),
    (
        {"devices_per_account": -1},
        (
            "devices_per_account: -1 is no number of devices from 1 to 1000; correct it, or give 0 to have nobody "
            "counted."
        ),
    ),
    (
        {"apps": [{"adam_id": "1", "tag": "app-one"}]},
        (
            "assets: adam_id 1 isn't owned by this location; correct the list, or get the licences in Apple's portal "
            "first."
        ),
    ),
)


@pytest.mark.parametrize(("options", "sentence"), CASES)
def test_refusals(library, options, sentence):
    result = roll_out(library, **options)
    assert result.data["msg"] == sentence
    assert library.writes() == []

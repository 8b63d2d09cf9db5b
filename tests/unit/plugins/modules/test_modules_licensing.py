# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who grants: vpp_license beside an MDM that grants by itself, and against one that undoes what it did."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import (
    ALL,
    EXCEL,
    KEYNOTE,
    NORTH,
    POWERPOINT,
    School,
    with_any,
)


def set_up(school: School, **facts: Any) -> None:
    """An app that Systems Manager grants to whom has the tag, at the next check-in."""
    school.box.switches.update({"sm_licence_taken": "at_checkin"})
    app = {"network": "north", "itunes_id": EXCEL, "scope": "withAny", "tags": ["app-excel"], "uses_vpp": True}
    school.control("POST", "meraki/apps", {**app, **facts})


GOAL: dict[str, Any] = {"devices": {"scope": with_any("app-excel")}, "licensing": "mdm", "wait_timeout": 600}


class TestByTheMdm:
    @pytest.fixture(autouse=True)
    def scoped(self, school):
        set_up(school)
        self.serials = sorted(row["serialNumber"] for row in school.devices("year-7"))[:8]
        school.tag("app-excel", self.serials)
        self.written = school.writes()

    def test_waits_until_all_is_there_and_writes_nothing(self, school):
        school.box.switches.update({"sm_checkin_every": 100})
        result = school.license(**GOAL)
        assert not result.failed, result.data["msg"]
        assert (result.data["changed"], result.data["plan"]["associate"], result.data["plan"]["requests"]) == (
            False,
            0,
            0,
        )
        assert result.data["summary"]["awaited"] == 0
        assert school.holders() == set(self.serials)
        assert school.writes() == self.written
        looks = [one for one in school.requests("apple") if one.endswith(("/assets", "/assignments"))]
        assert len(looks) < 8

    def test_tells_what_is_missing_when_the_time_is_over(self, school):
        result = school.license(**GOAL)
        assert not result.failed
        assert result.data["summary"]["awaited"] == 8
        assert result.data["licenses"][0]["awaited"] == 8
        assert (
            "8 licences are still to be granted by Systems Manager: 8 were not there after 600 seconds." in result.text
        )
        assert school.writes() == self.written

    @pytest.mark.parametrize("options", [{"check": True}, {"wait": False}])
    def test_does_not_wait(self, school, options):
        now = school.box.clock.now()
        result = school.license(**{**GOAL, **options})
        assert result.data["summary"]["awaited"] == 8
        assert school.box.clock.now() - now < 30

    def test_does_not_wait_for_devices_that_are_away(self, school):
        school.control("PUT", "meraki/devices", {"serials": self.serials[:3], "last_seen_ago": 30 * 86400})
        school.assign(self.serials[3:])
        now = school.box.clock.now()
        result = school.license(**GOAL)
        assert (result.data["summary"]["awaited"], result.data["summary"]["awaited_unseen"]) == (3, 3)
        assert school.box.clock.now() - now < 30

    def test_too_few_licences_are_an_error(self, school):
        school.control("POST", "locations/north/refund", {"adamId": EXCEL, "count": 595})
        result = school.license(**GOAL)
        assert result.data["msg"].startswith("Too few licences: 586683407 lacks 3 of 8")
        assert school.license(**GOAL, shortage="partial", wait=False).data["summary"]["awaited"] == 5

    def test_who_left_the_scope_gives_back(self, school):
        school.assign(self.serials)
        result = school.license(
            devices={"serial_numbers": self.serials[:2]}, licensing="mdm", state="absent", max_removals=2
        )
        assert result.data["summary"]["disassociated"] == 2
        assert school.holders() == set(self.serials[2:])

    def test_a_claim_of_the_mdm_is_no_obstacle(self, school):
        claim = {"id": "1", "name": "Cisco Meraki Systems Manager", "metadata": ""}
        school.control("POST", "locations/north/client-config", {"mdmInfo": claim})
        assert not school.license(**GOAL, wait=False).failed
        assert "is claimed by" in school.license(devices={"serial_numbers": self.serials}).data["msg"]

    def test_a_location_that_is_not_linked(self, school):
        school.control("DELETE", f"meraki/accounts/{self.account(school)}", {})
        result = school.license(**GOAL)
        assert result.data["msg"] == (
            "licensing: mdm would never grant anything: the location 'Kowhai Valley College North Campus' (uid "
            "7700000000001001) is not linked to Systems Manager. Nothing was changed; use the content token of the "
            "location that these devices belong to, or mend that in its console first."
        )
        collected = school.license(**{**GOAL, "licensing": "collection"})
        assert collected.data["msg"].startswith("Licences would go where no app uses them: the location 'Kowhai")
        assert school.writes() == []

    def test_a_location_that_may_not_be_used_in_a_network(self, school):
        result = school.license(**{**GOAL, "devices": {"scope": with_any("year-7")}, "meraki_network_ids": ALL})
        assert (
            "may not be used in South devices (N_600077000002), West devices (N_600077000003) of" in result.data["msg"]
        )

    def test_a_token_of_another_location(self, school):
        goal = {"devices": {"scope": with_any("year-7")}, "meraki_network_ids": ALL[1:2], "licensing": "collection"}
        result = school.license(**goal)
        assert result.data["msg"].startswith("Licences would go where no app uses them: the location 'Kowhai Valley")
        assert school.writes() == []

    @staticmethod
    def account(school: School) -> str:
        accounts = school.control("GET", "meraki", {})["accounts"]
        return next(one["id"] for one in accounts if one["location"] == "north")


class TestUndone:
    """The MDM works by a scope of its own; its sync falls into the time that the task looks again."""

    @pytest.fixture(autouse=True)
    def syncing(self, school):
        school.box.switches.update({"sm_sync_seconds": 300})
        self.serials = sorted(row["serialNumber"] for row in school.devices("year-7"))[:5]

    def give(self, school: School, **options: Any) -> Any:
        return school.license(assets=[{"adam_id": POWERPOINT}], devices={"serial_numbers": self.serials}, **options)

    def test_auto_revoke(self, school):
        result = self.give(school, settle=600)
        assert result.data["msg"] == (
            "600 seconds after the work was done, 5 of the 5 licences that were given are gone again: Systems Manager "
            "probably took them back, since the devices are out of the app's scope there (auto-revoke). To end this, "
            "switch the app's auto-revoke off there, or bring the devices into its scope first; or leave granting to "
            "the MDM with licensing: mdm."
        )
        assert result.data["changed"]
        assert result.data["undone"]["associate"] == 5
        assert sorted(one["serial_number"] for one in result.data["undone"]["sample"]) == self.serials
        summary = result.data["summary"]
        assert (summary["undone"], summary["associated"], summary["failed"]) == (5, 0, 0)
        assert result.data["failures"] == []

    def test_auto_grant(self, school):
        school.tag("app-keynote", self.serials)
        assert school.holders(KEYNOTE) == set(self.serials)
        result = school.license(
            assets=[{"adam_id": KEYNOTE}],
            devices={"scope": with_any("app-keynote")},
            state="absent",
            max_removals=5,
            settle=600,
        )
        assert result.data["msg"] == (
            "600 seconds after the work was done, 5 of the 5 licences that were taken back are held again: Systems "
            "Manager probably granted them anew, since the devices are in the app's scope there (auto-grant). To end "
            "this, switch the app's auto-grant off there, or take the devices out of its scope first; or leave "
            "granting to the MDM with licensing: mdm."
        )
        assert school.holders(KEYNOTE) == set(self.serials)

    def test_nothing_undone(self, school):
        school.tag("app-powerpoint", self.serials)
        school.assign(self.serials, POWERPOINT, add=False)
        result = self.give(school, settle=600)
        assert not result.failed, result.data["msg"]
        assert result.data["summary"]["undone"] == 0

    def test_without_looking_again_nobody_tells(self, school):
        assert not self.give(school).failed


SCOPE = {"scope": with_any("year-7")}
BAD: list[tuple[dict[str, Any], str]] = [
    (
        {"devices": {"scope": with_any("year 7")}},
        (
            "devices.scope: item 1: the tag 'year 7' holds a space or a comma, and the MDM would read it as several "
            "tags; write them as items of the list, or rename the tag there."
        ),
    ),
    (
        {"devices": {"scope": []}},
        "devices.scope is an empty list; name at least one scope, such as {match: with_any, tags: [a]}.",
    ),
    (
        {"devices": SCOPE, "connector": None, "licensing": None},
        "devices.scope needs an MDM: set connector (such as connector: meraki) and its options.",
    ),
    (
        {"devices": {**SCOPE, "serial_numbers": ["DMPT2C0000"]}},
        "devices: serial_numbers and scope are both given; give one of them.",
    ),
    (
        {"devices": {"serial_numbers": ["DMPT2C0000"], "within": with_any("year-7")}},
        "devices.within goes with devices.scope: it says in which devices of the MDM that scope counts; leave it out.",
    ),
    (
        {"devices": {**SCOPE, "known_file": "/etc/hostname"}},
        "devices.known_file doesn't go with devices.scope: there the MDM tells which devices are known.",
    ),
    (
        {"devices": SCOPE, "licensing": None},
        (
            "licensing is missing, and connector: meraki takes licences by itself: set licensing: mdm to leave that to "
            "the MDM and only check, or licensing: collection to grant them here."
        ),
    ),
    (
        {"devices": SCOPE, "licensing": "mdm", "exclusive": True, "max_removals": "5"},
        (
            "exclusive doesn't go with licensing: mdm, where the app's scope in the MDM decides who holds a licence; "
            "take devices out of that scope, and their licences back with state: absent."
        ),
    ),
    (
        {"devices": {"serial_numbers": ["DMPT2C0000"]}, "connector": None, "licensing": "mdm"},
        "licensing: mdm needs an MDM: set connector (such as connector: meraki) and its options.",
    ),
    (
        {"devices": SCOPE, "settle": 60, "wait": False},
        "settle needs wait: true: it begins when the work is done.",
    ),
    ({"devices": SCOPE, "settle": -1}, "settle: -1 is no number of seconds from 0 to 604800; correct it."),
    (
        {"devices": SCOPE, "meraki_network_ids": ["N_600077000009"]},
        (
            "meraki_network_ids: unknown, or not visible to the API key: N_600077000009; those that the key sees are "
            "N_600077000001 (North devices), N_600077000002 (South devices), N_600077000003 (West devices)."
        ),
    ),
]


@pytest.mark.parametrize(("options", "message"), BAD, ids=[message[:40] for _options, message in BAD])
def test_bad_input(school, options, message):
    result = school.license(**options)
    assert result.data["msg"] == message
    assert result.data["changed"] is False
    assert school.requests("apple") == []
    assert school.writes() == []


@pytest.mark.parametrize(
    ("key", "organisation", "words"),
    [
        ("south only", "600077", "meraki_network_ids: unknown, or not visible to the API key: N_600077000001"),
        ("", "600078", "the organisation 600078 is not known"),
        ("wrong", "600077", "key"),
    ],
)
def test_a_key_without_the_right(school, key, organisation, words):
    if key == "south only":
        told = school.control("POST", "meraki/keys", {"name": "reader", "write": False, "networks": ["south"]})
        school.options["meraki_api_key"] = told["key"]
    elif key:
        school.options["meraki_api_key"] = "0123456789abcdef0123456789abcdef01234567"
    result = school.license(devices=SCOPE, meraki_organization_id=organisation, meraki_network_ids=[NORTH])
    assert result.failed
    assert words in result.data["msg"]
    assert school.requests("apple") == []

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one location's entry in the report holds, read with few requests and without a write."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import AssetError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.identity import AssetSelector
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Metadata
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_shape import check_document, location_document
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, RETIRED
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.account import AccountInfoTask
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.report import (
    LocationReader,
    ReportWish,
    Rollout,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.report_facts import location_head
from ansible_collections.openmdm.vpp.tests.unit.fakes import (
    LOCATION,
    START,
    TOKEN,
    UID,
    FakeAppsBooks,
    FakeClock,
    FakeNotify,
    serials,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes_mdm import SOUTH, FakeMdm

PAGES, NOTES = "361309726", "800000001"
YEAR = (Scope("with_any", ("year-7",)),)


class World:
    """Four devices of year 7, of which two hold Pages; one in another unit of the MDM, one unseen, one unknown."""

    def __init__(self) -> None:
        self.clock, self.notify = FakeClock(), FakeNotify()
        self.api, self.mdm = FakeAppsBooks(self.clock), FakeMdm()
        known = serials(4)
        self.mdm.enrol(*known, tags=["year-7"], owner="lea@school.example", name="iPad of Lea")
        self.old, self.other, self.unknown = serials(3, 10)
        self.mdm.enrol(self.old, last_seen=START - timedelta(days=20))
        self.mdm.enrol(self.other, unit=SOUTH.id)
        self.api.own(PAGES, devices=[*known[:2], self.old, self.other, self.unknown], total=10)
        self.api.own(NOTES, total=None, people={"gone", "here"}, device_assignable=False)
        self.api.metadata[PAGES] = Metadata(PAGES, "Pages", "com.apple.Pages")
        self.api.people.add("here", "here@school.example", ASSOCIATED)
        self.api.people.add("gone", "gone@school.example", RETIRED)
        self.api.people.add("new", "new@school.example")

    def read(self, mdm: bool = True, **wish: Any) -> dict[str, Any]:
        account = AccountInfoTask(self.api, TOKEN, LocationGuard(), self.clock).read()
        assert account.config is not None
        wanted = ReportWish(**wish)
        reader = LocationReader(self.api, self.clock, self.notify, wanted, self.mdm if mdm else None)
        entry = reader.read(account, account.config)
        # What is written must be what a merge takes.
        document = json.loads(json.dumps(location_document([entry])))
        assert check_document(document, "x") == ([entry], [])
        return entry


@pytest.fixture
def world() -> World:
    return World()


def rollout(adam_id: str = PAGES) -> Rollout:
    return Rollout(AssetSelector(adam_id=adam_id), YEAR)


def test_the_location_and_its_token(world):
    entry = world.read()
    assert (entry["uid"], entry["name"], entry["country"], entry["mdm"]) == (UID, LOCATION, "NZ", "Systems Manager")
    assert entry["token"]["state"] == "alive"
    assert entry["token"]["days_left"] == TOKEN.days_left(START)
    assert entry["stable"]


def test_applications_are_counted_by_kind_unit_and_tag(world):
    notes, pages = sorted(world.read()["licenses"], key=lambda one: one["adam_id"], reverse=True)
    assert (pages["name"], pages["devices"], pages["people"], pages["available_count"]) == ("Pages", 5, 0, 5)
    assert (pages["units"], pages["tags"]) == ({"N_1": 3}, {"year-7": 2})
    assert (notes["name"], notes["devices"], notes["people"], notes["total_count"]) == ("", 0, 2, None)
    assert not notes["device_assignable"]


def test_groups_tell_how_many_hold_anything(world):
    entry = world.read()
    assert entry["units"] == [{"id": "N_1", "name": "North", "devices": 5, "licensed": 3}]
    assert entry["tags"] == [{"name": "year-7", "devices": 4, "licensed": 2}]


def test_what_lies_idle(world):
    found = {group["reason"]: group for group in world.read()["wasted"]}
    targets = {reason: [one["targets"] for one in group["assets"]] for reason, group in found.items()}
    assert targets == {
        "unknown_device": [[world.unknown]],
        "elsewhere_device": [[world.other]],
        "unseen_device": [[world.old]],
        "retired_person": [["gone"]],
    }
    assert all(group["licenses"] == group["holders"] == 1 for group in found.values())


def test_a_device_is_unseen_after_as_many_days_as_wanted(world):
    assert "unseen_device" not in {group["reason"] for group in world.read(unseen_days=21)["wasted"]}


def test_what_is_missing(world):
    (found,) = world.read(rollouts=(rollout(),))["rollouts"]
    assert (found["devices"], found["licensed"], found["missing"], found["available"]) == (4, 2, 2, 5)
    assert found["serial_numbers"] == serials(4)[2:]
    assert (found["name"], found["scope"]) == ("Pages", "with_any year-7")


def test_an_asset_that_is_not_owned_is_an_error(world):
    with pytest.raises(AssetError, match="isn't owned"):
        world.read(rollouts=(rollout("999"),))


def test_people_are_counted_and_named_on_request_only(world):
    people = world.read()["people"]
    assert people["counts"] == {"new": 1, "associated": 1, "retired": 1}
    assert {(one["client_user_id"], one["licenses"]) for one in people["users"]} == {
        ("new", 0),
        ("here", 1),
        ("gone", 1),
    }
    text = json.dumps(world.read())
    assert "@school.example" not in text
    assert "Lea" not in text
    shown = json.dumps(world.read(show_people=True))
    assert "gone@school.example" in shown
    assert "lea@school.example" not in shown


def test_without_an_mdm_only_people_can_lie_idle(world):
    entry = world.read(mdm=False)
    assert [group["reason"] for group in entry["wasted"]] == ["retired_person"]
    assert (entry["mdm"], entry["units"], entry["tags"]) == ("", [], [])
    assert world.mdm.calls == []


def test_few_requests_and_no_write(world):
    world.read(rollouts=(rollout(), rollout()))
    assert sorted(world.api.calls) == [
        "lookup_metadata",
        "read_assets",
        "read_client_config",
        "read_service_config",
        "read_users",
        "walk_assignments",
    ]
    assert world.mdm.calls == ["read_units", "read_devices", "read_outside", "read_members", "read_members"]
    assert world.api.writes == world.mdm.writes == []


def test_no_name_is_looked_up_unless_wanted(world):
    assert {one["name"] for one in world.read(metadata=False)["licenses"]} == {""}
    assert "lookup_metadata" not in world.api.calls


def test_nobody_is_asked_for_where_all_are_known(world):
    world.api.own(PAGES, devices=serials(2), total=10)
    world.read()
    assert "read_outside" not in world.mdm.calls


def test_a_list_that_changes_is_warned_of(world):
    world.api.shaky = 1
    entry = world.read()
    assert not entry["stable"]
    assert "kept changing" in world.notify.told[-1]


def test_a_dead_token_leaves_a_head(world):
    account = AccountInfoTask(None, TOKEN, LocationGuard(), world.clock).read()
    entry = location_head(account, world.clock, False)
    assert check_document(location_document([entry]), "x") == ([entry], [])
    assert (entry["token"]["state"], entry["uid"], entry["organization"]) == ("expired", "", TOKEN.organisation)

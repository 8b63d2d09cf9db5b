# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a diagnosis asks of the two services, and what it says where they tell less than they should."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core import mdm as words
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    AssetError,
    InputError,
    ServiceError,
    TokenError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.identity import AssetSelector
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import AppRecord
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Metadata
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, Person
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.diagnose import Diagnoser
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.diagnose_mdm import BATCH, PATIENCE
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.diagnose_request import (
    AppleSide,
    DiagnoseMdm,
    DiagnoseRequest,
    WantedAsset,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.find_people import NamedPeople
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.tests.unit.fakes import TOKEN, FakeAppsBooks, FakeNotify, serials
from ansible_collections.openmdm.vpp.tests.unit.fakes_mdm import EVERYTHING, FakeMdm

PAGES, KEYNOTE = "361309726", "361285480"
TAG = (Scope("with_any", ("app-pages",)),)
THERE = AppRecord("installed", managed=True, wanted=True)


class World:
    """Pages for some iPads that all have it, and a person who is fine."""

    def __init__(self, devices: int = 2) -> None:
        self.api, self.mdm, self.notify = FakeAppsBooks(), FakeMdm(), FakeNotify()
        self.serials = serials(devices)
        self.api.own(PAGES, devices=self.serials, people={"u-1"}, platforms=("iOS",))
        self.api.metadata[PAGES] = Metadata(PAGES, "Pages", "com.apple.Pages", minimum_os_version="16.0")
        self.api.people.add("u-1", "lea@fernhill.example", ASSOCIATED)
        self.mdm.enrol(*self.serials, tags=["app-pages"], owner="lea@fernhill.example")
        self.mdm.apps = {key: {PAGES: THERE} for key in self.mdm.devices}

    def why(self, *, mdm: bool = True, people: tuple[str, ...] = (), **wishes: Any) -> Outcome:
        told: dict[str, Any] = {
            "assets": (WantedAsset(AssetSelector(adam_id=PAGES), TAG),),
            "serial_numbers": tuple(self.serials),
            "people": NamedPeople(tuple(Person(n, one) for n, one in enumerate(people, 1))) if people else None,
            **wishes,
        }
        apple = AppleSide(self.api, LocationGuard(), TOKEN, self.api.clock)
        source = DiagnoseMdm(self.mdm, self.mdm.read_accounts) if mdm else None
        return Diagnoser(apple, source, DiagnoseRequest(**told), self.notify).read(100)

    def asked(self, name: str) -> int:
        return [one for one, _detail in (*self.api.log, *self.mdm.log)].count(name)


@pytest.fixture
def world() -> World:
    return World()


def step(outcome: Outcome, name: str, place: int = 0) -> dict[str, Any]:
    (found,) = (one for one in outcome.value[place]["steps"] if one["step"] == name)
    return dict(found)


class TestRequests:
    def test_one_walk_tells_of_devices_and_people(self, world):
        outcome = world.why(people=("u-1",))
        assert [one["status"] for one in outcome.value] == ["ok"] * 3
        assert world.asked("walk_assignments") == 1
        assert world.mdm.calls == ["read_units", "read_devices", "read_accounts", "read_apps"]
        assert not world.mdm.writes
        assert not {"submit", "submit_users", "write_client_config"} & {name for name, _detail in world.api.log}

    def test_a_scope_is_asked_once_for_all_assets(self, world):
        world.api.own(KEYNOTE, devices=world.serials, platforms=("iOS",))
        world.mdm.tag("app-pages", *world.serials, add=False)
        world.why(assets=tuple(WantedAsset(AssetSelector(adam_id=one), TAG) for one in (PAGES, KEYNOTE)))
        assert world.asked("read_members") == 1
        assert world.asked("read_apps") == 0

    def test_only_whose_chain_is_fine_is_asked_what_became_of_the_app(self, world):
        world.mdm.tag("app-pages", world.serials[0], add=False)
        assert world.why().extra["read"] == 1
        ((ids, _apps),) = [detail for name, detail in world.mdm.log if name == "read_apps"]
        assert ids == world.mdm.ids(world.serials[1])

    def test_who_is_not_supervised_is_asked_all_the_same(self, world):
        for key, device in world.mdm.devices.items():
            world.mdm.devices[key] = replace(device, supervised=False)
        outcome = world.why()
        assert outcome.extra["read"] == 2
        assert [one["status"] for one in outcome.value] == ["ok", "ok"]

    def test_after_errors_in_a_row_nobody_else_is_asked(self):
        many = World(BATCH * (PATIENCE + 2))
        many.mdm.errors["read_apps"] = deque([ServiceError("Cannot read it (HTTP 500)")] * 9)
        outcome = many.why(ask_at_most=1000)
        assert many.asked("read_apps") == PATIENCE
        assert outcome.extra["summary"]["unknown"] == len(many.serials)

    def test_an_error_concerns_the_devices_asked_at_once(self):
        many = World(BATCH * 3)
        many.mdm.errors["read_apps"] = deque([None, ServiceError("Cannot read it (HTTP 404)")])
        assert many.why(ask_at_most=1000).extra["summary"]["unknown"] == BATCH


class TestDoubt:
    def test_who_is_missing_in_a_list_that_kept_changing_is_not_known(self, world):
        world.api.shaky, world.api.overlooked = 9, {world.serials[0]}
        world.mdm.apps = {}
        outcome = world.why()
        licences = {one["subject"]: step(outcome, "license", n) for n, one in enumerate(outcome.value)}
        assert [licences[one]["status"] for one in world.serials] == ["unknown", "ok"]
        assert licences[world.serials[0]]["reason"] == "Apple's list of licences kept changing while it was read."

    def test_so_is_who_is_missing_in_such_a_list_of_people(self, world):
        world.api.shaky = 9
        outcome = world.why(people=("u-1", *(f"u-{number}" for number in range(2, 20))))
        (people,) = (one for one in outcome.value if one["kind"] == "person")
        assert people["subject"] == "Everybody named"
        assert people["status"] == "unknown"

    @pytest.mark.parametrize(
        ("lacking", "name", "why"),
        [
            (words.APP_STATE, "install", "Systems Manager does not tell what became of an app."),
            (words.SCOPES, "scope", "Systems Manager does not tell who is in a scope."),
        ],
    )
    def test_what_an_mdm_can_not_tell_is_not_known(self, world, lacking, name, why):
        world.mdm.tag("app-pages", world.serials[0], add=lacking != words.SCOPES)
        world.mdm.capabilities = EVERYTHING - {lacking}
        outcome = world.why(serial_numbers=(world.serials[0],))
        assert step(outcome, name)["reason"] == why
        assert outcome.value[0]["status"] == ("unknown" if name == "install" else "ok")

    def test_an_mdm_without_accounts_is_not_asked_for_them(self, world):
        world.mdm.capabilities = EVERYTHING - {words.ACCOUNTS}
        outcome = world.why()
        assert "linked" not in [one["step"] for one in outcome.value[0]["steps"]]
        assert [one["status"] for one in outcome.value] == ["ok", "ok"]

    def test_a_misspelt_tag_is_told(self, world):
        world.why(assets=(WantedAsset(AssetSelector(adam_id=PAGES), (Scope("with_any", ("app-pagse",)),)),))
        assert world.notify.told == [
            "assets: neither a device nor an owner of one has the tag 'app-pagse' (did you mean 'app-pages'?)."
        ]

    def test_what_is_outside_and_can_not_be_read_is_told_as_not_known(self, world):
        world.mdm.errors["read_outside"] = deque([ServiceError("Cannot read it (HTTP 403)")])
        outcome = world.why(serial_numbers=("STRANGER01",))
        assert outcome.value[0]["step"] == "known"
        assert "may be in others" in world.notify.told[0]


class TestRefusals:
    def test_an_asset_named_twice(self, world):
        twice = (WantedAsset(AssetSelector(adam_id=PAGES)), WantedAsset(AssetSelector(name="pages")))
        with pytest.raises(InputError, match="named more than once"):
            world.why(assets=twice)

    def test_a_name_that_fits_several(self, world):
        world.api.own(KEYNOTE)
        world.api.metadata[KEYNOTE] = Metadata(KEYNOTE, "Pages", "com.apple.Keynote")
        with pytest.raises(AssetError, match="fits 2 assets"):
            world.why(assets=(WantedAsset(AssetSelector(name="Pages")),))

    def test_a_token_that_dies_half_way_ends_it_for_all(self, world):
        world.api.errors["walk_assignments"] = deque([TokenError("Cannot read it (9625)", error_number=9625)])
        outcome = world.why(people=("u-1",))
        assert outcome.value == []
        assert "was revoked" in outcome.extra["stopped"]

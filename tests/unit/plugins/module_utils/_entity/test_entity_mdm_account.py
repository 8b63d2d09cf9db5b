# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account with an MDM beside it: whose settings they are, what is shown of it, and what is left to a person."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core import manual_steps as keys
from ansible_collections.openmdm.vpp.plugins.module_utils._core.account_steps import AccountWish
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    InputError,
    LocationError,
    OwnershipError,
    TokenError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.manual_steps import StepText
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import ACCOUNTS
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import MdmInfo, Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_account import AccountGoal
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.account import (
    AccountInfo,
    AccountInfoTask,
    AccountTask,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome, reconcile
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.mdm_account import LinkageReader
from ansible_collections.openmdm.vpp.tests.unit.fakes import (
    LOCATION,
    START,
    TOKEN,
    UID,
    FakeAppsBooks,
    FakeNotify,
    claim,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes_mdm import NORTH, SOUTH, FakeMdm, account

OURS = MdmInfo("ours", "Us", "openmdm.vpp")


class World:
    """A location at Apple, an MDM, and what was warned of."""

    def __init__(self, owner: str = "", *, linked: bool = True) -> None:
        self.api, self.mdm, self.notify = FakeAppsBooks(), FakeMdm([NORTH, SOUTH]), FakeNotify()
        keys_of_steps = (keys.LINK_ACCOUNT, keys.ACCOUNT_NAME, keys.ALLOWED_ADMINS, keys.REMOVE_ACCOUNT)
        self.mdm.texts = {key: StepText("Do it", "Console > Accounts", "why", "how") for key in keys_of_steps}
        self.mdm.accounts = [account(), account(id="2", location_uid="other")] if linked else []
        if owner == "ours":
            self.api.config = replace(self.api.config, mdm_info=OURS)
        elif owner:
            self.api.config = claim(self.api.config, owner)

    def side(self, all_units: bool = False, **wish: Any) -> LinkageReader:
        wished = AccountWish(**wish)
        return LinkageReader(
            self.mdm, "meraki", self.mdm.read_accounts, self.api.clock, self.notify, wished, all_units=all_units
        )

    def run(self, *, check: bool = False, wish: dict[str, Any] | None = None, **options: Any) -> Outcome:
        facts: dict[str, Any] = {"state": "present", "owner_id": "ours", "owner_name": "Us", **options}
        goal = AccountGoal(**facts)
        guard = LocationGuard(owner_id=goal.owner_id, takeover=goal.takeover)
        side = self.side(**{"state": goal.state, **(wish or {})})
        return reconcile(AccountTask(self.api, TOKEN, guard, self.api.clock, goal, side), check=check)

    def info(self, **pin: Any) -> AccountInfo:
        return AccountInfoTask(self.api, TOKEN, LocationGuard(**pin), self.api.clock, self.side()).read()


class TestShown:
    def test_the_account_of_the_location(self):
        outcome = World().run()
        assert outcome.value["mdm"] == {
            "connector": "meraki",
            "linked": True,
            "accounts": [
                {
                    "id": "1",
                    "name": "Apps",
                    "email": "",
                    "location_uid": UID,
                    "location_name": LOCATION,
                    "networks": None,
                    "networks_named": None,
                    "allowed_admins": "",
                    "admin_networks": [],
                    "token": "hidden",
                    "token_expires": None,
                    "token_days_left": None,
                    "last_synced": "2030-05-06T07:08:09+00:00",
                    "sync_age_hours": 0,
                }
            ],
            "other_locations": 1,
        }
        assert not outcome.changed

    def test_names_of_networks(self):
        world = World()
        world.mdm.accounts = [account(units=("N_2", "N_9"), token_expires=START + timedelta(days=9, hours=1))]
        (shown,) = world.run().value["mdm"]["accounts"]
        assert (shown["networks"], shown["networks_named"]) == (["N_2", "N_9"], ["South", "N_9"])
        assert shown["token_days_left"] == 9

    def test_steps_are_those_of_the_location(self):
        steps = World().run(wish={"name": "Others"}).extra["manual_steps"]
        assert [(step["step"], step["state"], step["about"]) for step in steps] == [
            ("link_account", "done", LOCATION),
            ("account_name", "to_do", LOCATION),
            ("allowed_admins", "unverifiable", LOCATION),
        ]

    def test_without_an_mdm(self):
        api = FakeAppsBooks()
        goal = AccountGoal("present", "ours", "Us")
        outcome = reconcile(AccountTask(api, TOKEN, LocationGuard(), api.clock, goal), check=False)
        assert (outcome.value["mdm"], outcome.extra["manual_steps"]) == (None, [])

    def test_what_is_wrong_is_said_once_in_a_check_and_in_a_run(self):
        for check in (True, False):
            world = World()
            world.mdm.accounts = [account(last_sync=START - timedelta(days=9))]
            world.run(check=check)
            assert [text.split(" the location")[0] for text in world.notify.told] == ["Systems Manager last synced"]

    def test_the_mdm_is_asked_once_and_not_written_to(self):
        world = World(linked=False)
        world.run(claim=True)
        assert world.mdm.calls == ["read_units", "read_accounts"]

    def test_an_mdm_that_tells_no_accounts(self):
        world = World()
        world.mdm.capabilities = world.mdm.capabilities - {ACCOUNTS}
        outcome = world.run()
        assert outcome.value["mdm"]["linked"] is None
        assert outcome.extra["manual_steps"][0]["state"] == "unverifiable"


class TestRule5:
    """We never write client config where the MDM uses the location, whatever Apple's claim says."""

    @pytest.mark.parametrize("owner", ["", "theirs"])
    @pytest.mark.parametrize("check", [True, False])
    @pytest.mark.parametrize(
        "options",
        [
            {"claim": True},
            {"claim": True, "takeover": True},
            {"claim": True, "takeover": True, "notification_types": ()},
        ],
    )
    def test_a_claim_is_refused(self, owner, check, options):
        world = World(owner)
        with pytest.raises(OwnershipError) as raised:
            world.run(check=check, **options)
        assert world.api.writes == []
        assert raised.value.facts["manual_steps"]
        if not owner or "takeover" in options:
            assert raised.value.message.startswith("Systems Manager uses this location")

    def test_the_release_of_our_claim_is_refused_until_the_account_is_removed(self):
        world = World("ours")
        with pytest.raises(OwnershipError, match="remove the location's account there by hand"):
            world.run(state="absent")
        assert world.api.writes == []
        world.mdm.accounts = []
        assert world.run(state="absent").changed

    def test_the_token_alone_is_enough(self):
        world = World()
        outer = Secret("eyJ0b2tlbiI6ICJhbi1pbnZlbnRlZC10b2tlbiJ9")
        world.mdm.accounts = [account(location_uid="", token=outer)]
        goal = AccountGoal("present", "ours", "Us", claim=True, takeover=True)
        guard = LocationGuard(owner_id="ours", takeover=True)
        task = AccountTask(world.api, replace(TOKEN, secret=outer), guard, world.api.clock, goal, world.side())
        with pytest.raises(OwnershipError):
            reconcile(task, check=False)

    def test_looking_is_no_write(self):
        assert not World("theirs").run(takeover=True).changed
        assert not World().run(claim=False).changed

    def test_our_claim_that_is_there_already_stays(self):
        assert not World("ours").run(claim=True).changed

    def test_a_location_that_is_not_linked_is_claimed(self):
        world = World(linked=False)
        world.mdm.accounts = [account(location_uid="other")]
        assert world.run(claim=True).changed
        assert len(world.api.writes) == 1

    def test_the_foreign_claim_is_told_as_before(self):
        with pytest.raises(OwnershipError, match="is claimed by"):
            World("theirs", linked=False).run()


class TestLinked:
    @pytest.mark.parametrize(("linked", "asked"), [(True, True), (False, False), (True, None), (False, None)])
    def test_as_asked(self, linked, asked):
        assert World(linked=linked).run(wish={"linked": asked}).value["mdm"]["linked"] is linked

    @pytest.mark.parametrize("check", [True, False])
    @pytest.mark.parametrize(
        ("linked", "words"),
        [
            (False, r"is not linked to Systems Manager, .* by hand \(Console > Accounts\), with the file"),
            (True, r"is still linked to Systems Manager \(account 'Apps'\), .* by hand \(Console > Accounts\)\."),
        ],
    )
    def test_against_what_was_asked(self, check, linked, words):
        world = World(linked=linked)
        with pytest.raises(LocationError, match=words) as raised:
            world.run(check=check, claim=True, wish={"linked": not linked})
        assert raised.value.message.startswith(f"The location '{LOCATION}' (uid {UID}) is ")
        assert [step["step"] for step in raised.value.facts["manual_steps"]][:1] == ["link_account"]
        assert world.api.writes == []

    @pytest.mark.parametrize("asked", [True, False])
    def test_that_can_not_be_told(self, asked):
        world = World()
        world.mdm.accounts = [account(location_uid="")]
        with pytest.raises(LocationError, match="can't be told"):
            world.run(wish={"linked": asked})


class TestNetworks:
    def test_an_unknown_one_is_a_mistake_where_all_are_read(self):
        with pytest.raises(
            InputError, match=r"account_network_ids: .* no network N_8; .* North \(N_1\), South \(N_2\)"
        ):
            World().run(wish={"units": ("N_1", "N_8"), "all_units": True})

    def test_it_may_be_one_that_the_task_does_not_read(self):
        World().run(wish={"units": ("N_8",)})


class TestInfo:
    def test_shows_the_same_account(self):
        found = World().info()
        assert found.account["mdm"] == World().run().value["mdm"]
        assert [step["step"] for step in found.manual_steps] == ["link_account", "allowed_admins"]

    @pytest.mark.parametrize(("pin", "linked"), [({"uid": UID}, True), ({}, None), ({"name": LOCATION}, None)])
    def test_a_dead_token_shows_the_mdms_side(self, pin, linked):
        world = World()
        world.api.errors["read_service_config"] = deque([TokenError("dead", error_number=9625)])
        found = world.info(**pin)
        assert (found.account["token_state"], found.account["mdm"]["linked"]) == ("revoked", linked)

    def test_a_token_past_its_date_asks_nothing_of_apple(self):
        world = World()
        found = AccountInfoTask(None, TOKEN, LocationGuard(uid=UID), world.api.clock, world.side()).read()
        assert (found.account["token_state"], found.account["mdm"]["linked"]) == ("expired", True)
        assert world.mdm.calls == ["read_units", "read_accounts"]

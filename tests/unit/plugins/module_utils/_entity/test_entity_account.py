# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account: claiming, taking over, letting go, and what is told when a write goes wrong."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    InputError,
    OutcomeUnknownError,
    OwnershipError,
    PartialError,
    ServiceError,
    TokenError,
    TransportError,
    VppError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Limits, MdmInfo, Secret, ServiceConfig
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_account import RELEASED_METADATA, AccountGoal
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.account import AccountInfoTask, AccountTask
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome, reconcile
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.tests.unit.fakes import TOKEN, FakeAppsBooks, Fault, claim, lost

SECRET = "a-secret-of-the-receiver"
OURS = MdmInfo("ours", "Us", "openmdm.vpp")
HOOK: dict[str, Any] = {
    "claim": True,
    "notification_url": "https://hooks.example/apps",
    "notification_auth_token": Secret(SECRET),
    "notification_types": ("ASSET_COUNT",),
}


def run(api: FakeAppsBooks, *, check: bool = False, **options: Any) -> Outcome:
    facts: dict[str, Any] = {"state": "present", "owner_id": "ours", "owner_name": "Us", **options}
    goal = AccountGoal(**facts)
    guard = LocationGuard(owner_id=goal.owner_id, takeover=goal.takeover)
    return reconcile(AccountTask(api, TOKEN, guard, api.clock, goal), check=check)


def world(owner: str = "") -> FakeAppsBooks:
    api = FakeAppsBooks()
    if owner == "ours":
        api.config = replace(api.config, mdm_info=OURS)
    elif owner:
        api.config = claim(api.config, owner)
    return api


GOALS: dict[str, tuple[str, dict[str, Any]]] = {
    "claim": ("", {"claim": True}),
    "claim renamed": ("ours", {"claim": True, "owner_name": "Us, renamed"}),
    "takeover": ("theirs", {"claim": True, "takeover": True}),
    "notifications": ("", HOOK),
    "release": ("ours", {"state": "absent"}),
}


@pytest.mark.parametrize(("owner", "goal"), GOALS.values(), ids=GOALS)
class TestTwin:
    def test_check_writes_nothing(self, owner, goal):
        api = world(owner)
        assert run(api, check=True, **goal).changed
        assert api.writes == []

    def test_check_and_run_tell_the_same(self, owner, goal):
        api = world(owner)
        checked, done = run(api, check=True, **goal), run(api, **goal)
        assert (checked.changed, checked.plan, checked.diff, checked.summary) == (
            True,
            done.plan,
            done.diff,
            done.summary,
        )
        assert done.changed
        assert done.error is None

    def test_second_run_has_nothing_to_do(self, owner, goal):
        api = world(owner)
        run(api, **goal)
        for check in (True, False):
            again = run(api, check=check, **goal)
            assert (again.changed, again.plan) == (False, {"write": []})
        assert len(api.writes) == 1

    def test_no_secret_is_told(self, owner, goal):
        api = world(owner)
        outcome = run(api, **goal)
        assert SECRET not in repr(outcome)


class TestClaim:
    def test_nothing_is_claimed_unless_asked_for(self):
        api = world()
        assert not run(api).changed
        assert api.writes == []

    @pytest.mark.parametrize("check", [True, False])
    def test_foreign_one_stops(self, check):
        api = world("theirs")
        with pytest.raises(OwnershipError, match="takeover"):
            run(api, check=check, claim=True)
        assert api.writes == []

    def test_takeover_alone_looks_and_changes_nothing(self):
        api = world("theirs")
        assert not run(api, takeover=True).changed
        assert api.config.mdm_info is not None
        assert api.config.mdm_info.id == "theirs"

    def test_settings_of_another_owner_are_not_sent_again(self):
        api = world("theirs")
        api.config = replace(
            api.config, notification_url="https://theirs.example/x", notification_auth_token=Secret("theirs")
        )
        run(api, claim=True, takeover=True)
        assert "theirs" not in repr([detail for name, detail in api.log if name == "write_client_config"])

    def test_notifications_need_a_claim_of_ours(self):
        options = {name: value for name, value in HOOK.items() if name != "claim"}
        with pytest.raises(OwnershipError):
            run(world(), **options)

    def test_limits_are_those_of_the_service(self):
        api = world()
        api.service = ServiceConfig(Limits(max_mdm_metadata_length=5))
        with pytest.raises(InputError, match="at most 5"):
            run(api, claim=True)
        assert api.writes == []


class TestRelease:
    def test_marks_the_claim(self):
        api = world("ours")
        run(api, state="absent")
        assert api.config.mdm_info == MdmInfo("ours", "Us", RELEASED_METADATA)

    @pytest.mark.parametrize("owner", ["", "theirs"])
    def test_what_is_not_ours_is_left_alone(self, owner):
        api = world(owner)
        assert not run(api, state="absent").changed
        assert api.writes == []

    def test_licences_are_not_touched(self):
        api = world("ours")
        run(api, state="absent")
        assert api.writes == ["write_client_config"]


class TestWriteGoesWrong:
    def test_refused_changes_nothing(self):
        api = world()
        api.faults.append(Fault(error=ServiceError("Cannot write: unreachable (9728)", error_number=9728)))
        outcome = run(api, **HOOK)
        assert not outcome.changed
        assert outcome.error is not None
        assert outcome.error.error_number == 9728

    def test_lost_answer_that_was_done_is_no_failure(self):
        api = world()
        api.faults.append(lost(processed=True))
        outcome = run(api, claim=True)
        assert (outcome.changed, outcome.error, api.config.mdm_info) == (True, None, OURS)

    def test_lost_answer_that_was_not_done(self):
        api = world()
        api.faults.append(lost(processed=False))
        outcome = run(api, claim=True)
        assert not outcome.changed
        assert isinstance(outcome.error, PartialError)
        assert "nothing was changed" in outcome.error.message
        assert len(api.writes) == 1

    def test_lost_answer_that_was_done_by_half(self, monkeypatch):
        api = world()

        def half(_change):
            api.config = replace(api.config, mdm_info=OURS)
            raise OutcomeUnknownError("no answer")

        monkeypatch.setattr(api, "write_client_config", half)
        outcome = run(api, **HOOK)
        assert outcome.changed
        assert isinstance(outcome.error, PartialError)
        assert "it may have changed" in outcome.error.message

    def test_lost_answer_and_other_settings_than_before(self):
        """Neither what was nor what was asked for: something was written, so it counts as changed."""
        api = world()
        api.config_after_write = replace(api.config, mdm_info=OURS)
        api.faults.append(lost(processed=True))
        outcome = run(api, **HOOK)
        assert outcome.changed
        assert isinstance(outcome.error, PartialError)
        assert "it may have changed" in outcome.error.message

    @pytest.mark.parametrize("error", [TransportError("no connection"), TokenError("revoked")])
    def test_the_read_afterwards_fails(self, error):
        api = world()
        api.errors["read_client_config"] = deque([None, error])
        outcome = run(api, claim=True)
        assert outcome.changed
        assert isinstance(outcome.error, PartialError)
        assert "it may have changed" in outcome.error.message

    def test_the_answer_of_another_owner_counts_as_written(self):
        api = world()
        api.faults.append(Fault(error=OwnershipError("Another claims it now"), processed=True))
        outcome = run(api, claim=True)
        assert outcome.changed
        assert outcome.error is not None

    def test_accepted_but_others_are_shown(self):
        api = world()
        api.config_after_write = api.config
        outcome = run(api, claim=True)
        assert outcome.changed
        assert isinstance(outcome.error, PartialError)
        assert "(claim)" in outcome.error.message

    def test_shows_what_is_so_afterwards(self):
        api = world()
        assert run(api, claim=True).value["owner"] == {
            "state": "ours",
            "id": "ours",
            "name": "Us",
            "metadata": "openmdm.vpp",
        }


class TestInfo:
    def read(self, api: FakeAppsBooks, owner_id: str = "ours") -> dict[str, Any]:
        return AccountInfoTask(api, TOKEN, LocationGuard(owner_id=owner_id), api.clock).read().account

    @pytest.mark.parametrize(("owner", "state"), [("", "alive"), ("ours", "alive"), ("theirs", "foreign")])
    def test_living_token(self, owner, state):
        assert self.read(world(owner))["token_state"] == state

    @pytest.mark.parametrize(
        ("number", "state"), [(9621, "expired"), (9625, "revoked"), (9601, "refused"), (None, "refused")]
    )
    @pytest.mark.parametrize("call", ["read_service_config", "read_client_config"])
    def test_dead_token_is_a_finding(self, number, state, call):
        api = world()
        api.errors[call] = deque([TokenError("dead", error_number=number)])
        facts = self.read(api)
        assert (facts["token_state"], facts["uid"], facts["owner"]["state"]) == (state, "", "unknown")

    @pytest.mark.parametrize("error", [TransportError("no connection"), ServiceError("broken")])
    def test_other_errors_are_errors(self, error):
        api = world()
        api.errors["read_client_config"] = deque([error])
        with pytest.raises(VppError):
            self.read(api)

    def test_dead_and_living_tokens_have_the_same_keys(self):
        dead = world()
        dead.errors["read_service_config"] = deque([TokenError("dead")])
        assert list(self.read(dead)) == list(self.read(world()))

    def test_the_echoed_secret_is_not_shown(self):
        api = world("ours")
        api.config = replace(api.config, notification_auth_token=Secret(SECRET))
        facts = self.read(api)
        assert facts["notification_auth_token_set"] is True
        assert SECRET not in repr(facts)

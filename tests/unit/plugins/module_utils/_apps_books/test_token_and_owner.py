# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token, the location and its owner, as they change under a run."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    LocationError,
    OutcomeUnknownError,
    OwnershipError,
    TokenError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    AssignmentRequest,
    ClientConfigChange,
    Secret,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import (
    CLAIM,
    PAGES,
    WRITE,
    World,
)


@pytest.mark.parametrize("mode", ["401", "200"])
def test_an_unknown_token(world: World, mode: str) -> None:
    world.switch(invalid_token=mode)
    refused = pytest.raises(TokenError, match=r"\.vpptoken")
    with world.client(token=Secret("bm90LWEtdG9rZW4=")) as client, refused as caught:
        client.read_client_config()
    assert caught.value.error_number == 9622


@pytest.mark.parametrize(("action", "number"), [("revoke", 9625), ("expire", 9621)])
def test_a_token_that_dies_in_mid_run(world: World, action: str, number: int) -> None:
    with world.client() as client:
        client.read_client_config()
        world.control("POST", "/locations/main/token", {"action": action})
        with pytest.raises(TokenError, match="use the .vpptoken file that your MDM has") as caught:
            client.read_assets()
        assert caught.value.error_number == number


@pytest.mark.parametrize(
    ("action", "number", "kind"),
    [("legacy", 9647, TokenError), ("facilitator", 9637, TokenError), ("read_only", 9602, TokenError)],
)
def test_a_token_without_the_right_to_write(world: World, action: str, number: int, kind: type) -> None:
    world.control("POST", "/locations/main/token", {"action": action})
    with world.client() as client:
        (done,) = client.submit([WRITE])
    assert done.error.__class__ is kind
    assert getattr(done.error, "error_number", 0) == number


def test_our_own_claim_changes_what_is_expected(world: World) -> None:
    with world.client() as client:
        client.read_client_config()
        assert client.write_client_config(ClientConfigChange(mdm_info=CLAIM)).mdm_info == CLAIM
        client.read_assets()
        client.write_client_config(ClientConfigChange(notification_types=("ASSET_COUNT",)))


def test_a_claim_that_appears_in_mid_run_stops_everything(world: World) -> None:
    theirs = {"id": "theirs", "name": "Another product", "metadata": ""}
    world.fault("claim", "/assets/associate", mdm_info=theirs)
    requests = [AssignmentRequest(ASSOCIATE, (PAGES,), (f"TESTA{n:05d}",)) for n in range(100, 130)]
    with world.client() as client:
        client.read_client_config()
        done = client.submit(requests)
    assert isinstance(done[0].error, OwnershipError)
    assert "Another product" in str(done[0].error)
    assert done[0].event_id, "it was accepted: the event must be followed"
    assert done[-1].event_id is None
    assert done[-1].error is None


@pytest.mark.parametrize("mode", ["absent", "null"])
def test_no_claim_at_all(world: World, mode: str) -> None:
    world.switch(unclaimed_mdm_info=mode)
    with world.client() as client:
        assert client.read_client_config().mdm_info is None
        client.read_assets()


def test_another_location_under_the_run(world: World) -> None:
    with world.client() as client:
        client.read_client_config()
        world.app.world.locations["main"].uid = "7700000000000099"
        with pytest.raises(LocationError, match="7700000000000099"):
            client.read_assets()


def test_a_lost_answer_to_a_claim_leaves_both_owners_possible(world: World) -> None:
    world.fault("lost_answer", "/client/config", after=1)
    with world.client() as client:
        client.read_client_config()
        with pytest.raises(OutcomeUnknownError):
            client.write_client_config(ClientConfigChange(mdm_info=CLAIM))
        assert client.read_client_config().mdm_info == CLAIM

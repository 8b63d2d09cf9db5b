# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads against the sandbox, its switches and its faults."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    ServiceError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    COMPLETE,
    AssetKey,
    AssignmentQuery,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import (
    EVERYTHING,
    PAGES,
    WORD,
    WRITE,
    Sink,
    World,
)


def test_the_configuration_is_read_once_in_five_minutes(world: World) -> None:
    with world.client() as client:
        client.read_service_config()
        client.read_client_config()
        world.clock.advance(299)
        client.read_client_config()
        assert world.sent("/service/config") == [200]
        world.clock.advance(2)
        world.switch(limits={"maxAssets": 7})
        client.read_client_config()
        assert client.read_service_config().limits.max_assets == 7
    assert world.sent("/service/config") == [200, 200]


def test_client_config_and_expiry(world: World) -> None:
    with world.client() as client:
        config = client.read_client_config()
        assert (config.uid, config.country, config.default_platform) == ("7700000000000042", "NZ", "volumestore")
        assert config.mdm_info is None
        assert str(config.token_expiration_date) == "2031-03-02 09:15:00+00:00"


def test_assets_are_sorted_by_key_over_pages(world: World) -> None:
    world.switch(page_size=2)
    with world.client() as client:
        assets, walk = client.read_assets()
    assert (walk.stable, walk.pages, walk.rows) == (True, 4, 7)
    keys = [asset.key for asset in assets]
    assert keys == sorted(keys)
    assert AssetKey("900000001", "PLUS") in keys
    pages = next(asset for asset in assets if asset.key == PAGES)
    assert pages.unlimited
    assert pages.assigned_count == 3


def test_assignments_filtered(world: World) -> None:
    with world.client() as client:
        wanted = {
            EVERYTHING: 5,
            AssignmentQuery(asset=PAGES): 3,
            AssignmentQuery(serial_number="TESTA00001"): 2,
            AssignmentQuery(client_user_id="u-0001"): 2,
            AssignmentQuery(asset=WORD): 0,
        }
        sinks = [Sink() for _turn in wanted]
        walks = client.walk_assignments(list(zip(wanted, sinks, strict=True)))
        assert [len(sink.rows) for sink in sinks] == list(wanted.values())
        assert [(walk.rows, walk.stable) for walk in walks] == [(rows, True) for rows in wanted.values()]
        assert client.walk_assignments([]) == []


def test_a_large_walk_is_whole() -> None:
    world = World("generated", {"apps": "5", "devices": "2000", "people": "0", "drift": "0"})
    with world.client() as client:
        sink = Sink()
        (walk,) = client.walk_assignments([(EVERYTHING, sink)])
    assert (walk.rows, len(set(sink.rows)), walk.stable, walk.pages) == (10_000, 10_000, True, 19)
    assert world.sent("/assignments").count(200) == 19


@pytest.mark.parametrize("count", [0, 30, -30])
def test_a_change_in_mid_walk_restarts_it(count: int) -> None:
    world = World("generated", {"apps": "2", "devices": "100", "people": "0", "drift": "0.5"})
    world.switch(page_size=10)
    world.fault("version_change", "/assignments", after=4, count=count)
    with world.client() as client:
        sink = Sink()
        (walk,) = client.walk_assignments([(EVERYTHING, sink)])
    assert (walk.stable, sink.begun, len(sink.rows)) == (True, 2, walk.rows)
    total = world.control("GET", "/locations/main/assignments")["assignments"]
    assert len(set(sink.rows)) == len(total)


def test_a_data_set_that_never_rests_is_read_and_called_unstable() -> None:
    world = World("generated", {"apps": "2", "devices": "100", "people": "0", "drift": "0.5"})
    world.switch(page_size=10)
    world.fault("version_change", "/assignments", times=None, count=-1)
    with world.client() as client:
        sink = Sink()
        (walk,) = client.walk_assignments([(EVERYTHING, sink)])
    assert not walk.stable
    assert sink.begun == 3
    assert len(sink.rows) == walk.rows > 0


@pytest.mark.parametrize("kind", ["reset_before", "lost_answer", "truncated_body"])
def test_a_broken_read_is_repeated(world: World, kind: str) -> None:
    world.fault(kind, "/assignments", times=2)
    with world.client() as client:
        assert client.walk_assignments([(EVERYTHING, Sink())])[0].rows == 5


@pytest.mark.parametrize("number", [9603, 9644, 9646, 9729])
@pytest.mark.parametrize("form", [{}, {"retry_after": 3}, {"retry_after": 3, "retry_after_form": "date"}])
def test_a_passing_error_is_waited_for(world: World, number: int, form: dict[str, object]) -> None:
    world.fault("status", "/assignments", times=2, error_number=number, **form)
    with world.client() as client:
        assert client.walk_assignments([(EVERYTHING, Sink())])[0].rows == 5
    assert len(world.sent("/assignments")) == 3
    assert world.clock.monotonic() >= (5.9 if form else 3)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_in_html_is_waited_for(world: World, status: int) -> None:
    world.fault("status", "/assignments", status=status)
    with world.client() as client:
        assert client.walk_assignments([(EVERYTHING, Sink())])[0].rows == 5


def test_unknown_fields_are_ignored_everywhere(world: World) -> None:
    world.fault("extra_fields", times=None)
    with world.client() as client:
        config = client.read_client_config()
        assets, _walk = client.read_assets()
        client.walk_assignments([(EVERYTHING, Sink())])
        assert client.lookup_metadata(assets, config)[PAGES.adam_id].name == "Pages"
        assert client.search_bundle_id("com.apple.Pages", config)[0].adam_id == PAGES.adam_id
        done = client.submit([WRITE])
        ids = [item.event_id or "" for item in done]
        assert client.wait_for_events(ids, poll_interval=1, timeout=60)[0].status == COMPLETE


def test_not_json_is_one_sentence(world: World) -> None:
    world.fault("not_json", "/client/config", times=None)
    with world.client() as client, pytest.raises(ServiceError, match="not JSON"):
        client.read_client_config()

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed since a version, and the session of a task that has but three requests to send."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey, AssignmentQuery
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import (
    EVERYTHING,
    PAGES,
    WORD,
    WRITE,
    Sink,
    World,
)


def changed(world: World, add: list[str] | None = None, remove: list[str] | None = None) -> None:
    """Another product gives and takes Pages."""
    rows = [[{"adamId": PAGES.adam_id, "serialNumber": serial} for serial in names or []] for names in (add, remove)]
    world.control("POST", "/locations/main/assignments", {"add": rows[0], "remove": rows[1]})


@pytest.mark.parametrize("empty_total", [0, 1])
def test_nothing_changed(world: World, empty_total: int) -> None:
    world.switch(empty_total_pages=empty_total)
    with world.client() as client:
        (whole,) = client.walk_assignments([(EVERYTHING, Sink())])
        version = client.read_version()
        assert version == whole.version_id != ""
        sink = Sink()
        walk = client.read_changes(version, sink, 1)
        assert walk is not None
        assert (walk.version_id, walk.stable, walk.rows, sink.rows) == (version, True, 0, [])


@pytest.mark.parametrize(("shown", "rows"), [("hidden", {"TESTA00007"}), ("shown", {"TESTA00007", "TESTA00001"})])
def test_what_changed(world: World, shown: str, rows: set[str]) -> None:
    world.switch(delta_removed=shown)
    with world.client() as client:
        before = client.read_version()
        changed(world, ["TESTA00007"], ["TESTA00001"])
        sink = Sink()
        walk = client.read_changes(before, sink, 1)
        assert walk is not None
        assert walk.version_id == client.read_version() != before
        assert {row[2] for row in sink.rows} == rows
        assert {row[:2] for row in sink.rows} == {(PAGES.adam_id, PAGES.pricing_param)}


def test_people_who_are_retired_stay_in_it(world: World) -> None:
    world.switch(not_assigned="completed")
    with world.client() as client:
        before = client.read_version()
        world.control("POST", "/locations/main/users", {"retire": ["u-0001"]})
        sink = Sink()
        client.read_changes(before, sink, 1)
        client.walk_assignments([(AssignmentQuery(client_user_id="u-0001"), held := Sink())])
    assert set(held.rows) <= set(sink.rows)
    assert not any("excludeInactiveUsers" in entry["path"] for entry in world.app.requests)


def test_versions_that_say_something_of_a_filter(world: World) -> None:
    world.switch(version_scope="per_filter")
    with world.client() as client:
        (of_one,) = client.walk_assignments([(AssignmentQuery(asset=WORD), Sink())])
        whole = client.read_version()
        assert of_one.version_id != whole
        walk = client.read_changes(whole, Sink(), 1)
        assert walk is not None
        assert (walk.version_id, walk.rows) == (whole, 0)


def test_a_version_that_is_not_known(world: World) -> None:
    with world.client() as client:
        assert client.read_changes("5f7f2c40-2222-11ee-9d10-000000000001", Sink(), 1) is None


def test_other_errors_are_errors(world: World) -> None:
    with world.client() as client:
        before = client.read_version()
        world.fault("status", "/assignments", error_number=9602)
        with pytest.raises(ServiceError, match="9602"):
            client.read_changes(before, Sink(), 1)


def test_more_pages_than_are_worth_it(world: World) -> None:
    with world.client() as client:
        before = client.read_version()
        changed(world, [f"MANY{number:06d}" for number in range(250)])
        sink = Sink()
        walk = client.read_changes(before, sink, 3)
        assert walk is not None
        assert (walk.stable, walk.pages, len(sink.rows)) == (True, 3, 250)
        asked = len(world.app.requests)
        assert client.read_changes(before, Sink(), 2) is None
        assert len(world.app.requests) == asked + 1


def test_a_lean_session_asks_for_what_it_needs_and_nothing_else(world: World) -> None:
    with world.client(lean=True) as client:
        client.read_client_config()
        client.read_assets()
        client.read_changes(client.read_version(), Sink(), 1)
        assert world.sent("/service/config") == []
        assert len(world.app.requests) == 4
        client.submit([WRITE])
        assert world.sent("/service/config") == [200]
        client.walk_assignments([(EVERYTHING, Sink())])
        client.read_assets()
    assert world.sent("/service/config") == [200]


@pytest.mark.parametrize("what", ["walk", "users", "lookup", "many"])
def test_a_lean_session_asks_service_config_for_more(world: World, what: str) -> None:
    with world.client(lean=True) as client:
        config = client.read_client_config()
        assets, _walk = client.read_assets()
        before = client.read_version()
        assert client.walk_assignments([]) == []
        assert world.sent("/service/config") == []
        if what == "walk":
            client.walk_assignments([(AssignmentQuery(asset=AssetKey("1")), Sink())])
        elif what == "users":
            client.read_users()
        elif what == "lookup":
            client.lookup_metadata(assets, config)
        else:
            changed(world, [f"MANY{number:06d}" for number in range(600)])
            assert client.read_changes(before, Sink(), 10) is not None
    assert world.sent("/service/config") == [200]


def test_a_lean_session_whose_address_is_gone(world: World) -> None:
    world.fault("status", "/client/config", error_number=9634)
    with world.client(lean=True) as client:
        assert client.read_client_config().uid
    assert [entry["path"].rpartition("/v2")[2] for entry in world.app.requests] == [
        "/client/config",
        "/service/config",
        "/client/config",
    ]

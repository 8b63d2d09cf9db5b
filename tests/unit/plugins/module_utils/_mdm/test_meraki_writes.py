# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes to Systems Manager against the sandbox: what is sent, how often, and what becomes of lost answers."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    OutcomeUnknownError,
    ServiceError,
    ThrottledError,
    TransportError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import AppCommand, TagChange
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mdm.systems import Wire, connected, new_box
from sandbox.app import Sandbox

MAIN = "N_600042000001"
UNKNOWN = "the device or an app is not known there, or the API key has no right to see it"
PAGES_ID = "5520000000004"


def ids(box: Sandbox) -> tuple[str, ...]:
    return tuple(device.id for device in box.world.meraki.devices())


def tags(box: Sandbox) -> list[list[str]]:
    return [list(device.tags) for device in box.world.meraki.devices()]


def test_tags_are_added_and_taken_and_others_stay() -> None:
    box = new_box()
    wire = Wire(box)
    first, second, *_rest = ids(box)
    with connected(box, wire) as mdm:
        mdm.change_tags(
            [TagChange(MAIN, ("a", "b"), (first, second)), TagChange(MAIN, ("app-pages",), (first,), add=False)]
        )
    assert wire.sent() == [
        ("modifyTags", {"ids": [first, second], "tags": ["a", "b"], "updateAction": "add"}),
        ("modifyTags", {"ids": [first], "tags": ["app-pages"], "updateAction": "delete"}),
    ]
    assert tags(box)[:2] == [["year-7", "app-procreate", "a", "b"], ["year-7", "app-pages", "a", "b"]]


def test_many_devices_go_in_parts_of_a_hundred() -> None:
    box = new_box("school", sm_list_limit=100)
    wire = Wire(box)
    with connected(box, wire) as mdm:
        devices = mdm.read_devices()
        by_unit = {unit.id: tuple(one.id for one in devices if one.unit == unit.id) for unit in mdm.read_units()}
        mdm.change_tags([TagChange(unit, ("new",), members) for unit, members in by_unit.items()])
        assert mdm.read_members([Scope("with_all", ("new",))]) == {one.id for one in devices}
        mdm.ask_check_in(devices)
    sizes = {name: [len(body["ids"]) for end, body in wire.sent() if end == name] for name in ("modifyTags", "checkin")}
    wanted = [100] * 5 + [34] + [100] * 4 + [74] + [100] * 2 + [61]
    assert sizes == {"modifyTags": wanted, "checkin": wanted}


def test_nothing_to_do_is_nothing_sent() -> None:
    box = new_box()
    wire = Wire(box)
    with connected(box, wire) as mdm:
        mdm.change_tags([])
        mdm.change_tags([TagChange(MAIN, ("a",), ())])
        mdm.ask_check_in([])
        assert mdm.send_commands([]) == []
    assert wire.sent() == []


@pytest.mark.parametrize("body", ["empty", "json"])
def test_commands(body: str) -> None:
    box = new_box(sm_action_body=body)
    wire = Wire(box)
    _first, second, third, *_rest = ids(box)
    with connected(box, wire) as mdm:
        errors = mdm.send_commands(
            [
                AppCommand(MAIN, third, (PAGES_ID,)),
                AppCommand(MAIN, third, ("1", "2")),
                AppCommand(MAIN, "4419", (PAGES_ID,)),
                AppCommand(MAIN, second, (PAGES_ID,), install=False),
            ]
        )
    assert [error and error.message for error in errors] == [
        None,
        f"Cannot install 2 apps on device {third}: the service says: Unknown app id: 1 (HTTP 400)",
        f"Cannot install 1 app on device 4419: {UNKNOWN} (HTTP 404)",
        None,
    ]
    assert sorted(wire.sent(), key=str) == sorted(
        [
            ("installApps", {"appIds": [PAGES_ID]}),
            ("installApps", {"appIds": ["1", "2"]}),
            ("installApps", {"appIds": [PAGES_ID]}),
            ("uninstallApps", {"appIds": [PAGES_ID]}),
        ],
        key=str,
    )


def test_an_app_out_of_scope_may_be_refused() -> None:
    box = new_box(sm_install_out_of_scope="refused")
    with connected(box) as mdm:
        (error,) = mdm.send_commands([AppCommand(MAIN, ids(box)[5], (PAGES_ID,))])
    assert error is not None
    assert "is not in scope for this device" in error.message


def test_devices_that_are_gone() -> None:
    box = new_box()
    with connected(box) as mdm:
        mdm.change_tags([TagChange(MAIN, ("a",), ("4419",))])  # passed over; the next read shows it
    box = new_box(sm_unknown_devices="refused")
    with connected(box) as mdm, pytest.raises(ServiceError, match="has an unknown device: 4419"):
        mdm.change_tags([TagChange(MAIN, ("a",), ("4419",))])


@pytest.mark.parametrize("status", ["302", "307", "308"])
def test_writes_find_the_shard(status: str) -> None:
    box = new_box(sm_redirect=status)
    wire = Wire(box)
    with connected(box, wire, organization_id="600042") as mdm:
        assert mdm.send_commands([AppCommand(MAIN, ids(box)[1], (PAGES_ID,))]) == [None]
        mdm.change_tags([TagChange(MAIN, ("a",), ids(box))])
    assert [end for end, _body in wire.sent()] == ["installApps", "modifyTags"]
    assert all("a" in one for one in tags(box))


@pytest.mark.parametrize("kind", ["lost_answer", "truncated_body", "reset_before", "status"])
def test_tags_survive_a_lost_answer(kind: str) -> None:
    box = new_box()
    box.faults.add({"kind": kind, "match": {"path": "/modifyTags"}, **({"status": 502} if kind == "status" else {})})
    wire = Wire(box)
    with connected(box, wire) as mdm:
        mdm.change_tags([TagChange(MAIN, ("a",), ids(box))])
    assert len(wire.sent()) == 2
    assert all(one.count("a") == 1 for one in tags(box))


def test_tags_with_answers_lost_for_ever() -> None:
    box = new_box()
    box.faults.add({"kind": "lost_answer", "match": {"path": "/modifyTags"}, "times": None})
    with connected(box) as mdm, pytest.raises(OutcomeUnknownError, match="may have done it nevertheless$") as caught:
        mdm.change_tags([TagChange(MAIN, ("a",), ids(box)[:1]), TagChange(MAIN, ("b",), ids(box))])
    assert "give the tag a to 1 device of network Harbour Street devices (N_600042000001)" in caught.value.message
    assert not any("b" in one for one in tags(box))  # what comes after an error is not sent


def test_an_answer_that_is_not_json_is_an_accepted_write() -> None:
    box = new_box()
    box.faults.add({"kind": "not_json", "match": {"method": "POST"}, "times": None})
    wire = Wire(box)
    with connected(box, wire) as mdm:
        devices = mdm.read_devices()
        mdm.change_tags([TagChange(MAIN, ("a",), ids(box))])
        mdm.ask_check_in(devices)
        assert mdm.send_commands([AppCommand(MAIN, ids(box)[1], (PAGES_ID,))]) == [None]
    assert len(wire.sent()) == 3


def test_a_command_whose_answer_is_lost_is_not_repeated_and_stops_the_rest() -> None:
    box = new_box()
    box.faults.add({"kind": "lost_answer", "match": {"path": "/installApps"}})
    wire = Wire(box)
    with connected(box, wire) as mdm:
        errors = mdm.send_commands([AppCommand(MAIN, one, (PAGES_ID,)) for one in ids(box)])
    unknown = [error for error in errors if isinstance(error, OutcomeUnknownError)]
    not_sent = [error for error in errors if isinstance(error, TransportError) and error not in unknown]
    assert len(unknown) == 1
    assert "was not sent again" in unknown[0].message
    assert all("not sent, since the answer to the one before was lost" in error.message for error in not_sent)
    assert len(wire.sent()) + len(not_sent) == 10
    assert len(not_sent) >= 6  # at most four are under way at once


@pytest.mark.parametrize(("status", "kind"), [(401, ServiceError), (403, ServiceError), (429, ThrottledError)])
def test_an_error_that_concerns_all_stands_for_the_rest(status: int, kind: type[ServiceError]) -> None:
    box = new_box()
    box.faults.add({"kind": "status", "status": status, "match": {"path": "/installApps"}, "times": None})
    wire = Wire(box)
    with connected(box, wire) as mdm:
        errors = mdm.send_commands([AppCommand(MAIN, one, (PAGES_ID,)) for one in ids(box)])
    assert all(isinstance(error, kind) and error.http_status == status for error in errors)
    if status != 429:
        assert len(wire.sent()) <= 4


def test_a_throttled_command_is_sent_when_it_may_be() -> None:
    box = new_box()
    box.faults.add({"kind": "status", "status": 429, "retry_after": 3, "match": {"path": "/installApps"}, "times": 2})
    wire = Wire(box)
    before = box.clock.now()
    with connected(box, wire) as mdm:
        assert mdm.send_commands([AppCommand(MAIN, one, (PAGES_ID,)) for one in ids(box)]) == [None] * 10
    assert len(wire.sent()) == 12
    assert box.clock.now() - before >= 6


def test_a_key_that_may_only_read() -> None:
    box = new_box()
    key = box.control("POST", "/meraki/keys", {"name": "reader", "write": False})[1]["key"]
    with connected(box, api_key=Secret(key)) as mdm:
        assert len(mdm.read_devices()) == 10
        with pytest.raises(ServiceError, match="may only read") as caught:
            mdm.change_tags([TagChange(MAIN, ("a",), ids(box))])
    assert caught.value.http_status == 403
    assert key not in str(caught.value)

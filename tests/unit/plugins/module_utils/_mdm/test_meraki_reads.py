# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of Systems Manager against the sandbox: every method, in every form that its answers may take."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core import mdm as nouns
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import AppName, Unit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm import meraki
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mdm.systems import (
    SHARD,
    Wire,
    connected,
    new_box,
)
from sandbox.clock import utc

PAGES = AppName("361309726", "com.apple.Pages")
WORD = AppName(bundle_id="com.microsoft.Office.Word")
MAIN = "N_600042000001"


def test_units_are_the_networks_of_systems_manager() -> None:
    box = new_box("school")
    with connected(box) as mdm:
        assert mdm.read_units() == [
            Unit("N_600077000001", "North devices"),
            Unit("N_600077000002", "South devices"),
            Unit("N_600077000003", "West devices"),
        ]
    with connected(box, network_ids=("N_600077000003", "N_600077000001")) as mdm:
        assert [unit.id for unit in mdm.read_units()] == ["N_600077000001", "N_600077000003"]


def test_they_are_read_anew_only_where_they_are_asked_for() -> None:
    box = new_box()
    wire = Wire(box)
    with connected(box, wire) as mdm:
        units = mdm.read_units()
        asked = len(wire.requests)
        assert mdm.read_units() == units
        assert len(wire.requests) == asked + 1
    wire = Wire(box)
    with connected(box, wire) as mdm:
        mdm.read_units()
        mdm.read_tags()
        assert len(wire.requests) == asked + 1
    wire.requests = wire.requests[:asked]
    assert [request.url.path for request in wire.requests] == [
        "/api/v1/organizations",
        "/api/v1/organizations/600042/networks",
    ]
    assert wire.queries("/networks") == [[("perPage", "1000"), ("productTypes[]", "systemsManager")]]
    wire = Wire(box)
    with connected(box, wire, organization_id="600042") as mdm:
        mdm.read_units()
    assert len(wire.requests) == 1


def test_every_request_says_who_asks() -> None:
    box = new_box()
    wire = Wire(box)
    with connected(box, wire) as mdm:
        mdm.read_devices()
    assert {request.headers["user-agent"] for request in wire.requests} == {"OpenMDMVPP/0.1.0 OpenMDM"}
    assert {request.headers["authorization"] for request in wire.requests} == {f"Bearer {box.meraki_key()}"}
    assert {request.headers["accept"] for request in wire.requests} == {"application/json"}


@pytest.mark.parametrize("separator", ["comma", "space"])
def test_accounts(separator: str) -> None:
    box = new_box("school", sm_network_id_admins=separator)
    with connected(box) as mdm:
        accounts = mdm.read_accounts()
    assert [account.location_uid for account in accounts] == [place.uid for place in box.world.locations.values()]
    west = accounts[2]
    assert west.admin_units == ("N_600077000003", "N_600077000001")
    assert west.units == ("N_600077000003",)
    assert (west.allowed_admins, west.email) == ("Network", "apps.west@kowhaivalley.example")
    assert west.token == Secret(box.token("west"))
    assert west.token_expires == box.world.locations["west"].token.expires
    assert utc(int(box.clock.now()) - 7200) == west.last_sync


def test_a_token_that_the_list_does_not_show_is_read_with_the_account() -> None:
    box = new_box(sm_token_in_list="absent")
    wire = Wire(box)
    with connected(box, wire) as mdm:
        (account,) = mdm.read_accounts()
    assert account.token == Secret(box.token())
    assert wire.requests[-1].url.path == f"/api/v1/organizations/600042/sm/vppAccounts/{account.id}"


@pytest.mark.parametrize("in_list", ["present", "absent"])
def test_a_masked_token_is_no_token(in_list: str) -> None:
    box = new_box(sm_token_text="masked", sm_token_in_list=in_list)
    with connected(box) as mdm:
        (account,) = mdm.read_accounts()
    assert account.token is None
    assert account.location_uid == "7700000000000042"
    assert account.token_expires is not None


@pytest.mark.parametrize("no_serial", ["null", "empty", "absent"])
@pytest.mark.parametrize("dates", ["number", "text"])
def test_devices(no_serial: str, dates: str) -> None:
    box = new_box("school", sm_no_serial=no_serial, sm_dates=dates)
    with connected(box) as mdm:
        devices = mdm.read_devices()
    assert [(one.unit, one.id) for one in devices] == sorted(
        (one.network_id, one.id) for one in box.world.meraki.devices()
    )
    theirs = {one.id: one for one in box.world.meraki.devices()}
    owners = box.world.meraki.owners
    for one in devices:
        their = theirs[one.id]
        owner = owners.get(their.owner_id or "")
        assert one.serial_number == (their.serial or "")
        assert one.platform == ("" if their.platform == "Android" else their.platform)
        assert f"{one.os} {one.os_version}" == their.os_name
        assert (one.supervised, one.model, one.name) == (their.supervised, their.model, their.name)
        assert one.last_seen == utc(int(their.last_seen))
        assert (one.tags, one.auto_tags) == (frozenset(their.tags), frozenset(their.auto_tags))
        assert one.owner == (owner.email if owner else "")
        assert one.missing_apps is not None


@pytest.mark.parametrize("style", ["absolute", "relative", "below_base"])
@pytest.mark.parametrize("redirect", ["never", "307"])
def test_three_pages(monkeypatch: pytest.MonkeyPatch, style: str, redirect: str) -> None:
    monkeypatch.setattr(meraki, "DEVICES_PER_PAGE", 4)
    box = new_box(sm_link_style=style, sm_redirect=redirect)
    wire = Wire(box)
    with connected(box, wire, organization_id="600042") as mdm:
        assert len(mdm.read_devices()) == 10
    pages = [dict(query).get("startingAfter") for query in wire.queries("/devices")]
    assert pages == [None, "4410000000010", "4410000000014"]
    extra = [[value for name, value in query if name == "fields[]"] for query in wire.queries("/devices")]
    assert extra[0] == extra[1] == extra[2]  # the links keep what was asked for


@pytest.mark.parametrize("status", ["302", "307", "308"])
def test_after_a_redirect_everything_goes_to_the_shard(status: str) -> None:
    box = new_box(sm_redirect=status)
    wire = Wire(box)
    with connected(box, wire) as mdm:
        devices = mdm.read_devices()
        mdm.read_apps(devices[:2], [PAGES])
        mdm.ask_check_in(devices)
    assert wire.origins == ["http://127.0.0.1:8443"] + [SHARD] * (len(wire.requests) - 1)
    assert all("authorization" in request.headers for request in wire.requests)


@pytest.mark.parametrize(
    ("scopes", "serials"),
    [
        ([Scope("with_any", ("staff",))], {1, 2, 3, 7, 8, 9, 10}),  # the first three by a tag of their owner
        ([Scope("with_any", ("app-pages", "nobody"))], {1, 2}),
        ([Scope("with_all", ("app-pages", "app-procreate"))], {1}),
        ([Scope("without_any", ("year-7", "staff"))], set()),
        ([Scope("without_all", ("app-pages", "app-procreate"))], set(range(2, 11))),
        ([Scope("with_any", ("ipad",))], set(range(1, 11))),
        ([Scope("with_all", ("app-procreate",)), Scope("with_any", ("app-pages",))], {1, 2}),
        ([Scope("all"), Scope("with_any", ("app-pages",))], set(range(1, 11))),
        ([Scope("none")], set()),
        ([Scope("none"), Scope("with_any", ("app-pages",))], {1, 2}),
        ([], set()),
    ],
)
def test_members(scopes: list[Scope], serials: set[int]) -> None:
    with connected(new_box()) as mdm:
        members = mdm.read_members(scopes)
        numbers = {one.id: int(one.serial_number[-5:]) for one in mdm.read_devices()}
    assert {numbers[member] for member in members} == serials


def test_what_is_asked_about_members() -> None:
    box = new_box()
    wire = Wire(box)
    with connected(box, wire) as mdm:
        mdm.read_members([Scope("none")])
        assert wire.requests == []
        mdm.read_members([Scope("without_any", ("a", "b&c"))])
        mdm.read_members([Scope("with_any", ("a",)), Scope("all")])
    size = ("perPage", "1000")
    assert wire.queries("/devices") == [
        [size, ("scope[]", "withoutAny"), ("scope[]", "a"), ("scope[]", "b&c")],
        [size, ("scope[]", "all")],
    ]


def test_the_tags_of_owners() -> None:
    box = new_box("school")
    wire = Wire(box)
    with connected(box, wire) as mdm:
        tags = mdm.read_tags()
    assert {"choir", "robotics", "staff", "year-7"} <= tags
    assert all(tag and " " not in tag for tag in tags)
    assert len(wire.queries("/users")) == 1


@pytest.mark.parametrize("status_words", ["apple", "null"])
def test_apps(status_words: str) -> None:
    box = new_box(sm_status_words=status_words)
    with connected(box) as mdm:
        devices = mdm.read_devices()
        mdm.change_tags([nouns.TagChange(MAIN, ("app-word",), (devices[2].id,))])
        found = mdm.read_apps(devices[:4], [PAGES, WORD])
    assert set(found) == {one.id for one in devices[:4]}
    pages = found[devices[0].id][PAGES]
    assert (pages.state, pages.app_id, pages.managed, pages.wanted, pages.unwanted) == (
        nouns.INSTALLED,
        "5520000000004",
        True,
        True,
        False,
    )
    word = found[devices[2].id][WORD]
    assert (word.state, word.app_id, word.wanted) == (nouns.PENDING, "5520000000005", True)
    assert found[devices[3].id] == {}


@pytest.mark.parametrize("status_words", ["apple", "null"])
def test_an_app_that_was_removed_or_found_no_licence(status_words: str) -> None:
    box = new_box(sm_status_words=status_words)
    procreate = AppName("425073498")
    with connected(box) as mdm:
        devices = mdm.read_devices()
        mdm.send_commands([nouns.AppCommand(MAIN, devices[0].id, ("5520000000004",), install=False)])
        waiting = mdm.read_apps(devices[:1], [PAGES])[devices[0].id][PAGES]
        assert (waiting.unwanted, waiting.state) == (True, nouns.INSTALLED)
        mdm.change_tags([nouns.TagChange(MAIN, ("app-procreate",), tuple(one.id for one in devices))])
        mdm.ask_check_in(devices)
        assert mdm.read_apps(devices[:1], [PAGES])[devices[0].id][PAGES].state == nouns.REMOVED
        states = [found[procreate].state for found in mdm.read_apps(devices, [procreate]).values()]
    # Three licences for ten devices. Without its word a failure looks like an install on its way.
    without = nouns.FAILED if status_words == "apple" else nouns.PENDING
    assert sorted(states) == sorted([without] * 7 + [nouns.INSTALLED] * 3)


@pytest.mark.parametrize(("position", "has_id"), [("null", False), ("filled", True)])
def test_an_app_that_a_person_installed(position: str, has_id: bool) -> None:
    box = new_box("school", sm_unmanaged_app_id=position)
    whatsapp = AppName("310633997")
    north = box.world.meraki.networks["N_600077000001"]
    owned = {one.id for one in north.devices.values() if "net.whatsapp.WhatsApp" in one.software}
    with connected(box, network_ids=(north.id,)) as mdm:
        device = next(one for one in mdm.read_devices() if one.id in owned)
        record = mdm.read_apps([device], [whatsapp])[device.id][whatsapp]
    assert (record.state, record.managed, record.wanted) == (nouns.UNMANAGED, False, False)
    assert bool(record.app_id) is has_id


def test_unknown_fields_do_no_harm() -> None:
    box = new_box()
    box.faults.add({"kind": "extra_fields", "match": {"service": "meraki"}, "times": None})
    with connected(box) as mdm:
        devices = mdm.read_devices()
        assert len(devices) == 10
        assert len(mdm.read_accounts()) == 1
        assert mdm.read_apps(devices[:1], [PAGES])[devices[0].id][PAGES].state == nouns.INSTALLED


def test_what_the_connector_says_of_itself() -> None:
    with connected(new_box()) as mdm:
        assert mdm.name == "Systems Manager"
        assert nouns.OWN_LICENSING in mdm.capabilities

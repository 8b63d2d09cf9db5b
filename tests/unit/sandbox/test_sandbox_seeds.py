# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: the same name and options make the same world; the worlds hold what they promise."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sandbox.seeds import SEEDS, build
from sandbox.state import write_world

SERIAL = re.compile(r"[A-Z0-9]{10,12}")


def picture(name: str, options: dict[str, str]) -> str:
    world = build(name, options)
    places = {}
    for key, place in world.locations.items():
        rows = place.store.db.execute("SELECT asset,serial,user FROM assignments ORDER BY id").fetchall()
        assets = [repr(asset) for asset in place.store.assets.values()]
        places[key] = [place.uid, place.name, place.token.text, assets, place.store.users("1=1"), rows]
        place.store.close()
    return json.dumps(
        [
            places,
            repr(world.meraki.networks),
            repr(world.meraki.owners),
            repr(world.meraki.keys),
            list(map(repr, world.devices)),
            list(map(repr, world.people)),
            repr(world.catalogue),
        ]
    )


@pytest.mark.parametrize(
    ("name", "options"), [("small", {}), ("school", {}), ("generated", {"drift": "0.3", "devices": "200"})]
)
def test_the_same_seed_is_the_same_world(name: str, options: dict[str, str]) -> None:
    assert picture(name, options) == picture(name, options)


def test_another_number_is_another_world() -> None:
    assert picture("generated", {"number": "1"}) != picture("generated", {"number": "2"})


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_counts_agree_with_assignments(make: Any, api_of: Any, name: str) -> None:
    box = make(name)
    for key in box.world.locations:
        api = api_of(box, key)
        held = Counter((row["adamId"], row["pricingParam"]) for row in api.walk("/assignments", "assignments"))
        for asset in api.walk("/assets", "assets"):
            assert asset["assignedCount"] == held[asset["adamId"], asset["pricingParam"]]
            assert asset["availableCount"] == asset["totalCount"] - asset["assignedCount"] >= 0
        active = Counter(user["clientUserId"] for user in api.walk("/users", "users", activeOnly="true"))
        assert max(active.values()) == 1


def test_school(make: Any, api_of: Any) -> None:
    box = make("school")
    world = box.world
    assert list(world.locations) == ["north", "south", "west"]
    assert (len(world.devices), len(world.people)) == (1200, 900)
    serials = [device.serial_number for device in world.devices]
    assert len(set(serials)) == 1200
    assert all(SERIAL.fullmatch(serial) for serial in serials)
    tags = {tag for device in world.devices for tag in device.tags}
    assert tags == {*(f"year-{number}" for number in range(7, 13)), "staff", "carts"}
    assert {device.platform for device in world.devices} == {"iPadOS", "iOS"}
    assert len({person.email for person in world.people}) == 900
    statuses = Counter(user["status"] for user in api_of(box, "north").walk("/users", "users"))
    assert set(statuses) == {"Registered", "Associated", "Retired", "Deleted"}
    names = Counter(info.name for info in world.catalogue.values())
    assert names["Microsoft Word"] == 2
    assert len(world.catalogue) == 34
    procreate = api_of(box, "north").asset("425073498")
    year = sum(device.location == "north" and device.tags == ("year-7",) for device in world.devices)
    assert procreate["availableCount"] < year


def test_school_before_anybody_is_registered(make: Any, api_of: Any) -> None:
    box = make("school", people="new")
    assert len(box.world.people) == len(box.world.meraki.owners) == 900
    for key in box.world.locations:
        api = api_of(box, key)
        assert api.walk("/users", "users") == []
        assert not any("clientUserId" in row for row in api.walk("/assignments", "assignments"))
        assert api.control("POST", f"locations/{key}/users", {"people": 3})["refused"] == []


def test_systems_manager_of_the_school(make: Any) -> None:
    world = make("school").world
    org = world.meraki
    sites = [network for network in org.networks.values() if network.manages]
    assert [(site.id, site.key, len(site.devices)) for site in sites] == [
        ("N_600077000001", "north", 534),
        ("N_600077000002", "south", 474),
        ("N_600077000003", "west", 261),
    ]
    devices = list(org.devices())
    kinds = Counter(device.auto_tags[0] for device in devices)
    assert kinds == {"ipad": 1086, "iphone": 120, "mac": 50, "apple-tv": 12, "android": 1}
    serials = [device.serial for device in devices if device.serial]
    assert len(set(serials)) == len(serials) == 1263
    assert serials[:500] == [device.serial_number for device in world.devices[:500]]
    assert {device.serial_number for device in world.devices} < set(serials)
    by_user = [device for device in devices if device.serial is None]
    assert len(by_user) == 6
    assert all(device.owner_id and device.uuid is None and device.supervised is False for device in by_user)
    assert sum(device.supervised is False for device in devices) == 12 + 6
    away = [world.meraki.networks[device.network_id].key for device in devices if not device.online]
    assert len(away) == 20
    assert sum("12.5" in device.os_name for device in devices) == 8
    assert sum("net.whatsapp.WhatsApp" in device.software for device in devices) == 24
    assert len(org.owners) == 900
    assert {tag for owner in org.owners.values() for tag in owner.tags} & {"choir", "robotics"} == {"choir", "robotics"}
    assert [account.location for account in org.accounts.values()] == ["north", "south", "west"]
    assert [len(site.apps) for site in sites] == [10, 10, 10]


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_what_systems_manager_has_installed_is_licensed(make: Any, name: str) -> None:
    """Nobody has an app that needs a licence of a device without holding it."""
    box = make(name)
    for network in box.world.meraki.networks.values():
        for app in network.apps.values():
            store = box.world.locations[network.key].store
            asset = store.find_asset(app.itunes_id)
            rows = [(device, device.software.get(app.bundle_id)) for device in network.devices.values()]
            present = [device.serial for device, row in rows if row and row.present and row.managed]
            if app.licence == "device":
                assert len(store.holders([asset.id], present, [])) == len(present)
    before = box.control("GET", "/locations/" + next(iter(box.world.locations)))
    assert box.control("POST", "/meraki/checkin", {"all": True})[0] == 200
    box.control("POST", "/meraki/sync", {})
    assert box.control("GET", "/locations/" + next(iter(box.world.locations))) == before


def test_generated_has_one_network(make: Any) -> None:
    org = make("generated", devices=1200, number=3).world.meraki
    (network,) = org.networks.values()
    assert (network.id, len(network.devices), len(network.apps)) == ("N_610003000001", 1200, 3)
    assert next(iter(network.devices.values())).tags == ["tag-1"]


def test_generated_makes_several_locations(make: Any) -> None:
    world = make("generated", apps=2, devices=30, locations=3, devices_elsewhere=10, drift=0).world
    assert list(world.locations) == ["main", "main-2", "main-3"]
    assert len({place.uid for place in world.locations.values()}) == 3
    assert len({place.token.text for place in world.locations.values()}) == 3
    assert [[asset.assigned for asset in one.store.assets.values()] for one in world.locations.values()] == [
        [30, 30],
        [10, 10],
        [10, 10],
    ]
    assert len({device.serial_number for device in world.devices}) == 50
    sites = list(world.meraki.networks.values())
    assert [(site.key, len(site.devices)) for site in sites] == [("main", 30), ("main-2", 10), ("main-3", 10)]


def test_generated_locations_are_as_large_as_the_first(make: Any) -> None:
    world = make("generated", apps=1, devices=7, locations=2).world
    assert [device.location for device in world.devices] == ["main"] * 7 + ["main-2"] * 7


def test_generated_drift_is_the_share_that_is_not_assigned() -> None:
    for drift, low, high in (("0", 2000, 2000), ("1", 0, 0), ("0.25", 1400, 1600)):
        world = build("generated", {"apps": "10", "devices": "200", "drift": drift})
        store = world.locations["main"].store
        assert low <= store.db.execute("SELECT count(*) FROM assignments").fetchone()[0] <= high
        assert store.assets[1].adam_id == "800000001"
        store.close()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("no-such", {}),
        ("small", {"colour": "red"}),
        ("school", {"colour": "red"}),
        ("school", {"people": "none"}),
        ("school", {"people": "new", "colour": "red"}),
        ("generated", {"colour": "red"}),
        ("generated", {"apps": "many"}),
        ("generated", {"drift": "2"}),
        ("generated", {"devices": "-1"}),
    ],
)
def test_senseless_options_are_refused(name: str, options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+\.?$"):
        build(name, options)


def test_an_option_may_be_a_switch(make: Any) -> None:
    assert make("generated", devices=5, page_size=7).switches["page_size"] == 7


def test_files_of_a_world(make: Any, tmp_path: Any) -> None:
    box = make("school")
    files = write_world(box.world, tmp_path)
    assert (tmp_path / "meraki_api_key").read_text() == box.meraki_key()
    assert (tmp_path / "meraki_api_key").stat().st_mode & 0o777 == 0o600
    for key, path in files["tokens"].items():
        text = (tmp_path / f"{key}.vpptoken").read_text()
        assert str(tmp_path / f"{key}.vpptoken") == path
        assert (tmp_path / f"{key}.vpptoken").stat().st_mode & 0o777 == 0o600
        content = json.loads(base64.b64decode(text, validate=True))
        assert set(content) == {"token", "expDate", "orgName"}
        assert content["expDate"] == "2031-03-02T09:15:00+0000"
    lines = (tmp_path / "devices.csv").read_text().splitlines()
    assert lines[0] == "serial_number,name,platform,location,tags"
    assert len(lines) == 1201
    assert len((tmp_path / "people.csv").read_text().splitlines()) == 901
    lists = {key: Path(path).read_text().splitlines() for key, path in files["vpp_users"].items()}
    assert {key: len(lines) for key, lines in lists.items()} == {"north": 401, "south": 321, "west": 181}
    assert lists["north"][:2] == ["Email,Name,Notes", "aroha.abbott.0@kowhaivalley.example,Aroha Abbott,staff"]

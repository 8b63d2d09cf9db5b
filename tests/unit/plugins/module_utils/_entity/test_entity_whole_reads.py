# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is only read, told whole: a key or a count that goes astray shows here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Metadata
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, RETIRED
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.device_info import DeviceFilter, DeviceReader
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.license_info import LicenseFilter, LicenseReader
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.user_info import UserFilter, UserReader
from ansible_collections.openmdm.vpp.tests.unit.fakes import START, FakeAppsBooks, FakeClock, FakeNotify, serials
from ansible_collections.openmdm.vpp.tests.unit.fakes_mdm import SOUTH, FakeMdm
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_whole import World, check_whole


def devices(_folder: Path, notify: FakeNotify) -> Outcome:
    mdm = FakeMdm()
    mdm.units.append(SOUTH)
    mdm.enrol(*serials(1), tags=["b", "a"], auto_tags=["c"], owner="lea@school.example", name="iPad of Lea")
    mdm.enrol(*serials(1, 3), platform="macOS", unit=SOUTH.id, last_seen=START - timedelta(days=70), missing_apps=3)
    mdm.enrol("", supervised=False)
    mdm.enrol("R5CT", platform="", last_seen=None)
    wanted = DeviceFilter(serial_numbers=None, show_people=True)
    return DeviceReader(mdm, wanted, notify, FakeClock()).read(3)


def shown_users(_folder: Path, notify: FakeNotify) -> Outcome:
    api = FakeAppsBooks()
    api.people.add("u-1", "lea@x.example", ASSOCIATED)
    api.people.add("u-2", "Lea@x.example")
    api.people.add("u-3", "omar@x.example", RETIRED)
    api.people.add("u-4", "tama@x.example", ASSOCIATED, "hash-of-u-1")
    wanted = UserFilter(
        client_user_ids=frozenset({"u-1", "u-3", "u-9"}),
        emails=frozenset({"lea@x.example", "omar@x.example", "no@x.example"}),
        show_people=True,
    )
    return UserReader(api, LocationGuard(), wanted, notify).read(1)


def licenses(_folder: Path, notify: FakeNotify) -> Outcome:
    api = FakeAppsBooks()
    api.own("101", devices=serials(2), people={"u-1"}, total=10)
    api.own("102", total=None)
    api.own("103", product_type="Book", device_assignable=False, revocable=False, people={"u-1"})
    api.metadata = {"101": Metadata("101", "Pages", "com.example.pages")}
    wanted = LicenseFilter(metadata=True, assignments=True)
    return LicenseReader(api, LocationGuard(), wanted, notify).read(2)


WORLDS = [devices, shown_users, licenses]


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
def test_all_of_it(world: World, tmp_path: Path) -> None:
    check_whole(world, tmp_path)

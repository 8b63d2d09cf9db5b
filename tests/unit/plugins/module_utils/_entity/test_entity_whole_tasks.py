# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks for licences and apps, told whole: a key or a count that goes astray shows here."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core import manual_steps as keys
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import BadRow
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.tests.unit.fakes import OK, FakeAppsBooks, FakeNotify, Fault, serials
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity import bench, bench_people
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_whole import World, check_whole
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.test_entity_app import (
    BY_HAND,
    ON_ITS_WAY,
    PAGES,
    TEXT,
    WORD,
    Bench,
)


def devices_licenses(_folder: Path, notify: FakeNotify) -> Outcome:
    """Two lose theirs; of three who get one, one is refused."""
    api = FakeAppsBooks()
    api.own("101", devices=serials(2, 4), total=10)
    api.faults += [OK, Fault(fails=serials(1))]
    return bench.run(api, serials(3), assets=["101"], exclusive=True, max_removals=2, max_shrink=100, notify=notify)


def people_licenses(_folder: Path, notify: FakeNotify) -> Outcome:
    """One has it, one gets it, one did not accept, one is unknown; and a row is bad."""
    api = bench_people.world("lea", "omar", registered=["tama"])
    next(iter(api.owned.values())).people = {"omar"}
    named = {"bad_rows": (BadRow(9, "is bad"),), "source": "people.csv", "unit": "line", "show_people": True}
    return bench_people.run(api, bench_people.emails("lea", "omar", "tama", "nobody"), named=named, notify=notify)


def fleet(notify: FakeNotify) -> Bench:
    bench = Bench()
    bench.notify = notify
    bench.mdm.texts = dict.fromkeys([keys.ADD_APP, keys.APP_SCOPE], TEXT)
    bench.tag([*bench.seven[:3], *bench.eight])
    bench.have([*bench.seven[:2], *bench.eight])
    bench.have(bench.seven[2:3], ON_ITS_WAY, missing=1)
    bench.have(bench.seven[3:4], BY_HAND)
    bench.mdm.enrol("", tags=["year-7"])
    bench.mdm.enrol("MAC0000001", tags=["year-7"], platform="macOS", missing_apps=0)
    return bench


def changed_apps(_folder: Path, notify: FakeNotify) -> Outcome:
    goal = {"exclusive": True, "max_removals": "9", "max_shrink": 100, "install": True, "uninstall": True}
    return fleet(notify).run(**goal)


def shown_apps(_folder: Path, notify: FakeNotify) -> Outcome:
    return fleet(notify).info(2, (PAGES, WORD))


WORLDS = [devices_licenses, people_licenses, changed_apps, shown_apps]


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
def test_all_of_it(world: World, tmp_path: Path) -> None:
    check_whole(world, tmp_path)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One reclaim over the fake world, with the options of the module in short."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import parse_removal_limit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.reclaim_model import REASONS, ReclaimGoal
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, RETIRED, Person
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.apply_license import Polling
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome, reconcile
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.event_memory import EventMemory
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.reclaim import ReclaimRequest, ReclaimTask
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.reclaim_info import Expected, ReclaimReader
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.reclaim_witness import ReclaimQuestion
from ansible_collections.openmdm.vpp.plugins.module_utils._state.folder import StateFolder, StateSettings
from ansible_collections.openmdm.vpp.tests.unit.fakes import UID, FakeAppsBooks, FakeNotify, serials
from ansible_collections.openmdm.vpp.tests.unit.fakes_mdm import FakeMdm

APP, OTHER, BOOK = "101", "102", "900000001"


def address(name: str) -> str:
    return f"{name}@fernhill.example"


def world() -> tuple[FakeAppsBooks, FakeMdm]:
    """Ten devices, all enrolled; five people with an app and a book, of whom one has not accepted yet; one who was
    retired and keeps the book."""
    api, mdm = FakeAppsBooks(), FakeMdm()
    people = [f"p{number}" for number in range(1, 6)]
    for name in people:
        api.people.add(name, address(name), ASSOCIATED if name != "p5" else "Registered")
    api.people.add("old", address("old"), RETIRED)
    api.own(APP, devices=serials(10), people=set(people))
    api.own(OTHER, devices=serials(10))
    api.own(BOOK, product_type="Book", device_assignable=False, revocable=False, people={*people, "old"})
    mdm.enrol(*serials(10))
    return api, mdm


def listed(*names: str) -> tuple[Person, ...]:
    return tuple(Person(line, email=address(name)) for line, name in enumerate(names, 1))


def question(*reasons: str, **facts: Any) -> ReclaimQuestion:
    told = {"take_from": "users", "unseen_days": 90, "listed": listed("p1", "p2", "p3", "p4", "p5"), **facts}
    return ReclaimQuestion(frozenset(reasons or REASONS), **told)


def run(
    api: FakeAppsBooks,
    mdm: FakeMdm | None,
    asked: ReclaimQuestion,
    *,
    check: bool = False,
    max_removals: str | int = "100%",
    max_shrink: int = 100,
    notify: FakeNotify | None = None,
    wait: bool = True,
    wait_timeout: float = 900.0,
    settle: float = 0.0,
    state_dir: Path | None = None,
    **request: Any,
) -> Outcome:
    """`request` holds further fields of ReclaimRequest."""
    told = notify or FakeNotify()
    goal = ReclaimGoal(max_removals=parse_removal_limit(max_removals), max_shrink=max_shrink)
    settings = StateSettings(str(state_dir), "https://vpp.example:443", 0.0, check)
    opened = nullcontext(None) if state_dir is None else StateFolder(settings, api.clock, told).open(UID)
    with opened as state:
        task = ReclaimTask(
            api,
            LocationGuard(),
            ReclaimRequest(asked, goal, **request),
            mdm,
            Polling(wait, wait_timeout, 30.0, settle),
            told,
            api.clock,
            EventMemory(state, read_only=check),
            api.config,
        )
        return reconcile(task, check=check)


def info(
    api: FakeAppsBooks,
    mdm: FakeMdm | None,
    asked: ReclaimQuestion,
    expected: Expected | None = None,
    *,
    limit: int = 100,
    notify: FakeNotify | None = None,
) -> Outcome:
    told = notify or FakeNotify()
    reader = ReclaimReader(api, LocationGuard(), asked, expected or Expected(), (), mdm, told, api.clock)
    return reader.read(limit)


def pairs(rows: Iterable[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Asset, holder and reason of each."""
    return {(row["adam_id"], row["serial_number"] or row["client_user_id"], row["reason"]) for row in rows}

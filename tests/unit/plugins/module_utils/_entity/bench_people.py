# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One licence task for people over the fake world, with the options of the module in short."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._core.identity import AssetSelector
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import LicenseGoal, parse_removal_limit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, Person
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.apply_license import Polling
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome, reconcile
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.event_memory import EventMemory
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.find_people import NamedPeople
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.license import LicenseRequest, LicenseTask
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.plugins.module_utils._state.folder import StateFolder, StateSettings
from ansible_collections.openmdm.vpp.tests.unit.fakes import UID, FakeAppsBooks, FakeNotify

APP, BOOK = "101", "900000001"


def world(*associated: str, registered: Iterable[str] = (), **app: Any) -> FakeAppsBooks:
    """A location with one app and one book, and people by id, whose addresses are `<id>@fernhill.example`."""
    api = FakeAppsBooks()
    api.own(APP, **app)
    api.own(BOOK, product_type="Book", device_assignable=False, revocable=False, total=None)
    for key in associated:
        api.people.add(key, f"{key}@fernhill.example", ASSOCIATED)
    for key in registered:
        api.people.add(key, f"{key}@fernhill.example")
    return api


def ids(*names: str) -> tuple[Person, ...]:
    return tuple(Person(line, client_user_id=name) for line, name in enumerate(names, 1))


def emails(*names: str) -> tuple[Person, ...]:
    return tuple(Person(line, email=f"{name}@Fernhill.example") for line, name in enumerate(names, 1))


def holders(api: FakeAppsBooks, adam_id: str = APP) -> set[str]:
    return next(set(asset.people) for key, asset in api.owned.items() if key.adam_id == adam_id)


def run(
    api: FakeAppsBooks,
    people: Iterable[Person] = (),
    *,
    check: bool = False,
    assets: Iterable[str] = (APP,),
    max_removals: str | int | None = None,
    state_dir: Path | None = None,
    wait: bool = True,
    wait_timeout: float = 900.0,
    wait_available: float = 0.0,
    notify: FakeNotify | None = None,
    named: dict[str, Any] | None = None,
    **goal: Any,
) -> Outcome:
    """`named` holds further fields of NamedPeople."""
    limit = None if max_removals is None else parse_removal_limit(max_removals)
    facts: dict[str, Any] = {"state": "present", "wanted": 0, "max_removals": limit, **goal}
    told = notify or FakeNotify()
    settings = StateSettings(str(state_dir), "https://vpp.example:443", 0.0, check)
    opened = nullcontext(None) if state_dir is None else StateFolder(settings, api.clock, told).open(UID)
    request = LicenseRequest(
        selectors=tuple(AssetSelector(adam_id=one) for one in assets),
        serial_numbers=(),
        goal=LicenseGoal(**facts),
        people=NamedPeople(tuple(people), **(named or {})),
    )
    polling = Polling(wait, wait_timeout, 30.0, 0.0, 0.0 if check else wait_available)
    with opened as state:
        memory = EventMemory(state, read_only=check)
        task = LicenseTask(api, LocationGuard(), request, polling, told, api.clock, memory, api.config)
        return reconcile(task, check=check)

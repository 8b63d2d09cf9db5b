# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task for people over the fake world, with the options of the module in short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import parse_removal_limit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import BadRow, Person
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_plan import UserGoal
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.apply_license import Polling
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.people_memory import PeopleMemory
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.user import UserRequestOfTask, UserTask
from ansible_collections.openmdm.vpp.plugins.module_utils._state.folder import StateFolder, StateSettings
from ansible_collections.openmdm.vpp.tests.unit.fakes import UID, FakeAppsBooks, FakeNotify


def person(name: str, *, line: int = 0, key: str = "", **more: Any) -> Person:
    return Person(line, key, f"{name}@fernhill.example", name.title(), **more)


def people(*names: str, **more: Any) -> list[Person]:
    return [person(name, line=line, **more) for line, name in enumerate(names, 2)]


def run(
    api: FakeAppsBooks,
    listed: Iterable[Person] = (),
    *,
    check: bool = False,
    state_dir: Path | None = None,
    source: str = "people.csv",
    max_removals: str | int | None = None,
    bad_rows: Sequence[BadRow] = (),
    groups: Sequence[str] = (),
    show_people: bool = False,
    wait: bool = True,
    wait_timeout: float = 900.0,
    notify: FakeNotify | None = None,
    guard: LocationGuard | None = None,
    **goal: Any,
) -> Outcome:
    limit = None if max_removals is None else parse_removal_limit(max_removals)
    told = notify or FakeNotify()
    settings = StateSettings(str(state_dir), "https://vpp.example:443", 0.0, check)
    opened = nullcontext(None) if state_dir is None else StateFolder(settings, api.clock, told).open(UID)
    with opened as state:
        task = UserTask(
            api,
            guard or LocationGuard(),
            api.config,
            UserRequestOfTask(
                tuple(listed),
                UserGoal(max_removals=limit, **goal),
                tuple(bad_rows),
                tuple(groups),
                source,
                show_people=show_people,
            ),
            PeopleMemory(state, source, read_only=check),
            Polling(wait, wait_timeout, 30.0),
            told,
            api.clock,
        )
        return task.run(check=check)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One licence task over the fake world, with the options of the module in short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._core.identity import AssetSelector
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import LicenseGoal, parse_removal_limit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import AssignmentCache
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.apply_license import Polling
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome, reconcile
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.license import LicenseRequest, LicenseTask
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks, FakeNotify


def run(
    api: FakeAppsBooks,
    devices: Iterable[str] = (),
    *,
    check: bool = False,
    assets: Sequence[str | AssetSelector] | None = None,
    max_removals: str | int | None = None,
    wait: bool = True,
    wait_timeout: float = 900.0,
    guard: LocationGuard | None = None,
    notify: FakeNotify | None = None,
    request: dict[str, Any] | None = None,
    cache: AssignmentCache | None = None,
    **goal: Any,
) -> Outcome:
    """`assets` None = every asset of the world, by adam id; `request` holds further fields of LicenseRequest."""
    named = sorted({key.adam_id for key in api.owned}) if assets is None else assets
    limit = None if max_removals is None else parse_removal_limit(max_removals)
    facts: dict[str, Any] = {"state": "present", "wanted": 0, "max_removals": limit, **goal}
    task = LicenseTask(
        api,
        guard or LocationGuard(),
        LicenseRequest(
            selectors=tuple(AssetSelector(adam_id=one) if isinstance(one, str) else one for one in named),
            serial_numbers=tuple(devices),
            goal=LicenseGoal(**facts),
            **(request or {}),
        ),
        Polling(wait, wait_timeout, 30.0),
        notify or FakeNotify(),
        api.clock,
        cache=cache,
    )
    return reconcile(task, check=check)

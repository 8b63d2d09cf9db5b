# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences that an MDM grants: looks until all are there, or the time is over. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._core.license_model import LicensePlan
from .._core.model import Asset, AssetKey
from .._core.ports import AppsBooks, Clock
from .._core.targets import TargetIndex
from .apply_license import Polling
from .read_license import read_holders


class GrantWatch:
    """Watches the pairs that a plan awaits. `unseen`: devices (bits) that are not waited for, since they don't report
    and so get nothing; they are looked for all the same."""

    def __init__(
        self, api: AppsBooks, polling: Polling, clock: Clock, plan: LicensePlan, index: TargetIndex, unseen: int
    ) -> None:
        self._api, self._polling, self._clock = api, polling, clock
        self._plan, self._index, self._unseen = plan, index, unseen
        self._awaited = {part.asset.key: part.awaited for part in plan.assets if part.awaited}
        self._counts = {part.asset.key: part.asset.assigned_count for part in plan.assets}

    def run(self) -> LicensePlan:
        """The plan with what is still awaited when it ends."""
        deadline = self._clock.monotonic() + self._polling.timeout
        while self._expected():
            left = deadline - self._clock.monotonic()
            last = left <= self._polling.interval
            self._clock.sleep(max(0.0, min(left, self._polling.interval)))
            self._look(everything=last)
            if last:
                break
        return replace(
            self._plan,
            assets=tuple(replace(part, awaited=self._awaited.get(part.asset.key, 0)) for part in self._plan.assets),
        )

    def _expected(self) -> bool:
        return any(bits & ~self._unseen for bits in self._awaited.values())

    def _look(self, *, everything: bool) -> None:
        """One request for the counts; holders are read of the assets whose count moved (counts may lag, so that the
        last look reads those of all that is awaited)."""
        owned, _walk = self._api.read_assets()
        now: Mapping[AssetKey, Asset] = {asset.key: asset for asset in owned}
        moved = [
            now[key]
            for key in self._awaited
            if key in now and (everything or now[key].assigned_count != self._counts[key])
        ]
        touched = 0
        for asset in moved:
            touched |= self._awaited[asset.key]
        # A count of nought may lag as well.
        asked = [replace(asset, assigned_count=max(1, asset.assigned_count)) for asset in moved]
        have, _unstable = read_holders(
            self._api, self._index, asked, owned, self._index.names(touched), self._plan.kind
        )
        for key, bits in have.items():
            self._awaited[key] &= ~bits
            self._counts[key] = now[key].assigned_count
        self._awaited = {key: bits for key, bits in self._awaited.items() if bits}

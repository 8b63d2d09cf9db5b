# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what a location owns and who holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._core.identity import AssetSelector
from .._core.model import Asset, Row
from .._core.ports import AppsBooks, Notify
from .._core.reads import choose_read
from .assets import asset_facts, find_assets
from .base import Outcome
from .location import LocationGuard, location_facts, open_location


@dataclass(frozen=True, slots=True)
class LicenseFilter:
    """What to show; `None` and an empty `selectors` = no restriction."""

    selectors: tuple[AssetSelector, ...] = ()
    product_type: str | None = None
    device_assignable: bool | None = None
    serial_numbers: tuple[str, ...] | None = None
    metadata: bool = False
    assignments: bool = False


class _Rows:
    """A sink that keeps the rows asked for; a set, since a changing list may show one twice."""

    def __init__(self, assets: frozenset[tuple[str, str]], serial_numbers: frozenset[str] | None) -> None:
        self._assets, self._serial_numbers = assets, serial_numbers
        self.found: set[Row] = set()

    def begin(self) -> None:
        self.found.clear()

    def page(self, rows: Sequence[Row]) -> None:
        serial_numbers = self._serial_numbers
        self.found.update(
            row for row in rows if row[:2] in self._assets and (serial_numbers is None or row[2] in serial_numbers)
        )


class LicenseReader:
    def __init__(self, api: AppsBooks, guard: LocationGuard, wanted: LicenseFilter, notify: Notify) -> None:
        self._api, self._guard, self._wanted, self._notify = api, guard, wanted, notify

    def read(self, limit: int) -> Outcome:
        """The outcome with lists of at most `limit`; its document holds all."""
        api, wanted = self._api, self._wanted
        config = open_location(api, self._guard)
        owned, _walk = api.read_assets()
        assets, metadata = find_assets(api, config, wanted.selectors, owned) if wanted.selectors else (owned, {})
        shown = sorted((asset for asset in assets if self._fits(asset)), key=lambda asset: asset.key)
        if wanted.metadata:
            missing = [asset for asset in shown if asset.key.adam_id not in metadata]
            metadata = {**metadata, **api.lookup_metadata(missing, config)}
        rows = self._read_rows(shown, owned) if wanted.assignments else []
        licenses = [asset_facts(asset, metadata) for asset in shown]
        assignments = [row_facts(row) for row in rows]
        return Outcome(
            noun="licenses",
            value=licenses[:limit],
            extra={
                "location": location_facts(config),
                "total": len(licenses),
                "assignments": assignments[:limit],
                "assignments_total": len(assignments),
                "truncated": len(licenses) > limit or len(assignments) > limit,
            },
            document={"location": location_facts(config), "licenses": licenses, "assignments": assignments},
        )

    def _fits(self, asset: Asset) -> bool:
        wanted = self._wanted
        return wanted.product_type in (None, asset.product_type) and wanted.device_assignable in (
            None,
            asset.device_assignable,
        )

    def _read_rows(self, assets: Sequence[Asset], owned: Sequence[Asset]) -> list[Row]:
        serial_numbers = self._wanted.serial_numbers
        plan = choose_read(assets, owned, serial_numbers or (), all_holders=serial_numbers is None)
        keys = frozenset((asset.key.adam_id, asset.key.pricing_param) for asset in assets)
        names = None if serial_numbers is None else frozenset(serial_numbers)
        sinks = [_Rows(keys, names) for _query in plan.queries]
        walks = self._api.walk_assignments(list(zip(plan.queries, sinks, strict=True)))
        if not all(walk.stable for walk in walks):
            self._notify.warn(
                "The assignments kept changing while they were read, so the list may lack some; read it again when no "
                "other program writes on this location."
            )
        found: set[Row] = set().union(*(sink.found for sink in sinks))
        return sorted(found, key=lambda row: (row[0], row[1], row[2] or "", row[3] or ""))


def row_facts(row: Row) -> dict[str, Any]:
    return {"adam_id": row[0], "pricing_param": row[1], "serial_number": row[2], "client_user_id": row[3]}

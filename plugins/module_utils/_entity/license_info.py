# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what a location owns and who holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._core.identity import AssetSelector
from .._core.model import Asset, ClientConfig, Row
from .._core.ports import AppsBooks, Notify
from .._core.reads import choose_read
from .._core.targets import DEVICES, USERS
from .assets import asset_facts, find_assets
from .base import Outcome
from .find_people import NamedPeople, find_people
from .location import LocationGuard, location_facts, open_location


@dataclass(frozen=True, slots=True)
class LicenseFilter:
    """What to show; `None` and an empty `selectors` = no restriction. At most one of devices and `people` is given."""

    selectors: tuple[AssetSelector, ...] = ()
    product_type: str | None = None
    device_assignable: bool | None = None
    serial_numbers: tuple[str, ...] | None = None
    people: NamedPeople | None = None
    metadata: bool = False
    assignments: bool = False


class _Rows:
    """A sink that keeps the rows asked for; a set, since a changing list may show one twice. `targets` of one kind,
    None = all of both."""

    def __init__(self, assets: frozenset[tuple[str, str]], targets: frozenset[str] | None, kind: str) -> None:
        self._assets, self._targets = assets, targets
        self._place = 2 if kind == DEVICES else 3
        self.found: set[Row] = set()

    def begin(self) -> None:
        self.found.clear()

    def page(self, rows: Sequence[Row]) -> None:
        targets, place = self._targets, self._place
        self.found.update(row for row in rows if row[:2] in self._assets and (targets is None or row[place] in targets))


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
        kind, targets, left_out = self._targets(config)
        rows = self._read_rows(shown, owned, kind, targets) if wanted.assignments else []
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
                "left_out": left_out,
                "truncated": len(licenses) > limit or len(assignments) > limit,
            },
            document={
                "location": location_facts(config),
                "licenses": licenses,
                "assignments": assignments,
                "left_out": left_out,
            },
        )

    def _fits(self, asset: Asset) -> bool:
        wanted = self._wanted
        return wanted.product_type in (None, asset.product_type) and wanted.device_assignable in (
            None,
            asset.device_assignable,
        )

    def _targets(self, config: ClientConfig) -> tuple[str, Sequence[str] | None, list[dict[str, Any]]]:
        """Whose assignments are asked for, and who of them is nobody to Apple."""
        named = self._wanted.people
        if named is None:
            return DEVICES, self._wanted.serial_numbers, []
        # Who has not accepted yet may hold something all the same.
        found = find_people(self._api, config.uid, named, removal=True)
        return USERS, list(found.users), [entry.facts(named.show_people) for entry in found.left_out]

    def _read_rows(
        self, assets: Sequence[Asset], owned: Sequence[Asset], kind: str, targets: Sequence[str] | None
    ) -> list[Row]:
        plan = choose_read(assets, owned, targets or (), kind=kind, all_holders=targets is None)
        keys = frozenset((asset.key.adam_id, asset.key.pricing_param) for asset in assets)
        names = None if targets is None else frozenset(targets)
        sinks = [_Rows(keys, names, kind) for _query in plan.queries]
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

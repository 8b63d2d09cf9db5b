# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single assets, and who holds one, as values: all of it or an error, never a part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.errors import InputError, ServiceError
from .._core.identity import AssetSelector, resolve_assets
from .._core.model import AssetKey, Row
from .._core.ports import AppsBooks
from .._core.reads import choose_read
from .._core.targets import DEVICES, WORDS
from .assets import asset_facts, find_assets
from .location import LocationGuard, open_location


class _Holders:
    """The AssignmentSink of one asset's holders of one kind; ends the walk when there are more than `limit`."""

    def __init__(self, key: AssetKey, kind: str, limit: int) -> None:
        self._key, self._kind, self._limit = key, kind, limit
        self._place = 2 if kind == DEVICES else 3
        self.names: set[str] = set()

    def begin(self) -> None:
        self.names.clear()

    def page(self, rows: Sequence[Row]) -> None:
        key, place = (self._key.adam_id, self._key.pricing_param), self._place
        self.names.update(str(row[place]) for row in rows if row[:2] == key and row[place] is not None)
        if len(self.names) > self._limit:
            raise InputError(
                f"{self._key} is held by more than {self._limit} {WORDS[self._kind]}, the limit of this look-up; raise "
                "limit, or have vpp_license_info write them to report_path."
            )


class AssetReader:
    def __init__(self, api: AppsBooks, guard: LocationGuard) -> None:
        self._api, self._guard = api, guard

    def facts(self, selectors: Sequence[AssetSelector], *, metadata: bool) -> list[dict[str, Any]]:
        """One entry for each selector, in their order, in the form of vpp_license_info. Raises AssetError."""
        config = open_location(self._api, self._guard)
        owned, _walk = self._api.read_assets()
        assets, known = find_assets(self._api, config, selectors, owned)
        if metadata:
            missing = [asset for asset in assets if asset.key.adam_id not in known]
            known = {**known, **self._api.lookup_metadata(missing, config)}
        return [asset_facts(resolve_assets([one], owned, known)[0], known) for one in selectors]

    def holders(self, selector: AssetSelector, kind: str, limit: int) -> list[str]:
        """Serial numbers or client user ids, sorted. Raises AssetError, InputError where there are more than `limit`,
        and ServiceError where they kept changing: a list that lacks some is no value to go on with."""
        config = open_location(self._api, self._guard)
        owned, _walk = self._api.read_assets()
        (asset,), _known = find_assets(self._api, config, [selector], owned)
        # A count that lags must not make it an empty list, so one of 0 is read as well.
        plan = choose_read([asset], owned, (), kind=kind, all_holders=True, removal=True)
        sinks = [_Holders(asset.key, kind, limit) for _query in plan.queries]
        walks = self._api.walk_assignments(list(zip(plan.queries, sinks, strict=True)))
        if not all(walk.stable for walk in walks):
            raise ServiceError(
                f"Who holds {asset.key} kept changing while it was read; ask again when no other program writes on "
                "this location."
            )
        return sorted(set[str]().union(*(sink.names for sink in sinks)))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a task names to the assets that the location owns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.identity import AssetSelector, resolve_assets
from .._core.model import Asset, ClientConfig, Metadata
from .._core.ports import AppsBooks


def find_assets(
    api: AppsBooks, config: ClientConfig, selectors: Sequence[AssetSelector], owned: Sequence[Asset]
) -> tuple[list[Asset], Mapping[str, Metadata]]:
    """The assets and what was looked up by adam id on the way. Adam ids alone cost no request.

    Custom apps are known only to the location's own look-up, bundle ids of all other apps also to the public one, which
    is asked last: it knows nothing of ownership.
    """
    metadata: dict[str, Metadata] = {}
    if any(selector.bundle_id or selector.name for selector in selectors):
        metadata.update(api.lookup_metadata(owned, config))
        ids = {asset.key.adam_id for asset in owned}
        known = {entry.bundle_id for entry in metadata.values()}
        for bundle_id in sorted({s.bundle_id for s in selectors if s.bundle_id} - known):
            for entry in api.search_bundle_id(bundle_id, config):
                known_entry = metadata.get(entry.adam_id)
                if entry.adam_id in ids and not (known_entry and known_entry.bundle_id):
                    metadata[entry.adam_id] = entry
    return resolve_assets(selectors, owned, metadata), metadata


def asset_facts(asset: Asset, metadata: Mapping[str, Metadata]) -> dict[str, Any]:
    """One asset in a result; `None` stands for a count without a limit."""
    entry = metadata.get(asset.key.adam_id)
    return {
        "adam_id": asset.key.adam_id,
        "pricing_param": asset.key.pricing_param,
        "name": entry.name if entry else "",
        "bundle_id": entry.bundle_id if entry else "",
        "product_type": asset.product_type,
        "device_assignable": asset.device_assignable,
        "revocable": asset.revocable,
        "supported_platforms": list(asset.supported_platforms),
        "unlimited": asset.unlimited,
        "total_count": None if asset.unlimited else asset.total_count,
        "assigned_count": asset.assigned_count,
        "available_count": None if asset.unlimited else asset.available_count,
        "retired_count": asset.retired_count,
    }

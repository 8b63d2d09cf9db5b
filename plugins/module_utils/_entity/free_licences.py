# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences that were taken back and are not free yet: looks until they are, or the time is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._core.license_model import available_licences
from .._core.model import Asset, AssetKey
from .._core.ports import AppsBooks, Clock


def await_licences(
    api: AppsBooks, clock: Clock, owned: Sequence[Asset], need: Mapping[AssetKey, int], *, limit: float, interval: float
) -> Sequence[Asset]:
    """All assets as last read, `owned` where enough was free from the start. `need`: licences to be free, by asset;
    what was not freed in `limit` seconds is for the caller to judge."""
    end = clock.monotonic() + limit
    while any(_lacks(asset, need) for asset in owned):
        rest = end - clock.monotonic()
        if rest <= 0:
            break
        clock.sleep(min(rest, interval))
        owned, _walk = api.read_assets()
    return owned


def _lacks(asset: Asset, need: Mapping[AssetKey, int]) -> bool:
    available = available_licences(asset)
    return available is not None and available < need.get(asset.key, 0)

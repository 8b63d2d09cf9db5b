# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is to be read before anything can be said to be unused: assets, holders, devices, people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .._core.find_unused import find_unused
from .._core.holdings import Holdings
from .._core.identity import AssetSelector
from .._core.model import Asset, AssetKey, ClientConfig, Metadata
from .._core.ports import AppsBooks
from .._core.reads import choose_read
from .._core.reclaim_model import Unused
from .._core.targets import DEVICES, USERS, TargetIndex
from .assets import find_assets
from .read_license import read_holdings
from .reclaim_witness import Witness


@dataclass(frozen=True, slots=True)
class ReclaimSeen:
    """`assets`: those asked about, of all that are `owned`. `unstable`: by kind of holder the assets (True: all) whose
    holders, or what is known of them, did not hold still under the read."""

    assets: list[Asset]
    owned: list[Asset]
    metadata: Mapping[str, Metadata]
    holdings: Holdings
    unused: Unused
    unstable: Mapping[str, Collection[AssetKey] | bool]

    @property
    def names(self) -> dict[str, str]:
        """Those of the store by adam id, where they were looked up."""
        return {adam_id: entry.name for adam_id, entry in self.metadata.items()}


def read_reclaim(
    api: AppsBooks, config: ClientConfig, selectors: tuple[AssetSelector, ...], witness: Witness
) -> ReclaimSeen:
    """Holders come first: who is enrolled, registered or licensed after that is known, or no holder, and in neither
    case taken for somebody whom nobody knows."""
    owned, walk = api.read_assets()
    assets, metadata = find_assets(api, config, selectors, owned) if selectors else (owned, {})
    keys = [asset.key for asset in assets]
    holdings = Holdings(TargetIndex(), TargetIndex(), keys)
    found = read_holdings(api, holdings, choose_read(assets, owned, (), all_holders=True), keys)
    unstable = found if walk.stable else True
    witness.look(config.uid)
    return ReclaimSeen(
        list(assets),
        list(owned),
        metadata,
        holdings,
        find_unused(assets, holdings, witness.evidence(holdings, keys)),
        {DEVICES: unstable, USERS: unstable if witness.people.stable else True},
    )

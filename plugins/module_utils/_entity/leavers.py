# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people who leave hold: licences that go back to the location, and those that stay with them for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .._core.holdings import Holdings
from .._core.model import Asset, AssetKey
from .._core.ports import AppsBooks
from .._core.reads import choose_read
from .._core.targets import USERS, TargetIndex
from .read_license import read_holdings


@dataclass(frozen=True, slots=True)
class Belongings:
    """Holders by asset, as sets of ids of the people asked about; an asset that none of them holds is absent.
    `stable`: the list held still while it was read."""

    assets: Mapping[AssetKey, Asset] = field(default_factory=dict)
    holders: Mapping[AssetKey, frozenset[str]] = field(default_factory=dict)
    stable: bool = True

    def held_by(self, client_user_id: str) -> list[AssetKey]:
        return [key for key, people in sorted(self.holders.items()) if client_user_id in people]

    @property
    def total(self) -> int:
        return sum(len(people) for people in self.holders.values())

    @property
    def staying(self) -> int:
        """Licences that Apple doesn't take back, such as those of books."""
        return sum(len(people) for key, people in self.holders.items() if not self.assets[key].revocable)


def read_belongings(api: AppsBooks, ids: Sequence[str]) -> Belongings:
    """What these people hold now, in the cheapest read that tells it."""
    if not ids:
        return Belongings()
    owned, walk = api.read_assets()
    plan = choose_read(owned, owned, ids, kind=USERS, all_holders=False, removal=True)
    index = TargetIndex(ids)
    asked = index.bits(ids)
    keys = [asset.key for asset in owned]
    holdings = Holdings.of(USERS, index, keys)
    unstable = read_holdings(api, holdings, plan, keys)
    found = {key: frozenset(index.names(holdings.users(key) & asked)) for key in keys}
    held = {key: people for key, people in found.items() if people}
    return Belongings({asset.key: asset for asset in owned}, held, walk.stable and not unstable)

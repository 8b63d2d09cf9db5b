# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Apple knows of the apps that an MDM deploys: whether they are owned, for which platforms, and who holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .._core.app_model import App
from .._core.errors import AssetError
from .._core.holdings import Holdings
from .._core.identity import AssetSelector, resolve_assets, samples
from .._core.mdm import AppName
from .._core.model import Asset, ClientConfig, Metadata
from .._core.ports import AppsBooks, Notify
from .._core.reads import choose_read
from .._core.targets import TargetIndex
from .assets import find_assets
from .location import LocationGuard, open_location
from .read_license import read_holdings


@dataclass(frozen=True, slots=True)
class AppleView:
    """The location, and the asset of each app that it owns."""

    config: ClientConfig
    owned: tuple[Asset, ...]
    assets: Mapping[AppName, Asset]


def view_apple(
    api: AppsBooks, guard: LocationGuard, apps: Sequence[App], notify: Notify, *, must_own: bool
) -> AppleView:
    """Finds the apps among what the location owns. One that is not is an AssetError if `must_own`, else told."""
    config = open_location(api, guard)
    owned, _walk = api.read_assets()
    selectors = [_selector(app.name) for app in apps]
    try:
        _assets, metadata = find_assets(api, config, selectors, owned)
    except AssetError as error:
        if must_own:
            raise
        notify.warn(f"{error.message} The MDM has no licence of it to give from '{config.location_name}'.")
        metadata = {}
    pairs = zip(apps, selectors, strict=True)
    assets = [(app.name, asset) for app, selector in pairs for asset in _owned(selector, owned, metadata)]
    found = dict(assets)
    barred = [str(app) for app in apps if app.name in found and not found[app.name].device_assignable]
    if barred:
        raise AssetError(
            f"apps: {samples(barred)} can't be assigned to devices, so no device can have it by a licence of its own; "
            "take it out of the list."
        )
    return AppleView(config, tuple(owned), found)


def read_holders(
    api: AppsBooks, view: AppleView, serial_numbers: Sequence[str], names: Sequence[AppName], notify: Notify
) -> Mapping[AppName, frozenset[str]]:
    """Which of these devices hold a licence of each app, by serial number, as Apple says now."""
    assets = [view.assets[name] for name in names if name in view.assets]
    index = TargetIndex(serial_numbers)
    keys = [asset.key for asset in assets]
    holdings = Holdings(index, managed=keys)
    plan = choose_read(assets, view.owned, serial_numbers, all_holders=False)
    unstable = read_holdings(api, holdings, plan, keys)
    if unstable:
        notify.warn(
            f"Apple's list of who holds {samples(sorted(map(str, unstable)))} kept changing while it was read; a "
            "device that was missed by it counts as unlicensed. Run the task again."
        )
    wanted = (1 << len(serial_numbers)) - 1
    return {
        name: frozenset(index.names(holdings.devices(view.assets[name].key) & wanted))
        for name in names
        if name in view.assets
    }


def _owned(selector: AssetSelector, owned: Sequence[Asset], metadata: Mapping[str, Metadata]) -> list[Asset]:
    """A list of one asset, or of none."""
    try:
        return resolve_assets([selector], owned, metadata)
    except AssetError:
        return []


def _selector(name: AppName) -> AssetSelector:
    return AssetSelector(adam_id=name.adam_id) if name.adam_id else AssetSelector(bundle_id=name.bundle_id)

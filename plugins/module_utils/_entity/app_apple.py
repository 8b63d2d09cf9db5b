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
from .._core.targets import DEVICES, TargetIndex
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
    api: AppsBooks,
    guard: LocationGuard,
    apps: Sequence[App],
    notify: Notify,
    *,
    must_own: bool,
    by_owner: bool = False,
) -> AppleView:
    """Finds the apps among what the location owns. One that is not is an AssetError if `must_own`, else told.

    `by_owner`: the licences are those of people, so it does not matter whether devices can have one.
    """
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
    if barred and not by_owner:
        raise AssetError(
            f"apps: {samples(barred)} can't be assigned to devices, so no device can have it by a licence of its own; "
            "take it out of the list, or set assignment: user to use licences of the devices' owners."
        )
    return AppleView(config, tuple(owned), found)


def read_holders(
    api: AppsBooks,
    view: AppleView,
    targets: Sequence[str],
    names: Sequence[AppName],
    notify: Notify,
    *,
    kind: str = DEVICES,
) -> Mapping[AppName, frozenset[str]]:
    """Which of these targets (each once: serial numbers, or client_user_ids for `kind` USERS) hold a licence of each
    app, as Apple says now."""
    assets = [view.assets[name] for name in names if name in view.assets]
    index = TargetIndex(targets)
    keys = [asset.key for asset in assets]
    devices = kind == DEVICES
    holdings = Holdings(index, managed=keys) if devices else Holdings(TargetIndex(), index, managed=keys)
    plan = choose_read(assets, view.owned, targets, kind=kind, all_holders=False)
    unstable = read_holdings(api, holdings, plan, keys)
    if unstable:
        notify.warn(
            f"Apple's list of who holds {samples(sorted(map(str, unstable)))} kept changing while it was read; a "
            f"{'device' if devices else 'person'} that was missed by it counts as unlicensed. Run the task again."
        )
    wanted, held = (1 << len(targets)) - 1, holdings.devices if devices else holdings.users
    return {name: frozenset(index.names(held(view.assets[name].key) & wanted)) for name in names if name in view.assets}


def _owned(selector: AssetSelector, owned: Sequence[Asset], metadata: Mapping[str, Metadata]) -> list[Asset]:
    """A list of one asset, or of none."""
    try:
        return resolve_assets([selector], owned, metadata)
    except AssetError:
        return []


def _selector(name: AppName) -> AssetSelector:
    return AssetSelector(adam_id=name.adam_id) if name.adam_id else AssetSelector(bundle_id=name.bundle_id)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has no use for a licence -> what comes back. Whether that may be done: brakes_reclaim.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from .holdings import Holdings
from .license_model import (
    ABSENT,
    IRREVOCABLE,
    NOT_DEVICE_ASSIGNABLE,
    UNSTABLE,
    AssetPlan,
    LicenseGoal,
    LicensePlan,
)
from .license_warnings import removal_warnings, skipped_warnings
from .model import Asset, AssetKey
from .plan_license import plan_license
from .reclaim_model import NEEDED, ReclaimGoal, Unused
from .targets import DEVICES, USERS


def plan_reclaim(
    assets: Sequence[Asset],
    holdings: Holdings,
    unused: Unused,
    goal: ReclaimGoal,
    unstable: Mapping[str, Collection[AssetKey] | bool] | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, LicensePlan]:
    """A plan for each kind of holder, which takes licences back and gives none. What is kept, can't be taken back, or
    wavers is left out and counted, as in every plan for licences."""
    ordered = sorted({asset.key: asset for asset in assets}.values(), key=lambda asset: asset.key)
    plans = {}
    for kind in (DEVICES, USERS):
        base = LicenseGoal(
            ABSENT,
            0,
            kind,
            keep=goal.keep_devices if kind == DEVICES else goal.keep_people,
            keep_assets=goal.keep_assets,
        )
        wavering = (unstable or {}).get(kind, False)
        parts = []
        for asset in ordered:
            part = plan_license([asset], holdings, replace(base, wanted=unused.of(kind, asset.key)), wavering).assets[0]
            spared = unused.needed.get(asset.key, 0) if kind == USERS else 0
            parts.append(replace(part, skipped={**part.skipped, NEEDED: spared}) if spared else part)
        plans[kind] = LicensePlan(kind, tuple(parts), False, _warnings(parts, names or {}), names or {})
    return plans


def removed_for(plan: LicensePlan, unused: Unused) -> dict[str, dict[AssetKey, int]]:
    """The pairs (bits) that a plan takes back, by reason and asset."""
    parts = {part.asset.key: part.remove for part in plan.assets}
    result: dict[str, dict[AssetKey, int]] = {}
    for reason, assets in sorted(unused.pairs.get(plan.kind, {}).items()):
        taken = {key: bits & parts.get(key, 0) for key, bits in sorted(assets.items())}
        result[reason] = {key: bits for key, bits in taken.items() if bits}
    return {reason: found for reason, found in result.items() if found}


def _warnings(parts: Sequence[AssetPlan], names: Mapping[str, str]) -> tuple[str, ...]:
    texts = {
        IRREVOCABLE: "Licences that nobody uses and that can't be taken back, since the asset isn't revocable",
        NOT_DEVICE_ASSIGNABLE: "Licences of devices that Apple doesn't take back, since the asset isn't for devices",
        UNSTABLE: "Licences not taken back, since the list changed while it was read (run the task again)",
        NEEDED: "People who are licensed beside their device and keep it, since another device of theirs has none",
    }
    return (*skipped_warnings(parts, names, texts), *removal_warnings(parts))

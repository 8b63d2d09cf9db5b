# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What plans for licences warn of: one sentence a kind, with counts and samples, never a line an asset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .identity import samples
from .license_model import AssetPlan, asset_label


def skipped_warnings(parts: Sequence[AssetPlan], names: Mapping[str, str], texts: Mapping[str, str]) -> list[str]:
    """Of what was left out for a reason of `texts`, which begin the sentences; in their order."""
    result = []
    for reason, text in texts.items():
        hit = [
            f"{asset_label(part.asset.key, names)}: {part.skipped[reason]}" for part in parts if reason in part.skipped
        ]
        if hit:
            result.append(f"{text}: {samples(hit)}.")
    return result


def removal_warnings(parts: Sequence[AssetPlan]) -> list[str]:
    """Apple's 30 days of grace; empty where nothing comes back."""
    removals = sum(part.remove.bit_count() for part in parts)
    if not removals:
        return []
    return [
        f"Licences to be taken back: {removals}; an app that stays on a device works on for 30 days and then stops."
    ]

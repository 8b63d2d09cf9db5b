# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows which licences nobody uses, and whether those of the location will do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.find_unused import count_by_reason
from .._core.forecast import Forecast, Growth, forecast
from .._core.identity import AssetSelector
from .._core.license_model import (
    IRREVOCABLE,
    NOT_DEVICE_ASSIGNABLE,
    PRESENT,
    UNSUPPORTED_PLATFORM,
    AssetPlan,
    LicenseGoal,
)
from .._core.model import AssetKey
from .._core.plan_license import plan_license
from .._core.plan_reclaim import plan_reclaim
from .._core.ports import AppsBooks, Clock, Mdm, Notify
from .._core.reclaim_model import ReclaimGoal
from .._core.targets import DEVICES, USERS
from .assets import asset_facts
from .base import Outcome
from .location import LocationGuard, location_facts, open_location
from .read_reclaim import ReclaimSeen, read_reclaim
from .reclaim_witness import ReclaimQuestion, Witness

_Parts = Mapping[str, Mapping[AssetKey, AssetPlan]]
"""What would come back, by kind of holder and asset."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is to have the assets: serial numbers in Apple's form, and by Apple's name of their platform; and growth."""

    serial_numbers: tuple[str, ...] = ()
    platforms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    growth: Growth = field(default_factory=Growth)
    left_out: Mapping[str, int] = field(default_factory=dict)


class ReclaimReader:
    """`mdm` None = no reason needs one. `selectors` empty = every asset."""

    def __init__(
        self,
        api: AppsBooks,
        guard: LocationGuard,
        question: ReclaimQuestion,
        expected: Expected,
        selectors: tuple[AssetSelector, ...],
        mdm: Mdm | None,
        notify: Notify,
        clock: Clock,
    ) -> None:
        self._api, self._guard, self._expected, self._selectors = api, guard, expected, selectors
        self._question, self._notify, self._clock = question, notify, clock
        self._witness = Witness(api, mdm, question, notify, clock.now())

    def read(self, limit: int) -> Outcome:
        """The outcome with lists of at most `limit`; its document holds all."""
        config = open_location(self._api, self._guard)
        seen = read_reclaim(self._api, config, self._selectors, self._witness)
        if any(seen.unstable.values()):
            self._notify.warn(
                "The lists kept changing while they were read, so what is shown may lack some or show too many; read "
                "again when no other program writes on this location."
            )
        plans = plan_reclaim(seen.assets, seen.holdings, seen.unused, ReclaimGoal(), None, seen.names)
        parts = {kind: {part.asset.key: part for part in plan.assets} for kind, plan in plans.items()}
        foreseen = self._forecasts(seen, parts)
        candidates = list(self._candidates(seen, parts))
        licenses = [self._license(seen, parts, *foreseen[key]) for key in sorted(foreseen)]
        summary = {
            "assets": len(seen.assets),
            "candidates": len(candidates),
            "by_reason": count_by_reason(seen.unused),
            "reclaimable": sum(plan.removes for plan in plans.values()),
            "needed": sum(seen.unused.needed.values()),
            "wanted": sum(told.wanted for _part, told in foreseen.values()),
            "short": sum(told.short for _part, told in foreseen.values()),
            "short_after": sum(told.short_after for _part, told in foreseen.values()),
            "left_out": dict(self._expected.left_out),
        }
        whole = {
            "location": location_facts(config),
            "reasons": sorted(self._question.reasons),
            "summary": summary,
            "licenses": licenses,
            "candidates": candidates,
        }
        return Outcome(
            noun="candidates",
            value=candidates[:limit],
            extra={
                **whole,
                "licenses": licenses[:limit],
                "total": len(candidates),
                "truncated": len(candidates) > limit or len(licenses) > limit,
            },
            document=whole,
        )

    def _forecasts(self, seen: ReclaimSeen, parts: _Parts) -> dict[AssetKey, tuple[AssetPlan, Forecast]]:
        expected, index = self._expected, seen.holdings.device_index
        wanted = index.bits(expected.serial_numbers)
        goal = LicenseGoal(
            PRESENT,
            wanted,
            all_assets=True,
            platforms={platform: index.bits(names) for platform, names in expected.platforms.items()},
        )
        today = self._clock.now().date()
        result = {}
        for part in plan_license(seen.assets, seen.holdings, goal).assets:
            key = part.asset.key
            # Who is to have it would need it again.
            back = (parts[DEVICES][key].remove & ~wanted).bit_count() + parts[USERS][key].remove.bit_count()
            result[key] = (part, forecast(part, back, expected.growth, today))
        return result

    @staticmethod
    def _license(seen: ReclaimSeen, parts: _Parts, part: AssetPlan, told: Forecast) -> dict[str, Any]:
        key = part.asset.key
        return {
            **asset_facts(part.asset, seen.metadata),
            "reclaimable": sum(found[key].remove.bit_count() for found in parts.values()),
            "wanted": told.wanted,
            "unfit": part.skipped.get(UNSUPPORTED_PLATFORM, 0) + part.skipped.get(NOT_DEVICE_ASSIGNABLE, 0),
            "short": told.short,
            "short_after": told.short_after,
            "runs_out": told.runs_out.isoformat() if told.runs_out else None,
            "runs_out_after": told.runs_out_after.isoformat() if told.runs_out_after else None,
        }

    def _candidates(self, seen: ReclaimSeen, parts: _Parts) -> Iterator[dict[str, Any]]:
        """By asset, devices before people, in the order of their names."""
        indexes = {DEVICES: seen.holdings.device_index, USERS: seen.holdings.user_index}
        for asset in sorted(seen.assets, key=lambda one: one.key):
            for kind, index in indexes.items():
                found = [
                    (name, reason)
                    for reason, assets in seen.unused.pairs.get(kind, {}).items()
                    for name in index.names(assets.get(asset.key, 0))
                ]
                skipped = parts[kind][asset.key].skipped
                withheld = next((why for why in (IRREVOCABLE, NOT_DEVICE_ASSIGNABLE) if why in skipped), None)
                for name, reason in sorted(found):
                    device = kind == DEVICES
                    yield {
                        "adam_id": asset.key.adam_id,
                        "pricing_param": asset.key.pricing_param,
                        "serial_number": name if device else None,
                        "client_user_id": None if device else name,
                        "reason": reason,
                        "days_unseen": self._witness.days_unseen(name) if device else None,
                        "withheld": withheld,
                    }

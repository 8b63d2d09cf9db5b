# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what a reclaim did: bounded lists for the result, every pair with its reason for the report file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from .._core.approval import diff_license
from .._core.errors import VppError
from .._core.license_model import AssetPlan
from .._core.model import DISASSOCIATE
from .._core.plan_reclaim import removed_for
from .._core.targets import DEVICES, WORDS
from .._core.words import counted
from .applied_license import Applied
from .assets import asset_facts
from .base import SAMPLE, Outcome
from .license_error import error_of_plan, took_effect, undone_facts
from .license_request import Prepared
from .location import location_facts
from .read_reclaim import ReclaimSeen
from .report_license import bounded_group, effective_plan, event_facts, group_failures, operation_facts


@dataclass(frozen=True, slots=True)
class ReclaimReport:
    """Of a plan in parts, one for each kind of holder. `applied` None = nothing was applied; of its items None = that
    part was not begun."""

    seen: ReclaimSeen
    parts: Sequence[Prepared]
    applied: Sequence[Applied | None] | None
    mdm_name: str
    settle: float

    def outcome(self, document: Mapping[str, object], *, changed: bool) -> Outcome:
        failures = [group_failures(applied, part) if applied else [] for part, applied in self._pairs()]
        undone = self._undone()
        licenses = self._licenses()
        events = [event_facts(event) for _part, one in self._pairs() if one for event in one.events.values()]
        removed = list(self._removed())
        summary = self._summary(undone[DISASSOCIATE])
        grouped = list(chain.from_iterable(failures))
        writes = [write for part in self.parts for write in part.writes]
        config = self.parts[0].config
        return Outcome(
            noun="licenses",
            value=licenses[:SAMPLE],
            changed=changed if self.applied is None else any(took_effect(*pair) for pair in self._begun()),
            plan={
                "digest": document["digest"],
                "disassociate": summary["to_disassociate"],
                "requests": len(writes),
                "operations": [operation_facts(write) for write in writes[:SAMPLE]],
            },
            events=tuple(events[:SAMPLE]),
            summary=summary,
            diff=self._diff(),
            error=self._error(failures),
            document={
                **document,
                "licenses": licenses,
                "removals": removed,
                "summary": summary,
                "undone": undone,
                "events": events,
                "failures": grouped,
            },
            extra={
                "location": location_facts(config),
                "removals": removed[:SAMPLE],
                "failures": [bounded_group(group) for group in grouped[:SAMPLE]],
                "undone": undone,
            },
        )

    def _pairs(self) -> list[tuple[Prepared, Applied | None]]:
        return list(zip(self.parts, self.applied or [None] * len(self.parts), strict=True))

    def _begun(self) -> list[tuple[Prepared, Applied]]:
        return [(part, applied) for part, applied in self._pairs() if applied is not None]

    def _not_begun(self) -> int:
        """Pairs of parts that were to be applied after one that did not end well."""
        if self.applied is None:
            return 0
        return sum(part.license.removes for part, applied in self._pairs() if applied is None)

    def _summary(self, undone: int) -> dict[str, Any]:
        by_reason: dict[str, int] = {}
        skipped: dict[str, int] = {}
        declined: dict[str, int] = {}
        for part in self.parts:
            for reason, assets in removed_for(part.license, self.seen.unused).items():
                by_reason[reason] = by_reason.get(reason, 0) + sum(bits.bit_count() for bits in assets.values())
            for why, number in part.license.skipped.items():
                skipped[why] = skipped.get(why, 0) + number
        for _part, applied in self._begun():
            for why, bits in applied.declined.items():
                declined[why] = declined.get(why, 0) + bits.bit_count()
        done = self._begun()
        return {
            "assets": len(self.seen.assets),
            **{WORDS[part.license.kind]: part.license.losers.bit_count() for part in self.parts},
            "by_reason": dict(sorted(by_reason.items())),
            "to_disassociate": sum(part.license.removes for part in self.parts),
            "disassociated": sum(applied.done(part.license, DISASSOCIATE) for part, applied in done),
            "failed": sum(applied.failed for _part, applied in done),
            "pending": sum(applied.pending for _part, applied in done),
            "not_sent": sum(applied.unsent for _part, applied in done) + self._not_begun(),
            "skipped": dict(sorted(skipped.items())),
            "left_out": dict(sorted(declined.items())),
            "undone": undone,
        }

    def _licenses(self) -> list[dict[str, Any]]:
        """The assets that give something back, or would but for a reason."""
        by_asset = zip(*(part.license.assets for part in self.parts), strict=True)
        return [self._license(parts) for parts in by_asset if any(one.remove or one.skipped for one in parts)]

    def _license(self, parts: Sequence[AssetPlan]) -> dict[str, Any]:
        skipped: dict[str, int] = {}
        for one in parts:
            for why, number in one.skipped.items():
                skipped[why] = skipped.get(why, 0) + number
        return {
            **asset_facts(parts[0].asset, self.seen.metadata),
            **{
                f"from_{WORDS[part.license.kind]}": one.remove.bit_count()
                for part, one in zip(self.parts, parts, strict=True)
            },
            "skipped": dict(sorted(skipped.items())),
        }

    def _removed(self) -> Iterator[dict[str, Any]]:
        """Every pair of the plan with its reason."""
        for part in self.parts:
            target = "serial_number" if part.license.kind == DEVICES else "client_user_id"
            empty = {"serial_number": None, "client_user_id": None}
            for reason, assets in removed_for(part.license, self.seen.unused).items():
                for key, bits in assets.items():
                    for name in part.index.names(bits):
                        yield {
                            "adam_id": key.adam_id,
                            "pricing_param": key.pricing_param,
                            **empty,
                            target: name,
                            "reason": reason,
                        }

    def _undone(self) -> dict[str, Any]:
        found = [undone_facts(part, applied) for part, applied in self._pairs()]
        return {
            DISASSOCIATE: sum(one[DISASSOCIATE] for one in found),
            "sample": [pair for one in found for pair in one["sample"]][:SAMPLE],
        }

    def _diff(self) -> dict[str, dict[str, object]]:
        """By kind of holder, since an asset may have both."""
        result: dict[str, dict[str, object]] = {"before": {}, "after": {}}
        for part, applied in self._pairs():
            plan = part.license
            if self.applied is not None and applied is None:
                plan = plan.without({DISASSOCIATE: plan.need(DISASSOCIATE)})
            told = diff_license(effective_plan(plan, applied), part.index, SAMPLE // len(self.parts))
            for side, assets in told.items():
                if assets:
                    result[side][WORDS[part.license.kind]] = assets
        return result

    def _error(self, failures: Sequence[Sequence[Mapping[str, Any]]]) -> VppError | None:
        errors = [
            error
            for (part, applied), groups in zip(self._pairs(), failures, strict=True)
            if (error := error_of_plan(part, applied, groups, self.mdm_name, self.settle)) is not None
        ]
        if not errors:
            return None
        first, left = errors[0], self._not_begun()
        told = [error.message for error in errors]
        if left:
            were = counted(left, "licence of a person was", "licences of people were")
            told.append(f"Besides, {were} not asked for yet.")
        return type(first)(
            " ".join(told),
            error_number=first.error_number,
            http_status=first.http_status,
            facts={name: value for error in reversed(errors) for name, value in error.facts.items()},
        )

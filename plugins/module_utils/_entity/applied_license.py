# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a licence plan."""

from __future__ import annotations

from dataclasses import dataclass, field

from .._core.errors import VppError
from .._core.license_model import LicensePlan
from .._core.model import DISASSOCIATE, AssetKey, Event, Failure, Submitted

Verbs = tuple[str, ...]


@dataclass(slots=True)
class Applied:
    """What became of a plan.

    `left`: pairs of the plan that were not so at the last read (the plan's own at first), by verb and asset. Of them
    `pending` were accepted, or may have been, with an outcome not yet known, `unsent` never went out, and the others
    failed. `sent`: Apple accepted something, or may have. `unsure`: a removal after a failure was last looked for in a
    list that kept changing. `undone`: the pairs of `left` that were done, and no longer so a while later.
    `declined`: people (bits) to whom Apple gives nothing, by reason; their pairs are `dropped` from the plan.
    """

    left: dict[str, dict[AssetKey, int]]
    events: dict[str, Event] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    refused: list[Submitted] = field(default_factory=list)
    pending: int = 0
    unsent: int = 0
    sent: bool = False
    timed_out: bool = False
    unsure: bool = False
    undone: dict[str, dict[AssetKey, int]] = field(default_factory=dict)
    declined: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, dict[AssetKey, int]] = field(default_factory=dict)
    error: VppError | None = None

    def missing(self, *verbs: str) -> int:
        return sum(bits.bit_count() for verb in verbs or self.left for bits in self.left[verb].values())

    def done(self, plan: LicensePlan, verb: str) -> int:
        """Pairs of the plan that were so at the last read."""
        dropped = sum(bits.bit_count() for bits in self.dropped.get(verb, {}).values())
        return sum(bits.bit_count() for bits in plan.need(verb).values()) - self.missing(verb) - dropped

    def taken(self, plan: LicensePlan) -> dict[AssetKey, int]:
        """Who had given back what at the last read."""
        left, dropped = self.left[DISASSOCIATE], self.dropped.get(DISASSOCIATE, {})
        return {key: bits & ~(left.get(key, 0) | dropped.get(key, 0)) for key, bits in plan.need(DISASSOCIATE).items()}

    def undone_pairs(self, verb: str) -> int:
        return sum(bits.bit_count() for bits in self.undone.get(verb, {}).values())

    def drop(self, reason: str, people: int, verbs: Verbs) -> None:
        """Takes people out of what is left to do."""
        for verb in verbs:
            for key, bits in list(self.left[verb].items()):
                lost = bits & people
                if not lost:
                    continue
                self.declined[reason] = self.declined.get(reason, 0) | lost
                pairs = self.dropped.setdefault(verb, {})
                pairs[key] = pairs.get(key, 0) | lost
                self.left[verb][key] = bits & ~lost

    @property
    def failed(self) -> int:
        return 0 if self.undone else max(0, self.missing() - self.pending - self.unsent)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of a licence plan: what is asked for, what becomes of each asset, and how much may be taken back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from .errors import BrakeError, InputError
from .model import ASSOCIATE, DISASSOCIATE, Asset, AssetKey
from .targets import DEVICES

PRESENT = "present"
ABSENT = "absent"

NOT_DEVICE_ASSIGNABLE = "not_device_assignable"
UNSUPPORTED_PLATFORM = "unsupported_platform"
NO_LICENCE = "no_licence"
IRREVOCABLE = "irrevocable"
KEPT = "kept"
ORPHAN = "orphan"
UNSTABLE = "unstable"
ELSEWHERE = "elsewhere"
BAD_ROWS = "bad_rows"
"""Reasons why a pair that the goal asked for is left as it is; the keys of `AssetPlan.skipped`."""

_FORM = re.compile(r"([0-9]{1,9})|([0-9]{1,3}(?:\.[0-9]{1,4})?) ?%")


@dataclass(frozen=True, slots=True)
class RemovalLimit:
    """Exactly one of `count` and `percent` is given. `text` is what the admin wrote."""

    text: str
    count: int | None = None
    percent: Fraction | None = None

    def allowed(self, holders: int) -> int:
        """Removals allowed among so many holders; a fraction of a pair is rounded down, to the safe side."""
        if self.count is not None:
            return self.count
        return int(holders * (self.percent or Fraction(0)) / 100)

    def check(self, removals: int, holders: int, deed: str, look_at: str) -> None:
        """Raises BrakeError for more removals than allowed. `deed` tells them in a sentence."""
        allowed = self.allowed(holders)
        if removals > allowed:
            text = self.text if self.percent is None else f"{self.text} ({allowed})"
            raise BrakeError(
                f"The plan {deed}, {removals - allowed} more than max_removals {text} allows; check the {look_at}, or "
                "raise max_removals.",
                facts={"planned_removals": removals, "allowed_removals": allowed, "holders": holders},
            )


def parse_removal_limit(value: str | int) -> RemovalLimit:
    """`25`, `"25"`, `"10%"` or `"2.5%"`. Raises InputError."""
    text = str(value).strip()
    match = None if isinstance(value, bool) else _FORM.fullmatch(text)
    if match and match[1]:
        return RemovalLimit(text, count=int(match[1]))
    if match and Fraction(match[2]) <= 100:
        return RemovalLimit(text, percent=Fraction(match[2]))
    raise InputError(f"max_removals: {text[:40]!r} is neither a number (25) nor a percentage (10%); give one.")


def is_shrinking(covered: int, holders: int, max_shrink: int) -> bool:
    """Whether more than `max_shrink` per cent of the holders are not covered, reckoned in whole numbers."""
    return covered * 100 < holders * (100 - max_shrink)


@dataclass(frozen=True, slots=True)
class LicenseGoal:
    """What the task asks for. Bitsets are over the TargetIndex of `kind` (DEVICES or USERS).

    `keep` and `keep_assets` guard against removal only; an addition that is asked for is made. `known` is the universe
    of `exclusive` (None: everyone): holders outside it are orphans, touched only with `orphans`. `elsewhere`: devices
    that the MDM has a newer record of in a unit which isn't the task's, guarded like `keep`. `waiting`: those of
    `wanted` who get nothing yet and keep what they hold (people who have not accepted their invitation). `unread`: rows
    of the list could not be used, and any holder may be meant by one of them.
    `platforms` maps Apple's platform names to the targets known to be of it; a target in none of them fits any asset.
    `max_shrink` is in per cent. `by_mdm`: an MDM grants; what is missing is awaited from it and never added here.
    """

    state: str
    wanted: int
    kind: str = DEVICES
    exclusive: bool = False
    all_assets: bool = False
    keep: int = 0
    keep_assets: frozenset[AssetKey] = frozenset()
    elsewhere: int = 0
    waiting: int = 0
    unread: bool = False
    known: int | None = None
    orphans: bool = False
    platforms: Mapping[str, int] = field(default_factory=dict)
    shortage: str = "fail"
    max_removals: RemovalLimit | None = None
    max_shrink: int = 20
    allow_empty: bool = False
    by_mdm: bool = False


@dataclass(frozen=True, slots=True)
class AssetPlan:
    """One asset. `have`, `add`, `remove`, `awaited` are bitsets; the rest are numbers of targets (= licences).

    `awaited`: an MDM is to grant it. `already`: wanted and so before. `short`: licences missing for `add` or `awaited`
    (policy `partial`: for what it leaves out).
    `holders`: present holders that a removal could reach, `covered`: those of them that the goal lets keep it.
    """

    asset: Asset
    have: int
    add: int = 0
    remove: int = 0
    already: int = 0
    short: int = 0
    holders: int = 0
    covered: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    awaited: int = 0

    @property
    def after(self) -> int:
        return (self.have & ~self.remove) | self.add


def available_licences(asset: Asset) -> int | None:
    """Free licences, None = without a limit. The total leaves retired ones out [reference 4.2]."""
    if asset.unlimited:
        return None
    if asset.available_count is not None:
        return max(0, asset.available_count)
    return max(0, (asset.total_count or 0) - asset.assigned_count)


def asset_label(key: AssetKey, names: Mapping[str, str]) -> str:
    """`Pages (361309726)`, or the number alone where no name is known."""
    name = names.get(key.adam_id)
    return f"{name} ({key})" if name else str(key)


@dataclass(frozen=True, slots=True)
class LicensePlan:
    """`assets` by key. `removals_first`: the additions need licences that the removals free. `names`: those of the
    store by adam id, where they were looked up."""

    kind: str
    assets: tuple[AssetPlan, ...]
    removals_first: bool
    warnings: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def adds(self) -> int:
        return sum(part.add.bit_count() for part in self.assets)

    @property
    def removes(self) -> int:
        return sum(part.remove.bit_count() for part in self.assets)

    @property
    def short(self) -> int:
        """Licences missing, over all assets."""
        return sum(part.short for part in self.assets)

    @property
    def losers(self) -> int:
        """Targets that give something back, as bits."""
        found = 0
        for part in self.assets:
            found |= part.remove
        return found

    @property
    def awaited(self) -> int:
        """Pairs that an MDM still has to grant."""
        return sum(part.awaited.bit_count() for part in self.assets)

    @property
    def changed(self) -> bool:
        return any(part.add or part.remove for part in self.assets)

    @property
    def skipped(self) -> dict[str, int]:
        """Pairs left as they are, by reason, over all assets."""
        total: dict[str, int] = {}
        for part in self.assets:
            for reason, number in part.skipped.items():
                total[reason] = total.get(reason, 0) + number
        return dict(sorted(total.items()))

    def without(self, pairs: Mapping[str, Mapping[AssetKey, int]]) -> LicensePlan:
        """The plan but for these pairs, by verb and asset."""
        adds, removes = (pairs.get(verb, {}) for verb in (ASSOCIATE, DISASSOCIATE))
        parts = (
            replace(
                part,
                add=part.add & ~adds.get(part.asset.key, 0),
                remove=part.remove & ~removes.get(part.asset.key, 0),
            )
            for part in self.assets
        )
        return replace(self, assets=tuple(parts))

    def label(self, key: AssetKey) -> str:
        """The asset in a sentence."""
        return asset_label(key, self.names)

    def need(self, verb: str) -> dict[AssetKey, int]:
        """The input of the packer for ASSOCIATE or DISASSOCIATE."""
        pairs = ((part.asset.key, part.add if verb == ASSOCIATE else part.remove) for part in self.assets)
        return {key: bits for key, bits in pairs if bits}

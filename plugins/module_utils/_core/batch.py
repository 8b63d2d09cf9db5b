# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs the needed (asset, target) pairs into few requests: one request is assets x targets, nothing between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .bits import take
from .model import AssetKey, AssignmentRequest, Limits
from .targets import DEVICES, TargetIndex

MANY_PAIRS = 2_000_000
"""Above it one variant must do: the others would cost seconds and save a few per cent."""

# (neediest asset first, tails first, starts tried). None is best everywhere; each of them won on some measured drift.
_VARIANTS = (
    (True, False, 1),
    (True, True, 1),
    (False, False, 1),
    (False, True, 1),
    (False, True, 10),
)


def most_targets(limits: Limits, kind: str) -> int:
    """How many targets of one kind a request may name [D service-config]."""
    return limits.max_serial_numbers if kind == DEVICES else limits.max_client_user_ids


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Every one of `assets` for every target of the bitset `targets`."""

    assets: tuple[AssetKey, ...]
    targets: int


def pack(need: Mapping[AssetKey, int], max_assets: int, max_targets: int) -> list[Rectangle]:
    """Rectangles of at most `max_assets` x `max_targets` that cover every pair of `need` once and no other.

    Never more than batches an asset would take, sum(ceil(|need| / max_targets)): a rectangle is only taken when it
    lowers that sum by one at least, and by the number of its assets where it can.
    """
    if max_assets < 1 or max_targets < 1:
        raise ValueError("limits must be positive")
    wanted = {key: bits for key, bits in sorted(need.items()) if bits}
    pairs = sum(bits.bit_count() for bits in wanted.values())
    best: list[Rectangle] = []
    for variant in _VARIANTS if pairs <= MANY_PAIRS else _VARIANTS[:1]:
        found = _Packer(wanted, max_assets, max_targets, *variant).run()
        if not best or len(found) < len(best):
            best = found
    return best


class _Packer:
    """One variant. `need` and `size` (its popcounts) shrink as rectangles are emitted."""

    def __init__(
        self,
        need: Mapping[AssetKey, int],
        max_assets: int,
        max_targets: int,
        neediest_first: bool,
        tails_first: bool,
        starts: int,
    ) -> None:
        self.need = dict(need)
        self.size = {key: bits.bit_count() for key, bits in need.items()}
        self.max_assets = max_assets
        self.max_targets = max_targets
        self.sign = -1 if neediest_first else 1
        self.tails_first = tails_first
        self.starts = starts
        self.found: list[Rectangle] = []

    def run(self) -> list[Rectangle]:
        self.share(self.tails_first)
        self.share(not self.tails_first)
        for key, bits in self.need.items():
            while bits:
                part = take(bits, self.max_targets)
                self.found.append(Rectangle((key,), part))
                bits &= ~part
        return self.found

    def tail(self, key: AssetKey) -> int:
        """Targets in the last batch of the asset: taking so many at once spares it a request."""
        return (self.size[key] - 1) % self.max_targets + 1

    def share(self, tails: bool) -> None:
        """Emits rectangles of two or more assets until no two of them have enough in common.

        Enough is a full request, or with `tails` the last batch of each of them: so each rectangle spares every one of
        its assets a batch, which is why the whole never exceeds the batches an asset would take.
        """
        floor = 1 if tails else self.max_targets
        open_keys = [key for key in self.need if self.size[key] >= floor]
        while len(open_keys) > 1:
            open_keys.sort(key=lambda key: (self.sign * self.size[key], key))
            grown = [self.grow(start, open_keys, tails) for start in open_keys[: self.starts]]
            assets, common = max(grown, key=lambda group: (len(group[0]), group[1].bit_count()))
            if len(assets) > 1:
                self.emit(assets, self.choose(assets, common))
                open_keys = [key for key in open_keys if self.size[key] >= floor]
            else:
                # Needs only shrink, so what has no partner now will hardly get one.
                del open_keys[: self.starts]

    def grow(self, start: AssetKey, open_keys: list[AssetKey], tails: bool) -> tuple[list[AssetKey], int]:
        """Adds the asset that keeps most common targets, as long as enough of them remain."""
        assets, common = [start], self.need[start]
        least = self.tail(start) if tails else self.max_targets
        others = [key for key in open_keys if key != start]
        while others and len(assets) < self.max_assets:
            best: AssetKey | None = None
            best_rank = (-1, 0)
            possible = []
            for key in others:
                members = (common & self.need[key]).bit_count()
                least_then = max(least, self.tail(key)) if tails else least
                if members < least:
                    continue
                possible.append(key)
                if members >= least_then and (members, -least_then) > best_rank:
                    best, best_rank = key, (members, -least_then)
            if best is None:
                break
            assets.append(best)
            common &= self.need[best]
            least = max(least, self.tail(best)) if tails else least
            possible.remove(best)
            others = possible
        return assets, common

    def choose(self, assets: list[AssetKey], common: int) -> int:
        """Up to a full request of targets: those with the fewest other needs, and among them those that need alike.

        Who needs nothing else is done with; who needs alike can share the next rectangle.
        """
        if common.bit_count() <= self.max_targets:
            return common
        chosen = set(assets)
        others = [bits & common for key, bits in self.need.items() if key not in chosen]
        others.sort(key=int.bit_count, reverse=True)
        targets, pool, left = 0, common, self.max_targets
        for test in (*reversed(_count(others)), *others):
            low = pool & ~test
            members = low.bit_count()
            if members >= left:
                pool = low
            else:
                targets, pool, left = targets | low, pool & test, left - members
        return targets | take(pool, left)

    def emit(self, assets: list[AssetKey], targets: int) -> None:
        self.found.append(Rectangle(tuple(sorted(assets)), targets))
        for key in assets:
            self.need[key] &= ~targets
            self.size[key] = self.need[key].bit_count()


def _count(sets: Iterable[int]) -> list[int]:
    """In how many of the sets each member is: bit i of the number of member m is bit m of the result's item i."""
    digits: list[int] = []
    for carry in sets:
        place = 0
        while carry:
            if place == len(digits):
                digits.append(0)
            digits[place], carry = digits[place] ^ carry, digits[place] & carry
            place += 1
    return digits


def requests(
    verb: str, rectangles: Iterable[Rectangle], index: TargetIndex, kind: str = DEVICES
) -> list[AssignmentRequest]:
    """The rectangles as requests, targets in index order. `verb` is ASSOCIATE or DISASSOCIATE."""
    result = []
    for rectangle in rectangles:
        names = tuple(index.names(rectangle.targets))
        if kind == DEVICES:
            result.append(AssignmentRequest(verb, rectangle.assets, serial_numbers=names))
        else:
            result.append(AssignmentRequest(verb, rectangle.assets, client_user_ids=names))
    return result

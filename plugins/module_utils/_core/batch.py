# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs the needed (asset, target) pairs into few requests: one request is assets x targets, nothing between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .bits import take
from .model import AssetKey, AssignmentRequest
from .targets import DEVICES, TargetIndex

MANY_PAIRS = 2_000_000
"""Above it one variant must do: the other three would cost seconds and save a few per cent."""


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
    variants = [(True, False), (True, True), (False, False), (False, True)]
    best: list[Rectangle] | None = None
    for most_first, tails_first in variants if pairs <= MANY_PAIRS else variants[:1]:
        found = _Packer(wanted, max_assets, max_targets, most_first).run(tails_first)
        if best is None or len(found) < len(best):
            best = found
    return best or []


class _Packer:
    def __init__(self, need: Mapping[AssetKey, int], max_assets: int, max_targets: int, most_first: bool) -> None:
        self.need = dict(need)
        self.size = {key: bits.bit_count() for key, bits in need.items()}
        self.max_assets = max_assets
        self.max_targets = max_targets
        self.sign = -1 if most_first else 1
        self.found: list[Rectangle] = []

    def run(self, tails_first: bool) -> list[Rectangle]:
        for tails in (True, False) if tails_first else (False, True):
            self.share(tails)
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
        """Emits rectangles of two or more assets until no two of them have enough in common."""
        floor = 1 if tails else self.max_targets
        open_keys = [key for key in self.need if self.size[key] >= floor]
        while len(open_keys) > 1:
            start = min(open_keys, key=lambda key: (self.sign * self.size[key], key))
            assets, common = self.grow(start, open_keys, tails)
            if len(assets) < 2:
                # Needs only shrink, so what has no partner now never gets one.
                open_keys.remove(start)
                continue
            self.emit(assets, self.choose(assets, common))
            open_keys = [key for key in open_keys if self.size[key] >= floor]

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
        """Up to a full request of targets, those first that need nothing else: they are done with then."""
        if common.bit_count() <= self.max_targets:
            return common
        chosen = set(assets)
        elsewhere = 0
        for key, bits in self.need.items():
            if key not in chosen:
                elsewhere |= bits
        alone = take(common & ~elsewhere, self.max_targets)
        return alone | take(common & elsewhere, self.max_targets - alone.bit_count())

    def emit(self, assets: list[AssetKey], targets: int) -> None:
        self.found.append(Rectangle(tuple(sorted(assets)), targets))
        for key in assets:
            self.need[key] &= ~targets
            self.size[key] = self.need[key].bit_count()


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

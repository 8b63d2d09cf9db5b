# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who held what when a run ended, and when the next run may believe it.

What is remembered is a whole list of holders at one versionId. The next run asks Apple for what changed since: that
tells all who were added, but perhaps not who was removed, since a row has no mark for that [reference, section 5]. So
the remembered holders and the changes together hold every present holder, and perhaps some that left. Where they are
as many as the asset's assignedCount at the same versionId, nobody left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .bits import flags, rearranged
from .model import AssetKey
from .targets import TargetIndex

MAX_AGE = 30 * 86400
"""Seconds after which an asset is read in full again, whatever the versions say: Apple advises to do so now and then
[D getting-started], and promises not all of what the cache relies on."""


@dataclass(frozen=True, slots=True)
class KnownAsset:
    """All holders of one asset, as bits over the names of a snapshot or an index.

    `comparable`: when it was last read in full (`read`, seconds since 1970), the assignedCount was that of the rows
    listed. Else the count tells of something else, and nothing can be concluded from it later.
    """

    devices: int
    users: int
    comparable: bool
    read: int

    @property
    def size(self) -> int:
        return self.devices.bit_count() + self.users.bit_count()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The holders of some assets at one versionId of the location's assignments. Bit i of a set = name i."""

    version_id: str
    devices: tuple[str, ...]
    users: tuple[str, ...]
    assets: Mapping[AssetKey, KnownAsset]


@dataclass(frozen=True, slots=True)
class Change:
    """Of one asset: `devices`, `users` stand among the changes since the snapshot; the `taken` ones this very run took
    back, as it has seen."""

    devices: int = 0
    users: int = 0
    taken_devices: int = 0
    taken_users: int = 0


NO_CHANGE = Change()


def unchanged(known: KnownAsset, count: int, now: int) -> bool:
    """Whether to believe it where nothing changed since. Then the version is proof enough; a count that differs all the
    same shows that it wasn't right before (it was taken at a moment when counts lagged)."""
    return _recent(known, now) and (not known.comparable or known.size == count)


def caught_up(known: KnownAsset, change: Change, count: int, now: int) -> KnownAsset | None:
    """What to believe after the changes, where `count` is of the same version; None = the asset must be read."""
    if not known.comparable or not _recent(known, now):
        return None
    # A pair that we took back and that came back since is among the changes. (Where changes name what was removed as
    # well, ours is among them, too, and the asset is read.)
    present = replace(
        known,
        devices=(known.devices & ~change.taken_devices) | change.devices,
        users=(known.users & ~change.taken_users) | change.users,
    )
    return present if present.size == count else None


def _recent(known: KnownAsset, now: int) -> bool:
    """A clock that was set back counts as well: nobody knows how old it is then."""
    return abs(now - known.read) <= MAX_AGE


def onto(snapshot: Snapshot, devices: TargetIndex, users: TargetIndex) -> dict[AssetKey, KnownAsset]:
    """The assets of a snapshot in the numbering of a run; names that are new there are added."""
    by_kind = [_sources(names, index) for names, index in ((snapshot.devices, devices), (snapshot.users, users))]
    return {
        key: replace(known, devices=_renumbered(known.devices, by_kind[0]), users=_renumbered(known.users, by_kind[1]))
        for key, known in snapshot.assets.items()
    }


def snapshot_of(
    version_id: str, assets: Mapping[AssetKey, KnownAsset], devices: TargetIndex, users: TargetIndex
) -> Snapshot:
    """The other way round; names that hold nothing are left out."""
    device_names, device_sources = _in_use((known.devices for known in assets.values()), devices)
    user_names, user_sources = _in_use((known.users for known in assets.values()), users)
    return Snapshot(
        version_id,
        device_names,
        user_names,
        {
            key: replace(
                known,
                devices=_renumbered(known.devices, device_sources),
                users=_renumbered(known.users, user_sources),
            )
            for key, known in assets.items()
        },
    )


def _sources(names: Sequence[str], index: TargetIndex) -> list[int] | None:
    """For each place of the index the place among `names`, -1 = none; None = the places are the same."""
    # Most names are the run's own targets, and looked up in C.
    found = list(map(index.ids.get, names))
    places = [index.add(name) if place is None else place for name, place in zip(names, found, strict=True)]
    if places == list(range(len(places))):
        return None
    sources = [-1] * len(index)
    for before, now in enumerate(places):
        sources[now] = before
    return sources


def _in_use(sets: Iterable[int], index: TargetIndex) -> tuple[tuple[str, ...], list[int] | None]:
    used = 0
    for bits in sets:
        used |= bits
    if used.bit_count() == used.bit_length():
        return tuple(index.names(used)), None
    return tuple(index.names(used)), [place for place, flag in enumerate(flags(used)) if flag]


def _renumbered(bits: int, sources: list[int] | None) -> int:
    return bits if sources is None or not bits else rearranged(bits, sources)

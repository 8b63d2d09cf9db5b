# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds what, for one task: from the cache as far as it may be believed, else read; and what the cache keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .._core.assignment_cache import NO_CHANGE, Change, KnownAsset, Snapshot, caught_up, onto, snapshot_of, unchanged
from .._core.errors import StateError, VppError
from .._core.holdings import Holdings
from .._core.model import Asset, AssetKey, AssignmentQuery
from .._core.ports import AppsBooks, Clock, Notify
from .._core.reads import EVERYTHING, PER_ASSET, PER_TARGET, ROWS_PER_PAGE, ReadPlan, choose_read
from .._core.state_ports import AssignmentCache
from .._core.targets import DEVICES
from .catch_up import CaughtUp, catch_up
from .read_license import unstable_of

_WORTH = 4
"""A whole read of an asset costs at most so many times the read for the targets alone, where the next runs may then do
without any."""
_SPARE_PAGES = 10
_QUARTER = 4


@dataclass(frozen=True, slots=True)
class Question:
    """What a plan wants to know (see choose_read); `targets` are of `kind`."""

    kind: str
    targets: Sequence[str]
    all_holders: bool
    removal: bool


class HolderSource:
    """Fills `holdings`. `cache` None = everything is read, and nothing kept.

    All that is kept was so at `_base`, or read after it; `_settled` tells that nothing has changed between.
    """

    def __init__(
        self,
        api: AppsBooks,
        holdings: Holdings,
        question: Question,
        clock: Clock,
        notify: Notify,
        cache: AssignmentCache | None = None,
    ) -> None:
        self._api, self._holdings, self._question = api, holdings, question
        self._cache, self._clock, self._notify = cache, clock, notify
        self._owned: dict[AssetKey, Asset] = {}
        self._known: dict[AssetKey, KnownAsset] = {}
        self._remembered: set[AssetKey] = set()
        self._base = ""
        self._settled = True
        self._dirty = False

    @property
    def remembered(self) -> frozenset[AssetKey]:
        """The assets of the task whose holders came from the cache."""
        return frozenset(self._remembered)

    def read(self, assets: Sequence[Asset], owned: list[Asset]) -> tuple[list[Asset], frozenset[AssetKey]]:
        """All assets, with newer counts where they were read again on the way; and those whose walk was not stable."""
        self._owned = {asset.key: asset for asset in owned}
        snapshot = self._cache.load() if self._cache is not None else None
        if snapshot is not None:
            owned = self._recall(snapshot, assets, owned)
            self._owned = {asset.key: asset for asset in owned}
        unread = []
        for asset in assets:
            known = self._known.get(asset.key)
            if known is None:
                unread.append(self._owned.get(asset.key, asset))
            else:
                self._holdings.know(asset.key, known.devices, known.users)
                self._remembered.add(asset.key)
        return owned, self._walk(unread, removal=self._question.removal)

    def read_afresh(self, keys: Sequence[AssetKey]) -> frozenset[AssetKey]:
        """What is to be taken back is seen to be there first. Returns the assets whose walk was not stable."""
        for key in keys:
            self._holdings.know(key, 0, 0)
            self._remembered.discard(key)
        return self._walk([self._owned[key] for key in keys], removal=True)

    def keep(self) -> None:
        """Keeps what is known for the next run, if no request is needed for that."""
        if self._cache is None or self._cache.read_only or not (self._base and self._dirty and self._settled):
            return
        snapshot = snapshot_of(self._base, self._known, self._holdings.device_index, self._holdings.user_index)
        try:
            self._cache.save(snapshot)
        except StateError as error:
            self._warn(error)
        self._dirty = False

    def close(self, *, wrote: bool = False, done: bool = False, taken: Mapping[AssetKey, int] | None = None) -> None:
        """Keeps it as it is at the end of the run. `wrote`: something was sent; `done`: and seen to be done;
        `taken`: who was seen to have given back what, of the kind of the task."""
        if self._cache is None or self._cache.read_only or not (self._base and self._known):
            return
        try:
            if (wrote or not self._settled) and not self._bring_up_to_date(done, taken or {}):
                return
        except VppError as error:  # the task itself is done
            self._warn(error)
            return
        self.keep()

    def _warn(self, error: VppError) -> None:
        self._notify.warn(f"The cache of assignments isn't up to date, so the next run reads more: {error.message}")

    def _recall(self, snapshot: Snapshot, assets: Sequence[Asset], owned: list[Asset]) -> list[Asset]:
        """Takes from the snapshot what may be believed; all assets, with newer counts where they had to be read."""
        holdings = self._holdings
        found = onto(snapshot, holdings.device_index, holdings.user_index)
        found = {key: known for key, known in found.items() if key in self._owned}
        changes = Holdings(holdings.device_index, holdings.user_index, found)
        managed = [asset for asset in assets if asset.key in found]
        most = max(self._plan(managed, removal=True).pages, _pages(found.values()) // _QUARTER) + _SPARE_PAGES
        now = catch_up(self._api, snapshot.version_id, changes, most)
        if now is None:
            return owned
        self._base = now.version_id
        self._known = self._believed(found, now, changes, {})
        self._dirty = now.owned is not None or len(self._known) < len(snapshot.assets)
        return owned if now.owned is None else now.owned

    def _believed(
        self, found: Mapping[AssetKey, KnownAsset], now: CaughtUp, changes: Holdings, taken: Mapping[AssetKey, int]
    ) -> dict[AssetKey, KnownAsset]:
        at = self._now()
        if now.owned is None:
            return {key: known for key, known in found.items() if unchanged(known, self._owned[key].assigned_count, at)}
        counts = {asset.key: asset.assigned_count for asset in now.owned}
        devices = self._question.kind == DEVICES
        result = {}
        for key, known in found.items():
            change = Change(changes.devices(key), changes.users(key)) if key in counts else NO_CHANGE
            gone = taken.get(key, 0)
            if gone:
                change = Change(change.devices, change.users, *((gone, 0) if devices else (0, gone)))
            believed = caught_up(known, change, counts.get(key, -1), at)
            if believed is not None:
                result[key] = believed
        return result

    def _bring_up_to_date(self, done: bool, taken: Mapping[AssetKey, int]) -> bool:
        """False = it can't be; what the cache holds from before is right for its own version, and stays."""
        cache, holdings = self._cache, self._holdings
        changes = Holdings(holdings.device_index, holdings.user_index, self._known)
        most = sum(max(0, asset.assigned_count) for asset in self._owned.values()) // ROWS_PER_PAGE + _SPARE_PAGES
        now = catch_up(self._api, self._base, changes, most + _pages(self._known.values()))
        if now is None:
            return False
        if now.owned is None and done:
            # Apple says that the version changes with every write [D paging]. Where it doesn't, it proves nothing.
            if cache is not None:
                cache.forget()
            return False
        if now.owned is not None:
            self._known = self._believed(self._known, now, changes, taken)
        self._base, self._settled, self._dirty = now.version_id, True, True
        return True

    def _plan(self, assets: Sequence[Asset], *, removal: bool) -> ReadPlan:
        question, owned = self._question, list(self._owned.values())

        def plan(all_holders: bool) -> ReadPlan:
            return choose_read(
                assets, owned, question.targets, kind=question.kind, all_holders=all_holders, removal=removal
            )

        cheapest = plan(question.all_holders)
        if self._cache is None or self._cache.read_only or cheapest.kind != PER_TARGET:
            return cheapest
        whole = plan(True)
        return whole if whole.pages <= _WORTH * cheapest.pages else cheapest

    def _walk(self, assets: Sequence[Asset], *, removal: bool) -> frozenset[AssetKey]:
        """Reads the holders of these assets; returns those whose walk was not stable."""
        plan = self._plan(assets, removal=removal)
        if not plan.queries:
            return frozenset()
        if plan.kind == PER_ASSET and not self._base and self._cache is not None and not self._cache.read_only:
            # That of a walk with a filter may speak of what the filter lets through only.
            self._base = self._api.read_version()
        holdings = self._holdings
        parts = [holdings.part() for _query in plan.queries]
        walks = self._api.walk_assignments(list(zip(plan.queries, parts, strict=True)))
        unstable = unstable_of(plan.queries, walks, [asset.key for asset in assets])
        if self._cache is None:
            return unstable
        if plan.kind == PER_TARGET:
            self._compare(assets, plan.queries)
            return unstable
        if plan.kind == EVERYTHING and not self._base:
            self._base = walks[0].version_id
        self._settled &= all(walk.stable and walk.version_id == self._base for walk in walks)
        for asset in assets:
            self._known.pop(asset.key, None)
            read = plan.kind == EVERYTHING or any(query.asset == asset.key for query in plan.queries)
            if read and asset.key not in unstable:
                devices = users = 0
                for part in parts:
                    devices, users = devices | part.devices(asset.key), users | part.users(asset.key)
                size = devices.bit_count() + users.bit_count()
                self._known[asset.key] = KnownAsset(devices, users, size == asset.assigned_count, self._now())
                self._dirty = True
        return unstable

    def _compare(self, assets: Sequence[Asset], queries: Sequence[AssignmentQuery]) -> None:
        """After a read for some targets: what is known of an asset stays if it tells the same of them."""
        holdings, kind = self._holdings, self._question.kind
        index = holdings.device_index if kind == DEVICES else holdings.user_index
        asked = index.bits(name for query in queries if (name := query.serial_number or query.client_user_id))
        for asset in assets:
            known = self._known.get(asset.key)
            held = (known.devices if kind == DEVICES else known.users) if known else 0
            if known and held & asked != holdings.holders(kind, asset.key) & asked:
                del self._known[asset.key]
                self._dirty = True

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def _pages(assets: Iterable[KnownAsset]) -> int:
    """Requests that a read of so many assignments takes."""
    return sum(known.size for known in assets) // ROWS_PER_PAGE

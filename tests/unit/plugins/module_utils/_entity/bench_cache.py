# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fake world that tells versions and changes, with others at work at any moment; and a cache in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ansible_collections.openmdm.vpp.plugins.module_utils._core.assignment_cache import Snapshot
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Asset, AssetKey, AssignmentQuery, Row, Walk
from ansible_collections.openmdm.vpp.plugins.module_utils._core.ports import AssignmentSink
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks, Owned


@dataclass(frozen=True, slots=True)
class Guesses:
    """What Apple does not say. `counts`: exact, lagging or without_retired."""

    counts: str
    per_filter: bool
    removed_shown: bool


class MemoryCache:
    """Implements AssignmentCache."""

    def __init__(self, *, read_only: bool = False) -> None:
        self.snapshot: Snapshot | None = None
        self.read_only = read_only

    def load(self) -> Snapshot | None:
        return self.snapshot

    def save(self, snapshot: Snapshot) -> None:
        assert not self.read_only
        self.snapshot = snapshot

    def forget(self) -> None:
        self.save(None)  # type: ignore[arg-type]


class VersionedBooks(FakeAppsBooks):
    """`others` is run ahead of every call and in the middle of every walk. `retired`: people whom Apple does not count
    under `without_retired`; `seen`: rows that walks have told since it was emptied; `history`: what was so, by version.
    """

    def __init__(self, guesses: Guesses) -> None:
        super().__init__()
        self.guesses = guesses
        self.others: Callable[[], None] | None = None
        self.retired: set[str] = set()
        self.seen: set[Row] = set()
        self.history: dict[str, set[Row]] = {"v0": set()}
        self._version = 0
        self._changed: dict[Row, int] = {}
        self._present: set[Row] = set()

    def _called(self, name: str, detail: object = None) -> None:
        self._act()
        super()._called(name, detail)

    def _act(self) -> None:
        self._note()  # what a run took and another gives back at once is a change, though all is as before
        if self.others is not None:
            self.others()
        self._note()

    def _note(self) -> None:
        """A change that nobody has asked for yet gets its number when somebody does."""
        self._settle()
        now = set(self._rows(AssignmentQuery()))
        for row in sorted(now ^ self._present, key=repr):
            self._version += 1
            self._changed[row] = self._version
        self._present = now
        self.history[f"v{self._version}"] = now

    def _name(self, query: AssignmentQuery) -> str:
        filtered = query != AssignmentQuery()
        if not (self.guesses.per_filter and filtered):
            return f"v{self._version}"
        last = max((number for row, number in self._changed.items() if _fits(query, row)), default=0)
        return f"{query!r}-{last}"

    def _asset(self, key: AssetKey, asset: Owned) -> Asset:
        if self.guesses.counts == "without_retired" and key not in self.counts:
            self.counts[key] = asset.assigned - len(asset.people & self.retired)
            try:
                return super()._asset(key, asset)
            finally:
                del self.counts[key]
        return super()._asset(key, asset)

    def walk_assignments(self, reads: Sequence[tuple[AssignmentQuery, AssignmentSink]]) -> list[Walk]:
        self._called("walk_assignments", [query for query, _sink in reads])
        walks = []
        for query, sink in reads:
            before, version = list(self._rows(query)), self._name(query)
            self._act()
            after, half = list(self._rows(query)), len(before) // 2
            rows = before[:half] + after[half:]
            sink.begin()
            sink.page(rows)
            self.seen.update(rows)
            walks.append(Walk(self._name(query), version == self._name(query), 2, len(rows)))
        return walks

    def read_version(self) -> str:
        self._called("read_version")
        return self._name(AssignmentQuery())

    def read_changes(self, since: str, sink: AssignmentSink, max_pages: int) -> Walk | None:
        self._called("read_changes", since)
        if not since.startswith("v"):
            return None
        rows = [
            row
            for row, number in self._changed.items()
            if number > int(since[1:]) and (self.guesses.removed_shown or row in self._present)
        ]
        version = self._name(AssignmentQuery())
        sink.begin()
        sink.page(rows)
        self._act()
        return Walk(version, version == self._name(AssignmentQuery()), 2, len(rows))


def _fits(query: AssignmentQuery, row: Row) -> bool:
    return (
        (query.asset is None or query.asset == AssetKey(*row[:2]))
        and query.serial_number in (None, row[2])
        and query.client_user_id in (None, row[3])
    )

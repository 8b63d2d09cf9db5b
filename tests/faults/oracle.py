# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a licence task may do in a world, and what must have become of it: read from the documentation of the module,
with nothing of the collection's own planning in it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from fractions import Fraction

from ansible_collections.openmdm.vpp.tests.faults.town import ASSETS, BOOK, DEVICE, PERSON, Pair, Town


@dataclass(frozen=True)
class Task:
    """The options of one task. `known` None = no file of known targets; `by_email`: people are named so."""

    kind: str
    assets: tuple[str, ...]
    targets: tuple[str, ...]
    state: str = "present"
    exclusive: bool = False
    all_assets: bool = False
    max_removals: str | None = None
    max_shrink: int = 100
    allow_empty: bool = True
    keep: tuple[str, ...] = ()
    keep_assets: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None
    orphans: bool = False
    shortage: str = "fail"
    include_registered: bool = False
    by_email: bool = False

    @property
    def managed(self) -> tuple[str, ...]:
        return ASSETS if self.all_assets else self.assets

    def may_have(self, statuses: Mapping[str, str], registered_allowed: bool = True) -> set[str]:
        """Those of the targets to whom Apple gives licences."""
        if self.kind == DEVICE:
            return set(self.targets)
        usable = {"Associated", "Registered"} if self.include_registered and registered_allowed else {"Associated"}
        return {name for name in self.targets if statuses.get(name) in usable}

    def asks_for(self, statuses: Mapping[str, str]) -> list[str]:
        """For whom licences are asked, in the order in which they get them: it is Apple that gives none to people who
        have not accepted, where it does, and nobody knows before."""
        allowed = self.may_have(statuses)
        named = [name for name in self.targets if name in allowed]
        return sorted(named, key=lambda name: statuses.get(name) == "Registered")

    def may_add(self, statuses: Mapping[str, str]) -> set[Pair]:
        if self.state == "absent":
            return set()
        assets = [one for one in self.managed if self.kind == PERSON or one != BOOK]
        return {(adam_id, self.kind, name) for adam_id in assets for name in self.may_have(statuses)}

    def may_remove(self, held: Set[Pair]) -> set[Pair]:
        """Of pairs that are held those that the task asks to be taken back, the limits aside."""
        if self.state == "present" and not self.exclusive:
            return set()
        return {pair for pair in held if self._leaves(pair)}

    def _leaves(self, pair: Pair) -> bool:
        adam_id, kind, name = pair
        if kind != self.kind or adam_id not in self.managed or adam_id == BOOK:
            return False  # a book stays with a person for good
        if name in self.keep or adam_id in self.keep_assets:
            return False
        if self.state == "absent":
            return name in self.targets
        strange = self.known is not None and not self.orphans and name not in self.known
        return name not in self.targets and not strange

    def reach(self, held: Set[Pair]) -> set[Pair]:
        """The present holders, of which a percentage is meant."""
        strangers = self.exclusive and self.known is not None and not self.orphans
        return {
            (adam_id, kind, name)
            for adam_id, kind, name in held
            if kind == self.kind
            and adam_id in self.managed
            and adam_id != BOOK
            and not (strangers and name not in (self.known or ()))
        }

    def limit(self, held: Set[Pair]) -> int | None:
        """Pairs that may be taken back at most; None where none is asked for."""
        if self.max_removals is None:
            return None
        if self.max_removals.endswith("%"):
            return int(len(self.reach(held)) * Fraction(self.max_removals[:-1]) / 100)
        return int(self.max_removals)


@dataclass(frozen=True)
class Verdict:
    """What a run in a quiet world must come to: a refusal in which nothing is sent, or these pairs in the end. `tries`:
    every run asks for somebody whom only Apple's refusal tells to be left out (include_registered)."""

    refused: bool
    pairs: frozenset[Pair]
    why: str = ""
    tries: bool = False

    def fits(self, found: frozenset[Pair]) -> bool:
        return found == self.pairs

    def differs(self, found: frozenset[Pair]) -> dict[str, list[Pair]]:
        return {"more": sorted(found - self.pairs), "less": sorted(self.pairs - found)}


def judge(task: Task, town: Town, registered_allowed: bool) -> Verdict:
    held, statuses = town.pairs(), town.people()
    here = frozenset(held)
    removed = task.may_remove(held)
    allowed = task.limit(held)
    if task.kind == DEVICE and BOOK in task.assets and task.state == "present" and not task.all_assets:
        return Verdict(True, here, "a book for devices")
    if task.exclusive:
        named = task.targets if task.kind == DEVICE else [name for name in task.targets if name in statuses]
        if not named and not task.allow_empty:
            return Verdict(True, here, "an empty list")
        for adam_id in task.managed:
            mine = {pair for pair in task.reach(held) if pair[0] == adam_id}
            if named and len(mine - removed) * 100 < len(mine) * (100 - task.max_shrink):
                return Verdict(True, here, "a list that shrank")
    if allowed is not None and len(removed) > allowed:
        return Verdict(True, here, "more removals than allowed")
    after, tries = held - removed, False
    fit = task.may_have(statuses, registered_allowed)
    asked = task.asks_for(statuses)
    for adam_id in task.managed if task.state == "present" else ():
        if adam_id == BOOK and task.kind == DEVICE:
            continue
        missing = [name for name in asked if (adam_id, task.kind, name) not in held]
        free = town.free(adam_id)
        room = len(missing) if free is None else free + sum(pair[0] == adam_id for pair in removed)
        if room < len(missing) and task.shortage == "fail":
            return Verdict(True, here, "too few licences")
        after |= {(adam_id, task.kind, name) for name in missing[:room] if name in fit}
        tries |= not fit.issuperset(missing[:room])
    return Verdict(False, frozenset(after), tries=tries)

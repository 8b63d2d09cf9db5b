# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random worlds with the cache: nothing is taken back that was not seen in the same run, whatever Apple does; and where
its counts are of the moment, a run with the cache does what a run without it would do."""

from __future__ import annotations

import copy
import os
import random
from dataclasses import astuple
from typing import Any

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import DISASSOCIATE, AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.tests.unit.fakes import serials
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench import run
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_cache import (
    Guesses,
    MemoryCache,
    VersionedBooks,
)

FLEET, PEOPLE = serials(8), [f"p{number}" for number in range(4)]
POSITIONS = [
    Guesses(counts, per_filter, removed_shown)
    for counts in ("exact", "lagging", "without_retired")
    for per_filter in (False, True)
    for removed_shown in (False, True)
]
SEEDS = int(os.environ.get("OPENMDM_VPP_TEST_SEEDS", "100"))


class World:
    """A location, who else works on it, and a task that runs again and again."""

    def __init__(self, guesses: Guesses, chance: random.Random) -> None:
        self.chance, self.api, self.cache = chance, VersionedBooks(guesses), MemoryCache()
        for number in range(chance.randint(1, 3)):
            key = self.api.own(str(101 + number), devices=self._some(FLEET), total=None)
            self.api.owned[key].people.update(self._some(PEOPLE))
        self.api._note()

    def _some(self, names: list[str]) -> set[str]:
        return {name for name in names if self.chance.random() < 0.5}

    def _other(self) -> None:
        """One thing that another product does."""
        asset = self.chance.choice(list(self.api.owned.values()))
        names, of = self.chance.choice([(FLEET, asset.devices), (FLEET, asset.devices), (PEOPLE, asset.people)])
        for _turn in range(self.chance.choice([1, 1, 2])):
            of ^= {self.chance.choice(names)}
        if self.chance.random() < 0.2:
            self.api.retired ^= {self.chance.choice(PEOPLE)}

    def turn(self) -> None:
        api, chance = self.api, self.chance
        for _turn in range(chance.choice([0, 0, 1, 2, 4])):
            self._other()
            if chance.random() < 0.5:
                api._note()
        busy = chance.random() < 0.4
        late = api.guesses.counts == "lagging" and chance.random() < 0.6
        if late:
            if chance.random() < 0.5 or not api.counts:
                api.freeze_counts()
        else:
            api.counts.clear()
        api.others = (lambda: self._other() if chance.random() < 0.15 else None) if busy else None
        options = self._options()
        wanted = sorted(self._some(FLEET)) if chance.random() < 0.7 else list(FLEET)
        twin = copy.deepcopy(api) if not busy else None
        try:
            outcome = self._run(wanted, options)
        finally:
            api.others = None
        if api.guesses.counts != "lagging":
            self._is_true()
        if twin is not None and not api.counts:
            self._compare(outcome, twin, wanted, options)

    def _is_true(self) -> None:
        """What is kept was so at the version that is kept with it."""
        snapshot = self.cache.snapshot
        if snapshot is None:
            return
        found = {
            (*astuple(key), *pair)
            for key, known in snapshot.assets.items()
            for names, bits, pair_of in (
                (snapshot.devices, known.devices, lambda name: (name, None)),
                (snapshot.users, known.users, lambda name: (None, name)),
            )
            for place, name in enumerate(names)
            if bits >> place & 1
            for pair in [pair_of(name)]
        }
        rows = self.api.history[snapshot.version_id]
        assert found == {row for row in rows if AssetKey(*row[:2]) in snapshot.assets}

    def _options(self) -> dict[str, Any]:
        chance = self.chance
        named = chance.sample(sorted(key.adam_id for key in self.api.owned), chance.randint(1, len(self.api.owned)))
        state = chance.choice(["present", "present", "absent"])
        exclusive = state == "present" and chance.random() < 0.5
        return {
            "state": state,
            "exclusive": exclusive,
            "assets": sorted(named),
            "max_removals": "100%",
            "max_shrink": 100,
            "allow_empty": True,
        }

    def _run(self, wanted: list[str], options: dict[str, Any]) -> Outcome | None:
        api = self.api
        api.seen.clear()
        begun = len(api.sent)
        submit, cache = api.submit, self.cache
        removed: set[tuple[str, str]] = set()

        def watched(requests: Any) -> Any:
            # Before it goes out, each was seen by a read of this very run.
            pairs = {
                (key.adam_id, serial)
                for request in requests
                if request.verb == DISASSOCIATE
                for key in request.assets
                for serial in request.serial_numbers
            }
            assert pairs <= {(row[0], row[2]) for row in api.seen}, "taken back on the word of the cache"
            removed.update(pairs)
            return submit(requests)

        api.submit = watched  # type: ignore[method-assign]
        if self.chance.random() < 0.2:
            cache = MemoryCache(read_only=True)
            cache.snapshot = self.cache.snapshot
        try:
            outcome = run(api, wanted, cache=cache, **options)
        except VppError:
            outcome = None
        finally:
            del api.submit  # type: ignore[method-assign]
        if options["state"] == "absent":
            assert {serial for _adam_id, serial in removed} <= set(wanted)
        else:
            assert options["exclusive"] or not removed
            assert not {serial for _adam_id, serial in removed} & set(wanted)
        assert {key.adam_id for request in api.sent[begun:] for key in request.assets} <= set(options["assets"])
        return outcome

    def _compare(
        self, outcome: Outcome | None, twin: VersionedBooks, wanted: list[str], options: dict[str, Any]
    ) -> None:
        assert outcome is not None
        other = run(twin, wanted, **options)
        digests = [one.plan["digest"] for one in (outcome, other)]
        assert (outcome.error, outcome.summary, digests[0]) == (None, other.summary, digests[1])
        assert self.api.state() == twin.state()


def live(guesses: Guesses, chance: random.Random) -> None:
    world = World(guesses, chance)
    for _turn in range(chance.randint(2, 6)):
        world.turn()


@pytest.mark.parametrize("guesses", POSITIONS, ids=repr)
def test_many_worlds(guesses):
    for seed in range(SEEDS):
        live(guesses, random.Random(seed))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(POSITIONS), st.randoms(use_true_random=False))
def test_any_world(guesses, chance):
    live(guesses, chance)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many writes does a drift take, against one batch an app after the other, and against a lower bound?

No plan has fewer writes than the bound (bounds.py); whether one has as few is not known.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.batch import Rectangle, pack
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey

from . import drifts
from .bounds import lower_bound
from .drifts import Need
from .measure import Measure
from .sizes import Sizes

QUESTION = "Writes of a drift"
MOST_ASSETS = 25
MOST_TARGETS = 1000
APPS, MANY_APPS = 20, 200
SEEDS = (1, 2, 3)
FEWEST, BOUND, BATCHES = 1.0, 1.2, (0.25, 0.9)


@dataclass(frozen=True, slots=True)
class Case:
    """`bound`: limit of writes / bound. `batches`: limit of writes / batches an app. The worst of the seeds counts."""

    name: str
    make: Callable[[random.Random], Need]
    bound: float | None = None
    batches: float = 1.0
    seeds: Sequence[int] = SEEDS


def cases(sizes: Sizes) -> Sequence[Case]:
    first, week = BATCHES
    few = {
        tags: partial(drifts.tagged, apps=APPS, tags=tags, devices=sizes.pack_devices, bring=(2, 8))
        for tags in (12, 40)
    }
    many = partial(drifts.tagged, apps=MANY_APPS, tags=30, devices=sizes.many_apps_devices, bring=(5, 20))
    devices = sizes.pack_devices
    return (
        Case("one new app", lambda _draw: drifts.everything(1, devices), FEWEST, seeds=(1,)),
        Case("first rollout, 20 apps for all", lambda _draw: drifts.everything(APPS, devices), FEWEST, seeds=(1,)),
        Case("first rollout, 12 tags", lambda draw: drifts.first_rollout(few[12](draw)), None, first),
        Case("weekly drift, 12 tags", lambda draw: drifts.weekly(draw, few[12](draw)), None, week),
        Case("weekly drift, 12 tags, 0.5 % noise", lambda draw: drifts.weekly(draw, few[12](draw), 0.005), None, week),
        Case("weekly drift, 40 tags, 0.2 % noise", lambda draw: drifts.weekly(draw, few[40](draw), 0.002), None, week),
        Case("random 1 %", lambda draw: drifts.at_random(draw, APPS, devices, 0.01)),
        Case("random 10 %", lambda draw: drifts.at_random(draw, APPS, devices, 0.1), BOUND),
        Case("random 50 %", lambda draw: drifts.at_random(draw, APPS, devices, 0.5)),
        Case("staged rollout that broke off", lambda _draw: drifts.staged(APPS, devices), seeds=(1,)),
        Case("first rollout, 200 apps, 30 tags", lambda draw: drifts.first_rollout(many(draw)), None, first, (1,)),
        Case("weekly drift, 200 apps, 30 tags", lambda draw: drifts.weekly(draw, many(draw)), None, week),
    )


def run(sizes: Sizes, _folder: Path) -> list[Measure]:
    found = []
    for case in cases(sizes):
        found += _case(case)
    return [*found, _never_above(sizes.draws)]


def _case(case: Case) -> list[Measure]:
    """One measure a kind, of the seed with the worst ratio."""
    tries = [_try(case, seed) for seed in case.seeds]
    return [max((one[place] for one in tries), key=lambda measure: measure.value) for place in range(len(tries[0]))]


def _try(case: Case, seed: int) -> list[Measure]:
    need = case.make(random.Random(seed))
    begun = time.process_time()
    rectangles = pack(need, MOST_ASSETS, MOST_TARGETS)
    seconds = time.process_time() - begun
    check(need, rectangles)
    pairs = sum(bits.bit_count() for bits in need.values())
    writes, batches, bound = len(rectangles), per_asset(need), lower_bound(need, MOST_ASSETS, MOST_TARGETS)
    told = f"{pairs:,} pairs: {writes} writes"
    against = Measure(QUESTION, case.name, "writes / batches an app", writes / batches, case.batches)
    return [
        replace(against, note=f"{told} of {batches}"),
        Measure(QUESTION, case.name, "writes / lower bound", writes / bound, case.bound, note=f"{told}, bound {bound}"),
        Measure(QUESTION, case.name, "packing", seconds, unit="s", note=f"{pairs:,} pairs"),
    ]


def per_asset(need: Need, most: int = MOST_TARGETS) -> int:
    return sum(-(-bits.bit_count() // most) for bits in need.values())


def check(
    need: Need, rectangles: Sequence[Rectangle], most_assets: int = MOST_ASSETS, most_targets: int = MOST_TARGETS
) -> None:
    """RuntimeError unless every pair is written once, none else is, and no request is too large."""
    left = dict(need)
    for rectangle in rectangles:
        fits = len(rectangle.assets) <= most_assets and rectangle.targets.bit_count() <= most_targets
        if not fits or any(rectangle.targets & ~left.get(key, 0) for key in rectangle.assets):
            raise RuntimeError("The packer wrote a pair that nobody needs, or twice, or made a request too large.")
        for key in rectangle.assets:
            left[key] &= ~rectangle.targets
    if any(left.values()):
        raise RuntimeError("The packer left out a pair.")


def _never_above(draws: int) -> Measure:
    """Random drifts of every shape, drawn by Hypothesis: how many took more writes than batches an app?"""
    seen, above = [0], [0]
    apps = st.integers(1, 40).map(lambda number: AssetKey(str(number)))
    needs = st.dictionaries(apps, st.integers(0, 2**120 - 1), max_size=40)
    calm = settings(database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

    @settings(calm, max_examples=draws)
    @given(needs, st.integers(1, 25), st.integers(1, 40))
    def draw(need: Need, most_assets: int, most_targets: int) -> None:
        rectangles = pack(need, most_assets, most_targets)
        check(need, rectangles, most_assets, most_targets)
        seen[0] += 1
        above[0] += len(rectangles) > per_asset(need, most_targets)

    draw()
    case = f"{seen[0]:,} drifts drawn by Hypothesis"
    return Measure(QUESTION, case, "drifts with more writes than batches an app", above[0], 0)

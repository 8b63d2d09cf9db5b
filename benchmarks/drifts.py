# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drifts to pack, made from numbers: which app lacks which device, as one bitset an app.

Tags bring apps; a device has one to three tags, more often those that many have. A week brings new devices, which need
all that their tags bring, devices that got one more tag, and two tags that bring an app more. Noise is what nobody can
explain. The shares are such that a quarter of the devices needs something.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.openmdm.vpp.plugins.module_utils._core.bits import from_indices
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey

Need = Mapping[AssetKey, int]
EVERY_WEEK = 0.03
"""Share of the devices that are new, and share that got one more tag."""

NEWS = 2
"""Tags that bring an app more."""


@dataclass(frozen=True, slots=True)
class Tags:
    """`brought[tag]`: apps; `worn[device]`: tags."""

    apps: int
    brought: list[list[int]]
    worn: list[list[int]]


def tagged(draw: random.Random, apps: int, tags: int, devices: int, bring: tuple[int, int]) -> Tags:
    """`bring`: least and most apps of a tag."""
    brought = [sorted(draw.sample(range(apps), draw.randint(*bring))) for _tag in range(tags)]
    weights = [1 / (place + 1) ** 0.5 for place in range(tags)]
    worn = [sorted(set(draw.choices(range(tags), weights, k=draw.randint(1, 3)))) for _device in range(devices)]
    return Tags(apps, brought, worn)


def first_rollout(tags: Tags) -> Need:
    """Nobody has anything yet."""
    needs: list[set[int]] = [set() for _app in range(tags.apps)]
    for device, names in enumerate(tags.worn):
        for tag in names:
            for app in tags.brought[tag]:
                needs[app].add(device)
    return as_need(needs)


def weekly(draw: random.Random, tags: Tags, noise: float = 0.0) -> Need:
    """A week after everybody had what the tags bring."""
    needs: list[set[int]] = [set() for _app in range(tags.apps)]
    news = {
        tag: draw.choice([app for app in range(tags.apps) if app not in tags.brought[tag]])
        for tag in draw.sample(range(len(tags.brought)), NEWS)
    }
    for device, names in enumerate(tags.worn):
        apps = {app for tag in names for app in tags.brought[tag]}
        missing = {news[tag] for tag in names if tag in news} - apps
        chance = draw.random()
        if chance < EVERY_WEEK:
            missing |= apps
        elif chance < 2 * EVERY_WEEK:
            missing |= set(tags.brought[draw.randrange(len(tags.brought))]) - apps
        if noise:
            missing |= {app for app in apps if draw.random() < noise}
        for app in missing:
            needs[app].add(device)
    return as_need(needs)


def at_random(draw: random.Random, apps: int, devices: int, share: float) -> Need:
    """Each pair with the same chance."""
    return as_need([[device for device in range(devices) if draw.random() < share] for _app in range(apps)])


def everything(apps: int, devices: int) -> Need:
    return as_need([range(devices)] * apps)


def staged(apps: int, devices: int) -> Need:
    """A rollout that broke off: device i lacks the apps from some number on."""
    return as_need([range(devices * app // apps, devices) for app in range(apps)])


def as_need(needs: list[set[int]] | list[list[int]] | list[range]) -> Need:
    return {AssetKey(str(app + 1)): from_indices(members) for app, members in enumerate(needs)}

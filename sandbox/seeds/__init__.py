# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: named worlds. The same name and options make the same world, tokens and uids included."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..switches import SWITCHES
from ..world import World
from . import generated, school, small

SEEDS: dict[str, Callable[[Mapping[str, str]], World]] = {
    "small": small.build,
    "school": school.build,
    "generated": generated.build,
}


def build(name: str, options: Mapping[str, str]) -> World:
    """The world of a seed. An option is one of the seed's own, or a switch."""
    if name not in SEEDS:
        raise ValueError(f"There is no seed {name!r}; known are {', '.join(SEEDS)}.")
    own = {key: value for key, value in options.items() if key not in SWITCHES}
    if name == "small" and own:
        raise ValueError(f"Seed {name} has no option {next(iter(own))!r}.")
    world = SEEDS[name](own)
    world.switches = {**world.switches, **{key: value for key, value in options.items() if key in SWITCHES}}
    return world

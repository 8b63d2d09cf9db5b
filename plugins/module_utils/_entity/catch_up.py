# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings what is known at one versionId to the present: the changes since, and counts that are surely of the same
moment."""

from __future__ import annotations

from dataclasses import dataclass

from .._core.holdings import Holdings
from .._core.model import Asset
from .._core.ports import AppsBooks

_TRIES = 2
"""Times that the counts are read: at a location where something changes all the time they never fit."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The present version, and all assets with their counts at it; `owned` None = nothing has changed."""

    version_id: str
    owned: list[Asset] | None


def catch_up(api: AppsBooks, since: str, changes: Holdings, max_pages: int) -> CaughtUp | None:
    """Everything that was added since goes into `changes`. None = it can't be told; a task then reads.

    The counts are read between two questions for changes, the second of which must find none: else they might be of a
    state in which one more had come and another gone.
    """
    walk = api.read_changes(since, changes.part(), max_pages)
    if walk is None or not walk.stable:
        return None
    if walk.version_id == since:
        return None if walk.rows else CaughtUp(since, None)
    for _try in range(_TRIES):
        owned, counted = api.read_assets()
        again = api.read_changes(walk.version_id, changes.part(), max_pages)
        if again is None or not again.stable:
            return None
        if again.version_id == walk.version_id:
            return CaughtUp(again.version_id, owned) if counted.stable and not again.rows else None
        walk = again
    return None

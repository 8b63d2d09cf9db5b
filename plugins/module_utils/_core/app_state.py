# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of apps on devices: whom to ask, and what the answers mean. Most devices need not be asked at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from .app_model import NOT_SEEN
from .mdm import (
    ABSENT,
    APP_STATES,
    FAILED,
    INSTALLED,
    REJECTED,
    REMOVED,
    AppRecord,
    MdmDevice,
)

UNREAD = "unread"
"""Something that should be on the device is missing there; whether it is this app was not asked."""

STATES = (*APP_STATES, NOT_SEEN, UNREAD)
"""All words of a count of states, in this order."""

SAMPLE_SIZE = 3
"""Devices of a unit that stand for those like them where nothing depends on it."""

PROOF_SIZE = 10
"""The same where commands or a wait depend on it: if a quarter of the devices is not like the sample, nineteen times in
twenty it shows."""


def seen(device: MdmDevice, since: datetime) -> bool:
    """Whether the MDM heard of it lately; one of which it does not tell the time counts as seen."""
    return device.last_seen is None or device.last_seen >= since


def seen_since(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def choose_sample(ids: Iterable[str], size: int, prefer: Collection[str] = ()) -> list[str]:
    """So many of them, spread over their order, since neighbours were often set up together; those in `prefer`, which
    are asked anyway, before others. The same for the same devices."""
    listed = sorted(ids)
    asked = [one for one in listed if one in prefer]
    others = [one for one in listed if one not in prefer]
    first = _spread(asked, size)
    return first + _spread(others, size - len(first))


def _spread(listed: Sequence[str], size: int) -> list[str]:
    count = min(size, len(listed))
    return [listed[number * len(listed) // count] for number in range(count)]


def state_of(record: AppRecord | None) -> str:
    return ABSENT if record is None else record.state


def is_there(record: AppRecord | None) -> bool:
    """Installed, and by the MDM."""
    return record is not None and record.state == INSTALLED and record.managed


def is_known(record: AppRecord | None) -> bool:
    """Whether the MDM has to do with the app on the device: the sign that the app was set up for it."""
    return record is not None and (record.managed or record.wanted)


def lacks(record: AppRecord | None) -> bool:
    """Whether the app is neither there nor on its way: only then an install command is of use."""
    if record is None:
        return True
    return record.state in (ABSENT, REMOVED, FAILED, REJECTED) and not record.wanted


def removable(record: AppRecord | None) -> bool:
    """Whether the MDM can remove the app and has not begun to. What a person installed is out of its reach."""
    return record is not None and record.managed and not record.unwanted


def count_states(states: Mapping[str, str]) -> dict[str, int]:
    """How many devices are in each state; states of no device are left out."""
    found = list(states.values())
    return {state: found.count(state) for state in STATES if state in set(found)}


def reached(states: Mapping[str, str], percent: int) -> bool:
    """Whether so many per cent of the devices have the app, of those that were seen lately; of none, all have it."""
    found = [state for state in states.values() if state != NOT_SEEN]
    return found.count(INSTALLED) * 100 >= len(found) * percent

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened at Apple, as Apple tells it or as two looks at a location show it, and the memory of what was told."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .model import DEFAULT_PRICING, AssetKey

TEST = "TEST_NOTIFICATION"
USER_ASSOCIATED = "USER_ASSOCIATED"
ASSET_COUNT = "ASSET_COUNT"
"""Apple's words [D notifications]; other types pass through as they are."""

NOTIFIED = "notification"
POLLED = "poll"


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification [D notifications]. Empty and None = not told. `source`: NOTIFIED or POLLED."""

    type: str
    location_uid: str
    notification_id: str = ""
    source: str = NOTIFIED
    event_id: str = ""
    verb: str = ""
    result: str = ""
    error_number: int | None = None
    client_user_ids: tuple[str, ...] = ()
    serial_numbers: tuple[str, ...] = ()
    assets: tuple[AssetKey, ...] = ()
    count_delta: int | None = None

    def facts(self) -> dict[str, Any]:
        """For the conditions and actions of rules: the same keys always, ids only. `users` is as playbooks take it."""
        return {
            "type": self.type,
            "location_uid": self.location_uid,
            "notification_id": self.notification_id,
            "source": self.source,
            "event_id": self.event_id,
            "verb": self.verb,
            "result": self.result,
            "error_number": self.error_number,
            "users": [{"client_user_id": one} for one in self.client_user_ids],
            "serial_numbers": list(self.serial_numbers),
            "assets": [{"adam_id": key.adam_id, "pricing_param": key.pricing_param} for key in self.assets],
            "count_delta": self.count_delta,
        }


class Seen:
    """The last `most` ids. Apple delivers a notification several times [D notifications]."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, notification_id: str) -> bool:
        return notification_id in self._ids

    def add(self, notification_id: str) -> None:
        self._ids[notification_id] = None
        self._ids.move_to_end(notification_id)
        while len(self._ids) > self._most:
            self._ids.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Look:
    """A location at one moment: who is associated, and how many licences of each asset there are (None = no limit)."""

    associated: frozenset[str] = frozenset()
    totals: Mapping[AssetKey, int | None] = field(default_factory=dict)


def changes_between(before: Look, after: Look, location_uid: str) -> list[Notification]:
    """What Apple would have notified of between two looks: first the counts, then one for all new people."""
    found = []
    for key in sorted({*before.totals, *after.totals}):
        then, now = before.totals.get(key, 0), after.totals.get(key, 0)
        if then is not None and now is not None and then != now:
            found.append(Notification(ASSET_COUNT, location_uid, source=POLLED, assets=(key,), count_delta=now - then))
    people = sorted(after.associated - before.associated)
    if people:
        found.append(Notification(USER_ASSOCIATED, location_uid, source=POLLED, client_user_ids=tuple(people)))
    return found


def asset_key(adam_id: str, pricing_param: str) -> AssetKey:
    """An asset as a notification names it, which may leave out the quality."""
    return AssetKey(adam_id, pricing_param or DEFAULT_PRICING)

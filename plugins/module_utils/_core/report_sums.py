# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sums over the locations of a report: of the applications, of the people, of what lies idle and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .manual_steps import TO_DO
from .report_shape import TOKEN_ALIVE

Location = Mapping[str, Any]
"""An entry of the form report_shape.LOCATION."""


@dataclass(slots=True)
class App:
    """One asset over all locations. `total` and `available` are of those with a fixed number; `unlimited`: at least one
    has none."""

    adam_id: str
    pricing_param: str
    name: str = ""
    bundle_id: str = ""
    product_type: str = ""
    device_assignable: bool = False
    locations: int = 0
    unlimited: bool = False
    total: int = 0
    assigned: int = 0
    fixed_assigned: int = 0
    available: int = 0
    retired: int = 0
    devices: int = 0
    people: int = 0

    def add(self, entry: Mapping[str, Any]) -> None:
        """Counts one location's."""
        self.name = self.name or entry["name"]
        self.bundle_id = self.bundle_id or entry["bundle_id"]
        self.product_type = self.product_type or entry["product_type"]
        self.device_assignable |= entry["device_assignable"]
        self.locations += 1
        self.unlimited |= entry["unlimited"]
        self.assigned += entry["assigned_count"]
        self.devices += entry["devices"]
        self.people += entry["people"]
        if not entry["unlimited"]:
            self.total += entry["total_count"] or 0
            self.fixed_assigned += entry["assigned_count"]
            self.available += entry["available_count"] or 0
            self.retired += entry["retired_count"] or 0


@dataclass(frozen=True, slots=True)
class Estate:
    """All that is summed. `unread`: names of locations of which there is no report; `idle` and `idle_targets` by
    reason: licences, and who holds them; `tables`: whether the files of report_files.py stand beside the page."""

    locations: Sequence[Location]
    unread: Sequence[str]
    apps: Sequence[App]
    total: int
    fixed_assigned: int
    available: int
    assigned: int
    people: Mapping[str, int] = field(default_factory=dict)
    idle: Mapping[str, int] = field(default_factory=dict)
    idle_targets: Mapping[str, int] = field(default_factory=dict)
    missing: int = 0
    to_do: int = 0
    tables: bool = False

    @property
    def several(self) -> bool:
        """Whether a table has to say of which location a row is."""
        return len(self.locations) + len(self.unread) > 1

    @property
    def idle_licences(self) -> int:
        return sum(self.idle.values())


def sum_up(locations: Sequence[Location], unread: Sequence[str] = (), *, tables: bool = False) -> Estate:
    """The estate, apps with the most assigned licences first."""
    apps: dict[tuple[str, str], App] = {}
    people: Counter[str] = Counter()
    idle: Counter[str] = Counter()
    targets: Counter[str] = Counter()
    for location in locations:
        people.update(location["people"]["counts"])
        for entry in location["licenses"]:
            key = (entry["adam_id"], entry["pricing_param"])
            apps.setdefault(key, App(*key)).add(entry)
        for group in location["wasted"]:
            idle[group["reason"]] += group["licenses"]
            targets[group["reason"]] += group["holders"]
    listed = sorted(apps.values(), key=lambda app: (-app.assigned, app.name, app.adam_id, app.pricing_param))
    return Estate(
        locations=locations,
        unread=unread,
        apps=listed,
        total=sum(app.total for app in listed),
        fixed_assigned=sum(app.fixed_assigned for app in listed),
        available=sum(app.available for app in listed),
        assigned=sum(app.assigned for app in listed),
        people=dict(people),
        idle=dict(idle),
        idle_targets=dict(targets),
        missing=sum(rollout["missing"] for location in locations for rollout in location["rollouts"]),
        to_do=sum(step["state"] == TO_DO for location in locations for step in location["manual_steps"]),
        tables=tables,
    )


def label_of(location: Location) -> str:
    """Its name; a dead token tells none, only the organisation's."""
    return str(location["name"] or location["organization"] or location["uid"] or "Unknown location")


def was_read(location: Location) -> bool:
    return location["token"]["state"] in TOKEN_ALIVE


def merged(
    documents: Sequence[tuple[Sequence[dict[str, Any]], Sequence[str]]],
) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """Locations sorted by name, and unread ones, of several documents; and the names of those that stood in more than
    one, of which the read that is newest counts."""
    found: dict[str, dict[str, Any]] = {}
    twice: dict[str, None] = {}
    unread: dict[str, None] = {}
    for number, (locations, names) in enumerate(documents):
        unread.update(dict.fromkeys(names))
        for place, location in enumerate(locations):
            key = location["uid"] or f"\0{number}.{place}"
            known = found.get(key)
            if known is not None:
                twice[label_of(location)] = None
            if known is None or location["read_at"] >= known["read_at"]:
                found[key] = location
    return sorted(found.values(), key=lambda one: (label_of(one), one["uid"])), list(unread), list(twice)

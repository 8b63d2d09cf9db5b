# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which share of each group of devices holds an application: the table that no console has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .html_text import Html, count_of, el, join, name_of, number, percent
from .report_charts import Cell, Column, table, with_small
from .report_parts import all_in
from .report_sums import Estate, Location

MOST_GROUPS = 12
MOST_APPS = 40
"""Columns and rows: more can't be read at a glance, and all of them are in holders.csv."""

_STEPS = (0, 1, 25, 50, 75, 95)
"""Percentages from which a cell is one shade deeper."""


@dataclass(frozen=True, slots=True)
class _Group:
    """A column: where its counts stand in an entry of `licenses`, under which key, and how many devices it has."""

    field: str
    key: str
    name: str
    devices: int


def coverage(estate: Estate, location: Location) -> Html:
    """The table, with a sentence before it; a sentence alone where there is nothing to show."""
    entries = [entry for entry in location["licenses"] if entry["devices"]]
    entries.sort(key=lambda entry: (-entry["devices"], entry["name"], entry["adam_id"]))
    groups = _groups(location)
    if not location["mdm"]:
        return el("p", "Which devices hold them is known by serial number only: no MDM was asked.", class_="note")
    if not entries or not groups:
        return el("p", "No device of the MDM holds a licence of its own.", class_="note")
    columns = [Column("Application"), *(Column(one.name, "n", number(one.devices)) for one in groups)]
    rows = [
        [
            with_small(name_of(entry["name"] or entry["adam_id"]), count_of(entry["devices"], "device")),
            *_cells(entry, groups),
        ]
        for entry in entries[:MOST_APPS]
    ]
    units, tags = len(location["units"]), len(location["tags"])
    left = units + tags - len(groups)
    notes = []
    if len(entries) > MOST_APPS:
        notes.append(f"The {MOST_APPS} applications that most devices hold, of {len(entries)}.")
    if left > 0:
        notes.append(f"The largest {len(groups)} groups, of {units + tags}.")
    if notes:
        notes.append(all_in(estate, "holders.csv", "All are"))
    caption = (
        "Share of the devices in each network and with each tag that hold the application; below, how many they are"
    )
    whole = table(caption, columns, rows, class_="grid")
    return join([whole, el("p", " ".join(notes), class_="note") if notes else ""])


def _groups(location: Location) -> list[_Group]:
    """Units first, then tags; of each kind the largest."""
    units = [_Group("units", one["id"], one["name"], one["devices"]) for one in location["units"] if one["devices"]]
    tags = [_Group("tags", one["name"], one["name"], one["devices"]) for one in location["tags"] if one["devices"]]
    units.sort(key=lambda one: (-one.devices, one.name))
    tags.sort(key=lambda one: (-one.devices, one.name))
    units = units[: MOST_GROUPS // 3]
    shown = tags[: MOST_GROUPS - len(units)]
    # In the order of their names, since year-7 is looked for before year-8.
    return [*units, *sorted(shown, key=lambda one: one.name)]


def _cells(entry: dict[str, Any], groups: Sequence[_Group]) -> list[Cell]:
    cells = []
    for one in groups:
        share = percent(entry[one.field].get(one.key, 0), one.devices)
        shade = sum(share >= step for step in _STEPS) - 1
        cells.append(Cell(f"{share}%", f"h{shade}"))
    return cells

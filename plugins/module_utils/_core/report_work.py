# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections about what the last run changed, and about what is left to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .html_text import Html, el, join, name_of, number
from .manual_steps import TO_DO, UNVERIFIABLE
from .report_charts import Column, table, with_small
from .report_parts import MOST_ROWS, all_in, moment, place, section, where
from .report_sums import Estate

_STATES = {TO_DO: "to do", UNVERIFIABLE: "cannot be seen from here"}


def runs(estate: Estate) -> Html:
    listed = [(location, run) for location in estate.locations for run in location["runs"]]
    if not listed:
        return section(
            "runs",
            "What the last run changed",
            el("p", "No report of a run was named (option run_reports).", class_="lead"),
        )
    columns = [Column("Run"), *where(estate), Column("When"), Column("Planned and done"), Column("Failures")]
    rows = [
        [
            with_small(name_of(run["file"]), run["kind"]),
            *place(estate, location),
            moment(run["written_at"]),
            _changes(run["changes"]),
            _failures(run["failures"]),
        ]
        for location, run in listed
    ]
    return section(
        "runs", "What the last run changed", table("Runs and what they changed", columns, rows, limit=MOST_ROWS)
    )


def _changes(changes: Sequence[Mapping[str, Any]]) -> Html:
    if not changes:
        return el("span", "nothing was to be changed", class_="no")
    return join(el("div", f"{number(one['planned'])} {one['what']}: {_done(one)}") for one in changes)


def _done(change: Mapping[str, Any]) -> str:
    if change["done"] is None:
        return "not told what was done"
    if change["done"] == change["planned"]:
        return "done"
    return f"{number(change['done'])} done" if change["done"] else "none done"


def _failures(failures: Sequence[Mapping[str, Any]]) -> Html:
    return join(
        el("div", f"{one['reason']}" + (f" ({number(one['count'])})" if one["count"] else ""), class_="badtext")
        for one in failures[:5]
    ) or Html("none")


def by_hand(estate: Estate) -> Html:
    steps = [(location, step) for location in estate.locations for step in location["manual_steps"]]
    if not steps:
        return section("by-hand", "Left to do by hand", el("p", "Nothing that is known of.", class_="lead"))
    steps.sort(key=lambda pair: pair[1]["state"] != TO_DO)
    columns = [Column("What"), *where(estate), Column("Where"), Column("Why"), Column("State")]
    rows = [
        [
            with_small(el("bdi", step["what"]), step["about"]),
            *place(estate, location),
            el("bdi", step["where"]),
            el("bdi", step["why"]),
            _state(step["state"]),
        ]
        for location, step in steps
    ]
    return section(
        "by-hand",
        "Left to do by hand",
        table(
            "Steps for a person in the console of the MDM",
            columns,
            rows,
            limit=MOST_ROWS,
            more=all_in(estate, "manual_steps.csv"),
        ),
    )


def _state(state: str) -> Html:
    return el("span", _STATES.get(state, state), class_="warntext" if state == TO_DO else "no")

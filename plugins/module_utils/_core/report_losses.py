# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections about licences that lie idle, and about those that are missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .html_text import Html, count_of, el, name_of, number, text
from .report_charts import Column, share_bar, table
from .report_findings import IDLE_WORDS
from .report_parts import MOST_ROWS, all_in, place, section, where
from .report_sums import Estate, Location


def wasted(estate: Estate) -> Html:
    if not estate.idle_licences:
        known = any(location["mdm"] for location in estate.locations)
        words = (
            "None: every holder is known and was seen lately."
            if known
            else "No MDM was asked, so only people could be checked: nobody who was retired holds one."
        )
        return section("wasted", "Wasted licences", el("p", words, class_="lead"))
    many = count_of(estate.idle_licences, "licence is", "licences are")
    lead = f"{many} held by devices or people that do not use them."
    columns = [Column("Why"), *where(estate), Column("Holders", "n"), Column("Licences", "n"), Column("Of these most")]
    rows = [
        [
            _why(group["reason"]),
            *place(estate, location),
            group["holders"],
            group["licenses"],
            _most(location, group),
        ]
        for location in estate.locations
        for group in location["wasted"]
    ]
    return section(
        "wasted",
        "Wasted licences",
        el("p", lead, class_="lead"),
        table("Licences that lie idle, by reason", columns, rows, limit=MOST_ROWS, more=all_in(estate, "wasted.csv")),
        el("p", all_in(estate, "wasted.csv", "Every holder is named"), class_="note"),
    )


def _why(reason: str) -> str:
    words = IDLE_WORDS[reason][1] if reason in IDLE_WORDS else reason
    return words[:1].upper() + words[1:]


def _most(location: Location, group: Mapping[str, Any]) -> Html:
    names = {(one["adam_id"], one["pricing_param"]): one["name"] for one in location["licenses"]}
    first = sorted(group["assets"], key=lambda one: -len(one["targets"]))[:3]
    told = (
        f"{names.get((one['adam_id'], one['pricing_param'])) or one['adam_id']} {number(len(one['targets']))}"
        for one in first
    )
    return text(", ".join(told))


def missing(estate: Estate) -> Html:
    rollouts = [(location, one) for location in estate.locations for one in location["rollouts"]]
    if not rollouts:
        words = "No rollout was named, so nothing can be said of what is missing (option rollouts)."
        return section("missing", "Missing licences", el("p", words, class_="lead"))
    columns = [
        Column("Application"),
        *where(estate),
        Column("Scope"),
        Column("Devices", "n"),
        Column("Licensed", "n"),
        Column("Share", "bar"),
        Column("Missing", "n"),
        Column("Free", "n"),
    ]
    rows = [
        [
            name_of(one["name"] or one["adam_id"]),
            *place(estate, location),
            name_of(one["scope"]),
            one["devices"],
            one["licensed"],
            share_bar(("fill", one["licensed"]), ("rest", one["missing"])),
            el("span", number(one["missing"]), class_="badtext") if one["missing"] else 0,
            one["available"],
        ]
        for location, one in rollouts
    ]
    return section(
        "missing",
        "Missing licences",
        table(
            "Devices in scope that lack a licence, by rollout",
            columns,
            rows,
            limit=MOST_ROWS,
            more=all_in(estate, "missing.csv"),
        ),
        el("p", all_in(estate, "missing.csv", "Every device is named"), class_="note") if estate.missing else "",
    )

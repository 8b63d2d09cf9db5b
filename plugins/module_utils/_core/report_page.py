# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole page: one file that needs no other, and that a browser lets reach nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .html_text import Html, count_of, el, join, name_of, number
from .report_charts import Column, share_bar, table
from .report_coverage import coverage
from .report_findings import find
from .report_losses import missing, wasted
from .report_parts import all_in, app_name, section, yes_or_no
from .report_people import people
from .report_sections import applications, attention, keys, locations
from .report_style import SCRIPT, STYLE, policy
from .report_sums import Estate, Location, label_of, was_read
from .report_work import by_hand, runs

BEGINNING = "<!doctype html>\n<!-- openmdm.vpp report -->\n"
"""How every page begins, by which it is known when it is to be replaced."""

TITLE = "Apps and Books licences"
MOST_APPS = 100
"""Of one location, where there are several."""

_PARTS = (
    ("attention", "Attention"),
    ("locations", "Tokens"),
    ("applications", "Applications"),
    ("holders", "Who holds what"),
    ("people", "People"),
    ("wasted", "Wasted"),
    ("missing", "Missing"),
    ("runs", "Last run"),
    ("by-hand", "By hand"),
)


def render_page(estate: Estate, title: str, made_at: str) -> str:
    """The page. `made_at` is an ISO date; the title is the user's."""
    found = find(estate)
    body = [
        el("a", "Skip to the report", href="#report", class_="skip"),
        el("header", el("h1", title), el("p", _subtitle(estate, made_at), class_="sub"), keys(estate, found), _nav()),
        el(
            "main",
            attention(found),
            locations(estate),
            applications(estate),
            _holders(estate),
            people(estate),
            wasted(estate),
            missing(estate),
            runs(estate),
            by_hand(estate),
            id="report",
        ),
        el("footer", el("p", _about(estate))),
        el("script", Html(SCRIPT)),
    ]
    head = [
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy()),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="robots", content="noindex"),
        el("title", title),
        el("style", Html(STYLE)),
    ]
    return f"{BEGINNING}{el('html', el('head', *head), el('body', *body), lang='en')}\n"


def _subtitle(estate: Estate, made_at: str) -> Html:
    if len(estate.locations) == 1 and not estate.unread:
        of: object = name_of(label_of(estate.locations[0]))
    else:
        of = count_of(len(estate.locations) + len(estate.unread), "location")
    return join([of, f" · as of {made_at[:10]}, {made_at[11:16]} UTC"])


def _nav() -> Html:
    links = [el("li", el("a", words, href=f"#{key}")) for key, words in _PARTS]
    return el("nav", el("ul", *links), aria_label="Sections")


def _holders(estate: Estate) -> Html:
    """Of one location in full; of several each behind its name."""
    read = [location for location in estate.locations if was_read(location)]
    if not estate.several:
        parts = [coverage(estate, location) for location in read] or [el("p", "It could not be read.", class_="note")]
        return section("holders", "Who holds what", *parts, _details(estate))
    parts = [
        el(
            "details",
            el("summary", name_of(label_of(one)), el("span", _in_short(one))),
            el("div", _apps_of(estate, one), coverage(estate, one)),
        )
        for one in read
    ]
    lead = el("p", "Open a location to see its applications, and which share of its devices holds each.", class_="lead")
    return section("holders", "Who holds what", lead, *parts, _details(estate))


def _details(estate: Estate) -> Html:
    words = "The counts of every application in every group stand in holders.csv, and who holds what in assignments.csv"
    return el("p", f"{words}{'' if estate.tables else ', where csv_dir is set'}.", class_="note")


def _in_short(location: Location) -> str:
    assigned = sum(one["assigned_count"] for one in location["licenses"])
    return f"{count_of(len(location['licenses']), 'application')}, {count_of(assigned, 'licence')} assigned"


def _apps_of(estate: Estate, location: Location) -> Html:
    columns = [
        Column("Application"),
        Column("Device-assignable"),
        Column("Owned", "n"),
        Column("Assigned", "n"),
        Column("In use", "bar"),
        Column("Available", "n"),
    ]
    entries = sorted(location["licenses"], key=lambda one: (-one["assigned_count"], one["name"], one["adam_id"]))
    rows = [
        [
            app_name(one["name"], one["adam_id"], one["pricing_param"]),
            yes_or_no(one["device_assignable"]),
            None if one["unlimited"] else one["total_count"] or 0,
            one["assigned_count"],
            ""
            if one["unlimited"]
            else share_bar(("fill", one["assigned_count"]), ("rest", one["available_count"] or 0)),
            None if one["unlimited"] else one["available_count"] or 0,
        ]
        for one in entries
    ]
    caption = f"Applications of {label_of(location)}"
    return table(caption, columns, rows, limit=MOST_APPS, more=all_in(estate, "licenses.csv"))


def _used(entry: Mapping[str, Any]) -> Html:
    return share_bar(("fill", entry["assigned_count"]), ("rest", entry["available_count"] or 0))


def _about(estate: Estate) -> str:
    several = f"{number(sum(map(was_read, estate.locations)))} locations were read. " if estate.several else ""
    return (
        f"{several}Counts are Apple's at the time of the read. A licence that was taken back works on for 30 days. "
        "Made by openmdm.vpp; this page loads nothing and sends nothing."
    )

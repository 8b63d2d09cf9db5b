# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section about people: counts, and names only where the run was allowed to show them."""

from __future__ import annotations

from .html_text import Html, count_of, el, name_of, number
from .report_charts import Column, legend, share_bar, table
from .report_parts import all_in, place, section, where
from .report_sums import Estate

MOST_PEOPLE = 500

_PEOPLE = (
    ("fill", "associated", "have accepted"),
    ("idle", "new", "have not accepted yet"),
    ("soft", "retired", "retired"),
)


def people(estate: Estate) -> Html:
    counts = estate.people
    if not any(counts.values()):
        return section("people", "People", el("p", "Apple knows no people of this token.", class_="lead"))
    parts = [(name, counts.get(key, 0)) for name, key, _words in _PEOPLE]
    told = ", ".join(f"{number(counts.get(key, 0))} {words}" for _name, key, words in _PEOPLE)
    return section(
        "people",
        "People",
        el("div", share_bar(*parts, label=told), class_="big"),
        legend(*((name, words, counts.get(key, 0)) for name, key, words in _PEOPLE)),
        _people_table(estate),
    )


def _people_table(estate: Estate) -> Html:
    """Only where the run was allowed to name people; those who keep somebody waiting come first."""
    named = [
        (location, user)
        for location in estate.locations
        if location["people_shown"]
        for user in location["people"]["users"]
    ]
    if not named:
        return el("p", "Counts only: nobody is named without show_people.", class_="note")
    order = ("new", "retired", "associated")
    named.sort(
        key=lambda pair: (
            order.index(pair[1]["status"]) if pair[1]["status"] in order else 0,
            pair[1]["client_user_id"],
        )
    )
    columns = [Column("Person"), Column("E-mail"), Column("Status"), Column("Licences", "n"), *where(estate)]
    rows = [
        [
            name_of(user["client_user_id"]),
            name_of(user["email"] or ""),
            user["status"],
            user["licenses"],
            *place(estate, location),
        ]
        for location, user in named
    ]
    listed = table("People whom Apple knows", columns, rows, limit=MOST_PEOPLE, more=all_in(estate, "people.csv"))
    return el("details", el("summary", f"Show {count_of(len(rows), 'person', 'people')} by name"), el("div", listed))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first sections of the page: the numbers at the top, what needs attention, locations, applications."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .html_text import Html, el, name_of, number, percent
from .report_charts import Column, legend, share_bar, table, with_small
from .report_findings import BAD, EXPIRES_SOON, NOTE, WARN, Finding
from .report_parts import MOST_ROWS, all_in, app_name, moment, section, yes_or_no
from .report_sums import App, Estate, Location, label_of, was_read

_LEVELS = {BAD: "Act now:", WARN: "Look into it:", NOTE: "To know:"}


_NONE = "\u2013"
"""In the place of a number that nobody asked for."""


def attention(found: Sequence[Finding]) -> Html:
    if not found:
        return section("attention", "What needs attention", el("p", "Nothing: all is as it should be.", class_="lead"))
    items = [
        el(
            "li",
            el("b", _LEVELS[one.level]),
            el("bdi", one.text),
            " ",
            el("a", "Show", href=f"#{one.where}", aria_label=f"Show {one.where}"),
            class_=one.level,
        )
        for one in found
    ]
    return section("attention", "What needs attention", el("ul", *items, class_="found"))


def locations(estate: Estate) -> Html:
    columns = [
        Column("Location"),
        Column("Token", "keep"),
        Column("Days left", "n"),
        Column("Licences assigned", "n"),
        Column("In use", "bar"),
        Column("Free", "n"),
        Column("People", "n"),
        Column("Claimed by"),
        Column("Read at", "keep"),
    ]
    rows = [_location_row(location) for location in estate.locations]
    rows += [
        [name_of(name), el("span", "no report", class_="badtext"), el("span", ""), *[""] * 6] for name in estate.unread
    ]
    title = "Locations and their tokens" if estate.several else "The location and its token"
    return section(
        "locations",
        title,
        table(
            "Tokens, licences and claims; a bar is the share of the licences with a fixed number that are assigned",
            columns,
            rows,
        ),
    )


def _location_row(location: Location) -> list[object]:
    token, licenses = location["token"], location["licenses"]
    days = token["days_left"]
    state = "alive" if was_read(location) else token["state"]
    word = el("span", state, class_="yes" if was_read(location) else "badtext")
    left = el("span", number(days), class_="warntext") if days < EXPIRES_SOON else number(days)
    read = was_read(location)
    fixed = [one for one in licenses if not one["unlimited"]]
    used, free = (sum(one[name] or 0 for one in fixed) for name in ("assigned_count", "available_count"))
    return [
        with_small(name_of(label_of(location)), location["uid"]),
        with_small(word, f"until {token['expires'][:10]}"),
        left,
        sum(one["assigned_count"] for one in licenses) if read else "",
        share_bar(("fill", used), ("rest", free)) if fixed else "",
        free if read else "",
        sum(location["people"]["counts"].get(name, 0) for name in ("new", "associated")) if read else "",
        name_of(location["owner"]["name"]) or "",
        with_small(*moment(location["read_at"]).split(" ", 1)),
    ]


def applications(estate: Estate) -> Html:
    columns = [
        Column("Application"),
        Column("Kind"),
        Column("Device-assignable"),
        *([Column("Locations", "n")] if estate.several else []),
        Column("Owned", "n"),
        Column("Assigned", "n"),
        Column("In use", "bar"),
        Column("Available", "n"),
        Column("Retired", "n"),
    ]
    rows = [_app_row(app, estate.several) for app in estate.apps]
    used = el(
        "div",
        share_bar(
            ("fill", estate.fixed_assigned),
            ("rest", estate.available),
            label=f"{percent(estate.fixed_assigned, estate.total)}% of the licences with a fixed number are assigned",
        ),
        class_="big",
    )
    chart = [
        el("p", "Licences of which a fixed number is owned:", class_="lead"),
        used,
        legend(("fill", "assigned", estate.fixed_assigned), ("rest", "available", estate.available)),
    ]
    return section(
        "applications",
        "Licensed applications",
        *(chart if estate.total else ()),
        table(
            "Applications and books with their licences",
            columns,
            rows,
            limit=MOST_ROWS,
            more=all_in(estate, "licenses.csv"),
        ),
    )


def _app_row(app: App, several: bool) -> list[object]:
    fixed = bool(app.total or app.fixed_assigned)
    out = fixed and not app.available
    free: object = None if not fixed else el("span", "0", class_="badtext") if out else app.available
    return [
        app_name(app.name, app.adam_id, app.pricing_param, app.bundle_id),
        app.product_type,
        yes_or_no(app.device_assignable),
        *([app.locations] if several else []),
        app.total if fixed else None,
        app.assigned,
        share_bar(("fill", app.fixed_assigned), ("rest", app.available)) if fixed else "",
        free,
        app.retired if fixed else 0,
    ]


def keys(estate: Estate, found: Iterable[Finding]) -> Html:
    """The numbers at the top."""
    urgent = sum(one.level == BAD for one in found)
    days = min((one["token"]["days_left"] for one in estate.locations), default=0)
    dead = sum(not was_read(one) for one in estate.locations)
    share = percent(estate.fixed_assigned, estate.total)
    places = len(estate.locations) + len(estate.unread)
    asked = any(one["mdm"] for one in estate.locations) or estate.idle_licences
    named = any(one["rollouts"] for one in estate.locations)
    tiles = [
        (number(places), "locations", "")
        if estate.several
        else (number(len(estate.apps)), "applications and books", ""),
        (number(estate.assigned), "licences assigned", ""),
        (f"{share}%", f"of {number(estate.total)} licences with a fixed number are in use", "")
        if estate.total
        else (_NONE, "no licence has a fixed number", ""),
        (number(dead), "dead token" if dead == 1 else "dead tokens", BAD)
        if dead
        else (number(days), "days until the first token ends", WARN if days < EXPIRES_SOON else ""),
        (number(urgent), "to act on now", BAD if urgent else ""),
        (number(estate.idle_licences), "licences wasted", WARN if estate.idle_licences else "")
        if asked
        else (_NONE, "wasted licences: no MDM was asked", ""),
        (number(estate.missing), "licences missing on devices in scope", WARN if estate.missing else "")
        if named
        else (_NONE, "missing licences: no rollout was named", ""),
        (number(estate.to_do), "left to do by hand", WARN if estate.to_do else ""),
    ]
    return el(
        "dl",
        *(el("div", el("dt", words), el("dd", value), class_=level or None) for value, words, level in tiles),
        class_="keys",
    )

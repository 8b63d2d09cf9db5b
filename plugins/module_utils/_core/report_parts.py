# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sections of the page share."""

from __future__ import annotations

from .html_text import Html, el, name_of
from .model import DEFAULT_PRICING
from .report_charts import Column, with_small
from .report_sums import Estate, Location, label_of

MOST_ROWS = 1000
"""Of one table: more take the browser's time and nobody reads them; the files have all."""


def all_in(estate: Estate, file: str, what: str = "All of it is") -> str:
    """Where the rest of a table stands: a sentence."""
    return f"{what} in {file}." if estate.tables else f"{what} in {file}, where csv_dir is set."


def section(key: str, title: str, *content: object) -> Html:
    return el("section", el("h2", title, id=key), *content, aria_labelledby=key)


def where(estate: Estate) -> list[Column]:
    return [Column("Location")] if estate.several else []


def place(estate: Estate, location: Location) -> list[Html]:
    return [name_of(label_of(location))] if estate.several else []


def moment(iso: str) -> str:
    """An ISO date with time, as people read it; always in UTC."""
    return f"{iso[:10]} {iso[11:16]} UTC" if iso else ""


def app_name(name: str, adam_id: str, pricing_param: str, bundle_id: str = "") -> Html:
    """The cell of an application: its name, and small by what else it is known. The usual quality is not told."""
    quality = "" if pricing_param == DEFAULT_PRICING else pricing_param
    known = (bundle_id, adam_id if name else "", quality)
    return with_small(name_of(name or adam_id), " \u00b7 ".join(filter(None, known)))


def yes_or_no(value: bool) -> Html:
    return el("span", "yes", class_="yes") if value else el("span", "no", class_="no")

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables and bars of the page. A bar stands beside its numbers, so only those that stand alone are read out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .html_text import Html, count_of, el, join, number, text

_NO_LIMIT = "9999999999"
"""By which such a cell is sorted: more than any number."""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is a class of the style: `n` a number, `bar` a bar, `keep` a text in one line, empty a text. `small` is a
    second line of the head."""

    title: str
    kind: str = ""
    small: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with a class of its own."""

    shown: object
    class_: str


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    limit: int = 0,
    more: str = "",
    sortable: bool = True,
    class_: str = "",
) -> Html:
    """A table whose first column heads its rows. With `limit` at most so many rows; `more` says where the others are. A
    cell is text, Html, a number, or None for "no limit"."""
    listed = list(rows)
    shown = listed[:limit] if limit else listed
    classes = f"{class_} {'sort' if sortable and len(shown) > 1 else ''}".strip()
    head = el(
        "thead",
        el(
            "tr",
            *(
                el("th", with_small(column.title, column.small), scope="col", class_=column.kind or None)
                for column in columns
            ),
        ),
    )
    body = el("tbody", *(_row(columns, row) for row in shown))
    whole = el("table", el("caption", el("span", caption)), head, body, class_=classes or None)
    left = len(listed) - len(shown)
    told = el("p", f"And {count_of(left, 'more row')}. {more}".strip(), class_="note") if left else ""
    return join([el("div", whole, class_="wide", role="region", aria_label=caption, tabindex="0"), told])


def _row(columns: Sequence[Column], row: Sequence[object]) -> Html:
    cells = []
    for place, (column, value) in enumerate(zip(columns, row, strict=True)):
        kind, sort, shown = column.kind, None, value
        if isinstance(value, Cell):
            kind, shown = f"{kind} {value.class_}".strip(), value.shown
        elif kind == "n" and value is None:
            kind, shown, sort = "n none", "no limit", _NO_LIMIT
        elif kind == "n" and isinstance(value, int):
            shown = number(value)
        if place == 0:
            cells.append(el("th", shown, scope="row", class_=kind or None))
        else:
            cells.append(el("td", shown, class_=kind or None, data_v=sort))
    return el("tr", *cells)


def share_bar(*parts: tuple[str, int], label: str = "") -> Html:
    """A bar of parts, each with the class that colours it. Without a `label` it only repeats numbers beside it."""
    whole = sum(size for _class, size in parts)
    at = 0.0
    drawn = []
    for name, size in parts:
        width = 100 * size / whole if whole else 0
        if width:
            drawn.append(el("rect", class_=name, x=f"{at:.2f}", y="0", width=f"{width:.2f}", height="8"))
        at += width
    told = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return el("svg", *drawn, viewBox="0 0 100 8", preserveAspectRatio="none", **told)


def legend(*parts: tuple[str, str, int]) -> Html:
    """What the colours of a bar mean: class, words, number."""
    items = []
    for name, words, size in parts:
        square = el("svg", el("rect", class_=name, width="8", height="8"), viewBox="0 0 8 8", aria_hidden="true")
        items.append(el("li", square, el("strong", number(size)), " ", words))
    return el("ul", *items, class_="legend")


def with_small(first: object, *rest: object) -> Html:
    """A cell of several lines, the later ones small; empty ones are left out."""
    return join([text(first), *(el("small", part) for part in rest if part)])

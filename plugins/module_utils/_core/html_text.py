# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds HTML from data. Text is escaped unless it is of the type Html, which only this file and constants make.

No template library: a managed host need not have one, and the page has no part that a user would want to reword.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
"""Control characters, and halves of characters, which no file in UTF-8 can hold."""
_VOID = frozenset({"meta", "rect"})
_OWN_LINE = frozenset({"section", "table", "thead", "tbody", "tr", "div", "nav", "ul", "details", "svg", "p", "h2"})


class Html(str):
    """Markup that is safe as it is."""

    __slots__ = ()


def text(value: object) -> Html:
    """Any value as text of a page."""
    if isinstance(value, Html):
        return value
    return Html(_UNSHOWABLE.sub("\ufffd", str(value)).translate(_ESCAPES))


def join(parts: Iterable[object]) -> Html:
    return Html("".join(map(text, parts)))


def el(tag: str, /, *content: object, **attributes: object) -> Html:
    """One element. An attribute that is None or False is left out, one that is True stands without a value; `class_`
    and `for_` lose their underscore, other underscores become hyphens (`aria_label`)."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    end = "\n" if tag in _OWN_LINE else ""
    if tag in _VOID:
        return Html(f"<{tag}{written}>" if tag == "meta" else f"<{tag}{written}/>")
    return Html(f"<{tag}{written}>{join(content)}</{tag}>{end}")


def name_of(value: str) -> Html:
    """A name that others gave, kept from turning the direction of the text around it."""
    return el("bdi", value)


def number(value: int) -> str:
    """With a comma at each thousand."""
    return f"{value:,}"


def percent(part: int, whole: int) -> int:
    """Rounded, but 0 and 100 are said only where they are so."""
    if whole <= 0:
        return 0
    share = round(100 * part / whole)
    return min(max(share, 1 if part else 0), 100 if part >= whole else 99)


def count_of(value: int, one: str, many: str = "") -> str:
    """A number with its noun, such as "1 device" and "1,200 devices"."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages by id, and the Link header that leads through them: unquoted rel, filters kept [X, K]."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from ..wsgi import Response, json_response
from .call import Call
from .errors import Refused


class HasId(Protocol):
    """What a page is made of."""

    id: str


Row = TypeVar("Row", bound=HasId)
BASE = "/api/v1"


def page(
    call: Call, rows: Sequence[Row], show: Callable[[Row], dict[str, Any]], most: int, default: int | None = None
) -> Response:
    """One page of rows in ascending order of their ids."""
    ordered = sorted(rows, key=_number)
    size = _per_page(call, most, default or most)
    start, end = _window(call, [_number(row) for row in ordered], size)
    links = {"first": ("startingAfter", "0")}
    if start > 0:
        links["prev"] = ("endingBefore", ordered[start].id if start < len(ordered) else "0")
    if end < len(ordered):
        links["next"] = ("startingAfter", ordered[end - 1].id)
    links["last"] = ("endingBefore", "0")
    header = ", ".join(_link(call, rel, name, token, size) for rel, (name, token) in links.items())
    return json_response([show(row) for row in ordered[start:end]], 200, {"Link": header})


def _number(row: HasId) -> int:
    return int(row.id.rpartition("_")[2])


def _per_page(call: Call, most: int, default: int) -> int:
    text = call.request.params.get("perPage")
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 3 <= int(text) <= most:
        raise Refused(400, f"'perPage' must be between 3 and {most}")
    return int(text)


def _window(call: Call, numbers: list[int], size: int) -> tuple[int, int]:
    """Positions of the first row and behind the last one. Before 0 means: from the end, as in the link to the last."""
    after, before = _token(call, "startingAfter"), _token(call, "endingBefore")
    if before is not None:
        end = bisect_left(numbers, before) if before else len(numbers)
        return max(end - size, 0), end
    start = bisect_right(numbers, after) if after is not None else 0
    return start, min(start + size, len(numbers))


def _token(call: Call, name: str) -> int | None:
    text = call.request.params.get(name)
    if text is None:
        return None
    digits = text.rpartition("_")[2]
    if not digits.isascii() or not digits.isdigit() or len(digits) > 40:
        raise Refused(400, f"'{name}' is not a token of this list")
    return int(digits)


def _link(call: Call, rel: str, name: str, value: str, size: int) -> str:
    """The official SDK glues a link whose host is not Meraki's to its base, so that it needs one below the base."""
    kept = [(key, text) for key, text in call.query if key not in ("perPage", "startingAfter", "endingBefore")]
    path = f"{call.request.path}?{urlencode([*kept, ('perPage', str(size)), (name, value)])}"
    style = call.context.switches["sm_link_style"]
    if style == "absolute":
        path = call.request.origin + path
    elif style == "below_base":
        path = path.removeprefix(BASE)
    return f"<{path}>; rel={rel}"

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One authenticated call: who asks, and safe access to what was sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..context import Context
from ..faults import Fault
from ..wsgi import Request
from .errors import ApiError
from .location import Location
from .model import Token

PRICING_PARAMS = ("STDQ", "PLUS")


@dataclass
class Call:
    """What a handler needs."""

    context: Context
    request: Request
    location: Location
    token: Token
    faults: Sequence[Fault]

    def limit(self, name: str) -> int:
        """A limit of service config as it stands."""
        return int(self.context.switches["limits"][name])

    def body(self) -> dict[str, Any]:
        """The JSON object sent; keys nobody asks for are ignored."""
        if not self.request.body.strip():
            return {}
        try:
            data = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise ApiError(9602) from None
        if not isinstance(data, dict):
            raise ApiError(9602)
        return data

    def flag(self, name: str) -> bool | None:
        """A boolean query parameter."""
        text = self.request.params.get(name)
        if text is None or text == "":
            return None
        if text.lower() not in ("true", "false"):
            raise ApiError(9602)
        return text.lower() == "true"

    def number(self, name: str) -> int | None:
        """An int32 query parameter."""
        text = self.request.params.get(name)
        if text is None or text == "":
            return None
        try:
            return int(text)
        except ValueError:
            raise ApiError(9602) from None

    def word(self, name: str, allowed: Sequence[str] = ()) -> str | None:
        """A text query parameter, perhaps one of a few words."""
        text = self.request.params.get(name)
        if text is None or text == "":
            return None
        if allowed and text not in allowed:
            raise ApiError(9602)
        return text

    def page_index(self) -> int:
        """pageIndex: zero-based, default 0, anything odd is 9650 [D paging]."""
        text = self.request.params.get("pageIndex") or "0"
        if not text.isascii() or not text.isdigit() or len(text) > 10:
            raise ApiError(9650)
        return int(text)


def texts(data: dict[str, Any], name: str) -> list[str]:
    """A list of non-empty strings in a body; absent is empty."""
    value = data.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ApiError(9602)
    return value

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading single fields of Systems Manager's answers. Types are not promised [S]: what is unreadable is not told."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import cast

from .._core.errors import ServiceError

Json = Mapping[str, object]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECONDS = 1e11
"""A number of seconds beyond this is the year 5138: it is meant as milliseconds."""
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(?:Z|UTC|([+-]\d\d):?(\d\d))?")
_BETWEEN = re.compile(r"[\s,]+")


def objects(body: object, what: str) -> list[Json]:
    """A list of objects, or a ServiceError."""
    if isinstance(body, list) and all(isinstance(item, dict) for item in body):
        return cast("list[Json]", body)
    raise ServiceError(f"Cannot {what}: the answer of the service is not understood (a list of objects was expected)")


def struct(source: Json, name: str) -> Json:
    value = source.get(name)
    return value if isinstance(value, dict) else {}


def ident(source: Json, what: str, *names: str) -> str:
    """The id, which alone must be there."""
    for name in names:
        if found := text(source, name):
            return found
    raise ServiceError(f"Cannot {what}: the answer of the service is not understood (an entry has no {names[0]})")


def text(source: Json, name: str) -> str:
    """Text without surrounding space; a whole number counts; anything else is empty."""
    value = source.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63:
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def flag(source: Json, name: str) -> bool | None:
    value = source.get(name)
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(text(source, name).lower())


def number(source: Json, name: str) -> int | None:
    found = text(source, name)
    return int(found) if found.isascii() and found.isdigit() and len(found) < 19 else None


def words(source: Json, name: str) -> tuple[str, ...]:
    """A list; or its JSON as text; or words with spaces or commas between them [S sections 5, 7, 9]."""
    value = source.get(name)
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    items = value if isinstance(value, list) else [value]
    return tuple(
        dict.fromkeys(word for item in items if isinstance(item, str) for word in _BETWEEN.split(item) if word)
    )


def moment(source: Json, name: str) -> datetime | None:
    """A date as ISO text, or as a number of seconds (or milliseconds) since 1970."""
    value = source.get(name)
    if isinstance(value, str):
        return _from_iso(value.strip()) or _from_number(value.strip())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(str(value))
    return None


def _from_number(value: str) -> datetime | None:
    try:
        seconds = float(value)
        return _EPOCH + timedelta(seconds=seconds / 1000 if abs(seconds) > _MILLISECONDS else seconds)
    except (ValueError, OverflowError):
        return None


def _from_iso(value: str) -> datetime | None:
    found = _ISO.fullmatch(value)
    if not found:
        return None
    day, time, hours, minutes = found.groups()
    try:
        return datetime.fromisoformat(f"{day}T{time}{hours or '+00'}:{minutes or '00'}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None

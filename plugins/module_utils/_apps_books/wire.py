# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names on the wire, and typed reading of single JSON fields; a wrong type is a ServiceError that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NoReturn

from .._core.errors import ServiceError

Json = Mapping[str, object]

LARGEST = 1 << 63
"""Numbers of a service are below it; Python's have no end, but floats and files have."""

_NAME_EXCEPTIONS = MappingProxyType(
    {
        "uid": "uId",
        "country": "countryISO2ACode",
        "website_url": "websiteURL",
        "subscribed_types": "subscribedNotificationTypes",
        "minimum_os_version": "minimumOSVersion",
    }
)


def wire(name: str) -> str:
    """camelCase of a snake_case name, but for the table of exceptions."""
    if name in _NAME_EXCEPTIONS:
        return _NAME_EXCEPTIONS[name]
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def wrong(name: str, wanted: str) -> NoReturn:
    raise ServiceError(f"The answer of the service is not understood: {wire(name)} is not {wanted}")


def text(source: Json, name: str, default: str | None = "") -> str:
    """Text; a whole number counts (ids are numbers in parts of the API). `default=None` = the field is required."""
    value = source.get(wire(name))
    if isinstance(value, str):
        return value
    if value is None and default is not None:
        return default
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST:
        return str(value)
    wrong(name, "text")


def number_or_none(source: Json, name: str) -> int | None:
    value = source.get(wire(name))
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST):
        return value
    wrong(name, "a whole number")


def number(source: Json, name: str, default: int = 0) -> int:
    value = number_or_none(source, name)
    return default if value is None else value


def flag(source: Json, name: str) -> bool:
    value = source.get(wire(name))
    if value is None or isinstance(value, bool):
        return bool(value)
    wrong(name, "true or false")


def members(source: Json, name: str) -> list[object]:
    value = source.get(wire(name))
    if value is None:
        return []
    if isinstance(value, list):
        return value
    wrong(name, "a list")


def struct(value: object, name: str) -> Json:
    if isinstance(value, dict):
        return value
    wrong(name, "an object")


def texts(source: Json, name: str) -> tuple[str, ...]:
    return tuple(text({wire(name): item}, name, None) for item in members(source, name))


def answer(body: object) -> Json:
    """The outer object of an answer."""
    if isinstance(body, dict):
        return body
    raise ServiceError("The answer of the service is not understood: it is not a JSON object")

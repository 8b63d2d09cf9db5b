# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building blocks of seeds: the catalogue, tokens, invented names and serial numbers."""

from __future__ import annotations

import csv
import hashlib
import uuid
from datetime import datetime, timezone
from pathlib import Path

from ..apple.location import Location
from ..apple.model import UNLIMITED, AppInfo, Asset, Token

EXPIRES = datetime(2031, 3, 2, 9, 15, tzinfo=timezone.utc)
# Serial numbers avoid letters that are mistaken for digits, as real ones do.
SERIAL_LETTERS = "0123456789CDFGHJKLMNPQRTVWXY"


def catalogue() -> dict[str, AppInfo]:
    """The public apps of the shipped table."""
    with (Path(__file__).parent / "app-catalog.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    infos = {}
    for row in rows:
        platforms = tuple(row["platforms"].split("|"))
        kind = "iosSoftware" if "iOS" in platforms else "desktopApp"
        infos[row["adam_id"]] = AppInfo(
            row["adam_id"],
            row["name"],
            row["bundle_id"],
            kind,
            platforms,
            device_assignable=row["device_assignable"] == "yes",
            paid=row["paid"] == "yes",
        )
    return infos


def custom_app(adam_id: str, name: str, bundle_id: str) -> AppInfo:
    """An app made for one organisation; the public store doesn't know it."""
    return AppInfo(adam_id, name, bundle_id, public=False)


def book(adam_id: str, name: str) -> AppInfo:
    """A book: it has no bundle id and is never assigned to a device [D getting-started]."""
    return AppInfo(adam_id, name, "", "ebook", ("iOS",), device_assignable=False, paid=True)


def location(key: str, uid: str, name: str, org_name: str, salt: str = "") -> Location:
    """A location with its first token."""
    value = hashlib.sha256(f"sandbox:{salt}:{key}:{uid}".encode()).hexdigest()
    return Location(key, uid, name, org_name, tokens=[Token(value, EXPIRES, org_name)])


def own(place: Location, info: AppInfo, total: int = UNLIMITED, pricing: str = "STDQ", retired: int = 0) -> Asset:
    """Let a location own a product."""
    is_book = info.kind == "ebook"
    kind = "Book" if is_book else "App"
    return place.store.add_asset(
        Asset(
            0, info.adam_id, pricing, kind, info.device_assignable, not is_book, info.platforms, total, retired=retired
        )
    )


def serial(number: int, length: int = 10, salt: int = 7919) -> str:
    """A plausible invented serial number; a different number gives a different serial.

    Multiplying by an odd prime modulo a power of two permutes the numbers, so the result looks drawn but is unique.
    """
    mixed = (number * 2654435761 + salt) % (1 << 32)
    digits = ""
    while len(digits) < 7:
        mixed, rest = divmod(mixed, len(SERIAL_LETTERS))
        digits += SERIAL_LETTERS[rest]
    return ("DMPXQRGTFKVW" * 2)[number % 12 : number % 12 + length - 7] + digits


def invite_code(*parts: object) -> str:
    """An invitation's code, the same in every run."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "sandbox:" + ":".join(map(str, parts))).hex

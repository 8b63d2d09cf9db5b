# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of assignments as Apple sends them, made from numbers and kept in a file: a page a line."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

PAGE = 549
"""Rows of a page, as in one of Apple's samples [D paging]."""

FIRST_APP = 800000001
DRIFT = 0.1


def serial(number: int) -> str:
    """As long as a real one, and different for each number below 2^31."""
    return f"F{number * 2654435761 % (1 << 31):010d}X"


def adam_ids(apps: int) -> list[str]:
    return [str(FIRST_APP + number) for number in range(apps)]


def write_pages(path: Path, apps: int, devices: int, seed: int = 1) -> int:
    """Writes the rows of `apps` for `devices`, less a tenth, and a tenth more for devices that nobody wants; in random
    order, as after years of use. Returns how many."""
    draw = random.Random(seed)
    # One number a row: a list of tuples would need more memory than all that is measured here.
    pairs = [app * devices * 2 + device for app in range(apps) for device in range(devices) if draw.random() >= DRIFT]
    gone = range(devices, devices + int(devices * DRIFT))
    pairs += [app * devices * 2 + device for app in range(apps) for device in gone if draw.random() < 0.9]
    draw.shuffle(pairs)
    names = adam_ids(apps)
    with path.open("w", encoding="ascii") as file:
        for start in range(0, len(pairs), PAGE):
            rows = (divmod(pair, devices * 2) for pair in pairs[start : start + PAGE])
            page = [
                {"adamId": names[app], "pricingParam": "STDQ", "serialNumber": serial(device)} for app, device in rows
            ]
            file.write(json.dumps({"assignments": page}, separators=(",", ":")) + "\n")
    return len(pairs)


def iter_pages(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file

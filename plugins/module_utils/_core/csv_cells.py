# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables as CSV that a spreadsheet opens without running anything of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula, the full-width forms among it; a spreadsheet skips white space before it."""
BOM = "\ufeff"
"""By which spreadsheets know the encoding."""


def cell(value: object) -> object:
    """What is written. Text that a spreadsheet would take for a formula gets an apostrophe before it; our own numbers
    may be negative."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    # Halves of characters can't be written, and a NUL ends the text for some readers.
    text = str(value).encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def header_line(header: Sequence[str]) -> str:
    """How a file of this table begins, by which it is known when it is to be replaced."""
    return f"{BOM}{','.join(header)}\r\n"


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The text of a file, in pieces."""
    yield header_line(header)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(value) for value in row])
        if buffer.tell() > 65536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()

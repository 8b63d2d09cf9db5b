# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every list in a file shares: its encoding, its separator, whole JSON. Damage is an error, never a short list."""

from __future__ import annotations

import codecs
import io
import json
import re

from .errors import InputError

MAX_BYTES = 64 * 1024 * 1024
"""A million devices with a dozen columns; more is a wrong file and would only take memory."""

REPORT_MARK = "openmdm.vpp report"
"""The key that marks a report of this collection."""

_IGNORED = re.compile(r"[\s_\-]+")


def decode(data: bytes, name: str) -> str:
    """Text of a file: UTF-8 with or without BOM, or UTF-16 with one. Raises InputError."""
    if len(data) > MAX_BYTES:
        raise InputError(f"{name} has more than {MAX_BYTES >> 20} MiB; give a file with nothing but the targets.")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        place, cut = error.start, error.end >= len(data)
    if cut:
        raise InputError(f"{name} looks cut off, its last character isn't whole; write or copy the file again.")
    raise InputError(f"{name} is neither UTF-8 nor UTF-16 at byte {place + 1}; save it as CSV or text in UTF-8.")


def checked_text(text: str, name: str) -> str:
    """Without a byte order mark. Raises InputError for what is no text, or nothing at all."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{name} holds a NUL byte in line {line}, so it is damaged or no text; write the file again.")
    if not text.strip():
        raise InputError(f"{name} is empty and looks cut off; an empty list is a file with only a header line.")
    return text


def is_json(text: str, name: str) -> bool:
    """By the ending of its name, or by how it begins."""
    return name.lower().endswith(".json") or text.lstrip()[0] in "[{"


def first_line(text: str) -> str:
    """The first line with more than white space and no `#`: the header of a table. Never scans past it."""
    for line in io.StringIO(text):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            return stripped
    return ""


def delimiter(line: str) -> str:
    """The separator that the header uses most; empty text for none."""
    best = max(",;\t", key=line.count)
    return best if best in line else ""


def folded_header(cell: str) -> str:
    """By which a column is known, whatever its case, blanks, hyphens and underscores."""
    return _IGNORED.sub("", cell).lower()


def load_json(text: str, name: str) -> object:
    """The document. Raises InputError when it isn't whole."""
    problem = ""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"{error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError):
        problem = "it is nested too deeply or holds an endless number"
    raise InputError(f"{name} isn't whole JSON ({problem}), so it looks cut off or damaged; write it again.")

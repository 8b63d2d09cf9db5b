# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a list of devices from CSV, JSON or plain text. A file that was cut off must never look like a small one."""

from __future__ import annotations

import csv
import io

from .errors import InputError
from .table_file import REPORT_MARK, checked_text, delimiter, first_line, folded_header, is_json, load_json

_KEYS = ("serial_number", "serialNumber", "serial")
_LISTS = ("serial_numbers", "serialNumbers", "devices")
_HEADERS = frozenset({"serialnumber", "serial"})

Target = tuple[int, str]
"""(line or item number counted from 1, the text as it stands there)"""


def read_targets(text: str, name: str) -> tuple[list[Target], int]:
    """The serial numbers of a file as they stand there, each with its line (JSON: item) number; and how many devices
    of a report of ours were left out, since they have none.

    CSV (a header with a column `serial_number` or `serial`; comma, semicolon or tab), JSON (a list of texts or of
    objects, or an object with such a list in `serial_numbers` or `devices`) or plain text (one a line, `#` comments,
    a header allowed). Raises InputError when the form is wrong or the file looks cut off.
    """
    text = checked_text(text, name)
    kind = name.lower().rpartition(".")[2]
    if is_json(text, name):
        return _parse_json(text, name)
    if kind in ("csv", "tsv") or delimiter(first_line(text)):
        return _parse_csv(text, name), 0
    return _parse_lines(text, name), 0


def _is_header(cell: str) -> bool:
    return folded_header(cell) in _HEADERS


def _parse_csv(text: str, name: str) -> list[Target]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(first_line(text)) or ",", strict=True)
    header: list[str] = []
    column = 0
    result: list[Target] = []
    broken = ""
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue  # a blank line, or the empty rows that spreadsheets leave at the end
            if not header:
                header, column = row, _serial_column(row, name)
                continue
            if len(row) != len(header):
                raise InputError(
                    f"{name} line {reader.line_num} has {len(row)} of {len(header)} columns, so the file looks cut off "
                    "or damaged; export it again."
                )
            result.append((reader.line_num, row[column].strip()))
    except csv.Error as error:
        broken = str(error)
    if broken:
        raise InputError(
            f"{name} line {reader.line_num} isn't CSV ({broken}), so it looks cut off or damaged; export it again."
        )
    _check_end(text, result, name)
    return result


def _serial_column(header: list[str], name: str) -> int:
    columns = [place for place, cell in enumerate(header) if _is_header(cell)]
    if len(columns) == 1:
        return columns[0]
    if columns:
        raise InputError(f"{name} has {len(columns)} columns with serial numbers in its header; keep one of them.")
    found = ", ".join(cell[:20] for cell in header[:5])
    raise InputError(
        f"{name} has no column serial_number, serial or Serial Number in its first line ({found}); add a header line "
        "that names it."
    )


def _parse_lines(text: str, name: str) -> list[Target]:
    result: list[Target] = []
    fresh = True
    for number, line in enumerate(io.StringIO(text), 1):
        value = line.strip()
        if not value or value.startswith("#"):
            continue
        if not (fresh and _is_header(value)):
            result.append((number, value))
        fresh = False
    _check_end(text, result, name)
    return result


def _check_end(text: str, result: list[Target], name: str) -> None:
    """Without a line end after the last value nobody can tell whether the value is whole.

    It is believed when another value has the same length, or none is longer: serial numbers of one fleet have few
    lengths, and a cut makes a new, shorter one. A lone value, or none at all, has nothing to be compared with.
    """
    if text.endswith(("\n", "\r")):
        return
    lengths = {len(value) for _number, value in result[:-1]}
    last = len(result[-1][1]) if result else 0
    if lengths and (last in lengths or last > max(lengths)):
        return
    why = "its last value is shorter than the others" if lengths else "it may hold only the beginning of a list"
    raise InputError(
        f"{name} looks cut off: it doesn't end with a line end and {why}; write it again, or end its last line."
    )


def _parse_json(text: str, name: str) -> tuple[list[Target], int]:
    document = load_json(text, name)
    if isinstance(document, dict):
        lists = [key for key in _LISTS if key in document]
        if len(lists) != 1:
            raise InputError(f"{name} is a JSON object without exactly one list 'serial_numbers' or 'devices'; add it.")
        ours = document.get(REPORT_MARK) is True
        document = document[lists[0]]
    else:
        ours = False
    if not isinstance(document, list):
        raise InputError(f"{name} holds no JSON list of serial numbers; write a list of texts or of objects.")
    found = [
        (number, _json_value(item, number, name))
        for number, item in enumerate(document, 1)
        if not (ours and _is_without(item))
    ]
    return found, len(document) - len(found)


def _is_without(item: object) -> bool:
    """Whether a device of a report of ours has no serial number. Elsewhere an empty one is a mistake."""
    return isinstance(item, dict) and item.get("serial_number") == ""


def _json_value(item: object, number: int, name: str) -> str:
    if isinstance(item, dict):
        keys = [key for key in _KEYS if key in item]
        if len(keys) != 1:
            raise InputError(f"{name} item {number} has no key serial_number (or several of its kind); give it one.")
        item = item[keys[0]]
    if not isinstance(item, str):
        raise InputError(f"{name} item {number} isn't a text; write serial numbers in quotes.")
    return item

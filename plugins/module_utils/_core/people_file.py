# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a list of people from CSV or JSON. The good rows are used, the bad ones told by their line, and never by whom
they are about; a file that was cut off is an error as a whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from .errors import InputError
from .people_row import FIELDS, GROUPS, PeopleRows
from .table_file import REPORT_MARK, checked_text, delimiter, first_line, folded_header, is_json, load_json
from .user_model import BadRow, Person

_SYNONYMS: Mapping[str, frozenset[str]] = {
    "client_user_id": frozenset({"clientuserid", "userid"}),
    "email": frozenset({"email", "emailaddress", "mail"}),
    "name": frozenset({"name", "fullname", "displayname"}),
    "managed_apple_account": frozenset({"managedappleaccount", "managedappleid"}),
    GROUPS: frozenset({"groups", "group", "tags"}),
}
"""Header words as `folded_header` gives them; `Email,Name,Notes` is the import of Systems Manager [reference 13]."""

_LISTS = ("users", "people")

Found = tuple[list[Person], list[BadRow], list[str]]


def parse_people(text: str, name: str, columns: Mapping[str, str] | None = None, *, reports: bool = False) -> Found:
    """The people of a file in its order, the rows that can't be used, and warnings.

    CSV: a header with a column for the e-mail or the client_user_id, separated by comma, semicolon or tab; JSON: a list
    of objects, or an object with such a list in `users` or `people`. `columns` gives the file's own names for ours.
    `reports`: one of this collection will do, which may list people who are retired.
    Raises InputError when the form is wrong or the file looks cut off.
    """
    text = checked_text(text, name)
    if is_json(text, name):
        return _parse_json(text, name, columns or {}, reports)
    return _parse_csv(text, name, columns or {})


def people_of_items(items: Sequence[Mapping[str, object]], name: str) -> Found:
    """The same for items that are named as we do; they count from 1."""
    rows = PeopleRows("item")
    for number, item in enumerate(items, 1):
        rows.add(number, {field: item.get(field) for field in FIELDS})
    return rows.finish(name)


def _parse_csv(text: str, name: str, columns: Mapping[str, str]) -> Found:
    rows = PeopleRows("line")
    header: list[str] = []
    places: dict[str, int] = {}
    last: list[str] = []
    for line, row, problem in _csv_rows(text, name):
        if not problem and not any(cell.strip() for cell in row):
            continue  # a blank line, or the empty rows that spreadsheets leave at the end
        if not header and problem:
            raise InputError(f"{name} line {line} is no header of a CSV file; begin it with a line that names columns.")
        if not header:
            header, places = row, _columns(row, name, columns)
            continue
        last = row
        if problem:
            rows.bad(line, problem)
        elif len(row) != len(header):
            rows.bad(line, f"has {len(row)} of {len(header)} columns (put a value that holds the separator in quotes)")
        else:
            rows.add(line, {field: row[place] for field, place in places.items()})
    _check_end(text, name, header, places, last)
    return rows.finish(name)


def _csv_rows(text: str, name: str) -> Iterator[tuple[int, list[str], str]]:
    """Line, cells, and what is wrong with the line; Systems Manager's own lists know no quotes, so a name may begin
    with one. A text that ends within quotes was cut off, or swallowed the rest of the list."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(first_line(text)) or ",", strict=True)
    while True:
        start, broken = reader.line_num + 1, ""
        row: list[str] = []
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            broken = str(error)
        if "unexpected end" in broken or "limit" in broken:
            raise InputError(
                f"{name} has quotes that begin in line {start} and don't end, so it looks cut off or damaged; mend the "
                "line, or export the file again."
            )
        yield start, row, "has a quote in the wrong place (write it twice, within quotes)" if broken else ""


def _columns(header: Sequence[str], name: str, columns: Mapping[str, str]) -> dict[str, int]:
    """Where our fields stand. A file without a header begins with a person, so nothing of the line is shown."""
    result: dict[str, int] = {}
    folded = [folded_header(cell) for cell in header]
    for field, words in _words(columns).items():
        found = [place for place, cell in enumerate(folded) if cell in words]
        if len(found) > 1:
            raise InputError(f"{name} has {len(found)} columns for {field} in its header; keep one of them.")
        if found:
            result[field] = found[0]
        elif field in columns:
            raise InputError(f"{name} has no column '{columns[field]}', which 'columns' names; correct one of the two.")
    if "email" not in result and "client_user_id" not in result:
        raise InputError(
            f"{name} has no column Email or client_user_id in its first line; add a header line such as "
            "Email,Name,Notes, or tell its names in 'columns'."
        )
    return result


def _words(columns: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {
        field: frozenset({folded_header(columns[field])}) if field in columns else words
        for field, words in _SYNONYMS.items()
    }


def _check_end(text: str, name: str, header: Sequence[str], places: Mapping[str, int], last: Sequence[str]) -> None:
    """Without a line end after the last value nobody can tell whether the value is whole. Where the last column is one
    that we don't use, and the line has come to it, what we use is."""
    if text.endswith(("\n", "\r")):
        return
    if last and len(last) == len(header) and len(header) - 1 not in places.values():
        return
    raise InputError(
        f"{name} looks cut off, since it doesn't end with a line end; write it again, or end its last line."
    )


def _parse_json(text: str, name: str, columns: Mapping[str, str], reports: bool) -> Found:
    document = load_json(text, name)
    if isinstance(document, dict):
        if document.get(REPORT_MARK) is True and not reports:
            raise InputError(f"{name} is a report, which also lists people who are retired; name the list of people.")
        lists = [key for key in _LISTS if key in document]
        if len(lists) != 1:
            raise InputError(f"{name} is a JSON object without exactly one list 'users' or 'people'; add it.")
        document = document[lists[0]]
    if not isinstance(document, list):
        raise InputError(f"{name} holds no JSON list of people; write a list of objects.")
    rows, words = PeopleRows("item"), _words(columns)
    for number, item in enumerate(document, 1):
        if not isinstance(item, dict):
            rows.bad(number, "is no object")
            continue
        found = {field: [key for key in item if folded_header(key) in known] for field, known in words.items()}
        if any(len(keys) > 1 for keys in found.values()):
            rows.bad(number, "has several keys for one field")
        else:
            rows.add(number, {field: item[keys[0]] for field, keys in found.items() if keys})
    return rows.finish(name)

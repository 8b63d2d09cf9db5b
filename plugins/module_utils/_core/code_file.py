# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a list of redemption codes that was bought. Nothing of it is ever shown: a code is money.

No document tells how Apple's list looks, so the names of its columns and the words of its status are options.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .code_model import BadCode, Code, code_key
from .errors import InputError
from .identity import SAMPLES, samples, trimmed
from .model import Secret
from .table_file import checked_text, delimiter, folded_header, is_json

UNUSED = ("", "unused", "not used", "available", "new", "unredeemed", "not redeemed")
"""Words of a status by which a code can still be used, in lower case; all others mean that it can't."""

CODE, LINK, STATUS = "code", "link", "status"
COLUMNS = (CODE, LINK, STATUS)
_SYNONYMS: Mapping[str, frozenset[str]] = {
    CODE: frozenset({"code", "codes", "redemptioncode", "redemptioncodes"}),
    LINK: frozenset({"link", "url", "codelink", "redemptionlink", "coderedemptionlink", "redemptionurl"}),
    STATUS: frozenset({"status", "codestatus", "redemptionstatus"}),
}
"""Header words as `folded_header` gives them [guess]."""

_CODE = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){7,127}")
_LINK = re.compile(r"https?://[!#-&(-;=?-~]{4,2048}")
_WORD = re.compile(r"[A-Za-z0-9-]+")
_FORM = "has no code of 8 to 128 letters and digits"


@dataclass(frozen=True, slots=True)
class CodeColumns:
    """How the list calls its columns (ours by default), what stands before its header, and which words of its status
    mean that a code can still be used."""

    names: Mapping[str, str]
    preamble: bool = False
    unused: Collection[str] = UNUSED


def parse_codes(text: str, name: str, columns: CodeColumns) -> tuple[list[Code], list[BadCode]]:
    """The codes of a list in its order, and the lines without one that can be used.

    CSV (comma, semicolon or tab) with a header, or text with one code a line and `#` comments. Raises InputError when
    the form is wrong, the file looks cut off, it holds a code twice, or none at all among other lines.
    """
    text = checked_text(text, name)
    if is_json(text, name):
        raise InputError(f"{name} is JSON; give the list of codes as CSV or as text with one code a line.")
    found = _header_place(text, columns)
    if found is None:
        codes, bad = _parse_lines(text, name, columns)
    else:
        codes, bad = _parse_table(text, name, columns, *found)
    if bad and not codes:
        raise InputError(
            f"{name}: none of its {len(bad)} lines holds a code (line {bad[0].line} {bad[0].why}); name the right "
            "file, tell the name of the column in 'columns', or set preamble: true if other lines stand before its "
            "header."
        )
    _check_twice(codes, name)
    _check_links(codes, name)
    return codes, bad


def _header_place(text: str, columns: CodeColumns) -> tuple[int, str] | None:
    """The line (from 0) and the separator of the header; None where there is none. With a preamble the first line that
    has the column of the code, else only the first line that is no comment."""
    words = _words(columns)[CODE]
    for number, line in enumerate(_lines(text)):
        if not line.strip() or (line.lstrip().startswith("#") and not columns.preamble):
            continue
        for separator in ",;\t":
            with contextlib.suppress(csv.Error):
                if any(folded_header(cell) in words for cell in next(csv.reader([line], delimiter=separator), [])):
                    return number, separator
        if not columns.preamble:
            return None
    return None


def _lines(text: str) -> list[str]:
    """As csv.reader counts them: whatever ends them."""
    return list(io.StringIO(text, newline=""))


def _words(columns: CodeColumns) -> dict[str, frozenset[str]]:
    return {
        field: frozenset({folded_header(columns.names[field])}) if field in columns.names else words
        for field, words in _SYNONYMS.items()
    }


def _parse_lines(text: str, name: str, columns: CodeColumns) -> tuple[list[Code], list[BadCode]]:
    lines = [(number, trimmed(line)) for number, line in enumerate(_lines(text), 1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if columns.preamble or columns.names or (lines and delimiter(lines[0][1])):
        wanted = f"'{columns.names[CODE]}'" if CODE in columns.names else "Code"
        where = "in any line" if columns.preamble else "in its first line"
        before = "" if columns.preamble else ", or set preamble: true if other lines stand before its header"
        raise InputError(f"{name} has no column {wanted} {where}; tell its name in 'columns'{before}.")
    codes = [Code(number, Secret(line)) for number, line in lines if _CODE.fullmatch(line)]
    bad = [BadCode(number, _FORM) for number, line in lines if not _CODE.fullmatch(line)]
    _check_end(text, name, [line for _number, line in lines])
    return codes, bad


def _parse_table(
    text: str, name: str, columns: CodeColumns, first: int, separator: str
) -> tuple[list[Code], list[BadCode]]:
    reader = csv.reader(iter(_lines(text)[first:]), delimiter=separator, strict=True)
    header: list[str] = []
    places: dict[str, int] = {}
    codes: list[Code] = []
    bad: list[BadCode] = []
    tail: list[str] = []
    start = first + 1
    broken = False
    try:
        for row in reader:
            line, start = start, first + reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if not header:
                header, places = row, _places(row, name, columns)
                continue
            found = _row(line, row, len(header), places, columns)
            if isinstance(found, Code):
                codes.append(found)
            else:
                bad.append(found)
            tail.append(row[-1].strip() if len(row) == len(header) else "")
    except csv.Error:
        broken = True
    if broken:
        raise InputError(
            f"{name} line {start} isn't CSV, so it looks cut off or damaged; mend the line, or export the file again."
        )
    if len(header) - 1 in places.values():
        _check_end(text, name, tail)
    return codes, bad


def _places(header: Sequence[str], name: str, columns: CodeColumns) -> dict[str, int]:
    result: dict[str, int] = {}
    folded = [folded_header(cell) for cell in header]
    for field, words in _words(columns).items():
        found = [place for place, cell in enumerate(folded) if cell in words]
        if len(found) > 1:
            raise InputError(f"{name} has {len(found)} columns for the {field} in its header; keep one of them.")
        if found:
            result[field] = found[0]
        elif field in columns.names:
            raise InputError(
                f"{name} has no column '{columns.names[field]}', which 'columns' names; correct one of the two."
            )
    return result


def _row(line: int, row: Sequence[str], width: int, places: Mapping[str, int], columns: CodeColumns) -> Code | BadCode:
    if len(row) != width:
        return BadCode(line, f"has {len(row)} of {width} columns")
    cells = {field: trimmed(row[place]) for field, place in places.items()}
    if not _CODE.fullmatch(cells[CODE]):
        return BadCode(line, _FORM if cells[CODE] else "has no code")
    link = cells.get(LINK, "")
    if link and not _LINK.fullmatch(link):
        return BadCode(line, "has a link that can't be one")
    used = STATUS in cells and cells[STATUS].casefold() not in columns.unused
    return Code(line, Secret(cells[CODE]), Secret(link) if link else None, used)


def _check_end(text: str, name: str, values: Sequence[str]) -> None:
    """Without a line end after the last value nobody can tell whether it is whole: believed where another one is as
    long, since the codes of a list have one length."""
    if text.endswith(("\n", "\r")) or not values or len(values[-1]) in {len(value) for value in values[:-1]}:
        return
    raise InputError(
        f"{name} looks cut off, since it doesn't end with a line end; write it again, or end its last line."
    )


def _check_twice(codes: Sequence[Code], name: str) -> None:
    first: dict[str, int] = {}
    twice = [
        f"line {code.line} holds that of line {first[key]}"
        for code in codes
        if (key := code_key(code.text.reveal())) in first or first.setdefault(key, code.line) != code.line
    ]
    if twice:
        more = f"; and {len(twice) - SAMPLES} more" if len(twice) > SAMPLES else ""
        raise InputError(
            f"{name} holds codes twice: {'; '.join(twice[:SAMPLES])}{more}. Nothing was handed out, since a code is "
            "for one person; get the right list, or remove the lines."
        )


def _check_links(codes: Sequence[Code], name: str) -> None:
    """A link is the code once more, so it has to be of the same line: one column that was sorted without the other
    would give two people the same code. One link for all is the address of a page, and no code."""
    lines = {code_key(code.text.reveal()): code.line for code in codes}
    links = {code.line: code.link.reveal() for code in codes if code.link is not None}
    shared = Counter(links.values()) if len(set(links.values())) > 1 else Counter[str]()
    wrong = [
        line
        for line, link in links.items()
        if shared[link] > 1 or any(lines.get(code_key(word), line) != line for word in _WORD.findall(link))
    ]
    if wrong:
        raise InputError(
            f"{name}: the links of {len(wrong)} lines ({samples(f'line {line}' for line in wrong)}) are those of other "
            "lines or hold their codes. Nothing was handed out, since a code is for one person; export the list again."
        )

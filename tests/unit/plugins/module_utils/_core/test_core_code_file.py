# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of redemption codes: whatever their form, no code is lost without a word, doubled or shown."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.code_file import CodeColumns, parse_codes
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError

A, B, C = "SPENDME00001", "SPENDME00002", "SPENDME00003"


def parsed(text: str, names: dict[str, str] | None = None, **options: Any):
    codes, bad = parse_codes(text, "codes.csv", CodeColumns(names or {}, **options))
    shown = [(one.line, one.text.reveal(), one.link.reveal() if one.link else "", one.used) for one in codes]
    return shown, [(one.line, one.why) for one in bad]


def refused(text: str, names: dict[str, str] | None = None, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        parsed(text, names, **options)
    assert "SPEND" not in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.__context__ is None
    return caught.value.message


LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])


@LINE_ENDS
def test_one_a_line(end):
    text = end.join(["# order 5", "", f" {A} ", B, "what is this", ""])
    assert parsed(text) == (
        [(3, A, "", False), (4, B, "", False)],
        [(5, "has no code of 8 to 128 letters and digits")],
    )


@LINE_ENDS
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table(end, separator):
    rows = [
        ["Redemption Code", "x", "Status", "Link"],
        [A, '"two', 'lines"', "", ""],
        [B, "y", "Redeemed", "https://apps.example/a?b=c&d"],
    ]
    rows[1] = [A, "two", " AVAILABLE ", ""]
    text = "\ufeff" + end.join(separator.join(row) for row in rows) + end
    assert parsed(text) == (
        [(2, A, "", False), (3, B, "https://apps.example/a?b=c&d", True)],
        [],
    )


def test_other_names_and_words():
    text = f"Gutschein,Stand\n{A},frei\n{B},weg\n{C},\n"
    found, _bad = parsed(text, {"code": "gutschein", "status": "STAND"}, unused=frozenset({"frei"}))
    assert [used for _line, _code, _link, used in found] == [False, True, True]


@LINE_ENDS
def test_lines_before_the_header(end):
    text = end.join(["Order 7", 'Product,"Pro, create"', "# 2", "", "Code,Link", f"{A},", ",", f"{B},ftp://x", ""])
    found, bad = parsed(text, preamble=True)
    assert found == [(6, A, "", False)]
    assert bad == [(8, "has a link that can't be one")]
    assert "or set preamble: true if other lines stand before its header." in refused(text)


def test_a_column_of_numbers_whose_name_is_a_hash():
    assert parsed(f"Order 7\n#,Code\n1,{A}\n2,{B}\n", preamble=True)[0] == [(3, A, "", False), (4, B, "", False)]


def test_a_comment_stands_before_the_header():
    text = f"# order 5, of May\n\nCode,Status\n{A},\n#,\n"
    assert parsed(text) == ([(4, A, "", False)], [(5, "has no code of 8 to 128 letters and digits")])


def test_rows_that_hold_none():
    text = f"Code,Status\n{A},\n,\n,x\n{B}\n{C},,\n"
    assert parsed(text) == (
        [(2, A, "", False)],
        [(4, "has no code"), (5, "has 1 of 2 columns"), (6, "has 3 of 2 columns")],
    )


def test_none_at_all():
    assert parsed("Code,Status\n") == ([], [])


@pytest.mark.parametrize(
    ("text", "names", "why"),
    [
        ("", {}, "is empty"),
        (f'["{A}"]', {}, "is JSON; give the list of codes as CSV"),
        (f"Code\n{A}\n{B}\n{A.lower()}\n", {}, "holds codes twice: line 4 holds that of line 2. Nothing"),
        (f"{A}\n{A[:5]}-{A[5:]}\n", {}, "holds codes twice: line 2 holds that of line 1"),
        (f"{A}\n" * 6, {}, "line 6 holds that of line 1. Nothing was handed out"),
        (f"{A}\n" * 7, {}, "line 6 holds that of line 1; and 1 more. Nothing was handed out"),
        (f"{A},x\n{B},y\n", {}, "no column Code in its first line; tell its name in 'columns', or set preamble"),
        (f"Name,Stand\n{A},\n", {"code": "Kode"}, "has no column 'Kode' in its first line"),
        (f"Code,Stand\n{A},\n", {"link": "Weg"}, "has no column 'Weg', which 'columns' names"),
        (f"Code,Codes\n{A},{B}\n", {}, "has 2 columns for the code in its header"),
        (f'Code,Note\n{A},"cut', {}, "line 2 isn't CSV, so it looks cut off"),
        ('Code,"Note', {}, "line 1 isn't CSV, so it looks cut off"),
        (f"Code\n{A}\n{B[:9]}", {}, "looks cut off, since it doesn't end with a line end"),
        (f"{A}\n{B[:9]}", {}, "looks cut off"),
        (f"Code,Status\n{A},redeemed\n{B},re", {}, "looks cut off"),
        ("Code,Note\nx,\ny,\n", {}, "none of its 2 lines holds a code (line 2 has no code of 8"),
        (f"Code\n{A}\0\n", {}, "NUL byte in line 2"),
    ],
)
def test_is_refused(text, names, why):
    assert why in refused(text, names)


def test_a_last_line_without_an_end_is_believed_where_it_is_as_long():
    assert len(parsed(f"Code\n{A}\n{B}")[0]) == 2
    assert len(parsed(f"Code,Note\n{A},x\n{B},cu")[0]) == 2


def test_no_header_with_preamble():
    assert "has no column Code in any line; tell its name in 'columns'." in refused(f"{A}\n{B}\n", preamble=True)

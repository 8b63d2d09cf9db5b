# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text stays text, whatever stands in it, in a page and in a table."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.csv_cells import BOM, cell, csv_lines
from ansible_collections.openmdm.vpp.plugins.module_utils._core.html_text import (
    Html,
    count_of,
    el,
    join,
    name_of,
    percent,
    text,
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.data = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.data += data


def read(markup: str) -> _Reader:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader


PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufffe\uffff"))


@given(PLAIN)
def test_text_is_read_as_it_was(value):
    reader = read(el("b", value))
    assert reader.tags == ["b"]
    assert reader.data == value


@given(PLAIN)
def test_an_attribute_is_read_as_it_was(value):
    reader = read(el("b", "x", title=value))
    assert reader.attributes == [("title", value)]


@given(st.text())
def test_any_text_can_be_written(value):
    assert el("p", value, title=value).encode("utf-8")
    assert read(name_of(value)).tags == ["bdi"]


@pytest.mark.parametrize(
    "value",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</td></style><svg/onload=x>", "' onmouseover='x"],
)
def test_markup_of_others_is_text(value):
    reader = read(el("td", value, title=value))
    assert reader.tags == ["td"]
    assert reader.data == reader.attributes[0][1] == value


def test_what_is_markup_stays_so():
    assert el("p", Html("<b>x</b>"), el("i", "<")) == "<p><b>x</b><i>&lt;</i></p>\n"
    assert join(["<", Html("<b>")]) == "&lt;<b>"
    assert isinstance(text("x"), Html)


def test_attributes_that_are_not_there():
    assert (
        el("a", hidden=True, title=None, open=False, class_="x", aria_label="y")
        == '<a hidden class="x" aria-label="y"></a>'
    )


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(0, 10, 0), (1, 1000, 1), (999, 1000, 99), (10, 10, 100), (1, 2, 50), (0, 0, 0), (5, 0, 0)],
)
def test_a_share_says_none_and_all_only_where_it_is_so(part, whole, share):
    assert percent(part, whole) == share


@pytest.mark.parametrize(("value", "told"), [(1, "1 device"), (0, "0 devices"), (1200, "1,200 devices")])
def test_a_number_with_its_noun(value, told):
    assert count_of(value, "device") == told


class TestCells:
    @pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r", " =", "\u00a0@", "\uff1d", "\uff0b"])
    def test_no_text_is_a_formula(self, begin):
        value = f"{begin}HYPERLINK(1)"
        assert cell(value) == f"'{value}"

    @pytest.mark.parametrize(("value", "written"), [(-3, -3), (True, "yes"), (False, "no"), (None, ""), ("a-b", "a-b")])
    def test_what_is_ours_is_written_as_it_is(self, value, written):
        assert cell(value) == written

    @given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
    def test_every_table_is_read_again(self, rows):
        whole = "".join(csv_lines(("a", "b"), rows))
        assert whole.encode("utf-8")
        assert whole.startswith(BOM)
        read = list(csv.reader(io.StringIO(whole.removeprefix(BOM), newline="")))
        assert read[0] == ["a", "b"]
        assert [[str(cell(value)) for value in row] for row in rows] == read[1:]

    def test_a_long_table_comes_in_pieces(self):
        pieces = list(csv_lines(("a", "b"), ((f"DM{number}", "x" * 50) for number in range(5000))))
        assert len(pieces) > 3
        assert "".join(pieces).count("\r\n") == 5001

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: hostile names stay text, every table can be understood by ear, nothing is loaded, and it stays small."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_files import TABLES
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_page import BEGINNING, render_page
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_style import SCRIPT, STYLE
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_sums import sum_up
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._core.report_made import (
    asset,
    dead,
    idle,
    location,
    rollout,
    run,
    step,
)

NASTY = "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202e\x00\ud800"
_TAG_WORDS = """
    html head meta title style body a header h1 h2 p bdi dl div dt dd nav ul li main section table caption thead tbody
    tr th td small span svg rect strong b details summary footer script
"""
TAGS = set(_TAG_WORDS.split())
VOID = {"meta", "rect"}


class Page(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.broken: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def nasty(**facts):
    """A location in which every text is hostile."""
    users = [{"client_user_id": NASTY, "status": "new", "email": NASTY, "licenses": 1}]
    changes = [{"what": NASTY, "planned": 1, "done": 0}]
    runs = [run(file=NASTY, kind=NASTY, changes=changes, failures=[{"reason": NASTY, "count": 1}])]
    return location(
        name=NASTY,
        country=NASTY,
        organization=NASTY,
        owner={"state": "foreign", "name": NASTY},
        mdm=NASTY,
        people_shown=True,
        people={"counts": {"new": 1}, "users": users},
        units=[{"id": NASTY, "name": NASTY, "devices": 4, "licensed": 4}],
        tags=[{"name": NASTY, "devices": 4, "licensed": 4}],
        licenses=[
            asset(
                NASTY,
                NASTY,
                bundle_id=NASTY,
                product_type=NASTY,
                pricing_param=NASTY,
                units={NASTY: 4},
                tags={NASTY: 4},
            )
        ],
        wasted=[{**idle(), "reason": NASTY}, idle()],
        rollouts=[rollout(name=NASTY, scope=NASTY)],
        runs=runs,
        manual_steps=[step(**dict.fromkeys(("about", "what", "where", "why"), NASTY))],
        **facts,
    )


def page_of(*locations, unread=(), title="Licences"):
    markup = render_page(sum_up(locations, unread, tables=True), title, "2030-05-06T07:08:09+00:00")
    return markup, Page(markup.removeprefix(BEGINNING))


WORLDS = {
    "one": [location(wasted=[idle()], rollouts=[rollout()], runs=[run()], manual_steps=[step()])],
    "two": [location(), location(uid="2", name="Hill School")],
    "dead": [dead()],
    "bare": [location(licenses=[], assignments=[], units=[], tags=[], mdm="")],
    "nasty": [nasty()],
    "two nasty": [nasty(), nasty(uid="2")],
}


@pytest.fixture(params=WORLDS)
def made(request):
    world = WORLDS[request.param]
    return page_of(
        *world,
        unread=["west", NASTY] if "two" in request.param else [],
        title=NASTY if "nasty" in request.param else "Licences",
    )


class TestPage:
    def test_is_well_formed(self, made):
        _markup, page = made
        assert page.broken == page.open == []
        assert {tag for tag, _attributes in page.tags} <= TAGS

    def test_can_be_written(self, made):
        markup, _page = made
        assert markup.encode("utf-8").startswith(b"<!doctype html>\n<!-- openmdm.vpp report -->\n<html")

    def test_has_our_script_and_style_and_no_other(self, made):
        _markup, page = made
        assert [text for tag, text in page.texts if tag == "script"] == [SCRIPT]
        assert [text for tag, text in page.texts if tag == "style"] == [STYLE]
        assert not [
            name for _tag, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"
        ]

    def test_asks_for_nothing(self, made):
        markup, page = made
        assert not [name for _tag, attributes in page.tags for name in attributes if name in ("src", "srcset", "data")]
        assert all(attributes["href"].startswith("#") for attributes in page.all("a"))
        assert "url(" not in STYLE
        assert "@import" not in STYLE
        assert not re.search(r"https?://", markup)

    def test_its_policy_allows_just_that(self, made):
        _markup, page = made
        (policy,) = (one["content"] for one in page.all("meta") if one.get("http-equiv"))
        for name, text in (("style", STYLE), ("script", SCRIPT)):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"{name}-src 'sha256-{digest}'" in policy
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy

    def test_tables_can_be_heard(self, made):
        _markup, page = made
        tables = page.all("table")
        assert len(page.all("caption")) == len(tables) > 0
        assert all(attributes.get("scope") in ("col", "row") for attributes in page.all("th"))
        regions = [one for one in page.all("div") if one.get("role") == "region"]
        assert len(regions) == len(tables)
        assert all(one["aria-label"] and one["tabindex"] == "0" for one in regions)

    def test_charts_are_named_or_hidden(self, made):
        _markup, page = made
        assert all(one.get("aria-label") or one.get("aria-hidden") for one in page.all("svg"))

    def test_links_lead_somewhere(self, made):
        _markup, page = made
        ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert {attributes["href"][1:] for attributes in page.all("a")} <= set(ids)

    def test_there_is_one_heading_a_language_and_a_way_past_the_top(self, made):
        _markup, page = made
        assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
        assert page.all("html")[0]["lang"] == "en"
        assert page.all("a")[0] == {"href": "#report", "class": "skip"}


def test_names_are_shown_as_text():
    _markup, page = page_of(nasty())
    shown = NASTY.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    assert sum(shown in text for _tag, text in page.texts) > 12


def test_people_are_named_only_where_it_was_allowed():
    user = {"client_user_id": "u-secret", "status": "new", "email": "lea@school.example", "licenses": 1}
    people = {"counts": {"new": 1}, "users": [user]}
    hidden, _page = page_of(location(people=people))
    shown, _page = page_of(location(people=people, people_shown=True))
    assert "u-secret" not in hidden
    assert "lea@school.example" not in hidden
    assert "lea@school.example" in shown


def test_a_large_table_is_cut_and_says_so():
    apps = [asset(str(number), f"App {number}") for number in range(1, 1201)]
    markup, page = page_of(location(licenses=apps))
    assert "And 200 more rows. All of it is in licenses.csv." in markup
    assert len(page.all("tr")) < 1400


def test_every_place_that_names_a_table_names_one_that_is_written():
    markup, _page = page_of(nasty(), nasty(uid="2"), location(wasted=[idle()], rollouts=[rollout()]))
    assert set(re.findall(r"\b[a-z_]+\.csv", markup)) <= {table.file for table in TABLES}


def _luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _palettes():
    found = []
    for block in re.findall(r":root\{([^}]*)\}", STYLE):
        told = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", block))
        found.append(
            {
                name: "#" + "".join(c * 2 for c in value[1:]) if len(value) == 4 else value
                for name, value in told.items()
            }
        )
    return found


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark", "print"])
class TestColours:
    """WCAG 2.2 AA: 4.5 for text, 3 for what must be seen to be understood."""

    @pytest.mark.parametrize("text", ["text", "soft", "link", "good", "warn", "bad"])
    @pytest.mark.parametrize("ground", ["page", "card"])
    def test_text(self, palette, text, ground):
        assert _contrast(palette[text], palette[ground]) >= 4.5

    @pytest.mark.parametrize(
        ("text", "ground"),
        [("text", f"h{number}") for number in range(1, 6)]
        + [
            ("text", "badbg"),
            ("bad", "badbg"),
            ("text", "warnbg"),
            ("warn", "warnbg"),
            ("text", "notebg"),
            ("link", "notebg"),
            ("link", "warnbg"),
            ("link", "badbg"),
        ],
    )
    def test_text_on_a_colour(self, palette, text, ground):
        assert _contrast(palette[text], palette[ground]) >= 4.5

    @pytest.mark.parametrize("mark", ["fill", "soft"])
    def test_marks(self, palette, mark):
        assert _contrast(palette[mark], palette["card"]) >= 3


class TestTables:
    def test_every_row_fits_its_header(self):
        full = nasty(assignments=location()["assignments"])
        for table in TABLES:
            rows = list(table.rows([full]))
            assert rows, table.file
            assert {len(row) for row in rows} == {len(table.header)}, table.file

    def test_headers_differ(self):
        assert len({table.header for table in TABLES}) == len({table.file for table in TABLES}) == len(TABLES)

    def test_holders_and_targets_are_named_in_the_columns_of_options(self):
        by_file = {table.file: table for table in TABLES}
        people = idle("retired_person", ("u-9",))
        rows = list(by_file["wasted.csv"].rows([location(wasted=[idle(), people])]))
        assert [(row[-2], row[-1]) for row in rows] == [("DM000000", ""), ("", "u-9")]
        assert by_file["wasted.csv"].header[-2:] == ("serial_number", "client_user_id")
        assert len(list(by_file["assignments.csv"].rows([location()]))) == 5

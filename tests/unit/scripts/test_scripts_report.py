# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of vpp_report in a real browser, where there is one: its policy, its script, and hostile names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_page import render_page
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_sums import sum_up
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._core.report_made import asset, location

chromium = pytest.importorskip("chromium")
pytestmark = pytest.mark.skipif(chromium.find_chromium() is None, reason="Chromium is not installed")

NASTY = "</td></script></style><script>window.hit=1</script><img src=x onerror=window.hit=1><b onclick=window.hit=1>"
APPS = [asset(str(100 - number), f"App {number}", owned=50, assigned=number) for number in range(20)]
NAMES = "Array.from(document.querySelectorAll('#applications ~ .wide tbody th bdi'), one => one.textContent)"
SORT = "document.querySelectorAll('#applications ~ .wide thead button')[{}].click()"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium.Browser() as started:
        yield started


@pytest.fixture
def look(browser: Any, tmp_path: Path) -> Any:
    def opened(*locations: dict[str, Any]) -> Any:
        path = tmp_path / "report.html"
        path.write_text(render_page(sum_up(locations), NASTY, "2030-05-06T07:08:09+00:00"), encoding="utf-8")
        return browser.open(path.as_uri())

    return opened


def test_nothing_of_others_runs(look):
    page = look(location(name=NASTY, licenses=[asset("1", NASTY, units={}, tags={})]))
    page.evaluate("document.querySelectorAll('bdi').forEach(one => one.click())")
    assert page.evaluate("typeof window.hit") == "undefined"
    assert page.evaluate("document.scripts.length + document.images.length + document.styleSheets.length") == 2
    assert page.text("#locations ~ .wide tbody th bdi") == NASTY
    assert page.evaluate("document.title") == NASTY


def test_the_policy_stops_what_is_put_in(look):
    page = look(location())
    page.evaluate(
        "{const put = document.createElement('script'); put.text = 'window.hit=1'; document.body.append(put)}"
    )
    assert page.evaluate("typeof window.hit") == "undefined"
    page.evaluate(
        "{const put = document.createElement('img'); put.onerror = () => {window.stopped = 1}; "
        "put.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='; document.body.append(put)}"
    )
    for _turn in range(100):
        if page.evaluate("window.stopped") == 1:
            break
        time.sleep(0.05)
    assert page.evaluate("window.stopped") == 1


def test_heads_sort_by_text_and_by_number(look):
    page = look(location(licenses=APPS))
    by_number = [f"App {number}" for number in range(19, -1, -1)]
    assert page.evaluate(NAMES) == by_number
    page.evaluate(SORT.format(4))
    assert page.evaluate(NAMES) == by_number
    page.evaluate(SORT.format(4))
    assert page.evaluate(NAMES) == by_number[::-1]
    heads = "Array.from(document.querySelectorAll('#applications ~ .wide th[aria-sort]'), one => one.ariaSort)"
    assert page.evaluate(heads) == ["ascending"]
    page.evaluate(SORT.format(0))
    page.evaluate(SORT.format(0))
    assert page.evaluate(NAMES) == by_number
    assert page.evaluate(heads) == ["descending"]


def test_a_long_table_can_be_filtered(look):
    page = look(location(licenses=APPS))
    page.fill("#applications ~ .filter input", "app 1")
    assert page.text("#applications ~ .filter [role=status]") == "11 of 20 rows"
    assert page.evaluate("document.querySelectorAll('#applications ~ .wide tbody tr:not([hidden])').length") == 11


def test_what_is_closed_is_printed(look):
    page = look(location(), location(uid="2", name="Hill School"))
    opened = "document.querySelectorAll('details[open]').length"
    assert page.evaluate(opened) == 0
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(opened) == 2
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(opened) == 0

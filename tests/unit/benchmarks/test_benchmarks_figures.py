# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures from logs that are known by hand: a client that is slow, refused or asks too much misses its goals."""

from __future__ import annotations

import json

import pytest

from benchmarks import box, progress, reading, rows, unchanged
from benchmarks.box import Asked
from benchmarks.measure import MET, MISSED, TOLD
from benchmarks.play import Done
from benchmarks.sizes import FULL, QUICK


def page(start: float, end: float, status: int = 200) -> Asked:
    return Asked("apple", "GET", "/mdm/v2/assignments?pageIndex=1", status, start, end, "main")


def done(cpu: float | None = 0.01) -> Done:
    return Done("licences", "here", 0, 9, 500, {"summary": {"associated": 7}}, cpu, cpu and 40.0)


def verdicts(measures) -> dict[str, str]:
    return {one.what: one.verdict for one in measures}


def pages(number: int, pace: float, latency: float = 0.2) -> list[Asked]:
    return [page(place / pace, place / pace + latency) for place in range(number)]


@pytest.mark.parametrize(
    ("pages", "latency", "floor"), [(150, 50, 10), (150, 200, 10), (150, 500, 15), (100, 1000, 20)]
)
def test_the_floor(pages, latency, floor):
    assert reading.floor_of(pages, latency) == floor


@pytest.mark.parametrize(("pace", "verdict"), [(15, MET), (14.5, MET), (14, MISSED), (3, MISSED)])
def test_a_slow_reader_misses_the_floor(pace, verdict):
    told = verdicts(reading._pace(200, pages(300, pace), done()))
    assert told["first to last page / floor"] == verdict
    assert told["answers 429"] == MET


def test_refused_pages_are_counted_and_not_read():
    log = [*pages(300, 15), page(3, 3.1, 429)]
    ratio, refused, _wall = reading._pace(200, log, done())
    assert (refused.value, refused.verdict) == (1, MISSED)
    assert ratio.case == "300 pages, 200 ms"


def write(path: str = "/mdm/v2/assets/associate") -> Asked:
    return Asked("apple", "POST", path, 200, 0, 1, "main")


@pytest.mark.parametrize(("more", "verdict"), [(0, MET), (7, MET), (8, MISSED)])
def test_each_request_counts(more, verdict):
    """100 pages of rows, two writes and their status: 104, of which 2 per cent and five are the room."""
    status = Asked("apple", "GET", "/mdm/v2/status?eventId=1", 200, 0, 1, "main")
    log = [*pages(100, 15), write(), write(), status, status, *[status] * more]
    told = reading._whole(FULL, 100 * rows.PAGE, log, done())
    assert verdicts(told)["requests"] == verdict


def test_a_page_that_is_read_twice_counts():
    told = reading._whole(FULL, 100 * rows.PAGE, pages(150, 15), done())
    assert verdicts(told)["requests"] == MISSED


@pytest.mark.parametrize(("sizes", "cpu", "verdict"), [(FULL, 0.1, MET), (FULL, 0.2, MISSED), (QUICK, 9.0, TOLD)])
def test_the_client_may_take_two_per_cent_of_the_floor(sizes, cpu, verdict):
    told = reading._whole(sizes, 100 * rows.PAGE, pages(100, 15), done(cpu))
    assert verdicts(told)["CPU of the module / floor"] == verdict


def test_a_process_of_which_nothing_is_known_is_no_success():
    with pytest.raises(RuntimeError, match="Nothing is known"):
        reading._whole(FULL, 100 * rows.PAGE, pages(100, 15), done(None))


@pytest.mark.parametrize(
    ("devices", "targets", "cheapest"),
    [
        (400, 400, 19),  # 25 apps in a row: 10,000 rows
        (40_000, 40_000, 1460),  # 20 apps of 73 pages each
        (40_000, 100, 100),  # a page a device
    ],
)
def test_the_cheapest_read(devices, targets, cheapest):
    assert unchanged._cheapest(devices, targets) == cheapest


def test_a_line_of_the_log(tmp_path):
    entry = {
        "time": "2026-11-30T10:00:00.250+00:00",
        "service": "apple",
        "method": "GET",
        "path": "/mdm/v2/assignments?pageIndex=1",
        "status": 200,
        "ms": 50,
        "location": "main",
    }
    other = {**entry, "service": "itunes"}
    log = tmp_path / "requests.jsonl"
    log.write_text(f"{json.dumps(entry)}\n{json.dumps(other)}\n")
    seen = box.Box(tmp_path, {})
    (asked,) = seen.take_log()
    assert (asked.is_page, asked.is_write, asked.route) == (True, False, "/mdm/v2/assignments")
    assert asked.end - asked.start == pytest.approx(0.05)
    assert seen.take_log() == []


def test_lines_of_progress():
    said = "TASK [licences] ***\r\nhere: 1 of 9 pages, 3 requests in 10 s, about 8 s left\r\nchanged: [here]\r\n"
    assert progress.LINE.findall(said) == ["1 of 9 pages, 3 requests in 10 s, about 8 s left"]
    assert progress.LINE.findall("ok: [here]\nhere: ok=1 changed=0\n") == []


def test_rows_are_as_many_as_said(tmp_path):
    path = tmp_path / "pages.jsonl"
    number = rows.write_pages(path, apps=3, devices=1000)
    found = [row for line in rows.iter_pages(path) for row in json.loads(line)["assignments"]]
    pairs = {(row["adamId"], row["serialNumber"]) for row in found}
    wanted = {(app, rows.serial(device)) for app in rows.adam_ids(3) for device in range(1000)}
    assert len(pairs) == len(found) == number
    assert 0.88 < len(pairs & wanted) / 3000 < 0.92
    assert 0.07 < len(pairs - wanted) / 3000 < 0.11

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the control node says while a module works."""

from __future__ import annotations

import json
import threading

import pytest

from ansible_collections.openmdm.vpp.plugins.plugin_utils.follow import following, line_of


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (
            {
                "pages": {"done": 120, "known": 1822},
                "requests": {"done": 131, "known": 131},
                "events": {"done": 0, "known": 0},
                "seconds": 8.8,
                "seconds_left": 124.8,
            },
            "120 of 1822 pages, 131 requests in 9 s, about 125 s left",
        ),
        (
            {
                "events": {"done": 3, "known": 60},
                "mails": {"done": 1, "known": 2},
                "requests": {"done": 70, "known": 70},
                "seconds": 40,
            },
            "3 of 60 events, 1 of 2 mails, 70 requests in 40 s",
        ),
        ({}, "0 requests in 0 s"),
        (
            {"pages": {"done": "\x1b[2J", "known": 7}, "mails": [1], "requests": {"done": 10**400}, "seconds": "x"},
            "0 of 7 pages, 0 requests in 0 s",
        ),
    ],
)
def test_a_line(state, line):
    assert line_of(state) == line


def test_news_is_told_and_nothing_twice(tmp_path):
    path, lines, told = tmp_path / "progress.json", [], threading.Event()

    def tell(line: str) -> None:
        lines.append(line)
        told.set()

    with following(str(path), tell, every=0.01):
        for text in ("", "[1]", '{"requests": 1', "{}"):
            path.write_text(text)
        for done in (1, 2):
            told.clear()
            path.write_text(json.dumps({"requests": {"done": done, "known": done}, "seconds": done}))
            assert told.wait(10)
    assert lines == ["1 requests in 1 s", "2 requests in 2 s"]


def test_who_cannot_be_told_stops_nothing(tmp_path):
    path, tried = tmp_path / "progress.json", threading.Event()
    path.write_text('{"requests": {"done": 1, "known": 1}}')

    def tell(_line: str) -> None:
        tried.set()
        raise OSError("no screen")

    with following(str(path), tell, every=0.01):
        assert tried.wait(10)
        tried.clear()
        path.write_text('{"requests": {"done": 2, "known": 2}}')
        assert tried.wait(10)

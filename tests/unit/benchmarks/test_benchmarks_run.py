# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks come to their end with tiny worlds, and meet their goals that are counts. No clock is looked at."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from ansible_collections.openmdm.vpp.tests.unit.conftest import UNDER_ANSIBLE_TEST
from benchmarks.measure import MET
from benchmarks.sizes import TINY
from benchmarks.suite import BENCHMARKS

# They start programs of the clone, and one lane is enough for that.
pytestmark = pytest.mark.skipif(UNDER_ANSIBLE_TEST, reason="runs once, by plain pytest")

# Loops and targets are the same plays again, many of them.
COUNTS = {
    "reading": {"answers 429", "JSON of the result"},
    "unchanged": {"pages without cache", "requests with cache", "writes"},
    "memory": set(),
    "locations": {"answers 429"},
    "ending": set(),
}


@pytest.mark.parametrize("name", COUNTS)
def test_it_runs_and_counts(name, tmp_path):
    found = BENCHMARKS[name](TINY, tmp_path / name)
    assert len({(one.question, one.case, one.what) for one in found}) == len(found) > 0
    assert {one.what for one in found} >= COUNTS[name]
    missed = [one for one in found if one.what in COUNTS[name] and one.verdict != MET]
    assert missed == []


@pytest.mark.skipif(find_spec("ansible_runner") is None, reason="ansible-runner is in the newest lane")
def test_what_is_seen_is_the_play(tmp_path):
    """The task is over before it would say a line."""
    found = BENCHMARKS["progress"](TINY, tmp_path / "progress")
    assert [(one.case, one.value) for one in found if one.what == "lines"] == [
        ("in a terminal", 0),
        ("in a job of ansible-runner", 0),
    ]

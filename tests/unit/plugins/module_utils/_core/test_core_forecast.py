# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether licences will do, and when the last one is gone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.forecast import Growth, forecast
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import AssetPlan
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import UNLIMITED

TODAY = date(2030, 5, 6)


def told(make_asset, free, wanted=0, reclaimable=0, planned=0, per_month=0):
    part = AssetPlan(make_asset(available_count=free), 0, add=(1 << wanted) - 1)
    return forecast(part, reclaimable, Growth(planned, per_month), TODAY)


@pytest.mark.parametrize(
    ("free", "wanted", "planned", "reclaimable", "short", "short_after"),
    [
        (10, 0, 0, 0, 0, 0),
        (10, 10, 0, 0, 0, 0),
        (10, 8, 3, 0, 1, 1),
        (10, 8, 3, 1, 1, 0),
        (0, 5, 0, 2, 5, 3),
        (0, 0, 4, 9, 4, 0),
    ],
)
def test_what_is_missing(make_asset, free, wanted, planned, reclaimable, short, short_after):
    found = told(make_asset, free, wanted, reclaimable, planned)
    assert (found.wanted, found.short, found.short_after) == (wanted + planned, short, short_after)


@pytest.mark.parametrize(
    ("free", "wanted", "per_month", "runs_out"),
    [
        (5, 0, 0, None),
        (5, 6, 0, TODAY),
        (5, 6, 3, TODAY),
        (11, 0, 12, date(2030, 6, 5)),
        (11, 0, 1, date(2031, 5, 6)),
        (0, 0, 1, date(2030, 6, 5)),
        (10_000_000, 0, 1, None),
    ],
)
def test_when_it_runs_out(make_asset, free, wanted, per_month, runs_out):
    assert told(make_asset, free, wanted, per_month=per_month).runs_out == runs_out


def test_reclaimed_licences_put_the_day_off(make_asset):
    found = told(make_asset, 0, 3, 15, per_month=1)
    assert (found.runs_out, found.runs_out_after) == (TODAY, date(2031, 6, 5))


def test_an_unlimited_asset_is_never_short(make_asset):
    part = AssetPlan(make_asset(total_count=UNLIMITED, available_count=0), 0, add=(1 << 50) - 1)
    found = forecast(part, 0, Growth(10, 10), TODAY)
    assert (found.wanted, found.short, found.short_after, found.runs_out) == (60, 0, 0, None)


@given(*[st.integers(0, 200)] * 4, st.integers(0, 50))
def test_more_licences_never_run_out_sooner(make_asset, free, wanted, reclaimable, planned, per_month):
    found = told(make_asset, free, wanted, reclaimable, planned, per_month)
    more = told(make_asset, free + 1, wanted, reclaimable, planned, per_month)
    assert more.short == max(0, found.short - 1)
    assert found.short_after == max(0, found.short - reclaimable)
    first, later = found.runs_out or date.max, more.runs_out or date.max
    assert first <= later
    assert first <= (found.runs_out_after or date.max)

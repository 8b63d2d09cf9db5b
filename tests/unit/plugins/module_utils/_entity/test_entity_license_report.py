# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result is bounded whatever the size of the fleet; the document of a report is whole."""

from __future__ import annotations

import json

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import PartialError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Limits, ServiceConfig
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks, Fault, serials
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench import run

DEVICES = 10_000


def longest(value: object) -> int:
    """The longest list or dict anywhere in a value."""
    if isinstance(value, dict):
        return max([len(value), *map(longest, value.values())])
    if isinstance(value, (list, tuple)):
        return max([len(value), *map(longest, value)])
    return 0


def world(assets: int, batch: int, fails: list[str]) -> FakeAppsBooks:
    api = FakeAppsBooks()
    api.service = ServiceConfig(Limits(max_serial_numbers=batch, max_assets=200))
    for number in range(assets):
        api.own(str(100 + number), total=None, devices=serials(10, DEVICES))
    api.faults.extend([Fault(fails=frozenset(fails))] * 200)
    return api


@pytest.fixture(scope="module")
def many_devices() -> Outcome:
    """Ten thousand devices and two apps in 200 requests, of which most fail."""
    fleet = serials(DEVICES)
    return run(world(2, 50, fleet[:7_000]), fleet)


@pytest.fixture(scope="module")
def many_assets() -> Outcome:
    fleet = serials(120)
    return run(world(110, 50, fleet[:110]), fleet, exclusive=True, max_removals="100%", max_shrink=100)


@pytest.fixture(params=["many_devices", "many_assets"])
def outcome(request) -> Outcome:
    return request.getfixturevalue(request.param)


def shown(outcome: Outcome) -> dict[str, object]:
    return {
        "value": outcome.value,
        "plan": outcome.plan,
        "events": outcome.events,
        "summary": outcome.summary,
        "diff": outcome.diff,
        "facts": outcome.error.facts if outcome.error else None,
        **outcome.extra,
    }


def test_each_list_of_a_result_is_bounded(outcome):
    for name, value in shown(outcome).items():
        assert longest(value) <= 100, name


def test_a_result_is_small(outcome):
    assert len(json.dumps(shown(outcome))) < 100_000


def test_sentence_is_bounded(outcome):
    assert isinstance(outcome.error, PartialError)
    assert len(outcome.error.message) < 500


def test_counts_are_whole(many_devices):
    assert many_devices.summary["associated"] == 3_000 * 2
    assert many_devices.summary["failed"] == 7_000 * 2
    assert many_devices.extra["failures"][0]["count"] == 7_000


def test_document_is_whole(many_devices, many_assets):
    document = many_devices.document
    assert sum(len(operation["serial_numbers"]) for operation in document["operations"]) == DEVICES * 2
    assert len(document["events"]) == 200
    assert len(document["failures"][0]["serial_numbers"]) == 7_000
    assert len(many_assets.document["licenses"]) == 110


def test_document_is_plain_json(outcome):
    assert json.loads(json.dumps(outcome.document)) == outcome.document


def test_lists_are_sorted():
    api = FakeAppsBooks()
    api.own("101", devices=serials(3))
    outcome = run(api, list(reversed(serials(6))))
    assert outcome.diff is not None
    listed = outcome.diff["after"]["101"]["given"]
    assert listed == sorted(listed)

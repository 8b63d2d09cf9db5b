# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_license with `cache: true` over the sandbox: what it asks, and that no guess about Apple makes it do wrong."""

from __future__ import annotations

import itertools
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.client import AppsBooksClient
from ansible_collections.openmdm.vpp.plugins.module_utils._state.cache import Cache
from ansible_collections.openmdm.vpp.plugins.modules import vpp_license
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box
from sandbox.app import Sandbox, create_app
from sandbox.clock import ManualClock

APPS, DEVICES = 10, 1000
POSITIONS = list(
    itertools.product(("exact", "lagging", "without_retired"), ("global", "per_filter"), ("hidden", "shown"))
)


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches a signal."""


class Place:
    """A location with every app on every device, and a task about all of them."""

    def __init__(self, box: Sandbox, options: dict[str, Any], folder: Path) -> None:
        self.box, self._options, self.state = box, options, folder / "state"
        self.apps = sorted(asset.adam_id for asset in box.world.locations["main"].store.assets.values())[:APPS]
        rows = box.control("GET", "/_sandbox/locations/main/assignments", {})[1]["assignments"]
        self.all = sorted({row["serialNumber"] for row in rows if "serialNumber" in row})
        self._list = folder / "devices.txt"

    def run(self, devices: list[str] | None = None, *, check: bool = False, **options: Any) -> Result:
        self._list.write_text("\n".join(self.all if devices is None else devices) + "\n", encoding="utf-8")
        told = {
            **self._options,
            "assets": [{"adam_id": adam_id} for adam_id in self.apps],
            "devices": {"targets_file": str(self._list)},
            "state_dir": str(self.state),
            "cache": True,
            **options,
        }
        return run_main(vpp_license.main, told, check=check)

    def asked(self, devices: list[str] | None = None, **options: Any) -> tuple[Result, Counter[str]]:
        """With what it asked, by path."""
        before = len(self.box.requests)
        result = self.run(devices, **options)
        assert not result.failed, result.text
        return result, Counter(entry["path"].partition("?")[0] for entry in self.box.requests[before:])

    def change(self, verb: str, serial_numbers: list[str], adam_id: str | None = None) -> None:
        """Another product at work."""
        rows = [{"adamId": adam_id or self.apps[0], "serialNumber": serial} for serial in serial_numbers]
        status, answer = self.box.control("POST", "/_sandbox/locations/main/assignments", {verb: rows})
        assert status == 200, answer

    def holders(self, adam_id: str | None = None) -> set[str]:
        body = {"adamId": adam_id or self.apps[0]}
        rows = self.box.control("GET", "/_sandbox/locations/main/assignments", body)[1]["assignments"]
        return {row["serialNumber"] for row in rows if "serialNumber" in row}

    @property
    def file(self) -> Path:
        (found,) = self.state.glob("*.sqlite3")
        return found

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            return connection.execute(statement).fetchall()


def make(monkeypatch: Any, folder: Path, devices: int = DEVICES, **switches: str) -> Place:
    monkeypatch.delenv("OPENMDM_VPP_STATE_DIR", raising=False)
    seed = {"apps": str(APPS), "devices": str(devices), "people": "5", "drift": "0"}
    box = create_app("generated", {**seed, "enforce_rate": "false", **switches}, clock=ManualClock())
    options = {**use_box(monkeypatch, box), "content_token": box.token("main"), "poll_interval": 1.0}
    return Place(box, options, folder)


@pytest.fixture
def place(monkeypatch, tmp_path) -> Iterator[Place]:
    made = make(monkeypatch, tmp_path)
    yield made
    made.box.close()


@pytest.fixture
def small(monkeypatch, tmp_path) -> Iterator[Place]:
    made = make(monkeypatch, tmp_path, 40)
    yield made
    made.box.close()


THREE = Counter({"/mdm/v2/client/config": 1, "/mdm/v2/assets": 1, "/mdm/v2/assignments": 1})


def test_nothing_changed_at_ten_thousand_assignments(place):
    first, asked = place.asked()
    assert not first.data["changed"]
    assert asked["/mdm/v2/assignments"] > 10
    second, asked = place.asked()
    assert asked == THREE
    assert second.data["summary"]["unchanged"] == first.data["summary"]["unchanged"] == APPS * DEVICES
    checked, asked = place.asked(check=True)
    assert asked == THREE
    assert checked.data["summary"] == second.data["summary"]


def test_its_own_work_costs_the_next_run_nothing(place):
    place.asked()
    left = place.all[:-7]
    result, _asked = place.asked(left, exclusive=True, max_removals="100")
    assert result.data["summary"]["disassociated"] == 7 * APPS
    _result, asked = place.asked(left, exclusive=True, max_removals="100")
    assert asked == THREE
    result, _asked = place.asked()
    assert result.data["summary"]["associated"] == 7 * APPS
    assert place.asked()[1] == THREE


def test_what_another_product_added_comes_with_the_changes(place):
    place.asked()
    place.change("remove", place.all[:5])
    place.asked(place.all[5:])
    place.change("add", place.all[:3])
    result, asked = place.asked()
    assert result.data["summary"]["associated"] == 2
    assert place.holders() == set(place.all)
    assert asked["/mdm/v2/assignments"] <= 4, "two before the work, two after it"


def test_what_another_product_took_is_read_and_given_again(place):
    place.asked()
    place.change("remove", place.all[:5])
    result, _asked = place.asked()
    assert result.data["summary"]["associated"] == 5
    assert place.holders() == set(place.all)


def test_what_is_taken_back_is_seen_first(small):
    small.asked()
    before = len(small.box.requests)
    small.run(small.all[:-2], exclusive=True, max_removals="100")
    asked = [entry["path"] for entry in small.box.requests[before:]]
    write = next(place for place, path in enumerate(asked) if path.endswith("disassociate"))
    whole = [path for path in asked[:write] if "/assignments" in path and "sinceVersionId" not in path]
    assert len(whole) >= 1
    assert all(any(adam_id in path for path in whole) or "adamId" not in "".join(whole) for adam_id in small.apps)


@pytest.mark.parametrize(("counts", "scope", "removed"), POSITIONS)
def test_every_guess(monkeypatch, tmp_path, counts, scope, removed):
    small = make(monkeypatch, tmp_path, 40, counts=counts, version_scope=scope, delta_removed=removed)

    def later() -> None:  # what lags is over then
        small.box.advance(60.0)

    half = small.all[:20]
    for devices, options in ((None, {}), (half, {"exclusive": True, "max_removals": "1000", "max_shrink": 100})):
        for _turn in range(2):
            small.run(devices, **options)
            later()
            assert small.holders() == set(small.all if devices is None else devices)
    small.change("add", small.all[20:25])
    later()
    small.change("remove", small.all[:3])
    small.asked(half)
    if counts == "lagging":  # the counts were still right for three more: who lost it is missed until they are true
        later()
        small.asked(half)
    assert small.holders() == set(small.all[:25])
    later()
    small.asked(half)
    _result, asked = small.asked(half)
    assert asked["/mdm/v2/assignments"] == 1
    # One came and another went: the count is as before.
    small.change("add", small.all[30:31])
    small.change("remove", small.all[:1])
    later()
    result, _asked = small.asked(half, exclusive=True, max_removals="1000", max_shrink=100)
    assert small.holders() == set(half), result.text
    small.box.close()


def test_check_mode_keeps_nothing(small):
    small.asked(check=True)
    assert not small.state.exists()
    small.asked()
    small.change("add", small.all[:1], small.apps[1])
    before = small.file.read_bytes()
    small.change("remove", small.all[:1])
    small.asked(check=True)
    assert small.file.read_bytes() == before


def test_without_cache_it_reads_and_keeps_nothing(small):
    _result, asked = small.asked(cache=False)
    again, asked_again = small.asked(cache=False)
    assert asked_again == asked
    assert small.sql("SELECT count(*) FROM cache") == [(0,)]
    assert not again.data["changed"]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE cached_asset SET devices = x'00'", "is damaged"),
        ("UPDATE cache SET digest = 'x'", "is damaged"),
        ("UPDATE cache SET format = 99", "is of another release of this collection"),
        ("UPDATE cache SET uid = '1'", "is of another location or service"),
    ],
)
def test_what_is_wrong_with_it_is_told_once_and_it_is_made_anew(small, damage, told):
    small.asked()
    small.sql(damage)
    result, asked = small.asked()
    (warning,) = result.data["warnings"]
    assert told in str(warning)
    assert asked != THREE
    result, asked = small.asked()
    assert "warnings" not in result.data
    assert asked == THREE


def test_a_version_that_apple_no_longer_knows(small):
    small.asked()
    ((version,),) = small.sql("SELECT version_id FROM cache")
    original = AppsBooksClient.read_changes
    asked: list[str] = []

    def forgotten(self, since, sink, max_pages):
        asked.append(since)
        return None if since == version and len(asked) == 1 else original(self, since, sink, max_pages)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppsBooksClient, "read_changes", forgotten)
        result, _asked = small.asked()
    assert not result.data["changed"]
    assert small.asked()[1] == THREE


POINTS = [
    (Cache, "load"),
    (Cache, "save"),
    (AppsBooksClient, "read_changes"),
    (AppsBooksClient, "submit"),
    (AppsBooksClient, "wait_for_events"),
    (AppsBooksClient, "read_assets"),
]


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("owner", "name"), POINTS)
def test_killed_and_run_again(small, owner, name, after, nth):
    options = {"exclusive": True, "max_removals": "1000", "max_shrink": 100}
    half = small.all[:20]
    small.asked()
    small.change("remove", small.all[:4])
    original, calls = getattr(owner, name), itertools.count(1)

    def deadly(*args, **kwargs):
        number = next(calls)
        if number != nth or after:
            found = original(*args, **kwargs)
        if number == nth:
            raise Killed
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, deadly)
        with suppress(Killed):
            small.run(half, **options)
    small.box.advance(60.0)
    small.asked(half, **options)
    assert all(small.holders(adam_id) == set(half) for adam_id in small.apps)
    assert small.asked(half, **options)[1] == THREE


def test_it_needs_a_folder(small):
    result = small.run(state_dir=None)
    assert result.data["msg"] == (
        "cache: true needs state_dir, the folder in which it is kept; name one, or leave cache out."
    )
    assert not small.box.requests

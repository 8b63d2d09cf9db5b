# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache of assignments on the disk: whatever is wrong with it, there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.assignment_cache import (
    KnownAsset,
    Snapshot,
    onto,
    snapshot_of,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import StateError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import TargetIndex

PAGES, WORD, BOOK = AssetKey("361309726"), AssetKey("586447913"), AssetKey("900000001", "PLUS")
SNAPSHOT = Snapshot(
    "5f7f2c40-2222-11ee-9d10-000000000001",
    ("TESTA00001", "TESTA00002", "TESTA00003"),
    ("u-0001", 'odd "name"\n', "äöü", "\ud800"),
    {
        PAGES: KnownAsset(0b101, 0, True, 1904281689),
        WORD: KnownAsset(0, 0, True, 1904281690),
        BOOK: KnownAsset(0, 0b1110, False, 7),
    },
)


def test_what_is_kept_comes_back(place):
    with place.open() as state:
        assert state.cache.load() is None
        assert not state.cache.read_only
        state.cache.save(SNAPSHOT)
        assert state.cache.load() == SNAPSHOT
    with place.open() as state:
        assert state.cache.load() == SNAPSHOT
        later = replace(SNAPSHOT, version_id="later", assets={PAGES: KnownAsset(0b111, 0, True, 8)})
        state.cache.save(later)
        assert state.cache.load() == later
        state.cache.forget()
        assert state.cache.load() is None
    assert place.notify.told == []


def test_check_mode_reads_it_and_keeps_nothing(place):
    with place.open(check=True) as state:
        assert state.cache.load() is None
    with place.open() as state:
        state.cache.save(SNAPSHOT)
    before = place.file.read_bytes()
    with place.open(check=True) as state:
        assert state.cache.read_only
        assert state.cache.load() == SNAPSHOT
        with pytest.raises(StateError):
            state.cache.save(SNAPSHOT)
    assert place.file.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE cache SET format = 2", "is of another release of this collection"),
        ("UPDATE cache SET uid = 'another'", "is of another location or service"),
        ("UPDATE cache SET service = 'https://vpp.example:443'", "is of another location or service"),
        ("UPDATE cache SET digest = 'x'", "is damaged"),
        ("UPDATE cache SET version_id = 'x'", "is damaged"),
        ("UPDATE cache SET devices = '[]'", "is damaged"),
        ("UPDATE cache SET users = replace(users, 'u-0001', 'u-0002')", "is damaged"),
        ("INSERT INTO cache SELECT * FROM cache", "isn't understood"),
        ("DELETE FROM cached_asset WHERE adam_id = '586447913'", "is damaged"),
        ("UPDATE cached_asset SET devices = x'07' WHERE adam_id = '361309726'", "is damaged"),
        ("UPDATE cached_asset SET devices = 'A' WHERE adam_id = '361309726'", "is damaged"),
        ("UPDATE cached_asset SET comparable = 1", "is damaged"),
        ("UPDATE cached_asset SET read = read + 1", "is damaged"),
        ("UPDATE cached_asset SET pricing_param = 'PLUS' WHERE adam_id = '361309726'", "is damaged"),
        ("INSERT INTO cached_asset SELECT adam_id || 1, 'STDQ', devices, users, 1, 1 FROM cached_asset", "is damaged"),
    ],
)
def test_anything_else_is_no_cache_and_is_told_once(place, statement, problem):
    with place.open() as state:
        state.cache.save(SNAPSHOT)
        with state.cache._database.change() as connection:
            connection.execute(statement)
        assert state.cache.load() is None
        (told,) = place.notify.told
        assert problem in told
        state.cache.save(SNAPSHOT)
        assert state.cache.load() == SNAPSHOT
        assert place.notify.told == [told]


def test_with_a_right_digest_but_no_sense(place):
    """Only another hand can write that."""
    from ansible_collections.openmdm.vpp.plugins.module_utils._state import cache as module

    with place.open() as state:
        header = (module.FORMAT, "https://vpp.itunes.apple.com:443", state.cache._identity.uid, "v", "no JSON", "[]")
        with state.cache._database.change() as connection:
            values = (*header, module._digest(header, []))
            connection.execute(f"INSERT INTO cache ({module._HEADER}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        assert state.cache.load() is None
    assert "isn't understood" in place.notify.told[0]


def test_half_a_surrogate_keeps_what_was_there(place):
    with place.open() as state:
        state.cache.save(SNAPSHOT)
        state.cache.save(replace(SNAPSHOT, version_id="\ud800"))
        assert state.cache.load() == SNAPSHOT


def test_a_million_assignments_are_two_megabytes(place):
    serials = [f"DMPX{number:08d}" for number in range(50_000)]
    index = TargetIndex(serials)
    everyone = (1 << 50_000) - 1
    assets = {AssetKey(str(number)): KnownAsset(everyone, 0, True, 1) for number in range(20)}
    with place.open() as state:
        state.cache.save(snapshot_of("v", assets, index, TargetIndex()))
    assert place.file.stat().st_size < 2_000_000
    with place.open() as state:
        found = state.cache.load()
        assert found is not None
        turned = TargetIndex(reversed(serials))
        assert onto(found, turned, TargetIndex()) == assets

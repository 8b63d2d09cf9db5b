# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of files that the collection itself has written, and somebody may have changed since."""

from __future__ import annotations

import atexit
import contextlib
import json
import shutil
import sqlite3
from contextlib import closing
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.files import read_object
from ansible_collections.openmdm.vpp.plugins.module_utils._core import approval
from ansible_collections.openmdm.vpp.plugins.module_utils._core.assignment_cache import KnownAsset, Snapshot
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import AssetPlan, LicensePlan
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import ASSOCIATE, Asset, AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import DEVICES, TargetIndex
from ansible_collections.openmdm.vpp.plugins.module_utils._state import cache
from ansible_collections.openmdm.vpp.plugins.module_utils._state.database import Database, Identity, write_schema
from ansible_collections.openmdm.vpp.plugins.plugin_utils.follow import line_of, read_state
from ansible_collections.openmdm.vpp.plugins.plugin_utils.token_refs import find_tokens
from ansible_collections.openmdm.vpp.tests.faults.readers import Reader, document, loaded
from ansible_collections.openmdm.vpp.tests.faults.scratch import Rewritten, scratch
from ansible_collections.openmdm.vpp.tests.unit.fakes import UID, FakeClock, FakeNotify
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import SERVICE, Place, mailing, writes

FOLDER = scratch()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
FILE = Rewritten(FOLDER / "input.json")

_INDEX = TargetIndex(("TESTA00001", "TESTA00002"))
_KEY = AssetKey("361309726", "STDQ")
_PLAN = LicensePlan(
    DEVICES, (AssetPlan(Asset(_KEY, "App", True, True, 0, 9, 0, 9), have=0, add=1, remove=0),), False, ()
)
_APPROVED = approval.plan_document(UID, [approval.Operation(ASSOCIATE, _KEY, DEVICES, ("TESTA00001", "TESTA00002"))])


def _plan(data: bytes) -> object:
    """As it stands, and once more with a digest that fits, as whoever edits it could make."""
    found = read_object("approved_plan", FILE.fill(data))
    with contextlib.suppress(VppError):
        approval.check_approved(found, _PLAN, _INDEX, UID)
    read = approval._read(found)
    if read is not None:
        approval.check_approved({**found, "digest": approval._digest(read[0], read[2])}, _PLAN, _INDEX, UID)
    return read


class _Cache:
    """The cache of a state file in memory."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        identity = Identity(UID, SERVICE)
        write_schema(self._connection, identity, 0, b"k" * 32)
        self._cache = cache.Cache(
            Database(self._connection, "state", FakeClock()), identity, FakeNotify(), read_only=False
        )
        self._cache.save(Snapshot("v1", ("TESTA00001", "TESTA00002"), ("u-1",), {_KEY: KnownAsset(3, 1, True, 9)}))
        self.seed = document([self._rows("cache", cache._HEADER), self._rows("cached_asset", cache._ASSET)])

    def _rows(self, table: str, columns: str) -> Any:
        rows = self._connection.execute(f"SELECT {columns} FROM {table}").fetchall()
        return [[one.decode("latin-1") if isinstance(one, bytes) else one for one in row] for row in rows]

    def read(self, data: bytes) -> object:
        """Rows as SQLite may hold them, whatever the schema says, with the digest that fits in half of the cases."""
        given = loaded(data)
        if not (isinstance(given, list) and len(given) == 2 and all(isinstance(part, list) for part in given)):
            return None
        headers, rows = ([_row(row) for row in part if isinstance(row, list)] for part in given)
        if len(data) % 2:
            with contextlib.suppress(TypeError, ValueError):
                headers = [(*row[:-1], cache._digest(row[:-1], rows)) for row in headers]
        connection = self._connection
        connection.execute("BEGIN")
        try:
            with contextlib.suppress(sqlite3.Error, UnicodeEncodeError, OverflowError):
                for table, filled in (("cache", headers), ("cached_asset", rows)):
                    connection.execute(f"DELETE FROM {table}")
                    for row in filled:
                        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
            return self._cache.load()
        finally:
            connection.execute("ROLLBACK")


def _row(values: list[Any]) -> tuple[Any, ...]:
    """`devices` and `users` of an asset are bytes."""
    kept = [one if isinstance(one, (str, int, float, type(None))) else json.dumps(one) for one in values]
    return tuple(
        one.encode("latin-1", "replace") if len(kept) == 6 and place in (2, 3) and isinstance(one, str) else one
        for place, one in enumerate(kept)
    )


class _StateFile:
    """A whole state file, opened to be read. Its pages are small, so that few inputs are spoiled where nothing is."""

    def __init__(self) -> None:
        self._place = Place(FOLDER / "state")
        with self._place.open() as state:
            (row,) = state.journal.intend(writes(1))
            state.journal.accepted({row: "event"})
            state.invitations.intend(mailing("u-1"))
        with closing(sqlite3.connect(self._place.file)) as connection:
            connection.execute("PRAGMA page_size = 512")
            connection.execute("VACUUM")
        self.seed = self._place.file.read_bytes()
        self._file = Rewritten(self._place.file)

    def read(self, data: bytes) -> object:
        self._file.fill(data)
        with self._place.open(check=True) as state:
            return state.cache.load(), state.journal.open_events(), state.invitations.of(["u-1"])


def _tokens(data: bytes) -> object:
    """Patterns stay in one folder, so that the test looks at no other."""
    given = loaded(data)
    texts = [str(one).replace("/", "_").replace("~", "_") for one in (given if isinstance(given, list) else [given])]
    return find_tokens(texts[:1], texts[1:], str(FOLDER), {"NORTH_TOKEN": "x", "SOUTH_TOKEN": "y"})


def _progress(data: bytes) -> object:
    line = line_of(read_state(FILE.fill(data)))
    if not line.isprintable() or len(line) > 300:
        raise AssertionError(f"{line!r} on a terminal")
    return line


_CACHE, _STATE = _Cache(), _StateFile()
(FOLDER / "north.vpptoken").write_bytes(b"x")

READERS = (
    Reader("approved plan", _plan, [document(_APPROVED)], [approval.FORMAT, "associate", "TESTA00001", UID]),
    Reader("cache", _CACHE.read, [_CACHE.seed], [UID, SERVICE, "[]", '["TESTA00001"]']),
    Reader("state file", _STATE.read, [_STATE.seed]),
    Reader("token references", _tokens, [document(["*.vpptoken", "NORTH_TOKEN", "SOUTH_TOKEN"])], ["*", "[a-", "**"]),
    Reader(
        "progress",
        _progress,
        [
            document(
                {
                    "openmdm.vpp report": True,
                    "pages": {"done": 120, "known": 1822},
                    "mails": {"done": 1, "known": 2},
                    "requests": {"done": 131, "known": 131},
                    "seconds": 8.8,
                    "seconds_left": 124.8,
                }
            )
        ],
        ["pages", "done", "known"],
    ),
)

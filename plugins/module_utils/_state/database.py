# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One SQLite file a location: changes in transactions that survive a kill and a loss of power.

With a rollback journal, since the shared memory of WAL doesn't work on network file systems.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from .._core.ports import Clock
from .failure import damaged, refusal, told
from .schema import APPLICATION_ID, STEPS

_BUSY = 10.0
"""Seconds to wait for SQLite's own lock, which a check run holds for the moment of its copy."""
_AT_ONCE = 500
"""Values in one statement; SQLite before 3.32 takes 999."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose file it is: the location, and the service (`scheme://host:port`) that knows it by this uid."""

    uid: str
    service: str


class Database:
    """An open state file. `path` is for sentences."""

    def __init__(self, connection: sqlite3.Connection, path: str, clock: Clock) -> None:
        self._connection, self.path, self._clock = connection, path, clock

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing, and on the disk when it ends. Raises StateError."""
        with told(self.path), transaction(self._connection):
            yield self._connection

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with told(self.path):
            return self._connection.execute(statement, values).fetchall()

    def rows_of(self, statement: str, ids: Iterable[str], values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows for any number of ids; the statement holds `(?*)` where they stand, after its other values."""
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _AT_ONCE):
            end = start + _AT_ONCE
            part = wanted[start:end]
            yield from self.rows(statement.replace("?*", ",".join("?" * len(part))), [*values, *part])

    def now(self) -> int:
        """As it is stored."""
        return int(self._clock.now().timestamp())


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            connection.execute("ROLLBACK")
        raise


def connect(path: str, mode: str) -> sqlite3.Connection:
    """`mode`: rw or ro. EXTRA also puts on disk that the rollback journal is gone, else a loss of power right after a
    change could undo it."""
    connection = sqlite3.connect(f"file:{quote(path)}?mode={mode}", uri=True, isolation_level=None, timeout=_BUSY)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        if mode == "rw":
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA synchronous = EXTRA")
    except BaseException:
        connection.close()
        raise
    return connection


def write_schema(connection: sqlite3.Connection, identity: Identity, made: int, mark_key: bytes) -> None:
    """Makes an empty database a state file, in one transaction."""
    with transaction(connection):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _steps(connection, 0)
        row = (identity.uid, identity.service, made, mark_key)
        connection.execute("INSERT INTO location VALUES (?, ?, ?, ?)", row)


def check_content(connection: sqlite3.Connection, path: str, identity: Identity) -> None:
    """Raises StateError for a file that is damaged, newer, or of another location or service; brings an older one to
    the version of today. Nothing is written otherwise."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(STEPS):
        raise refusal(
            path,
            f"was written by a newer release of this collection (version {version}, this one knows {len(STEPS)})",
            "update the collection, or name another folder",
        )
    if version < 1 or connection.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
        raise damaged(path)
    if version < len(STEPS):
        with transaction(connection):
            _steps(connection, version)
    found = connection.execute("SELECT uid, service FROM location").fetchall()
    if len(found) != 1:
        raise damaged(path)
    ((uid, service),) = found
    if uid != identity.uid:
        raise refusal(path, "is that of another location under a wrong name", "move it back to where it belongs")
    if service != identity.service:
        raise refusal(
            path,
            f"remembers the location at {service}, and this task speaks to {identity.service}",
            "name another folder for each service",
        )


def _steps(connection: sqlite3.Connection, version: int) -> None:
    for step in STEPS[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(STEPS)}")

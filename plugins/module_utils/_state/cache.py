# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache of assignments: each name once and a bitset an asset, so that a million assignments are some 2 MB.

It is only ever a short cut: whatever is wrong with it, there is none, and the task reads.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from .._core.assignment_cache import KnownAsset, Snapshot
from .._core.model import AssetKey
from .._core.ports import Notify
from .database import Database, Identity

FORMAT = 1
"""Of the header and the rows below; another one is not read."""

_HEADER = "format, service, uid, version_id, devices, users, digest"
_ASSET = "adam_id, pricing_param, devices, users, comparable, read"


class Cache:
    """Implements AssignmentCache."""

    def __init__(self, database: Database, identity: Identity, notify: Notify, *, read_only: bool) -> None:
        self._database, self._identity, self._notify = database, identity, notify
        self.read_only = read_only

    def load(self) -> Snapshot | None:
        headers = self._database.rows(f"SELECT {_HEADER} FROM cache")
        if not headers:
            return None
        rows = self._database.rows(f"SELECT {_ASSET} FROM cached_asset ORDER BY adam_id, pricing_param")
        try:
            return self._restored(headers, rows)
        except (ValueError, TypeError) as error:
            problem = str(error) if isinstance(error, _UnusableError) else "isn't understood"
        self._notify.warn(
            f"state_dir: the cache of assignments in {self._database.path} {problem}, so it isn't used; this task reads"
            " them from Apple, and a real run then writes the cache anew."
        )
        return None

    def save(self, snapshot: Snapshot) -> None:
        names = [json.dumps(list(kind)) for kind in (snapshot.devices, snapshot.users)]
        rows = sorted(_row(key, known) for key, known in snapshot.assets.items())
        header = (FORMAT, self._identity.service, self._identity.uid, snapshot.version_id, *names)
        filled = ", ".join("?" * 7)
        # A text with half a surrogate, which SQLite takes as little as UTF-8 does, is no name that Apple gives.
        with contextlib.suppress(UnicodeEncodeError), self._database.change() as connection:
            _empty(connection)
            connection.execute(f"INSERT INTO cache ({_HEADER}) VALUES ({filled})", (*header, _digest(header, rows)))
            connection.executemany(f"INSERT INTO cached_asset ({_ASSET}) VALUES (?, ?, ?, ?, ?, ?)", rows)

    def forget(self) -> None:
        with self._database.change() as connection:
            _empty(connection)

    def _restored(self, headers: Sequence[tuple[Any, ...]], rows: Sequence[tuple[Any, ...]]) -> Snapshot:
        ((*header, digest),) = headers
        form, service, uid, version_id, devices, users = header
        if form != FORMAT:
            raise _UnusableError("is of another release of this collection")
        if (service, uid) != (self._identity.service, self._identity.uid):
            raise _UnusableError("is of another location or service")
        if digest != _digest(header, rows):
            raise _UnusableError("is damaged")
        return Snapshot(
            version_id,
            tuple(json.loads(devices)),
            tuple(json.loads(users)),
            {
                AssetKey(adam_id, pricing_param): KnownAsset(
                    int.from_bytes(of_devices, "little"), int.from_bytes(of_users, "little"), bool(comparable), read
                )
                for adam_id, pricing_param, of_devices, of_users, comparable, read in rows
            },
        )


class _UnusableError(ValueError):
    """Why, as the second half of a sentence."""


def _empty(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM cached_asset")
    connection.execute("DELETE FROM cache")


def _row(key: AssetKey, known: KnownAsset) -> tuple[Any, ...]:
    sets = [bits.to_bytes(-(-bits.bit_length() // 8), "little") for bits in (known.devices, known.users)]
    return (key.adam_id, key.pricing_param, *sets, int(known.comparable), known.read)


def _digest(header: Iterable[object], rows: Iterable[tuple[Any, ...]]) -> str:
    """sha256 over all that is stored; it finds damage and other hands, and is no signature."""
    whole = hashlib.sha256()
    for value in (*header, *(value for row in rows for value in row)):
        content = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        whole.update(f"{len(content)}:".encode())
        whole.update(content)
    return whole.hexdigest()

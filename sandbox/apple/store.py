# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one location owns and who holds it: assets in memory, people and assignments in SQLite."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .model import ACTIVE, Asset

SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, client_user_id TEXT NOT NULL, email TEXT, managed_apple_id TEXT,
  invite_code TEXT, id_hash TEXT, status TEXT NOT NULL, change INTEGER NOT NULL);
CREATE INDEX users_by_client ON users (client_user_id);
CREATE INDEX users_by_account ON users (id_hash) WHERE id_hash IS NOT NULL;
CREATE INDEX users_by_code ON users (invite_code) WHERE invite_code IS NOT NULL;
CREATE INDEX users_by_email ON users (email COLLATE NOCASE);
CREATE TABLE assignments (id INTEGER PRIMARY KEY, asset INTEGER NOT NULL, serial TEXT, user INTEGER,
  change INTEGER NOT NULL);
CREATE TABLE removed (id INTEGER PRIMARY KEY, asset INTEGER NOT NULL, serial TEXT, user INTEGER,
  change INTEGER NOT NULL);
CREATE INDEX removed_by_pair ON removed (asset, serial, user);
"""
INDEXES = {
    "assignments_by_serial": "CREATE UNIQUE INDEX {} ON assignments (serial, asset) WHERE serial IS NOT NULL",
    "assignments_by_user": "CREATE UNIQUE INDEX {} ON assignments (user, asset) WHERE user IS NOT NULL",
    "assignments_by_asset": "CREATE INDEX {} ON assignments (asset)",
}
USER_COLUMNS = ("client_user_id", "email", "managed_apple_id", "invite_code", "id_hash", "status")

Pair = tuple[Asset, str | None, int | None]


class Store:
    """One location's data. ``lock`` guards every use; ``counters`` name the state of each data set."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.db.executescript(SCHEMA)
        self._create_indexes()
        # A connection left to the garbage collector is a warning since Python 3.13.
        self.close = weakref.finalize(self, self.db.close)
        self.assets: dict[int, Asset] = {}
        self._by_key: dict[tuple[str, str], Asset] = {}
        self.counters = {"assets": 1, "users": 1, "assignments": 1}
        self._next_row = 1

    def _create_indexes(self) -> None:
        for name, sql in INDEXES.items():
            self.db.execute(sql.format(name))

    @contextmanager
    def filling(self) -> Iterator[None]:
        """While a seed inserts very many assignments: indexes are made once at the end, which is much faster."""
        for name in INDEXES:
            self.db.execute(f"DROP INDEX {name}")
        yield
        self._create_indexes()

    def bump(self, *datasets: str) -> None:
        """A write happened: every data set named gets a new version [D paging]."""
        for name in datasets:
            self.counters[name] += 1

    # assets

    def add_asset(self, asset: Asset) -> Asset:
        """Own one more product."""
        asset.id = len(self.assets) + 1
        self.assets[asset.id] = asset
        self._by_key[asset.key] = asset
        return asset

    def find_asset(self, adam_id: str, pricing_param: str = "STDQ") -> Asset | None:
        """The asset of that key, if owned."""
        return self._by_key.get((adam_id, pricing_param))

    # people

    def add_users(self, rows: Iterable[dict[str, Any]]) -> None:
        """Insert people as they are."""
        change = self.counters["users"]
        self.db.executemany(
            "INSERT INTO users (client_user_id,email,managed_apple_id,invite_code,id_hash,status,change)"
            " VALUES (?,?,?,?,?,?,?)",
            ([*(row.get(name) for name in USER_COLUMNS), change] for row in rows),
        )

    def set_user(self, row_id: int, values: dict[str, Any]) -> None:
        """Change some columns of one person."""
        changed = {**values, "change": self.counters["users"]}
        columns = ",".join(f"{name}=?" for name in changed)
        self.db.execute(f"UPDATE users SET {columns} WHERE id=?", [*changed.values(), row_id])

    def users(self, where: str, *values: object) -> list[dict[str, Any]]:
        """People that a condition selects, oldest first."""
        cursor = self.db.execute(f"SELECT id,{','.join(USER_COLUMNS)} FROM users WHERE {where} ORDER BY id", values)
        return [dict(zip(("id", *USER_COLUMNS), row, strict=True)) for row in cursor]

    def active_user(self, client_user_id: str) -> dict[str, Any] | None:
        """The one active person of that id; there may be retired ones besides [D managing-users]."""
        found = self.users("client_user_id=? AND status IN (?,?)", client_user_id, *ACTIVE)
        return found[-1] if found else None

    # assignments

    def holders(self, asset_ids: Sequence[int], serials: Sequence[str], users: Sequence[int]) -> set[tuple[int, Any]]:
        """Which of these targets hold which of these assets, as (asset id, serial number or row of a person)."""
        held: set[tuple[int, Any]] = set()
        assets = ",".join(str(number) for number in asset_ids)
        for column, targets in (("serial", serials), ("user", users)):
            for start in range(0, len(targets), 500):
                part = targets[start : start + 500]
                marks = ",".join("?" * len(part))
                held.update(
                    self.db.execute(
                        f"SELECT asset,{column} FROM assignments WHERE {column} IN ({marks}) AND asset IN ({assets})",
                        part,
                    )
                )
        return held

    def held_by(self, serials: Sequence[str], users: Sequence[int]) -> list[Pair]:
        """All pairs of these targets."""
        pairs: list[Pair] = []
        for column, targets in (("serial", serials), ("user", users)):
            for target in targets:
                rows = self.db.execute(f"SELECT asset,serial,user FROM assignments WHERE {column}=?", (target,))
                pairs.extend((self.assets[asset], serial, user) for asset, serial, user in rows)
        return pairs

    def assign(self, pairs: Iterable[Pair]) -> None:
        """Insert pairs that are not there yet, and count them."""
        change = self.counters["assignments"]
        rows: list[tuple[int, int, str | None, int | None, int]] = []
        for asset, serial, user in pairs:
            rows.append((self._next_row, asset.id, serial, user, change))
            asset.assigned += 1
            self._next_row += 1
        with self.db:
            self.db.execute("BEGIN")
            self.db.executemany("INSERT INTO assignments VALUES (?,?,?,?,?)", rows)
            if self.db.execute("SELECT 1 FROM removed LIMIT 1").fetchone():
                returned = [row[1:4] for row in rows]
                self.db.executemany("DELETE FROM removed WHERE asset=? AND serial IS ? AND user IS ?", returned)

    def unassign(self, pairs: Iterable[Pair]) -> None:
        """Delete pairs that are there; what was removed is remembered for deltas."""
        change = self.counters["assignments"]
        with self.db:
            self.db.execute("BEGIN")
            for asset, serial, user in pairs:
                column, target = ("serial", serial) if serial is not None else ("user", user)
                condition = f"{column}=? AND asset=?"
                self.db.execute(
                    f"INSERT INTO removed SELECT id,asset,serial,user,? FROM assignments WHERE {condition}",
                    (change, target, asset.id),
                )
                self.db.execute(f"DELETE FROM assignments WHERE {condition}", (target, asset.id))
                asset.assigned -= 1

    def touch_assignments(self, user: int) -> None:
        """The state of a person is told with the assignments, so that these count as changed with it."""
        if self.held_by([], [user]):
            self.bump("assignments")
            self.db.execute("UPDATE assignments SET change=? WHERE user=?", (self.counters["assignments"], user))

    def move_assignments(self, old_user: int, new_user: int) -> None:
        """What could not be taken back follows a person to the new record [D getvppuserrequest]."""
        self.db.execute(
            "UPDATE OR IGNORE assignments SET user=?, change=? WHERE user=?",
            (new_user, self.counters["assignments"], old_user),
        )

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose people they are: what each source lists or made."""

from __future__ import annotations

from collections.abc import Iterable

from .database import Database
from .marks import Marks


class People:
    """Implements PeopleLedger."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark = Marks(database).mark

    def record_people(self, source: str, ids: Iterable[str]) -> None:
        now = self._database.now()
        with self._database.change() as connection:
            connection.executemany("INSERT OR IGNORE INTO person VALUES (?, ?, ?)", [(source, key, now) for key in ids])

    def release_people(self, source: str, ids: Iterable[str]) -> None:
        with self._database.change() as connection:
            connection.executemany(
                "DELETE FROM person WHERE source = ? AND client_user_id = ?", [(source, key) for key in ids]
            )

    def people_of(self, source: str) -> frozenset[str]:
        rows = self._database.rows("SELECT client_user_id FROM person WHERE source = ?", (source,))
        return frozenset(key for (key,) in rows)

    def listed_elsewhere(self, source: str, ids: Iterable[str]) -> frozenset[str]:
        rows = self._database.rows_of(
            "SELECT DISTINCT client_user_id FROM person WHERE source <> ? AND client_user_id IN (?*)", ids, (source,)
        )
        return frozenset(key for (key,) in rows)

    def lies_elsewhere(self, source: str, place: str) -> bool:
        rows = self._database.rows("SELECT place FROM source WHERE name = ?", (source,))
        return bool(rows) and rows != [(self._mark("place", place),)]

    def record_place(self, source: str, place: str) -> None:
        row = (source, self._mark("place", place))
        with self._database.change() as connection:
            connection.execute("INSERT OR IGNORE INTO source VALUES (?, ?)", row)

    def record_made(self, ids: Iterable[str]) -> None:
        now = self._database.now()
        with self._database.change() as connection:
            connection.executemany("INSERT OR IGNORE INTO made VALUES (?, ?)", [(key, now) for key in ids])

    def release_made(self, ids: Iterable[str]) -> None:
        with self._database.change() as connection:
            connection.executemany("DELETE FROM made WHERE client_user_id = ?", [(key,) for key in ids])

    def made_of(self, ids: Iterable[str]) -> frozenset[str]:
        rows = self._database.rows_of("SELECT client_user_id FROM made WHERE client_user_id IN (?*)", ids)
        return frozenset(key for (key,) in rows)

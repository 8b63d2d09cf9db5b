# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who was retired and registered anew: on disk before the retirement, so that nobody is left between the two.

It holds no hash of an Apple Account as Apple tells it, only a mark of it, made with a key that lies in the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .._core.model import AssetKey
from .._core.state_ports import Reissue
from .database import Database
from .marks import Marks


class Reissues:
    """Implements ReissueLedger."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark = Marks(database).mark

    def account_mark(self, id_hash: str) -> str:
        return self._mark("account", id_hash)

    def begin(self, client_user_id: str, id_hash: str, lost: Collection[AssetKey]) -> None:
        account, now = self.account_mark(id_hash), self._database.now()
        with self._database.change() as connection:
            connection.execute("REPLACE INTO reissue VALUES (?, ?, ?, 0)", (client_user_id, account, now))
            connection.executemany(
                "INSERT OR IGNORE INTO lost VALUES (?, ?, ?)",
                [(client_user_id, key.adam_id, key.pricing_param) for key in lost],
            )

    def finish(self, ids: Iterable[str]) -> None:
        with self._database.change() as connection:
            connection.executemany("UPDATE reissue SET done = 1 WHERE client_user_id = ?", [(key,) for key in ids])

    def of(self, ids: Iterable[str]) -> dict[str, list[Reissue]]:
        found: dict[str, list[Reissue]] = {}
        for person, account, done in self._database.rows_of(
            "SELECT client_user_id, account, done FROM reissue WHERE client_user_id IN (?*) ORDER BY since, account",
            ids,
        ):
            found.setdefault(person, []).append(Reissue(person, account, bool(done)))
        return found

    def lost_of(self, ids: Iterable[str]) -> dict[str, frozenset[AssetKey]]:
        found: dict[str, set[AssetKey]] = {}
        for person, adam_id, pricing in self._database.rows_of(
            "SELECT client_user_id, adam_id, pricing_param FROM lost WHERE client_user_id IN (?*)", ids
        ):
            found.setdefault(person, set()).add(AssetKey(adam_id, pricing))
        return {person: frozenset(keys) for person, keys in found.items()}

    def forget(self, ids: Iterable[str]) -> None:
        with self._database.change() as connection:
            connection.executemany("DELETE FROM lost WHERE client_user_id = ?", [(key,) for key in ids])

    def given(self, pairs: Iterable[tuple[str, AssetKey]]) -> None:
        with self._database.change() as connection:
            connection.executemany(
                "DELETE FROM lost WHERE client_user_id = ? AND adam_id = ? AND pricing_param = ?",
                [(person, key.adam_id, key.pricing_param) for person, key in pairs],
            )

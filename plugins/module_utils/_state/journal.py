# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of POSTs: on disk before one goes out, so that the next run asks what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._core.model import PENDING
from .._core.state_ports import OpenWork, OpenWrite, Write
from .database import Database, moment

_DAY = 86400
_KEEP_ENDED = 30 * _DAY
_KEEP_OPEN = 90 * _DAY
"""Apple's events are done within minutes, and it forgets them: after so long there is nothing left to ask."""


class Journal:
    """Implements EventJournal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def intend(self, writes: Sequence[Write]) -> list[int]:
        now = self._database.now()
        ids = []
        with self._database.change() as connection:
            connection.execute("DELETE FROM journal WHERE ended < ?", (now - _KEEP_ENDED,))
            connection.execute("DELETE FROM journal WHERE ended IS NULL AND intended < ?", (now - _KEEP_OPEN,))
            for write in writes:
                row = (write.verb, write.digest, write.count, now)
                cursor = connection.execute(
                    "INSERT INTO journal (verb, digest, count, intended) VALUES (?, ?, ?, ?)", row
                )
                ids.append(int(cursor.lastrowid or 0))
        return ids

    def accepted(self, events: Mapping[int, str]) -> None:
        with self._database.change() as connection:
            connection.executemany(
                "UPDATE journal SET event_id = ? WHERE id = ?", [(event_id, key) for key, event_id in events.items()]
            )

    def dropped(self, ids: Iterable[int]) -> None:
        with self._database.change() as connection:
            connection.executemany("DELETE FROM journal WHERE id = ?", [(key,) for key in ids])

    def ended(self, outcomes: Mapping[str, str]) -> None:
        now = self._database.now()
        rows = [(now, status, event_id) for event_id, status in outcomes.items() if status != PENDING]
        with self._database.change() as connection:
            connection.executemany(
                "UPDATE journal SET ended = ?, outcome = ? WHERE event_id = ? AND ended IS NULL", rows
            )

    def open_events(self) -> OpenWork:
        now = self._database.now()
        found = [
            OpenWrite(key, Write(verb, digest, count), moment(intended), float(max(0, now - intended)), event_id or "")
            for key, verb, digest, count, intended, event_id in self._database.rows(
                "SELECT id, verb, digest, count, intended, event_id FROM journal WHERE ended IS NULL ORDER BY id"
            )
        ]
        return OpenWork(
            tuple(entry for entry in found if entry.event_id), tuple(entry for entry in found if not entry.event_id)
        )

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of invitations: on disk before the mail's DATA, so that nobody is mailed twice without being told.

It holds no address and no code, only marks of them, made with a key that lies in the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .._core.model import Secret
from .._core.state_ports import FAILED, INTENDED, SENT, Invitation, Mailing
from .database import Database, moment
from .marks import Marks

_COLUMNS = (
    "client_user_id, invite, address, state, message_key, attempted, sent, first_sent, last_sent, failures, smtp_code"
)
_ALL = f"SELECT {_COLUMNS} FROM invitation"


class Invitations:
    """Implements InvitationLedger."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark = Marks(database).mark

    def invite_mark(self, code: Secret) -> str:
        return self._mark("invite", code.reveal())

    def address_mark(self, address: str) -> str:
        return self._mark("address", address.strip().casefold())

    def intend(self, mailing: Mailing) -> Invitation:
        person, invite = mailing.client_user_id, self.invite_mark(mailing.invite_code)
        address, now = self.address_mark(mailing.address), self._database.now()
        with self._database.change() as connection:
            # Uncertain or failed: the same mail again, so the same key, which counts the mails that were sent.
            before = self._find(connection, person, invite)
            if before is None:
                before = Invitation(person, invite, address, INTENDED, "", moment(now))
            key = self._mark("message", f"{person}\n{invite}\n{before.sent}")[:32]
            intended = replace(
                before, state=INTENDED, address=address, message_key=key, attempted=moment(now), smtp_code=None
            )
            _write(connection, intended)
        return intended

    def settle(self, invitation: Invitation, *, sent: bool, smtp_code: int | None = None) -> Invitation:
        if sent:
            first = invitation.first_sent or invitation.attempted
            settled = replace(
                invitation, state=SENT, sent=invitation.sent + 1, first_sent=first, last_sent=invitation.attempted
            )
        else:
            settled = replace(invitation, state=FAILED, failures=invitation.failures + 1, smtp_code=smtp_code)
        with self._database.change() as connection:
            found = self._find(connection, invitation.client_user_id, invitation.invite)
            if found != invitation or invitation.state != INTENDED:
                raise ValueError("a mail was settled that isn't intended")
            _write(connection, settled)
        return settled

    def uncertain(self) -> list[Invitation]:
        return self._list("state = ? ORDER BY attempted, client_user_id, invite", INTENDED)

    def of(self, ids: Iterable[str]) -> dict[str, list[Invitation]]:
        found: dict[str, list[Invitation]] = {}
        for row in self._database.rows_of(f"{_ALL} WHERE client_user_id IN (?*) ORDER BY attempted, invite", ids):
            found.setdefault(row[0], []).append(_invitation(row))
        return found

    def due(self, age: float) -> list[Invitation]:
        return self._list(
            "state <> ? AND last_sent <= ? ORDER BY last_sent, client_user_id, invite",
            INTENDED,
            self._database.now() - age,
        )

    def _find(self, connection: sqlite3.Connection, person: str, invite: str) -> Invitation | None:
        row = connection.execute(f"{_ALL} WHERE client_user_id = ? AND invite = ?", (person, invite)).fetchone()
        return _invitation(row) if row else None

    def _list(self, condition: str, *values: object) -> list[Invitation]:
        return [_invitation(row) for row in self._database.rows(f"{_ALL} WHERE {condition}", values)]


def _invitation(row: tuple[Any, ...]) -> Invitation:
    person, invite, address, state, key, attempted, sent, first, last, failures, smtp_code = row
    return Invitation(
        person,
        invite,
        address,
        state,
        key,
        moment(attempted),
        sent,
        None if first is None else moment(first),
        None if last is None else moment(last),
        failures,
        smtp_code,
    )


def _write(connection: sqlite3.Connection, invitation: Invitation) -> None:
    moments = (invitation.attempted, invitation.first_sent, invitation.last_sent)
    attempted, first, last = (None if at is None else int(at.timestamp()) for at in moments)
    row = (
        invitation.client_user_id,
        invitation.invite,
        invitation.address,
        invitation.state,
        invitation.message_key,
        attempted,
        invitation.sent,
        first,
        last,
        invitation.failures,
        invitation.smtp_code,
    )
    connection.execute(f"REPLACE INTO invitation ({_COLUMNS}) VALUES (?{', ?' * (len(row) - 1)})", row)

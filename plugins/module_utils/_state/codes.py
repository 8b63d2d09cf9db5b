# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of redemption codes: whose a code is stands on disk before the mail's DATA.

It holds no code and no address, only marks of them, made with a key that lies in the file.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._core.code_model import HandedCode, Handing, Product, code_key
from .._core.model import Secret
from .._core.state_ports import FAILED, INTENDED, SENT
from .database import Database, moment
from .marks import Marks

_COLUMNS = "mark, product, client_user_id, address, state, reserved, attempted, sent, failures, smtp_code"
_ALL = f"SELECT {_COLUMNS} FROM code"


class Codes:
    """Implements CodeLedger."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark = Marks(database).mark

    def code_mark(self, code: Secret) -> str:
        return self._mark("code", code_key(code.reveal()))

    def address_mark(self, address: str) -> str:
        return self._mark("address", address.strip().casefold())

    def products(self) -> Mapping[int, Product]:
        rows = self._database.rows("SELECT id, name, adam_id FROM code_product ORDER BY id")
        return {number: Product(name, adam_id) for number, name, adam_id in rows}

    def product_number(self, product: Product, known: int | None = None) -> int:
        row = (product.name, product.name.casefold(), product.adam_id)
        with self._database.change() as connection:
            if known is None:
                cursor = connection.execute(
                    "INSERT INTO code_product (name, folded_name, adam_id) VALUES (?, ?, ?)", row
                )
                return int(cursor.lastrowid or 0)
            connection.execute(
                "UPDATE code_product SET name = ?, folded_name = ?, adam_id = coalesce(nullif(?, ''), adam_id) "
                "WHERE id = ?",
                (*row, known),
            )
        return known

    def handed(self, product: int) -> list[HandedCode]:
        rows = self._database.rows(f"{_ALL} WHERE product = ? ORDER BY reserved, mark", (product,))
        return [self._handed(row) for row in rows]

    def owners(self, marks: Iterable[str]) -> dict[str, int]:
        return dict(self._database.rows_of("SELECT mark, product FROM code WHERE mark IN (?*)", marks))

    def intend(self, handing: Handing) -> HandedCode:
        mark, address = self.code_mark(handing.code), self.address_mark(handing.address)
        now = moment(self._database.now())
        with self._database.change() as connection:
            before = self._find(connection, mark)
            if before is None:
                before = HandedCode(mark, handing.product, handing.client_user_id, address, INTENDED, "", now, now)
            elif before.product != handing.product or not (
                before.address == address or (before.client_user_id and before.client_user_id == handing.client_user_id)
            ):
                raise ValueError("the code is another person's")
            intended = replace(
                before,
                client_user_id=handing.client_user_id or before.client_user_id,
                address=address,
                state=INTENDED,
                message_key=self._message_key(mark),
                attempted=now,
                smtp_code=None,
            )
            _write(connection, intended)
        return intended

    def settle(self, handed: HandedCode, *, sent: bool, smtp_code: int | None = None) -> HandedCode:
        if sent:
            settled = replace(handed, state=SENT, sent=handed.attempted)
        else:
            settled = replace(handed, state=FAILED, failures=handed.failures + 1, smtp_code=smtp_code)
        with self._database.change() as connection:
            if self._find(connection, handed.mark) != handed or handed.state != INTENDED:
                raise ValueError("a code was settled that isn't intended")
            _write(connection, settled)
        return settled

    def known_as(self, handed: HandedCode, client_user_id: str) -> None:
        with self._database.change() as connection, contextlib.suppress(sqlite3.IntegrityError):
            connection.execute(
                "UPDATE code SET client_user_id = ? WHERE mark = ? AND client_user_id = ''",
                (client_user_id, handed.mark),
            )

    def _find(self, connection: sqlite3.Connection, mark: str) -> HandedCode | None:
        row = connection.execute(f"{_ALL} WHERE mark = ?", (mark,)).fetchone()
        return self._handed(row) if row else None

    def _handed(self, row: tuple[Any, ...]) -> HandedCode:
        mark, product, person, address, state, reserved, attempted, sent, failures, smtp_code = row
        return HandedCode(
            mark,
            product,
            person,
            address,
            state,
            self._message_key(mark),
            moment(reserved),
            moment(attempted),
            None if sent is None else moment(sent),
            failures,
            smtp_code,
        )

    def _message_key(self, mark: str) -> str:
        return self._mark("code message", mark)[:32]


def _write(connection: sqlite3.Connection, handed: HandedCode) -> None:
    """Never in the place of another row, as REPLACE would be: two people can't have one code, nor one person two."""
    moments = (handed.reserved, handed.attempted, handed.sent)
    reserved, attempted, sent = (None if at is None else int(at.timestamp()) for at in moments)
    row = (handed.mark, handed.product, handed.client_user_id, handed.address, handed.state)
    values = (*row, reserved, attempted, sent, handed.failures, handed.smtp_code)
    changes = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
    try:
        connection.execute(
            f"INSERT INTO code ({_COLUMNS}) VALUES (?{', ?' * (len(values) - 1)}) "
            f"ON CONFLICT (mark) DO UPDATE SET {changes}",
            values,
        )
    except sqlite3.IntegrityError:
        raise ValueError("the person has another code of this product") from None

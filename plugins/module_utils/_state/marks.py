# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In the place of what must not lie in a file: marks, made with a key that lies in the file."""

from __future__ import annotations

import hmac

from .database import Database


class Marks:
    """The marks of one file. The same text has another one in each file, and as each kind of thing."""

    def __init__(self, database: Database) -> None:
        ((self._key,),) = database.rows("SELECT mark_key FROM location")

    def mark(self, kind: str, text: str) -> str:
        return hmac.new(self._key, f"{kind}\n{text}".encode("utf-8", "surrogatepass"), "sha256").hexdigest()

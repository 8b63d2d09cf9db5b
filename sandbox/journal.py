# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of requests: what was asked and answered, without any secret."""

from __future__ import annotations

import json
import threading
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

SECRET_PARAMETERS = frozenset({"token", "stoken", "ctoken", "itvt", "invitecode", "notificationauthtoken", "key"})


def safe_path(path: str, query: str) -> str:
    """The path with its query, values of secret parameters replaced."""
    if path.startswith("/invite"):
        # Mails break links in many ways; whatever is left of one, the code in it stays hidden.
        return "/invite?inviteCode=hidden" if query or path != "/invite" else path
    if not query:
        return path
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(name.lower() in SECRET_PARAMETERS for name, _value in pairs):
        return f"{path}?{query}"
    kept = [(name, "hidden" if name.lower() in SECRET_PARAMETERS else value) for name, value in pairs]
    return f"{path}?{urlencode(kept)}"


class Journal:
    """Keeps the last requests in memory and writes every one to a file, a line at a time."""

    def __init__(self, path: Path | None = None, keep: int = 20_000) -> None:
        self.entries: deque[dict[str, Any]] = deque(maxlen=keep)
        self._lock = threading.Lock()
        # Line buffering: a reader of the file sees a request as soon as it has been answered.
        self._file = path.open("a", buffering=1, encoding="utf-8") if path else None

    def add(self, entry: dict[str, Any]) -> None:
        """Remember one request."""
        with self._lock:
            self.entries.append(entry)
            if self._file:
                self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Stop writing."""
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None

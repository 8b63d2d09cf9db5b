# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where tests write a hundred thousand times."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MEMORY = "/dev/shm"
"""A folder in memory, on systems that have one: no disk is worn out by it, nor waited for."""


def scratch() -> Path:
    """A new folder, to be removed by who asked for it."""
    return Path(tempfile.mkdtemp(prefix="openmdm-", dir=MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None))


class Rewritten:
    """A file whose content is replaced again and again. It stays open, since some systems send what was cut off and
    written anew to the disk when it is closed."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def fill(self, data: bytes) -> str:
        """The path, with this in the file."""
        os.pwrite(self._handle, data, 0)
        os.ftruncate(self._handle, len(data))
        return self.path

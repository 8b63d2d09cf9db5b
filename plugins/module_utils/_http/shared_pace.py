# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pace for all processes of this user on this machine, where a service counts what they send together.

A file holds the moment from which the next request may depart. Who wants to send books a departure under a lock, and
waits for it without the lock. So a play that runs for many hosts at once (forks, delegated to one machine) keeps the
rate.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
from pathlib import Path

_FARTHEST = 60.0
"""Seconds ahead that can be true; what is farther was written before the machine started anew, and is ignored."""
_INTERVALS_AHEAD = 20


class SharedPace:
    """Books departures in `file`, in seconds of the monotonic clock (the same for all processes of a machine)."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def book(self, now: float, interval: float) -> float:
        """The departure: not before `now`, and an interval after the one before. Where the file can't be used each
        process paces alone: the service's own cap is then the last word."""
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return now
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            departure = max(now, _free_from(os.pread(handle, 64, 0), now, interval))
            text = repr(departure + interval).encode()
            os.ftruncate(handle, len(text))
            os.pwrite(handle, text, 0)
        except OSError:
            return now
        finally:
            os.close(handle)  # gives the lock back, too
        return departure


def _free_from(content: bytes, now: float, interval: float) -> float:
    try:
        moment = float(content)
    except ValueError:
        return now
    ahead = max(_FARTHEST, _INTERVALS_AHEAD * interval)
    return moment if now < moment <= now + ahead else now  # not a number compares false


def shared_pace(*service: str) -> SharedPace | None:
    """The pace of a service and organisation; None where no folder is private to this user. The name tells nothing."""
    folder = _private_folder()
    if folder is None:
        return None
    name = hashlib.sha256("\n".join(service).encode()).hexdigest()[:32]
    return SharedPace(folder / f"pace-{name}")


def _private_folder() -> Path | None:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime) and _is_private(Path(runtime)):
        found = _made_private(Path(runtime) / "openmdm-vpp")
        if found is not None:
            return found
    return _made_private(Path(tempfile.gettempdir()) / f"openmdm-vpp-{os.geteuid()}")


def _made_private(folder: Path) -> Path | None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return folder if _is_private(folder) else None


def _is_private(folder: Path) -> bool:
    """Ours, closed to all others, and no link: another user may have put it where everybody can write."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077

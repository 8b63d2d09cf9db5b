# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time: a lock that the system frees when its holder ends, however it ends.

`flock` on a file of its own. Unlike the locks of `fcntl` it isn't lost when some other handle of the file is closed,
and it holds on NFS: Linux carries it to the server as a lock of the whole file, so that it counts between machines,
unless the mount keeps locks local (`nolock`, `local_lock`); then it counts on each machine alone. On the database
itself it would get in the way of SQLite's own locks there. The file stays: deleting it would let two runs in.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timezone

from .._core.errors import StateBusyError
from .._core.ports import Clock, Notify
from .failure import refusal, told
from .files import check_file

_LOOK = 0.5
"""Seconds between two tries."""
_NOTE = re.compile(r"pid (\d{1,10}) on ([\w.-]{1,253}) since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n", re.ASCII)
_HELD = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES})
_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


@contextmanager
def run_lock(path: str, clock: Clock, notify: Notify, timeout: float, subject: str = "this location") -> Iterator[None]:
    """Holds the lock; waits for it up to `timeout` seconds, then StateBusyError with what the holder wrote of itself
    (for people: it may be wrong). StateError where the file system has no locks."""
    with told(path):
        handle = _acquire(path, clock, notify, timeout, subject)
    try:
        _write_note(handle, clock)
        yield
    finally:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
        os.close(handle)  # gives the lock back, too


def _acquire(path: str, clock: Clock, notify: Notify, timeout: float, subject: str) -> int:
    deadline = clock.monotonic() + timeout
    while True:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        check_file(path, notify)
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if _try(handle, path):
                # Somebody may have deleted the file while we waited; the lock of a deleted one holds nobody off.
                if os.path.lexists(path) and os.path.samestat(os.fstat(handle), os.lstat(path)):
                    taken, handle = handle, -1
                    return taken
                continue
            left = deadline - clock.monotonic()
            if left <= 0:
                raise _busy(os.pread(handle, 512, 0), timeout, subject)
        finally:
            if handle >= 0:
                os.close(handle)
        clock.sleep(min(_LOOK, left))


def _try(handle: int, path: str) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        if error.errno in _NO_LOCKS:
            raise refusal(path, "can't be locked on this file system", "name a folder on another one") from None
        raise
    return True


def _write_note(handle: int, clock: Clock) -> None:
    since = clock.now().astimezone(timezone.utc)
    note = f"pid {os.getpid()} on {os.uname().nodename} since {since:%Y-%m-%dT%H:%M:%SZ}\n"
    with contextlib.suppress(OSError):  # it only helps people; a full disk shows itself at the first entry
        os.ftruncate(handle, 0)
        os.pwrite(handle, note.encode(), 0)


def _busy(content: bytes, timeout: float, subject: str) -> StateBusyError:
    note = _NOTE.fullmatch(content.decode("ascii", "replace"))
    who = f" (process {note[1]} on {note[2]}, since {note[3]})" if note else ""
    return StateBusyError(
        f"Another run works on {subject}{who} and had not ended after {timeout:g} seconds; nothing was done. Wait "
        "until it has ended, or raise lock_timeout.",
        facts={"holder": {"pid": int(note[1]), "host": note[2], "since": note[3]}} if note else {},
    )

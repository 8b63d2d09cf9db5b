# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes, opens and copies state files. What isn't surely one is never opened by SQLite, which might write to it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager

from .._core.ports import Clock, Notify
from .database import Database, Identity, check_content, connect, write_schema
from .failure import refusal, told
from .files import check_file
from .schema import APPLICATION_ID

_MAGIC = b"SQLite format 3\0"
_KEY_BYTES = 32
_JOURNAL = "-journal"
_TRIES = 3


@contextmanager
def open_database(path: str, identity: Identity, clock: Clock, notify: Notify) -> Iterator[Database]:
    """To read and to write; made if there is none. The caller holds the lock. Raises StateError."""
    with told(path):
        if not os.path.lexists(path):
            _make(path, identity, int(clock.now().timestamp()))
        _check_form(path, notify)
        connection = connect(path, "rw")
    with closing(connection):
        with told(path):
            check_content(connection, path, identity)
        yield Database(connection, path, clock)


@contextmanager
def open_copy(path: str, identity: Identity, clock: Clock, notify: Notify) -> Iterator[Database]:
    """What a file holds, or an empty one in its place, in memory and not to be written. Touches nothing."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        with told(path):
            if path and os.path.lexists(path):
                _check_form(path, notify)
                _read_into(memory, path)
                check_content(memory, path, identity)
            else:
                write_schema(memory, identity, int(clock.now().timestamp()), os.urandom(_KEY_BYTES))
            memory.execute("PRAGMA query_only = ON")
        yield Database(memory, path or "(a copy)", clock)


def _make(path: str, identity: Identity, made: int) -> None:
    """Under another name first: a file that has its name is whole, and an empty one is known to be a loss."""
    folder, name = os.path.split(path)
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    os.close(handle)
    try:
        with closing(connect(temporary, "rw")) as connection:
            connection.execute("PRAGMA journal_mode = MEMORY")  # a kill leaves one stray file, not two
            write_schema(connection, identity, made, os.urandom(_KEY_BYTES))
        os.rename(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    with contextlib.suppress(OSError):  # some file systems sync no folders
        os.fsync(handle)
    os.close(handle)


def _check_form(path: str, notify: Notify) -> None:
    check_file(path, notify)
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        head = os.pread(handle, 100, 0)
    finally:
        os.close(handle)
    if not head:
        raise refusal(path, "is empty, what it held is lost", "put back a copy of it, or delete it to begin anew")
    if head[:16] != _MAGIC or int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise refusal(
            path, "is no state file of this collection and was left as it is", "move it away, or name another folder"
        )


def _read_into(memory: sqlite3.Connection, path: str) -> None:
    for _try in range(_TRIES):
        try:
            _back_up(memory, path, "ro")
            return
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or not os.path.lexists(path + _JOURNAL):
                raise
        # A run that was killed in the middle of a change left its rollback journal: only a writer may apply it.
        with tempfile.TemporaryDirectory() as private:
            copy = os.path.join(private, "copy")
            with contextlib.suppress(FileNotFoundError):  # a run that begins now applies it, and deletes it
                before = _stamps(path)
                for ending in ("", _JOURNAL):
                    shutil.copyfile(path + ending, copy + ending)
                if _stamps(path) == before:
                    _back_up(memory, copy, "rw")
                    return
    raise refusal(path, "is being written by another run", "run the task again")


def _stamps(path: str) -> list[tuple[int, int, int]]:
    """By which it is seen that nobody wrote."""
    found = [os.stat(path + ending) for ending in ("", _JOURNAL)]
    return [(stamp.st_ino, stamp.st_size, stamp.st_mtime_ns) for stamp in found]


def _back_up(memory: sqlite3.Connection, path: str, mode: str) -> None:
    with closing(connect(path, mode)) as connection:
        # The lock is taken here, where the wait for it has an end; that of `backup` has none.
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.backup(memory)

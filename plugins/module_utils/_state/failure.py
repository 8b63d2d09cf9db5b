# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the system says about a state file, as one sentence with a remedy."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from .._core.errors import StateError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_LOCKED_UP = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

# Python tells the kind of an error by a number since 3.11 only; SQLite's words have been the same for many years.
_DAMAGED = ("malformed", "not a database", "no such table", "no such column")
_READ_ONLY = ("readonly", "unable to open")


def refusal(path: str, problem: str, remedy: str) -> StateError:
    return StateError(f"state_dir: {path} {problem}; {remedy}.")


@contextmanager
def told(path: str) -> Iterator[None]:
    """Turns what the system or SQLite raises about `path` into a StateError. Mistakes of ours pass as they are."""
    try:
        yield
    except OSError as error:
        raise _system(path, error) from None
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.DatabaseError as error:
        raise _sqlite(path, str(error)) from None
    except UnicodeDecodeError:  # of SQLite's own sentence, which quotes the file
        raise damaged(path) from None


def damaged(path: str) -> StateError:
    return refusal(
        path,
        "is damaged and was left as it is",
        "put back a copy of it, or move it away to go on without what it remembers",
    )


def _full(path: str) -> StateError:
    return refusal(path, "can't be written, the disk is full", "free some space and run the task again")


def _read_only(path: str) -> StateError:
    return refusal(path, "can't be written", "let the user of this task write there, or name another folder")


def _system(path: str, error: OSError) -> StateError:
    if error.errno in _FULL:
        return _full(path)
    if error.errno in _LOCKED_UP:
        return _read_only(path)
    return refusal(path, f"can't be used: {error.strerror or 'the system refuses'}", "check the path and its rights")


def _sqlite(path: str, said: str) -> StateError:
    if any(words in said for words in _DAMAGED):
        return damaged(path)
    if "full" in said:
        return _full(path)
    if any(words in said for words in _READ_ONLY):
        return _read_only(path)
    if "locked" in said:
        return refusal(path, "is in use by another program", "close it and run the task again")
    return refusal(path, f"can't be used ({said})", "check its disk, or name a folder on another one")

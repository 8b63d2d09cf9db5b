# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Only what is ours and closed to others is used, never what another user can write or has put there."""

from __future__ import annotations

import contextlib
import os
import stat

from .._core.ports import Notify
from .failure import refusal, told


def ready_folder(path: str, notify: Notify, *, make: bool) -> str:
    """The folder without links in its path; empty where there is none and `make` is false. Made with mode 0700, but
    not its parent: a path that was misspelt must not begin an empty memory somewhere. Raises StateError."""
    with told(path):
        if not os.path.lexists(path):
            if not os.path.isdir(os.path.dirname(path)):
                raise refusal(path, "has no folder above it", "correct the path, or make that folder")
            if not make:
                return ""
            with contextlib.suppress(FileExistsError):  # another run made it just now; what it is, is checked below
                os.mkdir(path, 0o700)
        folder = os.path.realpath(path)
        if not os.path.exists(folder):
            raise refusal(path, "is a link to nothing", "correct the link, or name another folder")
        found = os.stat(folder)
        if not stat.S_ISDIR(found.st_mode):
            raise refusal(path, "is no folder", "name a folder")
        _check(path, found, 0o700, notify, "a folder in it that doesn't exist yet")
        if not os.access(folder, os.R_OK | os.X_OK | (os.W_OK if make else 0)):
            raise refusal(path, "can't be used by the user of this task", "correct its rights, or name another folder")
    return folder


def check_file(path: str, notify: Notify) -> None:
    """Raises StateError for a link, for what is no file, and for what is another user's or may be written by others.
    One that others may read is warned of."""
    with told(path):
        found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode):
        raise refusal(path, "is a link, and no such links are followed", "find out who put it there and remove it")
    if not stat.S_ISREG(found.st_mode):
        raise refusal(path, "is no file", "move it away, or name another folder")
    _check(path, found, 0o600, notify, "another folder")


def _check(path: str, found: os.stat_result, mode: int, notify: Notify, other: str) -> None:
    if found.st_uid != os.geteuid():
        raise refusal(path, "belongs to another user", f"give it to the user of this task, or name {other}")
    if found.st_mode & 0o022:
        raise refusal(path, "can be written by other users", f"set its mode to {mode:04o}, or name {other}")
    if found.st_mode & 0o055:
        notify.warn(f"state_dir: {path} can be read by other users; set its mode to {mode:04o}.")

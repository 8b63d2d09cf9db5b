# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to the state directory."""

from __future__ import annotations

import os
import sys

from .._core.errors import InputError, StateError
from .._core.ports import Clock
from .._core.state_ports import StateDirectory
from .._http.address import check_address, checked_url, origin_of
from .._http.dep import require_httpx
from .amounts import seconds
from .runner import Host


def open_state(host: Host, clock: Clock, *, read_only: bool = False) -> StateDirectory | None:
    """The task's state directory, ready to open a location's memory; None where the task names none. Nothing is asked
    of the service. `read_only`: for what only tells, and always in check mode. Raises InputError,
    StateError."""
    path = host.params["state_dir"]
    if path is None:
        return None
    if not os.path.isabs(path) or "\0" in path:
        raise InputError(
            "state_dir: it is no full path; give one that begins with /, since nobody sees from where another counts."
        )
    try:
        from .._state.folder import StateFolder, StateSettings  # some Pythons are built without SQLite
    except ImportError as error:
        if error.name not in ("sqlite3", "_sqlite3"):
            raise
        raise StateError(
            f"state_dir: {sys.executable} lacks Python's module sqlite3; install it, or run without state_dir."
        ) from None
    require_httpx()
    service = origin_of(checked_url(check_address(host.params["apps_books_url"], "apps_books_url")))
    settings = StateSettings(
        path=os.path.normpath(path),
        service=service,
        lock_timeout=seconds("lock_timeout", host.params["lock_timeout"]),
        read_only=read_only or host.check,
    )
    return StateFolder(settings, clock, host)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to the state directory."""

from __future__ import annotations

import os
import sys

from .._core.code_model import CODES_UID
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
    if host.params["state_dir"] is None:
        return None
    _check_path(host)
    require_httpx()
    service = origin_of(checked_url(check_address(host.params["apps_books_url"], "apps_books_url")))
    return _open(host, clock, service, "this location", read_only=read_only)


def open_codes(host: Host, clock: Clock, *, read_only: bool = False) -> StateDirectory:
    """The same for redemption codes, which are of no service and are never handed out without it."""
    if not host.params["state_dir"]:
        raise InputError(
            "state_dir is missing; name the folder where it is remembered whose each code is: without it a code could "
            "go to two people."
        )
    _check_path(host)
    return _open(host, clock, CODES_UID, "the redemption codes of this state_dir", read_only=read_only)


def _check_path(host: Host) -> None:
    path = host.params["state_dir"]
    if not os.path.isabs(path) or "\0" in path:
        raise InputError(
            "state_dir: it is no full path; give one that begins with /, since nobody sees from where another counts."
        )


def _open(host: Host, clock: Clock, service: str, subject: str, *, read_only: bool) -> StateDirectory:
    try:
        from .._state.folder import StateFolder, StateSettings  # some Pythons are built without SQLite
    except ImportError as error:
        if error.name not in ("sqlite3", "_sqlite3"):
            raise
        raise StateError(
            f"state_dir: {sys.executable} lacks Python's module sqlite3; install it, or run without state_dir."
        ) from None
    settings = StateSettings(
        path=os.path.normpath(host.params["state_dir"]),
        service=service,
        lock_timeout=seconds("lock_timeout", host.params["lock_timeout"]),
        read_only=read_only or host.check,
        subject=subject,
    )
    return StateFolder(settings, clock, host)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state directory: a file and a lock a location, named by a hash of its uid."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .._core.ports import Clock, Notify
from .cache import Cache
from .codes import Codes
from .database import Database, Identity
from .files import ready_folder
from .invitations import Invitations
from .journal import Journal
from .lock import run_lock
from .opening import open_copy, open_database
from .people import People
from .reissues import Reissues


@dataclass(frozen=True, slots=True)
class StateSettings:
    """`path`: absolute. `service`: `scheme://host:port` of the service. `lock_timeout` in seconds. `read_only`: in
    check mode and in what only tells; nothing is written or made, no lock is taken. `subject`: on what one run alone
    works at a time, for a sentence."""

    path: str
    service: str
    lock_timeout: float = 60.0
    read_only: bool = False
    subject: str = "this location"


@dataclass(frozen=True, slots=True)
class LocationState:
    """Implements State."""

    journal: Journal
    invitations: Invitations
    people: People
    reissues: Reissues
    codes: Codes
    cache: Cache


class StateFolder:
    """Implements StateDirectory. The folder is judged, and made if need be, at once: before anything is asked of the
    service. Raises StateError."""

    def __init__(self, settings: StateSettings, clock: Clock, notify: Notify) -> None:
        self._settings, self._clock, self._notify = settings, clock, notify
        self._folder = ready_folder(settings.path, notify, make=not settings.read_only)

    @contextmanager
    def open(self, location_uid: str) -> Iterator[LocationState]:
        settings, clock, notify = self._settings, self._clock, self._notify
        identity = Identity(location_uid, settings.service)
        name = f"location-{hashlib.sha256(location_uid.encode()).hexdigest()[:32]}"
        path = os.path.join(self._folder, f"{name}.sqlite3") if self._folder else ""
        if settings.read_only:
            with open_copy(path, identity, clock, notify) as database:
                yield _state(database, identity, notify, read_only=True)
            return
        lock = os.path.join(self._folder, f"{name}.lock")
        with (
            run_lock(lock, clock, notify, settings.lock_timeout, settings.subject),
            open_database(path, identity, clock, notify) as database,
        ):
            yield _state(database, identity, notify, read_only=False)


def _state(database: Database, identity: Identity, notify: Notify, *, read_only: bool) -> LocationState:
    return LocationState(
        Journal(database),
        Invitations(database),
        People(database),
        Reissues(database),
        Codes(database),
        Cache(database, identity, notify, read_only=read_only),
    )

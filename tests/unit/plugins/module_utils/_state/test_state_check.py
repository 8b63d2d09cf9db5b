# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode: reads what there is, makes nothing, waits for nobody, can't write."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import StateError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import OpenWork
from ansible_collections.openmdm.vpp.plugins.module_utils._state import database, opening
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import NAME, mailing, writes


def looks(path: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything of a folder that a write would change."""
    return {
        file.name: (file.stat().st_mtime_ns, file.stat().st_ino, file.read_bytes() if file.is_file() else b"")
        for file in [path, *path.iterdir()]
    }


def test_nothing_is_made(place):
    with place.open(check=True) as state:
        assert state.journal.open_events() == OpenWork()
        assert state.invitations.uncertain() == []
        assert state.people.people_of("a.csv") == frozenset()
    assert not place.path.exists()
    place.path.mkdir(0o700)
    with place.open(check=True) as state:
        assert state.invitations.due(0) == []
    assert place.names() == set()


def test_what_is_there_is_read_and_untouched(place):
    with place.open() as state:
        state.journal.intend(writes(2))
        state.invitations.intend(mailing("p1"))
        state.people.record_people("a.csv", ["p1"])
        mark = state.invitations.address_mark("p1@school.example")
    before = looks(place.path)
    with place.open(check=True) as state:
        assert [entry.write for entry in state.journal.open_events().unknown] == writes(2)
        assert [found.client_user_id for found in state.invitations.uncertain()] == ["p1"]
        assert state.people.people_of("a.csv") == {"p1"}
        assert state.invitations.address_mark(" P1@School.example ") == mark
    assert looks(place.path) == before


def test_writing_is_an_error(place):
    with place.open(check=True) as state, pytest.raises(StateError, match="can't be written"):
        state.journal.intend(writes(1))
    with place.open():
        pass
    with place.open(check=True) as state, pytest.raises(StateError, match="can't be written"):
        state.people.record_people("a.csv", ["p1"])


def test_a_run_at_work_holds_nobody_off(place):
    with place.open() as running:
        running.journal.intend(writes(1))
        with place.open(check=True) as state:
            assert len(state.journal.open_events().unknown) == 1
        running.journal.intend(writes(1))


HALF = """
with open_state() as state:
    state.journal.intend([WRITE])
    state.journal._database._connection.execute("PRAGMA cache_size = 1")
    die_at(state, "COMMIT")
    state.journal.intend([WRITE] * 5000)
"""


def test_after_a_kill_in_the_middle_of_a_change(place):
    assert place.run(HALF) == (-9, "")
    assert os.stat(f"{place.file}-journal").st_size > 0  # and the file itself is half changed
    before = looks(place.path)
    with place.open(check=True) as state:
        assert len(state.journal.open_events().unknown) == 1
    assert looks(place.path) == before
    with place.open() as state:
        assert len(state.journal.open_events().unknown) == 1
    assert place.names() == {f"{NAME}.sqlite3", f"{NAME}.lock"}


def test_another_run_repairs_the_file_while_it_is_copied(place, monkeypatch):
    assert place.run(HALF) == (-9, "")
    real = shutil.copyfile

    def copyfile(source: str, target: str) -> None:
        real(source, target)
        with place.open():
            pass

    monkeypatch.setattr(opening.shutil, "copyfile", copyfile)
    with place.open(check=True) as state:
        assert len(state.journal.open_events().unknown) == 1


def test_a_long_change_of_another_program(place, monkeypatch):
    monkeypatch.setattr(database, "_BUSY", 0.0)
    with place.open() as state:
        state.journal.intend(writes(1))
    with closing(sqlite3.connect(place.file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("DELETE FROM journal")
        with pytest.raises(StateError, match="is in use by another program"), place.open(check=True):
            pytest.fail("it was opened")

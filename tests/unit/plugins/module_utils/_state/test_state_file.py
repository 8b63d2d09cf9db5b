# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that aren't surely ours, are damaged, newer or older: left as they are, and told in one sentence."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import StateError
from ansible_collections.openmdm.vpp.plugins.module_utils._state import database, opening, schema
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import NAME, SERVICE, Place, writes
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.refusals import refused


def ours(place: Place) -> None:
    with place.open() as state:
        state.journal.intend(writes(300))


def no_database(place: Place) -> None:
    place.file.write_text("a list of names")


def half(place: Place) -> None:
    os.truncate(place.file, place.file.stat().st_size // 2 // 4096 * 4096)


def torn(place: Place) -> None:
    with place.file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * 8192)


def empty(place: Place) -> None:
    os.truncate(place.file, 0)


def short(place: Place) -> None:
    os.truncate(place.file, 50)


def other_database(place: Place) -> None:
    place.file.unlink()
    with closing(sqlite3.connect(place.file)) as connection:
        connection.execute("CREATE TABLE precious (x)")
        connection.commit()
    place.file.chmod(0o600)


def statement(text: str) -> Callable[[Place], None]:
    def change(place: Place) -> None:
        with closing(sqlite3.connect(place.file, isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute(text)

    return change


ODD = "INSERT INTO invitation VALUES ('p', 'i', 'a', 'odd', 'k', 1, 0, NULL, NULL, 0, NULL)"
HARM = [
    (no_database, "is no state file of this collection and was left as it is"),
    (short, "is no state file of this collection"),
    (other_database, "is no state file of this collection"),
    (empty, "is empty, what it held is lost"),
    (half, "is damaged and was left as it is"),
    (torn, "is damaged and was left as it is"),
    (statement("DELETE FROM location"), "is damaged"),
    (statement("INSERT INTO location SELECT * FROM location"), "is damaged"),
    (statement("DROP TABLE location"), "is damaged"),
    (statement("PRAGMA user_version = 0"), "is damaged"),
    (statement(ODD), "is damaged"),
    (statement("PRAGMA user_version = 2"), "a newer release of this collection (version 2, this one knows 1)"),
    (statement("UPDATE location SET uid = 'x'"), "is that of another location under a wrong name"),
]


@pytest.mark.parametrize(("harm", "words"), HARM)
def test_is_refused_and_left_as_it_is(place, harm, words):
    ours(place)
    harm(place)
    before = place.file.read_bytes()
    assert str(place.file) in refused(place, words)
    assert place.file.read_bytes() == before
    assert place.names() == {f"{NAME}.sqlite3", f"{NAME}.lock"}


def test_of_another_service(place):
    ours(place)
    there = f"remembers the location at {SERVICE}"
    refused(place, there, "this task speaks to http://127.0.0.1:8443", service="http://127.0.0.1:8443")


def test_a_link_that_somebody_planted(place, tmp_path):
    ours(place)
    place.file.rename(tmp_path / "elsewhere")
    place.file.symlink_to(tmp_path / "elsewhere")
    before = (tmp_path / "elsewhere").read_bytes()
    refused(place, "is a link")
    assert (tmp_path / "elsewhere").read_bytes() == before


def test_a_link_to_nothing_that_somebody_planted(place, tmp_path):
    place.path.mkdir(0o700)
    place.file.symlink_to(tmp_path / "elsewhere")
    refused(place, "is a link")
    assert not (tmp_path / "elsewhere").exists()


def test_no_file(place):
    place.path.mkdir(0o700)
    os.mkfifo(place.file, 0o600)  # reading it would never end
    refused(place, "is no file")


def test_others_may_write(place):
    ours(place)
    place.file.chmod(0o620)
    refused(place, "can be written by other users", "set its mode to 0600")


def test_others_may_read(place):
    ours(place)
    place.file.chmod(0o644)
    with place.open():
        assert place.notify.told == [f"state_dir: {place.file} can be read by other users; set its mode to 0600."]


def test_in_use_by_another_program(place, monkeypatch):
    monkeypatch.setattr(database, "_BUSY", 0.0)
    ours(place)
    with closing(sqlite3.connect(place.file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        refused(place, "is in use by another program")


@pytest.mark.parametrize("error", [errno.EIO, errno.ESTALE])
def test_what_the_system_says(place, monkeypatch, error):
    def pread(*_arguments: object) -> bytes:
        raise OSError(error, os.strerror(error))

    ours(place)
    monkeypatch.setattr(opening.os, "pread", pread)
    refused(place, os.strerror(error))


def test_a_sentence_of_sqlite_that_quotes_the_damage(place, monkeypatch):
    """Its texts are decoded by Python, before there is an error of SQLite."""

    def connect(*_arguments: object) -> None:
        b"malformed \xff".decode()

    ours(place)
    monkeypatch.setattr(opening, "connect", connect)
    refused(place, "is damaged and was left as it is")


class TestOlder:
    @pytest.fixture
    def _newer_release(self, place, monkeypatch):
        ours(place)
        step = ("CREATE TABLE later (later TEXT)", "ALTER TABLE person ADD COLUMN note TEXT")
        monkeypatch.setattr(database, "STEPS", (*schema.STEPS, step))

    def version(self, place: Place) -> int:
        with closing(sqlite3.connect(place.file)) as connection:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
        assert isinstance(found, int)
        return found

    @pytest.mark.usefixtures("_newer_release")
    def test_is_brought_to_today(self, place):
        with place.open() as state:
            assert len(state.journal.open_events().unknown) == 300
            assert state.people._database.rows("SELECT note FROM person") == []
        assert self.version(place) == 2
        with place.open():
            pass

    @pytest.mark.usefixtures("_newer_release")
    def test_is_read_in_check_mode_and_stays_older(self, place):
        before = place.file.read_bytes()
        with place.open(check=True) as state:
            assert state.people._database.rows("SELECT note FROM person") == []
        assert place.file.read_bytes() == before

    @pytest.mark.usefixtures("_newer_release")
    def test_stays_whole_when_a_step_fails(self, place, monkeypatch):
        monkeypatch.setattr(database, "STEPS", (*database.STEPS[:-1], (*database.STEPS[-1], "NO SUCH WORDS")))
        with pytest.raises(StateError), place.open():
            pytest.fail("it was opened")
        assert self.version(place) == 1

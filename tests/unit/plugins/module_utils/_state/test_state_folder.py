# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made, and which folders are refused, each in one sentence."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._state import files, schema
from ansible_collections.openmdm.vpp.tests.unit.fakes import UID
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import NAME, SERVICE, writes
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.refusals import refused


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestMaking:
    def test_folder_and_files_are_for_the_owner_only(self, place):
        before = os.umask(0)
        try:
            with place.open() as state:
                state.journal.intend(writes(1))
        finally:
            os.umask(before)
        assert mode(place.path) == 0o700
        modes = {name: mode(place.path / name) for name in place.names()}
        assert modes == {f"{NAME}.sqlite3": 0o600, f"{NAME}.lock": 0o600}
        assert place.notify.told == []

    def test_no_name_of_the_location_in_a_file_name(self, place):
        with place.open():
            assert not any(UID in name for name in place.names())

    def test_a_location_has_a_file_of_its_own(self, place):
        with place.open() as one, place.open("another") as other:
            one.people.record_people("a.csv", ["p1"])
            assert other.people.people_of("a.csv") == frozenset()
        assert len(place.names()) == 4

    def test_rollback_journal_and_full_synchronisation(self, place):
        with place.open() as state:
            rows = state.journal._database.rows
            assert rows("PRAGMA journal_mode") == [("delete",)]
            assert rows("PRAGMA synchronous") == [(3,)]
            assert rows("PRAGMA application_id") == [(schema.APPLICATION_ID,)]
            assert rows("PRAGMA user_version") == [(1,)]
            assert rows("SELECT uid, service FROM location") == [(UID, SERVICE)]

    def test_the_folder_above_is_not_made(self, place, tmp_path):
        place.path = tmp_path / "misspelt" / "state"
        refused(place, "has no folder above it", "make that folder")
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_through_a_link_of_ours(self, place, tmp_path):
        (tmp_path / "real").mkdir(0o700)
        place.path.symlink_to(tmp_path / "real")
        with place.open():
            pass
        assert len(list((tmp_path / "real").iterdir())) == 2


class TestFolder:
    def test_a_file(self, place):
        place.path.write_text("mine")
        refused(place, "is no folder")
        assert place.path.read_text() == "mine"

    def test_a_link_to_nothing(self, place):
        place.path.symlink_to(place.path.parent / "nothing")
        refused(place, "a link to nothing", check=True)
        refused(place, "a link to nothing", check=False)
        assert not (place.path.parent / "nothing").exists()

    @pytest.mark.parametrize("found", [0o770, 0o707, 0o777, 0o1777])
    def test_others_may_write(self, place, found):
        place.path.mkdir()
        place.path.chmod(found)
        refused(place, "can be written by other users", "set its mode to 0700", "a folder in it that doesn't exist yet")
        assert place.names() == set()

    def test_others_may_read(self, place):
        place.path.mkdir()
        place.path.chmod(0o755)
        with place.open():
            pass
        assert place.notify.told == [f"state_dir: {place.path} can be read by other users; set its mode to 0700."]

    def test_another_users(self, place, monkeypatch):
        place.path.mkdir(0o700)
        monkeypatch.setattr(files.os, "geteuid", lambda: os.getuid() + 1)
        refused(place, "belongs to another user", "give it to the user of this task")

    def test_read_only(self, place, monkeypatch):
        place.path.mkdir(0o700)
        monkeypatch.setattr(files.os, "access", lambda _path, wanted: not wanted & os.W_OK)
        refused(place, "can't be used by the user of this task", check=False)
        with place.open(check=True):
            pass

    def test_read_only_for_its_very_owner(self, place):
        with tempfile.TemporaryDirectory() as above:
            place.path = Path(above) / "state"
            place.path.mkdir(0o500)
            as_owner = ""
            if os.geteuid() == 0:  # whom no mode stops
                os.chmod(above, 0o711)
                os.chown(place.path, 65534, 65534)
                as_owner = "os.setgid(65534); os.setuid(65534)\n"
            body = f"{as_owner}try:\n  open_state().__enter__()\nexcept StateError as error: say(error)"
            assert "can't be used by the user of this task" in place.run(body)[1]

    def test_made_where_nobody_may(self, place, monkeypatch):
        def mkdir(*_arguments: object) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        monkeypatch.setattr(files.os, "mkdir", mkdir)
        refused(place, "can't be written", check=False)

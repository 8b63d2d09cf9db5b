# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No space left: nothing is half written, one sentence says so, and with space again all goes on."""

from __future__ import annotations

import errno
import shutil
import subprocess

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import StateError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import OpenWork
from ansible_collections.openmdm.vpp.plugins.module_utils._state import opening
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import Place, writes

TINY = """
try:
    with open_state() as state:
        say("open")
        for number in range(1000):
            state.invitations.intend(mailing(f"p{number}"))
            done = number + 1
except StateError as error:
    say(error)
with open_state(check=True) as state:
    say(len(state.invitations.uncertain()) == done)
"""
REPORT = "try:\n  open_state().__enter__()\nexcept StateError as error: say(error)\nsay(os.listdir(sys.argv[1]))"


@pytest.fixture
def _full(place, monkeypatch):
    """The quota of SQLite itself answers as a full disk does."""
    with place.open() as state:
        state.journal.intend(writes(1))
    real = opening.connect

    def connect(path: str, mode: str) -> object:
        connection = real(path, mode)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(opening, "connect", connect)


@pytest.mark.usefixtures("_full")
def test_nothing_is_half_written(place, monkeypatch):
    with place.open() as state:
        with pytest.raises(StateError) as caught:
            state.journal.intend(writes(5000))
        assert caught.value.message == (
            f"state_dir: {place.file} can't be written, the disk is full; free some space and run the task again."
        )
        assert len(state.journal.open_events().unknown) == 1
        state.journal.dropped([1])  # what needs no space still works
    monkeypatch.undo()
    with place.open() as state:
        assert state.journal.open_events() == OpenWork()
        assert state.journal.intend(writes(1)) == [2]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT])
def test_where_a_file_is_to_be_made(place, monkeypatch, error):
    def mkstemp(**_options: object) -> tuple[int, str]:
        raise OSError(error, "full")

    monkeypatch.setattr(opening.tempfile, "mkstemp", mkstemp)
    with pytest.raises(StateError, match="the disk is full"), place.open():
        pytest.fail("it was opened")


def mounted(place: Place, options: str, body: str) -> str:
    """Runs `body` with a small disk of its own at the place; skips where the system gives none."""
    place.path.mkdir(0o700)
    mount = f"mount -t tmpfs -o mode=0700,{options} none '{place.path}'"
    unshare = ["unshare", "--map-root-user", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no disk of our own can be mounted here")
    status, text = place.run(body, *unshare)
    assert status == 0, text
    return text


def test_a_disk_that_is_really_full(place):
    text = mounted(place, "size=96k", TINY)
    assert text.splitlines()[0] == "open"
    assert "can't be written, the disk is full; free some space" in text
    assert text.splitlines()[-1] == "True"


def test_a_disk_without_room_for_the_file(place):
    text = mounted(place, "size=4k", REPORT)
    assert "the disk is full; free some space" in text
    assert ".sqlite3" not in text.splitlines()[-1]


def test_a_disk_that_is_read_only(place):
    assert "can't be used by the user of this task" in mounted(place, "size=96k,ro", REPORT)

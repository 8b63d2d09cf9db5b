# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time: waiting, giving up, killed holders, file systems without locks, lock files that people touch."""

from __future__ import annotations

import errno
import os
import re

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import StateBusyError, StateError
from ansible_collections.openmdm.vpp.plugins.module_utils._state import lock
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import Place, writes

HOLD = """
with open_state() as state:
    say("holds")
    sys.stdin.read()
    state.journal.intend([WRITE])
"""
TRY = """
try:
    with open_state(TIMEOUT) as state:
        say("holds", len(state.journal.open_events().unknown))
except StateBusyError as error:
    say("busy", error.facts["holder"]["pid"])
"""
CHILD = """
import subprocess
with open_state():
    child = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    say(child.pid)
    die()
"""
TURN = """
with open_state(600) as state:
    count = len(state.journal.open_events().unknown)
    time.sleep(0.02)
    state.journal.intend([WRITE])
    say(count)
"""


def busy(place: Place, timeout: float = 0.0) -> StateBusyError:
    with pytest.raises(StateBusyError) as caught, place.open(timeout=timeout):
        pytest.fail("it was opened")
    return caught.value


def test_waits_and_then_names_the_holder(place):
    with place.open():
        error = busy(place, 60.0)
    assert place.clock.elapsed == 60.0
    holder = {"pid": os.getpid(), "host": os.uname().nodename, "since": "2030-05-06T07:08:09Z"}
    assert error.message == (
        f"Another run works on this location (process {holder['pid']} on {holder['host']}, since {holder['since']}) "
        "and had not ended after 60 seconds; nothing was done. Wait until it has ended, or raise lock_timeout."
    )
    assert error.facts == {"holder": holder}


def test_waits_no_longer_than_needed(place, monkeypatch):
    holder = place.open()
    holder.__enter__()
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            holder.__exit__(None, None, None)

    monkeypatch.setattr(place.clock, "sleep", sleep)
    with place.open(timeout=60.0):
        assert slept == [0.5, 0.5, 0.5]


def test_is_free_afterwards_whatever_happened(place):
    with pytest.raises(KeyError), place.open():
        raise KeyError
    assert place.lock.read_bytes() == b""
    with place.open():
        assert re.match(rb"pid \d+ on ", place.lock.read_bytes())


@pytest.mark.parametrize(
    "note", [b"", b"pid 1 on", b"\xff" * 4000, b"pid 1 on a\nb since 2030-05-06T07:08:09Z\n", b"pid " + b"9" * 600]
)
def test_what_stands_in_the_file_is_not_trusted(place, note):
    with place.open():
        place.lock.write_bytes(note)
        error = busy(place)
    assert error.message.startswith("Another run works on this location and had not ended after 0 seconds")
    assert error.facts == {}


def test_a_deleted_file_lets_in_only_one_of_those_who_waited(place, monkeypatch):
    holder = place.open()
    holder.__enter__()

    def sleep(_seconds: float) -> None:
        # Somebody tidies up, and the run ends, while we wait.
        if place.lock.exists():
            place.lock.unlink()
            holder.__exit__(None, None, None)

    monkeypatch.setattr(place.clock, "sleep", sleep)
    with place.open(timeout=60.0):
        busy(place)


def test_deleted_between_opening_and_locking(place, monkeypatch):
    tries = []
    real = lock.fcntl.flock

    def flock(handle: int, how: int) -> None:
        tries.append(handle)
        if len(tries) == 1:
            place.lock.unlink()
        real(handle, how)

    monkeypatch.setattr(lock.fcntl, "flock", flock)
    with place.open():
        assert len(tries) == 2
        busy(place)


def test_a_planted_link_is_not_followed(place, tmp_path):
    place.path.mkdir(0o700)
    (tmp_path / "precious").write_text("mine")
    place.lock.symlink_to(tmp_path / "precious")
    with pytest.raises(StateError, match="is a link"), place.open():
        pytest.fail("it was opened")
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize("error", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks(place, monkeypatch, error):
    def flock(*_arguments: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(lock.fcntl, "flock", flock)
    with pytest.raises(StateError, match="can't be locked on this file system; name a folder on another one"):
        with place.open():
            pytest.fail("it was opened")


def test_a_note_that_can_not_be_written_matters_not(place, monkeypatch):
    def pwrite(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(lock.os, "pwrite", pwrite)
    with place.open():
        assert busy(place).facts == {}


class TestProcesses:
    def test_the_second_fails_clearly_and_a_third_waits(self, place):
        first = place.process(HOLD)
        assert first.stdout
        assert first.stdout.readline() == "holds\n"
        assert place.run(TRY.replace("TIMEOUT", "0")) == (0, f"busy {first.pid}\n")
        third = place.process(TRY.replace("TIMEOUT", "600"))
        first.communicate("")
        assert third.communicate()[0] == "holds 1\n"
        assert (first.returncode, third.returncode) == (0, 0)

    def test_many_at_once_work_one_after_the_other(self, place):
        running = [place.process(TURN) for _number in range(5)]
        assert sorted(process.communicate()[0] for process in running) == [f"{number}\n" for number in range(5)]

    def test_a_killed_holder_frees_it(self, place):
        holder = place.process(HOLD)
        assert holder.stdout
        assert holder.stdout.readline() == "holds\n"
        busy(place)
        holder.kill()
        holder.communicate()
        assert place.lock.read_bytes() != b""
        with place.open() as state:
            state.journal.intend(writes(1))

    def test_a_child_that_outlives_the_run_does_not_hold_it(self, place):
        status, text = place.run(CHILD)
        try:
            assert status == -9
            with place.open():
                pass
        finally:
            os.kill(int(text), 9)

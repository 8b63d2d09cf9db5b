# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pace for several processes: spacing, damaged and old files, folders that others could reach."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._http import shared_pace as module
from ansible_collections.openmdm.vpp.plugins.module_utils._http.pace import Pacer
from ansible_collections.openmdm.vpp.plugins.module_utils._http.shared_pace import SharedPace, shared_pace
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import FakeClock

SOURCE = str(Path(str(module.__file__)).resolve())
# Alone in a process of its own: it needs no other file of the collection.
BOOKER = """
import runpy, sys, time
from pathlib import Path
SharedPace = runpy.run_path(sys.argv[1])["SharedPace"]
shared = SharedPace(Path(sys.argv[2]))
for turn in range(25):
    departure = shared.book(time.monotonic(), 0.02)
    time.sleep(max(0.0, departure - time.monotonic()))
    print(repr(departure), time.monotonic() >= departure)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pace"


def test_departures_are_an_interval_apart(file: Path) -> None:
    shared = SharedPace(file)
    assert [shared.book(100.0, 0.5) for _turn in range(4)] == [100.0, 100.5, 101.0, 101.5]
    assert shared.book(110.0, 0.5) == 110.0  # a pause saves nothing up
    assert file.stat().st_mode & 0o777 == 0o600


def test_two_processes_keep_the_spacing_together(file: Path) -> None:
    command = [sys.executable, "-c", BOOKER, SOURCE, str(file)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _number in range(2)]
    lines = [line.split() for process in running for line in process.communicate()[0].splitlines()]
    assert [process.returncode for process in running] == [0, 0]
    departures = sorted(float(text) for text, _waited in lines)
    assert len(departures) == 50
    assert all(later - sooner >= 0.02 - 1e-9 for sooner, later in itertools.pairwise(departures))
    assert {waited for _text, waited in lines} == {"True"}


@pytest.mark.parametrize(
    ("content", "departure"),
    [
        (b"", 100.0),
        (b"101.25", 101.25),
        (b"101.25\n", 101.25),
        (b"99", 100.0),
        (b"159.5", 159.5),
        (b"161", 100.0),  # before the machine started anew
        (b"nan", 100.0),
        (b"inf", 100.0),
        (b"-inf", 100.0),
        (b"words", 100.0),
        (b"\xff\x00", 100.0),
        (b"1" * 500, 100.0),
    ],
)
def test_what_the_file_holds(file: Path, content: bytes, departure: float) -> None:
    file.write_bytes(content)
    shared = SharedPace(file)
    assert shared.book(100.0, 0.5) == departure
    assert shared.book(100.0, 0.5) == departure + 0.5
    assert math.isfinite(float(file.read_bytes()))


def test_a_slow_pace_may_reach_far(file: Path) -> None:
    shared = SharedPace(file)
    assert [shared.book(0.0, 30.0) for _turn in range(5)] == [0.0, 30.0, 60.0, 90.0, 120.0]


def test_a_file_that_can_not_be_used_is_no_error(tmp_path: Path) -> None:
    assert SharedPace(tmp_path / "none" / "pace").book(5.0, 1.0) == 5.0
    assert SharedPace(tmp_path).book(5.0, 1.0) == 5.0
    target = tmp_path / "target"
    target.write_text("7.0")
    (tmp_path / "link").symlink_to(target)
    assert SharedPace(tmp_path / "link").book(5.0, 1.0) == 5.0
    assert target.read_text() == "7.0"


def folder_of(monkeypatch: pytest.MonkeyPatch, temp: Path, runtime: Path | None) -> Path | None:
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    if runtime is None:
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    else:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    return module._private_folder()


def test_the_folder_is_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    own = tmp_path / f"openmdm-vpp-{os.geteuid()}"
    assert folder_of(monkeypatch, tmp_path, None) == own
    assert own.stat().st_mode & 0o777 == 0o700
    assert folder_of(monkeypatch, tmp_path, runtime) == runtime / "openmdm-vpp"
    assert folder_of(monkeypatch, tmp_path, Path("run")) == own  # not an absolute path
    assert folder_of(monkeypatch, tmp_path, tmp_path / "none") == own
    runtime.chmod(0o755)
    assert folder_of(monkeypatch, tmp_path, runtime) == own


def test_a_folder_that_others_reach_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / f"openmdm-vpp-{os.geteuid()}"
    own.mkdir()
    own.chmod(0o770)
    assert folder_of(monkeypatch, tmp_path, None) is None
    assert shared_pace("meraki", "600001") is None
    own.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    own.symlink_to(tmp_path / "elsewhere")
    assert folder_of(monkeypatch, tmp_path, None) is None
    own.unlink()
    own.write_text("")
    assert folder_of(monkeypatch, tmp_path, None) is None


def test_a_folder_of_somebody_else_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "openmdm-vpp-12345").mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert folder_of(monkeypatch, tmp_path, None) is None


def test_services_and_organisations_have_a_pace_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder_of(monkeypatch, tmp_path, None)
    now = time.monotonic()
    first, again, other = (shared_pace("meraki", "h", number) for number in ("600001", "600001", "600002"))
    if first is None or again is None or other is None:
        raise AssertionError("no folder")
    assert first.book(now, 1.0) == now
    assert again.book(now, 1.0) == now + 1.0
    assert other.book(now, 1.0) == now
    names = [entry.name for entry in (tmp_path / f"openmdm-vpp-{os.geteuid()}").iterdir()]
    assert len(names) == 2
    assert not any("600001" in name for name in names)


def test_two_pacers_share_a_pace(file: Path) -> None:
    clock = FakeClock()
    pacers = [Pacer(clock, 4, SharedPace(file).book) for _number in range(2)]
    times = []
    for turn in range(8):
        with pacers[turn % 2].slot(1e9):
            times.append(clock.monotonic())
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert gaps == pytest.approx([1 / (0.97 * 4)] * 7)

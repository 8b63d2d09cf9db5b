# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file in which a task says how far it is."""

from __future__ import annotations

import json
import stat

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.progress import FileMeter
from ansible_collections.openmdm.vpp.plugins.module_utils._core.ports import EVENTS, MAILS, PAGES, REQUESTS
from ansible_collections.openmdm.vpp.plugins.modules import vpp_license
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeClock
from ansible_collections.openmdm.vpp.tests.unit.harness import run_main, use_box
from sandbox.app import create_app
from sandbox.clock import ManualClock


@pytest.fixture
def path(tmp_path):
    return tmp_path / "progress.json"


class Desk:
    def __init__(self, path) -> None:
        self.path, self.clock, self.warned = path, FakeClock(), []
        self.meter = FileMeter(str(path), self.clock, self.warned.append)

    def said(self) -> dict:
        return json.loads(self.path.read_text())


@pytest.fixture
def desk(path):
    return Desk(path)


def test_counts_and_an_estimate(desk):
    desk.meter.count(PAGES, done=1, known=40)
    desk.clock.sleep(10)
    desk.meter.count(REQUESTS, done=12)
    desk.meter.count(PAGES, done=9)
    desk.clock.sleep(1)
    desk.meter.count(EVENTS, known=3)
    said = desk.said()
    assert said["pages"] == {"done": 10, "known": 40}
    assert said["requests"] == {"done": 12, "known": 12}
    assert said["events"] == {"done": 0, "known": 3}
    assert said["seconds"] == 11
    assert said["seconds_left"] == 33  # ten pages in eleven seconds, and thirty to go
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o600


def test_nobody_knows_before_the_first_mail(desk):
    desk.meter.count(MAILS, known=5)
    assert desk.said()["seconds_left"] is None


def test_once_a_second_and_at_the_end(desk):
    for _turn in range(50):
        desk.meter.count(REQUESTS, done=1)
    assert desk.said()["requests"]["done"] == 1
    desk.meter.close()
    assert desk.said()["requests"]["done"] == 50


def test_a_file_that_cannot_be_written_is_told_once(desk):
    desk.path.parent.chmod(0o500)
    desk.path.mkdir()
    for _turn in range(3):
        desk.clock.sleep(2)
        desk.meter.count(REQUESTS, done=1)
    desk.meter.close()
    desk.path.parent.chmod(0o700)
    assert len(desk.warned) == 1
    assert desk.warned[0].startswith("progress_path: cannot write ")


def test_a_module_says_what_it_did(monkeypatch, path):
    box = create_app("small", clock=ManualClock())
    options = {**use_box(monkeypatch, box), "assets": [{"adam_id": "361309726"}], "poll_interval": 30}
    result = run_main(
        vpp_license.main, {**options, "devices": {"serial_numbers": ["C02AA0000001"]}, "progress_path": str(path)}
    )
    said = json.loads(path.read_text())
    assert not result.failed
    assert said["requests"]["done"] == len(box.requests)
    assert said["pages"]["done"] == said["pages"]["known"] > 0
    assert said["events"] == {"done": 1, "known": 1}


def test_other_files_are_not_replaced(monkeypatch, path):
    path.write_text("a list of devices")
    options = use_box(monkeypatch, create_app("small", clock=ManualClock()))
    told = {"assets": [{"adam_id": "361309726"}], "devices": {"serial_numbers": []}, "progress_path": str(path)}
    assert run_main(vpp_license.main, {**options, **told}).data["msg"].startswith("progress_path: ")
    assert path.read_text() == "a list of devices"

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The school of the sandbox for tests of modules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.tests.unit.harness import use_box, use_systems
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.mailing import Mailing
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import NORTH, School
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer
from sandbox.app import create_app
from sandbox.clock import ManualClock


@pytest.fixture
def school(monkeypatch) -> Iterator[School]:
    box = create_app("school", {"enforce_rate": "false", "sm_enforce_rate": "false"}, clock=ManualClock())
    apple = {**use_box(monkeypatch, box), "content_token": box.token("north")}
    yield School(box, {**apple, **use_systems(monkeypatch, box), "meraki_network_ids": [NORTH]})
    box.close()


@pytest.fixture
def mailing(monkeypatch, tmp_path: Path) -> Iterator[Mailing]:
    for name in ("OPENMDM_VPP_STATE_DIR", "OPENMDM_VPP_SMTP_HOST"):
        monkeypatch.delenv(name, raising=False)
    box = create_app("school", {"people": "new", "enforce_rate": "false"}, clock=ManualClock())
    options = {**use_box(monkeypatch, box), "content_token": box.token("north")}
    with MailServer().running() as server:
        yield Mailing(box, options, tmp_path, server)
    box.close()

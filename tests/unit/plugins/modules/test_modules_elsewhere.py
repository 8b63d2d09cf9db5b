# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token that somebody else than Apple refuses is no reason to get another one, and the task says who it was."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import session
from ansible_collections.openmdm.vpp.plugins.modules import vpp_license_info
from ansible_collections.openmdm.vpp.tests.unit.harness import run_main, use_box
from sandbox.app import create_app
from sandbox.clock import ManualClock


@pytest.fixture
def options(monkeypatch):
    box = create_app("small", {"enforce_rate": "false"}, clock=ManualClock())
    given = use_box(monkeypatch, box)
    status, _answer = box.control("POST", "/_sandbox/locations/main/token", {"action": "revoke"})
    assert status == 200
    yield given
    box.close()


def test_it_is_told_who_refused_it(options):
    result = run_main(vpp_license_info.main, options)
    assert result.failed
    assert f"It was {options['apps_books_url']} that did not accept the content token" in result.text


def test_where_it_is_apple_nothing_is_added(options, monkeypatch):
    monkeypatch.setattr(session, "APPLE_URL", options["apps_books_url"])
    result = run_main(vpp_license_info.main, options)
    assert result.failed
    assert "that did not accept" not in result.text

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secret of notifications, as a value and in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._entity import account
from ansible_collections.openmdm.vpp.plugins.modules import vpp_account
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box
from sandbox.app import create_app
from sandbox.clock import ManualClock

TOKEN = "notification secret+of/the=house"
URL = "https://hooks.example/apps-books"


@pytest.fixture
def run(monkeypatch: Any) -> Iterator[Callable[..., Result]]:
    box = create_app("small", {}, clock=ManualClock())
    base = {**use_box(monkeypatch, box), "claim": True, "owner_name": "Us", "notification_types": ["ASSET_COUNT"]}
    yield lambda **options: run_main(
        vpp_account.main, {**base, "notification_url": URL, **options}, check=True, loud=True
    )
    box.close()


@pytest.fixture
def goals(monkeypatch: Any) -> list[str]:
    """The secrets of the plans that were made."""
    found: list[str] = []
    real = account.plan_account

    def plan(config: Any, goal: Any, *rest: Any, **more: Any) -> Any:
        found.append(goal.notification_auth_token.reveal())
        return real(config, goal, *rest, **more)

    monkeypatch.setattr(account, "plan_account", plan)
    return found


@pytest.mark.parametrize("content", [TOKEN, f"{TOKEN}\n", f"\ufeff{TOKEN}\r\n"])
def test_from_a_file(run, goals, tmp_path, content):
    path = tmp_path / "token"
    path.write_bytes(content.encode())
    path.chmod(0o600)
    result = run(notification_auth_token_file=str(path))
    assert (result.failed, goals) == (False, [TOKEN])
    assert result.data["diff"]["after"]["notification_auth_token"] == "(changed)"
    assert TOKEN not in result.text


def test_as_a_value(run, goals):
    assert TOKEN not in run(notification_auth_token=TOKEN, notification_auth_token_file="").text
    assert goals == [TOKEN]


@pytest.mark.parametrize("content", ["", "\n", f"{TOKEN}\n{TOKEN}", "\ufeff"])
def test_a_file_with_other_than_one_line(run, tmp_path, content):
    (tmp_path / "token").write_text(content, encoding="utf-8")
    result = run(notification_auth_token_file=str(tmp_path / "token"))
    assert result.data["msg"] == "notification_auth_token_file must hold the token and nothing else, in one line."


def test_both(run, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    result = run(notification_auth_token_file=str(tmp_path / "token"), notification_auth_token=TOKEN)
    assert "are both given" in result.data["msg"]


def test_a_file_that_others_can_read_is_warned_of(run, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o644)
    assert "can be read by others" in run(notification_auth_token_file=str(tmp_path / "token")).text


def test_the_secret_in_place_of_its_path(run):
    result = run(notification_auth_token_file="a" * 40)
    assert "holds the secret itself" in result.data["msg"]
    assert "a" * 40 not in result.text

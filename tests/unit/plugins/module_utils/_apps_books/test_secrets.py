# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: hunted in every exception, repr and log line, while everything that can fail does fail."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.client import AppsBooksClient
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    AssetKey,
    AssignmentQuery,
    AssignmentRequest,
    ClientConfigChange,
    Secret,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import Sink, World
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import text_of

NOTIFICATION = "notification-secret-0123456789"
WRITE = AssignmentRequest(ASSOCIATE, (AssetKey("361309726"),), ("TESTA00005",))
CHANGE = ClientConfigChange(
    notification_url="https://hooks.example/x",
    notification_auth_token=Secret(NOTIFICATION),
    notification_types=("ASSET_COUNT",),
)

FAULTS: list[dict[str, object]] = [
    {"kind": "status", "error_number": 9622},
    {"kind": "status", "error_number": 9728},
    {"kind": "status", "error_number": 9646, "retry_after": 900},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "reset_before"},
    {"kind": "lost_answer"},
    {"kind": "truncated_body"},
    {"kind": "not_json"},
    {"kind": "redirect", "url": "https://evil.example/x"},
    {"kind": "error_in_200", "error_number": 9601},
]


def errors_of(client: AppsBooksClient) -> list[Exception]:
    caught: list[Exception] = []

    def attempt(call: Callable[[], object]) -> None:
        try:
            call()
        except VppError as exc:
            caught.append(exc)

    attempt(client.read_client_config)
    attempt(client.read_assets)
    attempt(lambda: client.walk_assignments([(AssignmentQuery(), Sink())]))
    attempt(lambda: client.write_client_config(CHANGE))
    caught += [item.error for item in client.submit([WRITE]) if item.error is not None]
    return caught


@pytest.mark.parametrize("fault", FAULTS)
def test_no_failure_shows_a_secret(fault: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world = World()
    token = world.app.token()
    inner = json.loads(base64.b64decode(token))["token"]
    with world.client() as client:
        client.read_service_config()
        world.fault(times=None, path="*", **fault)  # type: ignore[arg-type]
        errors = errors_of(client)
        assert len(errors) == 5
        shown = "\n".join([*map(text_of, errors), repr(client), repr(world.settings()), caplog.text])
    for secret in (token, inner, NOTIFICATION, "itvt="):
        assert secret not in shown


def test_an_error_message_that_repeats_the_token_is_cut() -> None:
    world = World()
    world.fault("status", error_number=9999, status=400, error_message=f"Bearer {world.app.token()} is odd")
    with world.client() as client, pytest.raises(VppError) as caught:
        client.read_client_config()
    assert world.app.token() not in text_of(caught.value)
    assert "is odd" in caught.value.message


def test_what_a_location_echoes_stays_secret() -> None:
    world = World()
    place = world.app.world.locations["main"]
    place.notification_url, place.notification_token = "https://hooks.example/x", NOTIFICATION
    with world.client() as client:
        config = client.read_client_config()
    assert config.notification_auth_token == Secret(NOTIFICATION)
    assert NOTIFICATION not in repr(config)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole client over a socket: the sandbox with TLS and broken connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.client import AppsBooksSettings, connect
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import OutcomeUnknownError, TransportError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    COMPLETE,
    AssetKey,
    AssignmentQuery,
    AssignmentRequest,
    Secret,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._http.pace import SystemClock
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import Sink
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import proxy
from sandbox.app import Sandbox, create_app
from sandbox.server import Server
from sandbox.tls import server_context

WRITE = AssignmentRequest(ASSOCIATE, (AssetKey("361309726"),), ("TESTA00005",))
Served = tuple[Sandbox, str, str]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The sandbox over TLS: itself, its address, its authority."""
    pytest.importorskip("cryptography")
    app = create_app("small", {"pending_polls": "0"})
    ca = tmp_path / "ca.pem"
    listener = Server(("127.0.0.1", 0), app, server_context(ca))
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield app, f"{listener.origin}/mdm/v2", str(ca)
    listener.shutdown()
    listener.server_close()
    thread.join()
    app.close()


def settings(served: Served, **more: str) -> AppsBooksSettings:
    app, url, ca = served
    return AppsBooksSettings(Secret(app.token()), url, **{"ca_path": ca, **more})  # type: ignore[arg-type]


def test_read_write_and_wait_over_tls(served: Served) -> None:
    with connect(settings(served), SystemClock()) as client:
        client.read_client_config()
        sink = Sink()
        (walk,) = client.walk_assignments([(AssignmentQuery(), sink)])
        assert (walk.stable, len(sink.rows)) == (True, 5)
        (done,) = client.submit([WRITE])
        (event,) = client.wait_for_events([done.event_id or ""], poll_interval=0.05, timeout=10)
        assert event.status == COMPLETE


def test_through_a_proxy(served: Served) -> None:
    with proxy() as (address, lines):
        with connect(settings(served, proxy=address), SystemClock()) as client:
            client.read_client_config()
    assert {line.split()[0] for line in lines} == {"CONNECT"}


def test_an_authority_that_nobody_trusts(served: Served) -> None:
    with (
        connect(settings(served, ca_path=""), SystemClock()) as client,
        pytest.raises(TransportError, match="does not verify.*ca_path"),
    ):
        client.read_client_config()
    assert served[0].requests == []


@pytest.mark.parametrize("kind", ["lost_answer", "truncated_body", "reset_before"])
def test_a_lost_answer_to_a_write_is_one_write(served: Served, kind: str) -> None:
    app = served[0]
    status, _answer = app.control(
        "POST", "/faults", {"kind": kind, "match": {"path": "/assets/associate"}, "times": None}
    )
    assert status == 200
    with connect(settings(served), SystemClock()) as client:
        done = client.submit([WRITE])
    assert isinstance(done[0].error, OutcomeUnknownError)
    assert len([entry for entry in app.requests if entry["method"] == "POST"]) == 1

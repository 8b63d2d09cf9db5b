# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event sources as ansible-rulebook starts them, by their files, against the sandbox in this process."""

from __future__ import annotations

import asyncio
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError, TokenError
from ansible_collections.openmdm.vpp.plugins.plugin_utils import events
from ansible_collections.openmdm.vpp.tests.unit.harness import use_box
from sandbox.app import create_app
from sandbox.clock import ManualClock

SOURCES = Path(__file__).resolve().parents[4] / "extensions/eda/plugins/event_source"
TOKEN = "a token that nobody guesses"


def main_of(name, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    # Not runpy, in whose way the loader of ansible-test stands.
    spec = spec_from_file_location(f"event_source_{name}", SOURCES / f"{name}.py")
    source = module_from_spec(spec)
    spec.loader.exec_module(source)
    return source.main


async def first_events(source, args, number, meanwhile):
    """The first events of a source; `meanwhile` is told the queue's task and makes them happen."""
    queue = asyncio.Queue(1)
    running = asyncio.create_task(source(queue, args))
    happening = asyncio.create_task(meanwhile())
    try:
        found = []
        while len(found) < number:
            got = asyncio.create_task(queue.get())
            done, _left = await asyncio.wait({got, running}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
            assert done, "no event came"
            if running in done:
                got.cancel()
                await running
            found.append(got.result())
        await happening
        return found
    finally:
        running.cancel()
        happening.cancel()
        await asyncio.gather(running, happening, return_exceptions=True)


class TestNotifications:
    def run(self, monkeypatch, tmp_path, caplog, bodies, **args):
        path = tmp_path / "token"
        path.write_text(TOKEN + "\n")
        path.chmod(0o600)
        caplog.set_level("INFO", "openmdm.vpp")

        async def post():
            while not any("Listening" in record.message for record in caplog.records):
                await asyncio.sleep(0.01)
            port = caplog.records[-1].message.rpartition(" ")[2]
            async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
                for body in bodies:
                    answer = await client.post(f"http://127.0.0.1:{port}/", json=body)
                    assert answer.status_code == 200

        given = {"host": "127.0.0.1", "port": 0, "notification_auth_token_file": str(path), **args}
        source = main_of("notifications", monkeypatch)
        return asyncio.run(first_events(source, given, len({body["notificationId"] for body in bodies}), post))

    def test_become_events_in_the_queue_of_the_rules(self, monkeypatch, tmp_path, caplog):
        bodies = [
            {"notificationId": name, "notificationType": "ASSET_COUNT", "uId": "7", "notification": inner}
            for name, inner in (("b", {"adamId": "1", "countDelta": 3}), ("a", {"adamId": "1"}), ("b", {}))
        ]
        found = self.run(monkeypatch, tmp_path, caplog, bodies)
        assert [(one["notification_id"], one["count_delta"]) for one in found] == [("b", 3), ("a", None)]
        assert found[0]["assets"] == [{"adam_id": "1", "pricing_param": "STDQ"}]

    def test_a_token_that_can_be_guessed_is_refused(self, monkeypatch):
        source = main_of("notifications", monkeypatch)
        args = {"host": "127.0.0.1", "port": 0, "notification_auth_token": "secret123"}
        with pytest.raises(InputError, match="notification_auth_token has fewer than 16 characters"):
            asyncio.run(source(asyncio.Queue(), args))

    def test_without_a_token(self, monkeypatch):
        source = main_of("notifications", monkeypatch)
        with pytest.raises(InputError, match="There is no token: set notification_auth_token_file"):
            asyncio.run(source(asyncio.Queue(), {"host": "127.0.0.1"}))

    def test_an_argument_that_there_is_not(self, monkeypatch):
        source = main_of("notifications", monkeypatch)
        with pytest.raises(InputError, match="prot"):
            asyncio.run(source(asyncio.Queue(), {"prot": 1}))


class TestChanges:
    @pytest.fixture
    def apple(self, monkeypatch):
        box = create_app("small", {"enforce_rate": "false"}, clock=ManualClock())
        return box, {**use_box(monkeypatch, box), "interval": 0.05}

    async def looked(self, box, times):
        while sum("/users?" in one["path"] for one in box.requests) < times:
            await asyncio.sleep(0.02)

    def test_who_accepts_and_new_licences_become_events(self, apple, monkeypatch):
        box, args = apple

        async def happen():
            await self.looked(box, 2)
            box.control("POST", "/_sandbox/locations/main/accept", {"clientUserId": "u-0002"})
            await self.looked(box, 5)
            status, _answer = box.control("POST", "/_sandbox/locations/main/buy", {"adamId": "425073498", "count": 4})
            assert status == 200

        found = asyncio.run(first_events(main_of("changes", monkeypatch), args, 2, happen))
        assert [one["type"] for one in found] == ["USER_ASSOCIATED", "ASSET_COUNT"]
        assert found[0]["users"] == [{"client_user_id": "u-0002"}]
        assert found[1]["count_delta"] == 4
        assert {one["source"] for one in found} == {"poll"}

    def test_a_look_that_fails_is_no_change(self, apple, monkeypatch, caplog):
        box, args = apple

        async def happen():
            await self.looked(box, 1)
            box.faults.add(
                {"kind": "status", "match": {"path": "/users"}, "times": 1, "status": 400, "error_number": 9600}
            )
            await self.looked(box, 3)
            box.control("POST", "/_sandbox/locations/main/accept", {"clientUserId": "u-0002"})

        found = asyncio.run(first_events(main_of("changes", monkeypatch), args, 1, happen))
        assert found[0]["users"] == [{"client_user_id": "u-0002"}]
        assert any("could not be looked at" in record.message for record in caplog.records)

    def test_a_dead_token_ends_it(self, apple, monkeypatch):
        box, args = apple
        box.control("POST", "/_sandbox/locations/main/token", {"action": "revoke"})
        with pytest.raises(TokenError):
            asyncio.run(main_of("changes", monkeypatch)(asyncio.Queue(), args))

    def test_apple_is_not_asked_every_second(self, monkeypatch):
        with pytest.raises(InputError, match="30"):
            asyncio.run(main_of("changes", monkeypatch)(asyncio.Queue(), {"interval": 5, "content_token": "x"}))


def test_what_waits_is_bounded(monkeypatch):
    async def fill():
        monkeypatch.setattr(events, "MOST_WAITING", 2)
        waiting = events._Waiting(asyncio.get_running_loop())
        found = events.Notification("X", "1")
        return [waiting.put(found) for _number in range(3)]

    assert asyncio.run(fill()) == [True, True, False]

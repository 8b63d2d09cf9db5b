# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event sources of event-driven Ansible: from their arguments to events in its queue."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from ..module_utils._ansible.amounts import seconds
from ..module_utils._ansible.argspec import ArgumentSpec
from ..module_utils._ansible.options import CONNECTED
from ..module_utils._ansible.secrets import read_secret
from ..module_utils._ansible.session import Session, open_session
from ..module_utils._apps_books.events import check_poll_interval
from ..module_utils._core.errors import InputError, TokenError, VppError, sentence
from ..module_utils._core.model import Secret
from ..module_utils._core.notification import Look, Notification, changes_between
from ..module_utils._core.user_model import ASSOCIATED
from ..module_utils._entity.location import open_location
from .host import PluginHost
from .receiver import Receiver, ReceiverSettings
from .secret_files import refuse_pasted

MOST_WAITING = 10_000
"""Notifications that wait for the rules; then Apple is asked to send again."""

_LOG = logging.getLogger("openmdm.vpp")

NOTIFICATIONS_SPEC = ArgumentSpec(
    {
        "host": {"type": "str", "default": "0.0.0.0"},
        "port": {"type": "int", "default": 8443},
        "certfile": {"type": "path"},
        "keyfile": {"type": "path"},
        "notification_auth_token": {"type": "str", "no_log": True},
        "notification_auth_token_file": {"type": "path", "no_log": False},
        "location_uids": {"type": "list", "elements": "str", "default": []},
    }
)

CHANGES_SPEC = ArgumentSpec({"interval": {"type": "float", "default": 300.0}}).merge(CONNECTED)


def host_of(args: Mapping[str, Any], spec: ArgumentSpec) -> PluginHost:
    """The arguments of a source, judged. Raises InputError."""
    given = {name: value for name, value in args.items() if value is not None}
    refuse_pasted(given, [os.getcwd()])
    return PluginHost(spec, given, _LOG.warning)


class _Waiting:
    """What came in other threads, for the one of the rules."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._there, self._lock = loop, asyncio.Event(), threading.Lock()
        self._events: deque[dict[str, Any]] = deque()

    def put(self, notification: Notification) -> bool:
        with self._lock:
            if len(self._events) >= MOST_WAITING:
                return False
            self._events.append(notification.facts())
        self._loop.call_soon_threadsafe(self._there.set)
        return True

    async def hand_on(self, queue: asyncio.Queue[Any]) -> None:
        while True:
            await self._there.wait()
            self._there.clear()
            while self._events:
                await queue.put(self._events.popleft())


async def notify(queue: asyncio.Queue[Any], args: Mapping[str, Any]) -> None:
    """Listens until it is cancelled. Raises InputError; OSError where the port can't be had."""
    host = host_of(args, NOTIFICATIONS_SPEC)
    params = host.params
    text, source = read_secret(
        host,
        ("notification_auth_token", ""),
        ("notification_auth_token_file", ""),
        missing="There is no token: set notification_auth_token_file, the file that vpp_account is given as well",
    )
    token = text.strip()
    if len(token) < _SHORTEST_TOKEN:
        raise InputError(f"{source} has fewer than {_SHORTEST_TOKEN} characters; use one that nobody can guess.")
    settings = ReceiverSettings(
        host=params["host"],
        port=params["port"],
        token=Secret(token),
        certfile=params["certfile"] or "",
        keyfile=params["keyfile"] or "",
        location_uids=frozenset(params["location_uids"]),
    )
    waiting = _Waiting(asyncio.get_running_loop())
    with Receiver(settings, waiting.put) as receiver:
        thread = threading.Thread(target=receiver.serve_forever, name="notifications", daemon=True)
        thread.start()
        _LOG.info("Listening for notifications on port %s", receiver.server_address[1])
        try:
            await waiting.hand_on(queue)
        finally:
            receiver.shutdown()


_SHORTEST_TOKEN = 16


async def poll(queue: asyncio.Queue[Any], args: Mapping[str, Any]) -> None:
    """Looks at a location again and again until it is cancelled. Raises InputError and TokenError; any other failed
    look is told in the log, and the next one is compared with the last that was whole."""
    host = host_of(args, CHANGES_SPEC)
    interval = seconds("interval", host.params["interval"])
    check_poll_interval(interval, host.params["apps_books_url"])
    before: Look | None = None
    while True:
        with contextlib.suppress(_FailedLook):
            uid, now = await asyncio.to_thread(_look, host)
            for change in changes_between(before, now, uid) if before is not None else ():
                await queue.put(change.facts())
            before = now
        await asyncio.sleep(interval)


class _FailedLook(Exception):
    """Told already."""


def _look(host: PluginHost) -> tuple[str, Look]:
    try:
        with open_session(host) as session:
            return _look_at(session)
    except (InputError, TokenError) as error:
        raise type(error)(host.masked(error.message)) from None
    except VppError as error:
        _LOG.warning("The location could not be looked at: %s", sentence(host.masked(error.message)))
        raise _FailedLook from None


def _look_at(session: Session) -> tuple[str, Look]:
    config = open_location(session.api, session.guard)
    owned, _walk = session.api.read_assets()
    users, _walk = session.api.read_users()
    return config.uid, Look(
        frozenset(user.client_user_id for user in users if user.status == ASSOCIATED),
        {asset.key: None if asset.unlimited else asset.total_count for asset in owned},
    )

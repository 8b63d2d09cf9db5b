# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes Apple's notifications over HTTPS: only with the bearer token, each once, and only as many as are worked off."""

from __future__ import annotations

import hmac
import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

from ..module_utils._apps_books.notifications_codec import decode_notification
from ..module_utils._core.errors import InputError, ServiceError
from ..module_utils._core.model import Secret
from ..module_utils._core.notification import TEST, Notification, Seen

MOST_BYTES = 1 << 20
"""Of a body: a notification has at most 100 elements [D notifications]."""
_AT_ONCE = 64
_SECONDS = 30.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ReceiverSettings:
    """`certfile` empty: plain HTTP, behind a proxy on this machine. `location_uids` empty: any location."""

    host: str
    port: int
    token: Secret
    certfile: str = ""
    keyfile: str = ""
    location_uids: frozenset[str] = field(default_factory=frozenset)


class Receiver(ThreadingHTTPServer):
    """Listens from its making on; `serve_forever` answers. `deliver` is called in one thread at a time and says
    whether it took the notification; where it did not, Apple is asked to send it again."""

    daemon_threads = True
    request_queue_size = _AT_ONCE

    def __init__(self, settings: ReceiverSettings, deliver: Callable[[Notification], bool]) -> None:
        self._settings, self._deliver = settings, deliver
        self._tls = _tls(settings)
        self._seen, self._lock = Seen(), threading.Lock()
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__((settings.host, settings.port), _Handler)

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        if self._tls is not None:
            # The handshake is left to the thread of the connection, so that a slow one holds up nobody else.
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is nobody's news; Apple sends again."""

    def allows(self, header: str | None) -> bool:
        """Whether an Authorization header is ours; how long that takes tells nothing of the token."""
        wanted = f"Bearer {self._settings.token.reveal()}"
        return hmac.compare_digest((header or "").encode("utf-8", "replace"), wanted.encode())

    def take(self, body: bytes) -> int:
        """The HTTP status that answers a body."""
        try:
            found = decode_notification(json.loads(body))
        except (ValueError, RecursionError, ServiceError):
            return 400
        known = self._settings.location_uids
        if known and found.location_uid not in known:
            return 403
        if found.type == TEST:
            return 200
        with self._lock:
            if found.notification_id in self._seen:
                return 200
            if not self._deliver(found):
                return 503
            self._seen.add(found.notification_id)
        return 200


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    timeout = _SECONDS
    server_version = "openmdm"
    sys_version = ""

    def do_POST(self) -> None:
        if not self.server.allows(self.headers.get("Authorization")):
            self._answer(401)
            return
        try:
            length = int(self.headers.get("Content-Length") or "")
        except ValueError:
            self._answer(411)
            return
        self._answer(self.server.take(self.rfile.read(length)) if 0 <= length <= MOST_BYTES else 413)

    def do_GET(self) -> None:
        self._answer(405)

    do_PUT = do_DELETE = do_HEAD = do_PATCH = do_GET

    def _answer(self, status: int) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *told: object) -> None:
        """Whoever scans the port must not fill the log."""


def _tls(settings: ReceiverSettings) -> ssl.SSLContext | None:
    if not settings.certfile:
        if settings.host not in _LOOPBACK:
            raise InputError(
                "certfile is missing: Apple notifies over https only. Give certfile and keyfile, or host: 127.0.0.1 "
                "behind a proxy on this machine that has them."
            )
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.certfile, settings.keyfile or None, password=lambda: "")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or "they can't be used"
        raise InputError(f"certfile, keyfile: {reason}; give a certificate chain and its key, as PEM files.") from None
    return context

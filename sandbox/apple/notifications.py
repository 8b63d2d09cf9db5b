# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notifications: built, queued, delivered with up to three attempts [D notifications]."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..clock import Clock
from ..switches import Switches
from .location import Location

MAX_ELEMENTS = 100
ATTEMPTS = 3
TYPES = ("ASSET_MANAGEMENT", "USER_MANAGEMENT", "USER_ASSOCIATED", "ASSET_COUNT", "UNLIMITED_ASSET")
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Sender = Callable[[str, str, bytes], int]


def post(url: str, token: str, body: bytes) -> int:
    """POST a notification; the HTTP status, or 0 if nobody answers."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        tls = ssl.create_default_context()
        if host in LOOPBACK:
            # A receiver on this machine shows a throw-away certificate; any other must show a trusted one.
            tls.check_hostname = False
            tls.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, port, timeout=5, context=tls)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        connection.request("POST", parts.path or "/", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def chunks(elements: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """At most 100 elements a notification."""
    for start in range(0, len(elements), MAX_ELEMENTS):
        yield elements[start : start + MAX_ELEMENTS]


@dataclass
class Delivery:
    """One notification on its way."""

    location: Location
    url: str
    token: str
    envelope: dict[str, Any]
    due: float
    attempts: int = 0


class Outbox:
    """The queue of one sandbox. ``sender`` may be replaced in tests."""

    def __init__(self, clock: Clock, switches: Switches, sender: Sender = post) -> None:
        self.sender = sender
        self._clock = clock
        self._switches = switches
        self._waiting: list[Delivery] = []
        self._lock = threading.Lock()
        self._pump_lock = threading.Lock()
        self._log: deque[dict[str, Any]] = deque(maxlen=10_000)

    def put(self, location: Location, kind: str, content: dict[str, Any]) -> None:
        """Queue one, if the location wants this type."""
        if not location.notification_url or kind not in location.notification_types:
            return
        envelope = self._envelope(location, kind, content)
        token = location.notification_token or ""
        new = [
            Delivery(location, location.notification_url, token, envelope, self._clock.now())
            for _turn in range(self._switches["notification_copies"])
        ]
        with self._lock:
            self._waiting.extend(new)

    def put_many(self, location: Location, kind: str, name: str, elements: Sequence[Any], **rest: Any) -> None:
        """Queue as many notifications as the elements need."""
        for part in chunks(elements):
            self.put(location, kind, {**rest, name: list(part)})

    def test(self, location: Location, url: str, token: str) -> bool:
        """Deliver a TEST_NOTIFICATION at once; whether the receiver took it."""
        delivery = Delivery(location, url, token, self._envelope(location, "TEST_NOTIFICATION", {}), self._clock.now())
        return self._deliver(delivery)

    def pump(self) -> None:
        """Deliver all that is due."""
        with self._pump_lock:
            now = self._clock.now()
            with self._lock:
                due = [delivery for delivery in self._waiting if delivery.due <= now]
                self._waiting = [delivery for delivery in self._waiting if delivery.due > now]
            if self._switches["notification_order"] == "reversed":
                due.reverse()
            for delivery in due:
                if not self._deliver(delivery) and delivery.attempts < ATTEMPTS:
                    delivery.due = self._clock.now() + self._switches["notification_retry_seconds"]
                    with self._lock:
                        self._waiting.append(delivery)

    def log(self, location: Location) -> dict[str, Any]:
        """What was delivered or failed, and how many still wait."""
        with self._lock:
            waiting = sum(delivery.location is location for delivery in self._waiting)
            mine = [entry for entry in self._log if entry["uId"] == location.uid]
        return {"waiting": waiting, "attempts": mine}

    def _deliver(self, delivery: Delivery) -> bool:
        delivery.attempts += 1
        body = json.dumps(delivery.envelope, ensure_ascii=False).encode()
        status = self.sender(delivery.url, delivery.token, body)
        delivered = 200 <= status < 300
        entry = {
            "uId": delivery.location.uid,
            "notificationId": delivery.envelope["notificationId"],
            "notificationType": delivery.envelope["notificationType"],
            "attempt": delivery.attempts,
            "status": status,
            "delivered": delivered,
            "elements": sum(len(v) for v in delivery.envelope["notification"].values() if isinstance(v, list)),
        }
        with self._lock:
            self._log.append(entry)
        return delivered

    @staticmethod
    def _envelope(location: Location, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        return {
            "notificationId": str(uuid.uuid4()),
            "notificationType": kind,
            "uId": location.uid,
            "notification": content,
        }

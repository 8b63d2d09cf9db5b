# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mail server says, from its greeting to its farewell."""

from __future__ import annotations

import io
import smtplib
from typing import Any
from unittest import mock

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.connection import CLEAR, Connection, SmtpSettings
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.failure import LostAnswerError, LostError
from ansible_collections.openmdm.vpp.tests.faults.readers import Reader

_SETTINGS = SmtpSettings("127.0.0.1", 25, CLEAR, username="apps", password=Secret("invented-password"))
_DIALOGUE = (
    b"220 mail.example ESMTP\r\n250-mail.example\r\n250-8BITMIME\r\n250-SIZE 100000\r\n250-AUTH PLAIN LOGIN\r\n"
    b"250 SMTPUTF8\r\n235 2.7.0 ok\r\n250 2.1.0 sender ok\r\n250 2.1.5 recipient ok\r\n354 go on\r\n"
    b"250 2.0.0 queued\r\n250 2.0.0 reset\r\n221 bye\r\n"
)


class _Socket:
    """Says what it has to say, whatever it hears."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)

    def sendall(self, _data: bytes) -> None:
        """Heard."""

    def settimeout(self, _seconds: float) -> None:
        """Never late."""

    def close(self) -> None:
        """Nothing is held."""


def _dialogue(data: bytes) -> object:
    def connected(*_arguments: Any) -> _Socket:
        return _Socket(data)

    with mock.patch.object(smtplib.SMTP, "_get_socket", connected):
        connection = Connection(_SETTINGS)
    begun = connection.begin("apps@fernhill.example", international=connection.international)
    reply = connection.recipient("a@x.example")
    sent = connection.send(b"Subject: x\r\n\r\ny\r\n.\r\n")
    connection.reset()
    connection.close()
    for one in (begun, reply, sent):
        if not 200 <= one.code < 600 or len(one.status) > 9:
            raise AssertionError(repr(one))
    return sent


READERS = (
    Reader(
        "mail server",
        _dialogue,
        [_DIALOGUE, _DIALOGUE.replace(b"AUTH PLAIN", b"AUTH=PLAIN").replace(b"235", b"334 VXNlcjo=\r\n235")],
        ["421 bye\r\n", "250-", "550 5.1.1 no\r\n", "250 \r\n", "-1"],
        (VppError, LostError, LostAnswerError),
    ),
)

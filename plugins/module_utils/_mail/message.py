# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From words to bytes: one message with both parts, and headers that nobody can add to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from .addresses import Address, one_line
from .templates import Words

_LONGEST_NAME = 120
_FOLDS = 60
"""Signs from where a header may be cut into lines. Python drops the quotes of a name in ASCII then, so that a comma
in it would begin another address; such signs are left out."""


class _Policy(EmailPolicy):
    """Python's, which may begin a header with an empty line: readers then see a space in front of a subject."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        begin = name.encode("ascii") + b":"
        folded = super().fold_binary(name, value)
        return folded.replace(begin + b"\r\n ", begin + b" ", 1)


_POLICY = _Policy(linesep="\r\n")
_INTERNATIONAL = _Policy(linesep="\r\n", utf8=True)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom. `sender_name` and `name` may be empty, `reply_to` None."""

    sender: Address
    sender_name: str
    recipient: Address
    name: str = ""
    reply_to: Address | None = None


def build_message(envelope: Envelope, words: Words, date: datetime) -> EmailMessage:
    """Whole but for its Message-ID, which is known last."""
    message = EmailMessage(_POLICY if envelope.recipient.ascii else _INTERNATIONAL)
    message["From"] = _header(envelope.sender, envelope.sender_name)
    message["To"] = _header(envelope.recipient, envelope.name)
    if envelope.reply_to is not None:
        message["Reply-To"] = _header(envelope.reply_to, "")
    message["Subject"] = words.subject
    message["Date"] = date
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # Exchange goes by this
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    return message


def message_bytes(message: EmailMessage, key: str, sender: Address) -> bytes:
    """As it goes out after DATA: CRLF, dots doubled, with the final dot."""
    message["Message-ID"] = f"<{key}@{sender.domain}>"
    data = message.as_bytes()
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", data) + b".\r\n"


def _header(address: Address, name: str) -> HeaderAddress:
    name = one_line(name)[:_LONGEST_NAME]
    if name.isascii() and len(name) + len(address.spec) > _FOLDS:
        name = one_line(re.sub(r'[()<>\[\]:;@\\,."]', " ", name))
    return HeaderAddress(name, address.local, address.domain)

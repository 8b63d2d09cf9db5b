# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail server for tests that keeps what it is given, and misbehaves where it is told to. Standard library only.

`python smtp_server.py PORT FOLDER` runs it alone, in the clear on 127.0.0.1 (0 = any port, which is printed): every
mail becomes a file FOLDER/0001.eml, its envelope in the first two lines.
"""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import re
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

CLOSE = "close"
"""In the place of a reply: the connection ends without a word."""

Script = Callable[[str, str, int], str]
"""Replies by command (CONNECT, EHLO, AUTH, MAIL, RCPT, DATA, END, RSET), what stands behind it, and how often the
command came so far. Empty = as usual. A reply that begins with 421 ends the connection."""


@dataclass(frozen=True)
class Arrived:
    sender: str
    recipient: str
    data: bytes = field(repr=False)
    secure: bool = False
    options: str = ""

    @property
    def message(self) -> EmailMessage:
        found = email.message_from_bytes(self.data.replace(b"\r\n", b"\n"), policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class MailServer:
    """`context`: offers STARTTLS, or speaks TLS at once where `implicit`. `login`: user and password that it wants."""

    context: ssl.SSLContext | None = None
    implicit: bool = False
    login: tuple[str, str] | None = None
    methods: str = "PLAIN LOGIN"
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    script: Script = lambda _command, _rest, _count: ""
    folder: Path | None = None
    address: str = "127.0.0.1"
    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.Lock)

    def reply(self, command: str, rest: str) -> str:
        with self.lock:
            self.commands.append(f"{command} {rest}".strip())
            count = self.counts[command] = self.counts.get(command, 0) + 1
        return self.script(command, rest, count)

    def keep(self, mail: Arrived) -> None:
        with self.lock:
            self.arrived.append(mail)
            if self.folder is not None:
                path = self.folder / f"{len(self.arrived):04}.eml"
                path.write_bytes(f"X-From: {mail.sender}\nX-To: {mail.recipient}\n".encode() + mail.data)

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        server = _Server((self.address, self.port), self)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def positive(reply: str) -> bool:
    """Whether it says yes: any code from 200 to 299 (RFC 5321)."""
    return re.match(r"2[0-9]{2}([ -]|$)", reply) is not None


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], mail: MailServer) -> None:
        self.mail = mail
        super().__init__(address, _Session)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away in the middle are what the tests are about."""


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def setup(self) -> None:
        self.mail = self.server.mail
        self.secure = False
        self.closing = False
        if self.mail.implicit:
            self._wrap()
        super().setup()

    def _wrap(self) -> None:
        assert self.mail.context is not None
        self.request = self.mail.context.wrap_socket(self.request, server_side=True)
        self.secure = True

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()
        self.request.close()

    def say(self, text: str) -> None:
        if text == CLOSE:
            self.closing = True
            return
        self.closing = text.startswith("421")
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self) -> None:
        mail = self.mail
        with mail.lock:
            mail.connections += 1
        self.say(mail.reply("CONNECT", "") or "220 test ESMTP")
        self.sender = self.recipient = self.options = ""
        self.user = mail.login is None
        while not self.closing and (line := self.rfile.readline()):
            command, _space, rest = line.decode("utf-8").rstrip("\r\n").partition(" ")
            command = command.upper()
            scripted = mail.reply(command, rest)
            if scripted and command != "DATA":
                if positive(scripted):
                    self.note(command, rest)
                self.say(scripted)
                continue
            if command == "QUIT":
                self.say("221 bye")
                return
            getattr(self, f"do_{command.lower()}", self.do_unknown)(rest, scripted)

    def do_unknown(self, _rest: str, _scripted: str) -> None:
        self.say("502 unknown")

    def do_ehlo(self, _rest: str, _scripted: str) -> None:
        offers = [*self.mail.extensions]
        if self.mail.context is not None and not self.secure:
            offers.append("STARTTLS")
        if self.mail.login is not None:
            offers.append(f"AUTH {self.mail.methods}")
        lines = ["test", *offers]
        self.say("\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines))

    def do_starttls(self, _rest: str, _scripted: str) -> None:
        self.say("220 go ahead")
        self.wfile.flush()
        self._wrap()
        super().setup()

    def do_auth(self, rest: str, _scripted: str) -> None:
        method, _space, first = rest.partition(" ")
        if method == "PLAIN":
            _zero, user, password = base64.b64decode(first).decode().split("\0")
        else:
            user, password = self._asked("VXNlcm5hbWU6"), self._asked("UGFzc3dvcmQ6")
        self.user = (user, password) == self.mail.login
        self.say("235 2.7.0 welcome" if self.user else f"535 5.7.8 not {user}")

    def _asked(self, question: str) -> str:
        self.say(f"334 {question}")
        return base64.b64decode(self.rfile.readline()).decode()

    def do_mail(self, rest: str, _scripted: str) -> None:
        if not self.user:
            self.say("530 5.7.0 log in first")
            return
        self.note("MAIL", rest)
        self.say("250 2.1.0 ok")

    def do_rcpt(self, rest: str, _scripted: str) -> None:
        self.note("RCPT", rest)
        self.say("250 2.1.5 ok" if self.sender else "503 MAIL first")

    def do_rset(self, rest: str, _scripted: str) -> None:
        self.note("RSET", rest)
        self.say("250 ok")

    def note(self, command: str, rest: str) -> None:
        """What the envelope is by a command that was taken, in whatever words."""
        if command == "MAIL":
            address, _space, self.options = rest.partition(" ")
            self.sender = address[len("FROM:<") : -1]
        elif command == "RCPT":
            self.recipient = rest[len("TO:<") : -1]
        elif command == "RSET":
            self.sender = self.recipient = ""

    def do_data(self, _rest: str, scripted: str) -> None:
        if scripted:
            self.say(scripted)
            return
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return
            lines.append(line[1:] if line.startswith(b".") else line)
        reply = self.mail.reply("END", self.recipient)
        if not reply or reply == CLOSE or positive(reply):
            self.mail.keep(Arrived(self.sender, self.recipient, b"".join(lines), self.secure, self.options))
        self.say(reply or "250 2.0.0 taken")
        self.sender = self.recipient = ""


def main(port: str, folder: str) -> None:
    with MailServer(port=int(port), folder=Path(folder)).running() as server:
        print(server.port, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main(*sys.argv[1:])

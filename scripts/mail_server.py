"""A mail server on this machine, for the demo and for tests: it keeps each mail as a file and delivers none.

    python scripts/mail_server.py --state FOLDER [--refuse PATTERN]

FOLDER/ready.json is written when it listens ({"pid", "host", "port", "mails"}), and gone when it has stopped. A mail
is FOLDER/mails/00001.eml, byte by byte as it came, below the lines that a server writes on top of what it delivers: to
whom (Delivered-To), from whom (Return-Path), and over which connection (X-Connection: the client's port). The files are
for their owner only, since a link in a mail is worth what the person may get with it.

The protocol is aiosmtpd's, a server that is not our own, so that what our client says is judged by somebody else.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Keeper:
    """What aiosmtpd asks. `refused`: a recipient whose address it matches is told that there is no such mailbox."""

    def __init__(self, folder: Path, refused: str | None) -> None:
        self._folder, self._refused = folder, refused
        self._count = 0

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._refused and re.search(self._refused, address):
            return "550 5.1.1 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        self._count += 1
        lines = [f"Return-Path: <{envelope.mail_from}>", *(f"Delivered-To: {one}" for one in envelope.rcpt_tos)]
        lines.append(f"X-Connection: {session.peer[1]}")
        content = envelope.original_content or b""
        write_private(self._folder / f"{self._count:05}.eml", "\r\n".join([*lines, ""]).encode() + content)
        return f"250 2.0.0 kept as {self._count:05}"


def write_private(path: Path, content: bytes) -> None:
    """In one step, so that whoever watches the folder sees whole files."""
    part = path.with_name(path.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    part.replace(path)


async def serve(state: Path, refused: str | None) -> None:
    """Until SIGTERM or Ctrl-C."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    keeper = Keeper(state / "mails", refused)
    # A timeout of minutes: a client that keeps a slow pace leaves the connection idle between two mails.
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="mail.sandbox.example", enable_SMTPUTF8=True, timeout=600), HOST, 0
    )
    port = server.sockets[0].getsockname()[1]
    ready = {"pid": os.getpid(), "host": HOST, "port": port, "mails": str(state / "mails")}
    write_private(state / "ready.json", json.dumps(ready).encode())
    print(f"The mail server listens at {HOST}:{port} and keeps mails in {state / 'mails'}.", flush=True)
    await stopped.wait()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="A mail server that keeps mails as files.")
    parser.add_argument("--state", type=Path, required=True, help="folder of ready.json and of mails")
    parser.add_argument("--refuse", metavar="PATTERN", help="regular expression of recipients that are refused")
    wanted = parser.parse_args()
    state = wanted.state.absolute()
    (state / "ready.json").unlink(missing_ok=True)
    shutil.rmtree(state / "mails", ignore_errors=True)  # of an earlier run
    (state / "mails").mkdir(mode=0o700, parents=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(state, wanted.refuse))
    (state / "ready.json").unlink(missing_ok=True)


if __name__ == "__main__":
    main()

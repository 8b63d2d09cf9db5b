# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services on sockets, files with secrets, and the knowledge of every secret that a run can meet."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer
from sandbox.app import Sandbox, create_app
from sandbox.files import write_private
from sandbox.server import Server
from sandbox.state import write_world
from sandbox.tls import server_context

SMTP_USER = "apps"
SMTP_PASSWORD = "pässw/ö+rd \"&' %\\<x>, but long"
PROXY_PASSWORD = "proxy+secret/of=the@house"
NOTIFICATION = "notification+secret/of&the=house"
CODES = [f"SPENDME{number:05d}" for number in range(1, 13)]
PEOPLE = [{"email": f"{name}@harbour.example", "name": name.title(), "groups": ["staff"]} for name in ("ana", "bo")]


class Stage:
    """`folder` holds secrets and is exempt from the hunt; what runs write goes to places of their own."""

    def __init__(self, folder: Path, box: Sandbox, origin: str, mail: MailServer) -> None:
        self.folder, self.box, self.origin, self.mail = folder, box, origin, mail
        self.files: dict[str, str] = {}
        token, key = box.token(), box.meraki_key()
        inner = str(json.loads(base64.b64decode(token))["token"])
        foreign = base64.b64decode(token).decode().replace(inner, inner[::-1])
        written = {
            "token": token,
            "foreign_token": base64.b64encode(foreign.encode()).decode(),
            "cut_token": token[: len(token) // 2 | 1],
            "key": key,
            "wrong_key": key[::-1],
            "smtp_password": SMTP_PASSWORD,
            "wrong_smtp_password": SMTP_PASSWORD[::-1],
            "notification_token": NOTIFICATION,
        }
        for name, text in written.items():
            self.write(name, text + "\n")
        self.write("codes", "Code,Link\n" + "".join(f"{code},https://apps.example/?code={code}\n" for code in CODES))
        self._known = {
            **written,
            "proxy_password": PROXY_PASSWORD,
            "inner_token": inner,
            "inner_foreign_token": inner[::-1],
            **{f"code {number}": code for number, code in enumerate(CODES)},
        }

    def write(self, name: str, text: str) -> None:
        write_private(self.folder / name, text)
        self.files[name] = str(self.folder / name)

    @property
    def secrets(self) -> dict[str, str]:
        """All of them, with the invite codes that came since."""
        found = dict(self._known)
        for user in self.control("GET", "locations/main/users")["users"]:
            if "inviteCode" in user:
                found[f"invite code of record {len(found)}"] = user["inviteCode"]
        return found

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        status, answer = self.box.control(method, f"/_sandbox/{path}", body or {})
        assert status in (200, 201), answer
        return answer

    @property
    def echo(self) -> dict[str, Any]:
        """A refusal of Apple's that repeats what it was sent, and more."""
        told = f"Bearer {self._known['token']} and itvt={self._known['inner_token']} are odd"
        return {"kind": "status", "status": 400, "error_number": 9999, "error_message": told, "times": None}


@contextmanager
def staged(folder: Path, **switches: Any) -> Iterator[Stage]:
    """With a receiver of notifications and a mail server that wants a login."""
    folder.mkdir(mode=0o700)
    box = create_app("small", {}, tokens=folder)
    box.switches.update({"enforce_rate": False, "sm_enforce_rate": False, **switches})
    server = Server(("127.0.0.1", 0), box)
    receiver = Server(("127.0.0.1", 0), box, server_context(folder / "ca.pem"))
    box.context.origin = server.origin
    threads = [
        threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        for one in (server, receiver)
    ]
    for thread in threads:
        thread.start()
    box.start()
    try:
        with MailServer(login=(SMTP_USER, SMTP_PASSWORD)).running() as mail:
            stage = Stage(folder, box, server.origin, mail)
            stage.files |= {"people": write_world(box.world, folder)["vpp_users"]["main"]}
            stage.files |= {"receiver": f"{receiver.origin}/_sandbox/locations/main/assignments"}
            yield stage
    finally:
        for one in (server, receiver):
            one.shutdown()
            one.server_close()
        box.close()

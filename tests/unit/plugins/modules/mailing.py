# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invitations over the school of the sandbox, with a mail server, in this process."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.modules import vpp_invitation, vpp_invitation_info, vpp_user
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer
from sandbox.app import Sandbox

DAY = 86400.0
LINK = re.compile(r"http://127\.0\.0\.1:8443/invite\?inviteCode=([0-9a-f]{32})&mt=8")


class Mailing:
    """A list of people, their location and a mail server."""

    def __init__(self, box: Sandbox, options: dict[str, Any], folder: Path, server: MailServer) -> None:
        self.box, self.folder, self.server = box, folder, server
        self.apple = options
        self.state = {"state_dir": str(folder / "state")}
        self.mail = {
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_security": "none",
            "mail_from": "apps@fernhill.example",
            "mails_per_minute": 6000,
        }

    def people(self, count: int, start: int = 0) -> list[dict[str, str]]:
        return [
            {"email": f"p{number}@fernhill.example", "name": f"Person {number}"}
            for number in range(start, start + count)
        ]

    def register(self, users: Any, *, check: bool = False, **options: Any) -> Result:
        given = {**self.apple, **self.state, "poll_interval": 30, "users": users, **options}
        return run_main(vpp_user.main, _told(given), check=check)

    def invite(self, users: Any = None, *, check: bool = False, loud: bool = False, **options: Any) -> Result:
        """None = not given."""
        given = {**self.apple, **self.state, **self.mail, "poll_interval": 30, "users": users, **options}
        return run_main(vpp_invitation.main, _told(given), check=check, loud=loud)

    def info(self, **options: Any) -> Result:
        return run_main(vpp_invitation_info.main, _told({**self.apple, **self.state, **options}))

    def wait(self, days: float) -> None:
        self.box.advance(days * DAY)

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        status, answer = self.box.control(method, f"/_sandbox/locations/north/{path}", body or {})
        assert status in (200, 201), answer
        return answer

    def accept(self, *names: str, account: str = "") -> None:
        for user in self.users():
            if user.get("email", "").partition("@")[0] in names and user["status"] == "Registered":
                body = {"clientUserId": user["clientUserId"]}
                self.control("POST", "accept", {**body, "account": account} if account else body)

    def users(self) -> list[dict[str, str]]:
        return list(self.control("GET", "users")["users"])

    def codes(self) -> set[str]:
        return {user["inviteCode"] for user in self.users() if "inviteCode" in user}

    def id_of(self, name: str) -> str:
        (found,) = {user["clientUserId"] for user in self.users() if user.get("email") == f"{name}@fernhill.example"}
        return found

    def holders(self, adam_id: str) -> set[str]:
        rows = self.control("GET", "assignments", {"adamId": adam_id})["assignments"]
        return {row["clientUserId"] for row in rows if "clientUserId" in row}

    def arrived(self) -> Counter[str]:
        return Counter(mail.recipient.partition("@")[0] for mail in self.server.arrived)

    def links(self, name: str) -> list[str]:
        """The codes in the mails to a person, the oldest first."""
        found = []
        for mail in self.server.arrived:
            if mail.recipient == f"{name}@fernhill.example":
                body = mail.message.get_body(("plain",))
                assert body is not None
                found += LINK.findall(body.get_content())
        return found

    def writes(self) -> int:
        return sum(one["method"] != "GET" for one in self.box.requests)

    def reads(self) -> list[str]:
        return [one["path"].partition("?")[0] for one in self.box.requests]

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


def statuses(run: Result) -> dict[str, int]:
    """Those that somebody has."""
    return {status: count for status, count in run.data["summary"]["by_status"].items() if count}


def whole(*runs: Result) -> str:
    return json.dumps([run.text for run in runs])


def _told(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}

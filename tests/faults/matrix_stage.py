# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world of a cell: the small school of the sandbox in small pages and requests, a mail server, and all that can be
seen of both."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import code, code_info
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books import pages
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm import meraki
from ansible_collections.openmdm.vpp.tests.unit.harness import BoxClock, Result, run_main, use_box, use_systems
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer, Script
from sandbox.app import create_app
from sandbox.clock import ManualClock

LIMITS = {"maxUsers": 2, "maxSerialNumbers": 2, "maxClientUserIds": 2, "maxAssets": 2}
PEOPLE = [f"n-{number}" for number in range(1, 5)]
"""Known to Apple beside those of the seed, and associated."""
PASSWORD = "".join(["correct-", "horse-", "staple"])
STRANGER = {"id": "theirs", "name": "Other MDM", "metadata": ""}

Key = tuple[str, ...]
State = dict[Key, Any]


def _silent(_command: str, _rest: str, _count: int) -> str:
    return ""


class Stage:
    """One world. `options` reach both services and the mail server; `secrets` must stand in no output."""

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path, server: MailServer) -> None:
        self.box = create_app("small", {}, clock=ManualClock())
        # The threads of a client share a clock that stands still, so that a cap on the rate would count by chance.
        caps = dict.fromkeys(("enforce_rate", "enforce_parallel", "sm_enforce_rate"), False)
        self.box.switches.update({**caps, "page_size": 2, "limits": LIMITS})
        self.folder, self.server = folder, server
        self.network = self.box.world.meraki.networks["N_600042000001"]
        clock = partial(BoxClock, self.box)
        for module in (code, code_info):
            patch.setattr(module, "SystemClock", clock)
        patch.setattr(meraki, "DEVICES_PER_PAGE", 4)
        for module in (pages, meraki):  # one request at a time, or what a fault meets would depend on threads
            patch.setattr(module, "WIDTH", 1)
        self.apple = {**use_box(patch, self.box), "itunes_url": "http://127.0.0.1:8443/itunes"}
        self.mdm = use_systems(patch, self.box)
        self.state = {"state_dir": str(folder / "state")}
        self.mail = {
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_security": "none",
            "smtp_username": "apps",
            "smtp_password": PASSWORD,
            "mail_from": "apps@harbour.example",
            "mails_per_minute": 6000,
        }
        self.secrets: set[str] = {PASSWORD, self.box.meraki_key()}
        self.keep_secrets()
        self.control("POST", "locations/main/users", {"add": [_person(name) for name in PEOPLE]})
        for name in PEOPLE:
            self.control("POST", "locations/main/accept", {"clientUserId": name})

    def keep_secrets(self) -> None:
        """Those of this moment; a code or a token that is replaced is one still."""
        for location in self.box.world.locations.values():
            text = location.token.text
            self.secrets |= {text, json.loads(base64.b64decode(text))["token"]}
        users = self.control("GET", "locations/main/users")["users"]
        self.secrets |= {user["inviteCode"] for user in users if "inviteCode" in user}

    def control(self, method: str, path: str, body: object = None) -> Any:
        status, answer = self.box.control(method, f"/_sandbox/{path}", body or {})
        assert status in (200, 201), answer
        return answer

    def run(self, module: Any, options: dict[str, Any], *, check: bool = False, loud: bool = False) -> Result:
        return run_main(module.main, options, check=check, loud=loud)

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return str(path)

    def assign(self, adam_id: str, *serial_numbers: str) -> None:
        rows = [{"adamId": adam_id, "serialNumber": serial} for serial in serial_numbers]
        self.control("POST", "locations/main/assignments", {"add": rows})

    def serials(self, first: int, last: int) -> list[str]:
        return [f"TESTA{number:05d}" for number in range(first, last + 1)]

    def script(self, script: Script = _silent) -> None:
        self.server.script = script
        self.server.counts.clear()

    def heal(self, seconds: float) -> None:
        """What was at fault is mended, and time has passed."""
        self.box.faults.clear()
        vars(self.box).pop("handle", None)
        self.script()
        self.control("POST", "locations/main/token", {"action": "restore"})
        claim = self.control("GET", "locations/main")["mdmInfo"]
        if claim is not None and claim["id"] == STRANGER["id"]:
            self.control("POST", "locations/main/client-config", {"mdmInfo": None})
        self.box.advance(seconds)

    def seen(self) -> State:
        """All that a task can change, and more."""
        state: State = {}
        for row in self.control("GET", "locations/main/assignments")["assignments"]:
            target = row.get("serialNumber") or row.get("clientUserId")
            state["licence", row["adamId"], row["pricingParam"], target] = True
        people: dict[str, list[str]] = {}
        for user in self.control("GET", "locations/main/users")["users"]:
            people.setdefault(user["clientUserId"], []).append(f"{user['status']} {user.get('email')}")
        state.update({("person", name): sorted(records) for name, records in people.items()})
        state["claim",] = (self.control("GET", "locations/main")["mdmInfo"] or {}).get("name")
        for device in self.network.devices.values():
            state.update({("tag", str(device.serial), tag): True for tag in device.tags})
            for software in device.software.values():
                state["app", str(device.serial), software.itunes_id] = software.present or software.waiting
        arrived = Counter(mail.recipient for mail in self.server.arrived)
        state.update({("mail", recipient): count for recipient, count in arrived.items()})
        return state

    def holders(self, adam_id: str) -> set[str]:
        return {key[3] for key in self.seen() if key[:2] == ("licence", adam_id) and not key[3].startswith("OTHER")}

    def tagged(self, tag: str) -> set[str]:
        return {key[1] for key in self.seen() if key[0] == "tag" and key[2] == tag}

    def status_of(self, name: str) -> str:
        """Of the active record, or Retired."""
        records = [record.partition(" ")[0] for record in self.seen().get(("person", name), [])]
        return next((one for one in records if one != "Retired"), "Retired" if records else "")

    def writes(self) -> int:
        """Requests that were to write, and mails whose text was to be sent."""
        return sum(one["method"] != "GET" for one in self.box.requests) + self.server.commands.count("DATA")

    def close(self) -> None:
        self.box.close()


def _person(name: str) -> dict[str, str]:
    return {"clientUserId": name, "email": f"{name}@harbour.example"}


@contextmanager
def stage(folder: Path, server: MailServer) -> Iterator[Stage]:
    """A world of its own; the mail server is shared, and empty."""
    server.arrived.clear()
    server.commands.clear()
    server.counts.clear()
    server.connections = 0
    server.script = _silent
    with pytest.MonkeyPatch.context() as patch:
        for name in ("STATE_DIR", "SMTP_HOST", "SMTP_PASSWORD", "SMTP_PASSWORD_FILE"):
            patch.delenv(f"OPENMDM_VPP_{name}", raising=False)
        made = Stage(patch, folder, server)
        try:
            yield made
        finally:
            made.close()

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of vpp_user and then vpp_invitation over one list, with a mail server that may fail: who was mailed, how often,
and who must have been in the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.openmdm.vpp.plugins.modules import vpp_invitation, vpp_user
from ansible_collections.openmdm.vpp.tests.faults.in_process import InProcess
from ansible_collections.openmdm.vpp.tests.faults.runs import CALM, Storm
from ansible_collections.openmdm.vpp.tests.faults.town import PEOPLE, Plot
from ansible_collections.openmdm.vpp.tests.unit.harness import Result
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import CLOSE, MailServer
from sandbox.apple.model import ACTIVE

CODE = re.compile(rb"inviteCode=(?:3D)?([0-9a-f]{32})")
ACCEPTED, MAILED, WAITING = "accepted", "mailed", "waiting"
DEADLY = "deadly"


@dataclass(frozen=True)
class Trouble:
    """What the mail server says to a command from its n-th time on, so often; `DEADLY` also kills the run."""

    command: str
    first: int
    times: int
    reply: str


@dataclass(frozen=True)
class MailTask:
    """`addresses` by id: the list."""

    addresses: Mapping[str, str]


@dataclass(frozen=True)
class MailVerdict:
    """Each of `wanted` has accepted, or was mailed the present link. `excused`: who may still wait."""

    wanted: frozenset[str]
    excused: frozenset[str]
    refused: bool = False
    tries: bool = False
    why: str = ""

    def fits(self, found: frozenset[tuple[str, str]]) -> bool:
        return not self.differs(found)

    def differs(self, found: frozenset[tuple[str, str]]) -> dict[str, str]:
        known = dict(found)
        return {
            name: known.get(name, "missing")
            for name in sorted(self.wanted)
            if known.get(name, "missing") == "missing" or (known[name] == WAITING and name not in self.excused)
        }


class MailWorld(InProcess):
    """`server` may serve one world after the other."""

    def __init__(self, plot: Plot, server: MailServer) -> None:
        super().__init__(plot)
        self._server = server
        server.arrived.clear()
        server.script = self._reply
        self.trouble: Trouble | None = None
        self._seen = Counter[str]()
        self._doubt = False
        self._mailed = 0
        self._not_ours = set(dict(self.state()))
        self.remember("state")

    def state(self) -> frozenset[tuple[str, str]]:
        with self.town.place.store.lock:
            found = self.town.place.store.users("status IN (?,?)", *ACTIVE)
        codes = self._codes()
        return frozenset(
            (
                one["client_user_id"],
                ACCEPTED if one["status"] == "Associated" else MAILED if codes[one["invite_code"]] else WAITING,
            )
            for one in found
        )

    def _codes(self) -> Counter[str]:
        """How many mails there were with each link."""
        return Counter(code.decode() for mail in self._server.arrived for code in set(CODE.findall(mail.data)))

    def judge(self, task: MailTask) -> MailVerdict:
        doubtful = frozenset(PEOPLE) if self._doubt else frozenset()
        return MailVerdict(frozenset(task.addresses), frozenset(self._not_ours) | doubtful)

    def writes(self) -> int:
        return super().writes() + len(self._server.arrived)

    def other(self, call: str, body: dict[str, Any]) -> None:
        super().other(call, body)
        self._not_ours |= {one["clientUserId"] for one in body.get("add", ()) if call == "users"}

    def task_options(self, task: MailTask) -> dict[str, Any]:
        return {"users": [{"client_user_id": name, "email": address} for name, address in task.addresses.items()]}

    def run(self, task: MailTask, storm: Storm = CALM) -> Result | None:
        self._seen.clear()
        if storm is CALM:
            self.trouble = None
        result = super().run(task, storm)
        self._doubt |= result is None or self.trouble is not None
        addresses = {mail.recipient for mail in self._server.arrived[self._mailed :]}
        self._mailed = len(self._server.arrived)
        assert addresses <= self._may_get, "somebody is mailed who is not listed"
        assert max(self._codes().values(), default=0) <= 1, "somebody is mailed twice"
        return result

    def execute(self, options: dict[str, Any], storm: Storm) -> Result | None:
        mail = {
            "smtp_host": self._server.address,
            "smtp_port": self._server.port,
            "smtp_security": "none",
            "mail_from": "apps@fernhill.example",
            "mails_per_minute": 6000,
        }
        self._reaper.begin(storm.kill)
        try:
            registered = self.call(vpp_user.main, options, storm)
            invited = registered and self.call(vpp_invitation.main, {**options, **mail}, storm)
            if not (registered and invited):
                return None
            changed = registered.data["changed"] or invited.data["changed"]
            told = registered if registered.failed else invited
            return replace(told, data={**told.data, "changed": changed})
        finally:
            self._reaper.begin(None)

    def _reply(self, command: str, _rest: str, _count: int) -> str:
        self._seen[command] += 1
        trouble = self.trouble
        if trouble is None or command != trouble.command:
            return ""
        if not trouble.first <= self._seen[command] < trouble.first + trouble.times:
            return ""
        self.counts["troubles of the mail server"] += 1
        if trouble.reply != DEADLY:
            return trouble.reply
        self._reaper.struck = True
        return CLOSE

    def _look_at_write(self, path: str, body: Any) -> None:
        self._posts += 1
        verb = path.rsplit("/", 1)[-1]
        ids = {one["clientUserId"] for one in body.get("users", ())}
        if verb not in ("create", "update"):
            self._wrong.append(f"POST {path}")
        self._refuse(ids - self._task.addresses.keys(), f"{verb} of somebody who is not listed")

    def look_again(self) -> None:
        """Who may be mailed, at the addresses that the list or Apple has."""
        with self.town.place.store.lock:
            known = {one["client_user_id"]: one["email"] for one in self.town.place.store.users("1=1")}
        listed = self._task.addresses
        if self._requests == 0:
            self._may_get = set(listed.values())
        self._may_get |= {known[name] for name in listed if known.get(name)}

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
from ansible_collections.openmdm.vpp.tests.faults.runs import sent_pairs
from ansible_collections.openmdm.vpp.tests.faults.storm import CALM, Storm
from ansible_collections.openmdm.vpp.tests.faults.town import ASSETS, PEOPLE, Pair, Plot
from ansible_collections.openmdm.vpp.tests.unit.harness import Result
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import CLOSE, MailServer
from sandbox.apple.model import ACTIVE

CODE = re.compile(rb"inviteCode=(?:3D)?([0-9a-f]{32})")
ACCEPTED, MAILED, WAITING = "accepted", "mailed", "waiting"
DEADLY = "deadly"
DAY = 86400.0
EARLY = 3 * 3600 + 2 * 3600
"""Seconds by which a reminder may come before its day, and by which a run may have gone on after a mail."""


@dataclass(frozen=True)
class Trouble:
    """What the mail server says to a command from its n-th time on, so often; `DEADLY` also kills the run."""

    command: str
    first: int
    times: int
    reply: str


@dataclass(frozen=True)
class MailTask:
    """`addresses` by id: the list. `remind` after so many days, `most` times; None = nobody is reminded. `reissue`: who
    has accepted is invited anew, `most_retired` of them (None = all)."""

    addresses: Mapping[str, str]
    remind: int | None = None
    most: int = 3
    reissue: bool = False
    most_retired: int | None = None


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


class Mailing(InProcess):
    """A world with a mail server, which may serve one world after the other."""

    def __init__(self, plot: Plot, server: MailServer) -> None:
        super().__init__(plot)
        self._server = server
        server.arrived.clear()
        server.script = self._reply
        self.trouble: Trouble | None = None
        self._seen = Counter[str]()
        self._deadly = False
        self.mail = {
            "smtp_host": server.address,
            "smtp_port": server.port,
            "smtp_security": "none",
            "mail_from": "apps@fernhill.example",
            "mails_per_minute": 6000,
        }

    def writes(self) -> int:
        return super().writes() + len(self._server.arrived)

    def run(self, task: Any, storm: Storm = CALM) -> Result | None:
        self._seen.clear()
        self._deadly = False
        if storm is CALM:
            self.trouble = None
        return super().run(task, storm)

    def death(self, storm: Storm) -> str:
        return f"at {self.trouble.command} of a mail" if self.trouble and self._deadly else super().death(storm)

    def _reply(self, command: str, _rest: str, _count: int) -> str:
        self._seen[command] += 1
        trouble = self.trouble
        if trouble is None or command != trouble.command:
            return ""
        if not trouble.first <= self._seen[command] < trouble.first + trouble.times:
            return ""
        self.counts["troubles of the mail server"] += 1
        self.counts[f"mail server at {command}: {trouble.reply}"] += 1
        if trouble.reply != DEADLY:
            return trouble.reply
        self._deadly = self._reaper.struck = True
        return CLOSE


class MailWorld(Mailing):
    """Invitations."""

    def __init__(self, plot: Plot, server: MailServer) -> None:
        super().__init__(plot, server)
        self._doubt = False
        self._mailed = 0
        self._last = dict[str, float]()
        self._had, self._accepted = set[Pair](), set[str]()
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

    def other(self, call: str, body: dict[str, Any]) -> None:
        super().other(call, body)
        self._not_ours |= {one["clientUserId"] for one in body.get("add", ()) if call == "users"}

    def recover(self, *, release: bool) -> None:
        """With licences enough to give everything again, and past the time in which a lost retirement may come."""
        super().recover(release=release)
        for adam_id in ASSETS:
            self.town.control("POST", "locations/main/buy", {"adamId": adam_id, "count": 50})
        self.box.advance(900)

    def whole(self, task: MailTask) -> MailTask:
        return replace(task, most_retired=None)

    def task_options(self, task: MailTask) -> dict[str, Any]:
        return {"users": [{"client_user_id": name, "email": address} for name, address in task.addresses.items()]}

    def invitation_options(self, task: MailTask) -> dict[str, Any]:
        """Those that vpp_invitation alone has."""
        options: dict[str, Any] = {**self.mail, "max_reminders": task.most, "reissue": task.reissue}
        if task.remind is not None:
            options["remind_after_days"] = task.remind
        if task.reissue:
            options["max_removals"] = "100%" if task.most_retired is None else str(task.most_retired)
        return options

    def run(self, task: MailTask, storm: Storm = CALM) -> Result | None:
        result = super().run(task, storm)
        self._doubt |= result is None or self.trouble is not None
        new = self._server.arrived[self._mailed :]
        self._mailed = len(self._server.arrived)
        assert {mail.recipient for mail in new} <= self._may_get, "somebody is mailed who is not listed"
        self._hold(task, Counter(code.decode() for mail in new for code in set(CODE.findall(mail.data))))
        return result

    def _hold(self, task: MailTask, new: Counter[str]) -> None:
        """How often a link was mailed in this run, against those before."""
        now, times = self.box.clock.now(), self._codes()
        assert max(new.values(), default=0) <= 1, "somebody is mailed twice in one run"
        for code in new:
            if times[code] > 1:
                assert task.remind is not None, "somebody is mailed twice"
                assert times[code] - 1 <= task.most, "somebody is reminded too often"
                assert now - self._last[code] > task.remind * DAY - EARLY, "somebody is reminded too early"
                self.counts["reminders"] += 1
            self._last[code] = now

    def act(self, options: dict[str, Any], storm: Storm) -> Result | None:
        registered = self.call(vpp_user.main, options, storm)
        more = self.invitation_options(self._task)
        invited = registered and self.call(vpp_invitation.main, {**options, **more}, storm)
        if not (registered and invited):
            return None
        changed = registered.data["changed"] or invited.data["changed"]
        told = registered if registered.failed else invited
        return replace(told, data={**told.data, "changed": changed})

    def _look_at_write(self, path: str, body: Any) -> None:
        self._posts += 1
        verb = path.rsplit("/", 1)[-1]
        ids = {one["clientUserId"] for one in body.get("users", ())}
        task: MailTask = self._task
        if verb in ("create", "update"):
            self._refuse(ids - task.addresses.keys(), f"{verb} of somebody who is not listed")
        elif verb == "retire" and task.reissue:
            self.counts["people retired to be invited anew"] += len(ids)
            self._refuse(ids - (self._accepted & task.addresses.keys()), "retired and nobody asked for it")
            self._removed |= ids
            if task.most_retired is not None and len(self._removed) > task.most_retired:
                self._wrong.append(f"{len(self._removed)} retired and {task.most_retired} allowed")
        elif verb == "associate":
            self.counts["licences given again"] += len(pairs := sent_pairs(body))
            self._refuse(pairs - self._had, "given again and never held")
        else:
            self._wrong.append(f"POST {path}")

    def look_again(self) -> None:
        """Who may be mailed, at the addresses that the list or Apple has."""
        with self.town.place.store.lock:
            known = {one["client_user_id"]: one["email"] for one in self.town.place.store.users("1=1")}
        self._accepted |= {name for name, status in self.town.people().items() if status == "Associated"}
        self._had |= self.town.pairs()
        listed = self._task.addresses
        if self._requests == 0:
            self._may_get = set(listed.values())
        self._may_get |= {known[name] for name in listed if known.get(name)}

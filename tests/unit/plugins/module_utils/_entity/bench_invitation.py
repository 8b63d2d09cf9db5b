# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task for invitations over the fake world, with a real state directory, and a mailer that is real or a fake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import TransportError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.invitation_model import InvitationGoal
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import parse_removal_limit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import (
    ACCEPTED,
    HELD_BACK,
    NOT_SENT,
    UNCERTAIN,
    Mail,
    Mailer,
    MailRecord,
    MailResult,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import BadRow, Person
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.apply_license import Polling
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.invitation import InvitationRequest, InvitationTask
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.invitation_memory import InvitationMemory
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.plugins.module_utils._state.folder import StateFolder, StateSettings
from ansible_collections.openmdm.vpp.tests.unit.fakes import LOCATION, UID, FakeAppsBooks, FakeNotify


class FakeMailer:
    """Implements Mailer. `sent`: who was mailed, by mail. `outcomes` by client_user_id; everything else is accepted.
    `down`: there is no mail server. `at`: called with a point and a person, around each step of a mail."""

    def __init__(self, most: int | None = None, *, trial: bool = False) -> None:
        self.sent: list[Mail] = []
        self.calls: list[str] = []
        self.outcomes: dict[str, MailResult] = {}  # of whatever mail
        self.down = False
        self.at: Callable[[str, str], None] = lambda _point, _person: None
        self._most, self._trial = most, trial

    @property
    def trial(self) -> bool:
        return self._trial

    @property
    def allowance(self) -> int | None:
        return self._most

    def check(self, mails: Sequence[Mail]) -> None:
        self.calls.append(f"check {len(mails)}")

    def connect(self) -> None:
        self.calls.append("connect")
        if self.down:
            raise TransportError("The mail server is down.")

    def send(self, mails: Sequence[Mail], record: MailRecord) -> list[MailResult]:
        self.calls.append(f"send {len(mails)}")
        results: list[MailResult] = []
        error: VppError | None = None
        for mail in mails:
            if error is not None:
                results.append(MailResult(mail, NOT_SENT, error=error))
                continue
            if self._most is not None and len(self.sent) >= self._most:
                results.append(MailResult(mail, HELD_BACK))
                continue
            results.append(self._one(mail, record))
            error = results[-1].error
        return results

    def _one(self, mail: Mail, record: MailRecord) -> MailResult:
        person = mail.client_user_id
        self.at("before MAIL", person)
        record.intend(mail)
        told = self.outcomes.get(person)
        result = MailResult(mail, ACCEPTED) if told is None else replace(told, mail=mail)
        if result.outcome in (ACCEPTED, UNCERTAIN):
            self.sent.append(mail)
        self.at("after DATA before the answer", person)
        self.at("after the answer before the ledger", person)
        if result.outcome != UNCERTAIN:
            record.settle(result)
        self.at("after the ledger", person)
        return result


def invite(
    api: FakeAppsBooks,
    mailer: Mailer,
    listed: Iterable[Person],
    *,
    check: bool = False,
    state_dir: Path | None = None,
    created: Iterable[str] = (),
    bad_rows: Sequence[BadRow] = (),
    max_removals: str | None = None,
    show_people: bool = False,
    notify: FakeNotify | None = None,
    **goal: Any,
) -> Outcome:
    limit = None if max_removals is None else parse_removal_limit(max_removals)
    told = notify or FakeNotify()
    settings = StateSettings(str(state_dir), "https://vpp.example:443", 0.0, check)
    opened = nullcontext(None) if state_dir is None else StateFolder(settings, api.clock, told).open(UID)
    with opened as state:
        request = InvitationRequest(
            tuple(listed),
            InvitationGoal(max_removals=limit, **goal),
            tuple(bad_rows),
            source="people.csv",
            created=frozenset(created),
            account_name=LOCATION,
            remembers=state is not None,
            show_people=show_people,
        )
        memory = InvitationMemory(state, read_only=check or mailer.trial)
        polling = Polling(True, 900.0, 30.0)
        task = InvitationTask(api, mailer, LocationGuard(), api.config, request, memory, polling, told, api.clock)
        return task.run(check=check)

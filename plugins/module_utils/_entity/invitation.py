# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invitations: reads who has accepted, plans whom to mail, and has it done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from .._core.invitation_model import GRANT, REISSUE, InvitationGoal, InvitationPart, InvitationPlan
from .._core.known_people import KnownPeople
from .._core.mail_ports import Mail, Mailer
from .._core.model import ClientConfig, Limits
from .._core.plan_invitation import check_reissues, plan_invitations
from .._core.ports import AppsBooks, Clock, Notify
from .._core.user_model import BadRow, Person
from .._core.user_plan import PersonPlan
from .apply_invitation import AppliedInvitations, InvitationWriter
from .apply_license import Polling
from .base import Outcome, reconcile
from .event_memory import finish_earlier_work
from .grant_again import Grants, plan_grants
from .invitation_mails import draft_mails, sample_mails
from .invitation_memory import InvitationMemory
from .invitation_warnings import warnings_of
from .leavers import Belongings, read_belongings
from .location import LocationGuard, require_no_foreign_claim
from .report_invitation import report_invitations


@dataclass(frozen=True, slots=True)
class InvitationRequest:
    """What the task asks for. `people`, `bad_rows`: as the list was read; `source` names it, and `unit` what is counted
    in it. `created`: whom this very run has registered. `account_name` stands in the mails."""

    people: tuple[Person, ...]
    goal: InvitationGoal
    bad_rows: tuple[BadRow, ...] = ()
    groups: tuple[str, ...] = ()
    source: str = "users"
    unit: str = "line"
    created: frozenset[str] = frozenset()
    account_name: str = ""
    remembers: bool = True
    show_people: bool = False


@dataclass(frozen=True, slots=True)
class PreparedInvitations:
    """A plan ready to be applied. `mails` in the order in which they go out; those of people who are invited anew come
    first, and have no link before that. `held_back`: mails beyond what may be sent. `pages`: requests that a read of
    all people takes. `stable`: the list of people held still while it was read."""

    config: ClientConfig
    invitations: InvitationPlan
    grants: Grants
    belongings: Belongings
    limits: Limits
    mails: tuple[Mail, ...] = field(repr=False)
    now: datetime
    held_back: int = 0
    pages: int = 1
    stable: bool = True
    trial: bool = False
    check: bool = False

    @property
    def sends(self) -> int:
        return len(self.mails) + len(self.invitations.of(REISSUE)) - self.held_back

    @property
    def changed(self) -> bool:
        return bool(self.sends or self.invitations.of(REISSUE, GRANT))


class InvitationTask:
    """Implements base.Entity for invitations. `config`: the location, as read when the memory was opened."""

    def __init__(
        self,
        api: AppsBooks,
        mailer: Mailer,
        guard: LocationGuard,
        config: ClientConfig,
        request: InvitationRequest,
        memory: InvitationMemory,
        polling: Polling,
        notify: Notify,
        clock: Clock,
    ) -> None:
        self._api, self._mailer, self._guard, self._config = api, mailer, guard, config
        self._request, self._memory, self._polling = request, memory, polling
        self._notify, self._clock = notify, clock
        self._check = False

    def run(self, *, check: bool) -> Outcome:
        self._check = check
        return reconcile(self, check=check)

    def plan(self) -> PreparedInvitations:
        api, request, goal = self._api, self._request, self._request.goal
        require_no_foreign_claim(self._config, self._guard)
        finish_earlier_work(api, self._memory, self._polling)
        records, walk = api.read_users(active_only=False)
        found, bad = KnownPeople(self._config.uid, records).identify(request.people)
        groups = set(request.groups)
        people = [one for one in found if not groups or not groups.isdisjoint(one.person.groups)]
        former = {user.client_user_id: user.email for user in records if not user.active}
        remembered = self._memory.recall(people, request.created)
        plan = plan_invitations(
            [_with_address(one, former) for one in people],
            former.keys(),
            remembered,
            goal,
            self._clock.now(),
            [*request.bad_rows, *bad],
        )
        if self._mailer.trial:
            plan = replace(plan, parts=tuple(_only_mails(part) for part in plan.parts))
        touched = [part.client_user_id for part in plan.of(REISSUE, GRANT)]
        belongings = read_belongings(api, touched)
        plan, grants = plan_grants(plan, belongings)
        check_reissues(plan, goal, stable=walk.stable and belongings.stable)
        # What is so already needs no write at Apple, and is remembered all the same (in check mode it is not).
        self._memory.finish_reissues(plan.finished)
        self._memory.given(grants.over)
        prepared = self._prepare(plan, grants, belongings, pages=walk.pages, stable=walk.stable)
        for warning in warnings_of(prepared, request):
            self._notify.warn(warning)
        return prepared

    def _prepare(
        self, plan: InvitationPlan, grants: Grants, belongings: Belongings, *, pages: int, stable: bool
    ) -> PreparedInvitations:
        now = self._clock.now()
        mails = draft_mails(self._api, plan.mails, self._request.account_name, now)
        samples = sample_mails(self._api, plan.of(REISSUE), self._request.account_name, now)
        self._mailer.check([*samples, *mails])
        allowance = self._mailer.allowance
        total = len(mails) + len(samples)
        return PreparedInvitations(
            self._config,
            plan,
            grants,
            belongings,
            self._api.read_service_config().limits,
            tuple(mails),
            now,
            held_back=0 if allowance is None else max(0, total - allowance),
            pages=pages,
            stable=stable,
            trial=self._mailer.trial,
            check=self._check,
        )

    def apply(self, plan: PreparedInvitations) -> AppliedInvitations:
        writer = InvitationWriter(self._api, self._mailer, self._memory, self._polling, self._clock)
        return writer.run(plan, self._request.account_name)

    def report(self, plan: PreparedInvitations, applied: AppliedInvitations | None) -> Outcome:
        return report_invitations(plan, applied, self._request)


def _with_address(one: PersonPlan, former: Mapping[str, str]) -> PersonPlan:
    """Whoever is to be registered anew needs an address, which may be in the record that ended."""
    if one.user is not None or one.person.email:
        return one
    return replace(one, person=replace(one.person, email=former.get(one.client_user_id, "")))


def _only_mails(part: InvitationPart) -> InvitationPart:
    """A trial changes nothing at Apple."""
    return replace(part, action="") if part.action in (REISSUE, GRANT) else part

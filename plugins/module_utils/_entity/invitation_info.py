# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows who was invited: counts of how people stand, and whom the filters leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.invitation_model import InvitationGoal
from .._core.known_people import KnownPeople
from .._core.model import ClientConfig
from .._core.plan_invitation import plan_invitations
from .._core.ports import AppsBooks, Clock, Notify
from .._core.user_model import BadRow, Person, User
from .._core.user_plan import PersonPlan
from .base import Outcome
from .invitation_memory import InvitationMemory
from .invitation_standing import Standing, waiting_facts
from .location import location_facts


@dataclass(frozen=True, slots=True)
class InvitationFilter:
    """Whom to show. `people` None = all of the location."""

    status: frozenset[str] | None = None
    people: tuple[Person, ...] | None = field(default=None, repr=False)
    bad_rows: tuple[BadRow, ...] = ()
    groups: frozenset[str] = frozenset()
    show_people: bool = False


class InvitationReader:
    """`config`: the location, as read when the memory was opened."""

    def __init__(
        self,
        api: AppsBooks,
        config: ClientConfig,
        wanted: InvitationFilter,
        memory: InvitationMemory,
        notify: Notify,
        clock: Clock,
    ) -> None:
        self._api, self._config, self._wanted = api, config, wanted
        self._memory, self._notify, self._clock = memory, notify, clock

    def read(self, limit: int) -> Outcome:
        """The outcome with lists of at most `limit`; its document holds all."""
        wanted, now = self._wanted, self._clock.now()
        records, walk = self._api.read_users(active_only=False)
        if not walk.stable:
            self._notify.warn(
                "The list of people kept changing while it was read, so it may lack some; read it again when no other "
                "program writes on this location."
            )
        people, bad = self._identify(records)
        ended = {user.client_user_id for user in records if not user.active}
        plan = plan_invitations(
            people, ended, self._memory.recall(people), InvitationGoal(), now, [*wanted.bad_rows, *bad]
        )
        everybody = [
            Standing(part, part.status, now, part.mailed, part.mailed.sent if part.mailed else 0) for part in plan.parts
        ]
        shown = [
            _facts(one, wanted.show_people)
            for one in sorted(everybody, key=_rank)
            if wanted.status is None or one.status in wanted.status
        ]
        bad_rows = [{"line": row.line, "why": row.why} for row in plan.bad_rows]
        summary = {
            "people": len(everybody),
            **waiting_facts(everybody),
            "reminded": sum(one.waiting and one.mails > 1 for one in everybody),
            "still_to_grant": plan.owed,
            "bad_rows": len(bad_rows),
        }
        return Outcome(
            noun="invitations",
            value=shown[:limit],
            extra={
                "location": location_facts(self._config),
                "total": len(shown),
                "truncated": max(len(shown), len(bad_rows)) > limit,
                "summary": summary,
                "bad_rows": bad_rows[:limit],
            },
            document={
                "location": location_facts(self._config),
                "summary": summary,
                "invitations": shown,
                "bad_rows": bad_rows,
            },
        )

    def _identify(self, records: Sequence[User]) -> tuple[list[PersonPlan], list[BadRow]]:
        wanted = self._wanted
        if wanted.people is None:
            latest = {user.client_user_id: user for user in records}  # the active record of an id comes last
            return [
                PersonPlan(Person(0, key, user.email), key, user=user if user.active else None)
                for key, user in latest.items()
            ], []
        found, bad = KnownPeople(self._config.uid, records).identify(wanted.people)
        return [one for one in found if not wanted.groups or not wanted.groups.isdisjoint(one.person.groups)], bad


def _facts(one: Standing, show_people: bool) -> dict[str, Any]:
    hidden = ("action", "smtp_status")
    return {key: value for key, value in one.facts(show_people).items() if key not in hidden}


def _rank(one: Standing) -> tuple[bool, int, str]:
    """Those who wait longest first."""
    return (not one.waiting, -(one.days_waiting or 0), one.part.client_user_id)

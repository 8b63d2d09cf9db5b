# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invites people anew: retires them, which makes the old link void, and registers them again, which makes a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .._core.errors import VppError
from .._core.invitation_model import InvitationPart
from .._core.license_model import ABSENT, PRESENT
from .._core.model import COMPLETE, AssetKey, Event, Limits
from .._core.ports import AppsBooks, Clock
from .._core.user_model import CREATE, REGISTERED, RETIRE, Person, User
from .._core.user_plan import PersonPlan, UserPlan
from .apply_license import Polling
from .apply_user import AppliedUsers, UserWriter
from .invitation_memory import InvitationMemory
from .leavers import Belongings


@dataclass(slots=True)
class Reissued:
    """What became of people to be invited anew. `users`: those who are registered anew, as read afterwards. `retired`:
    how many this run retired. `gone`: who is retired and not yet registered again. `steps`: the retirement and the
    registration, as far as it came."""

    users: dict[str, User] = field(default_factory=dict)
    retired: int = 0
    gone: set[str] = field(default_factory=set)
    steps: list[AppliedUsers] = field(default_factory=list)

    @property
    def events(self) -> list[Event]:
        return [event for step in self.steps for event in step.events.values()]

    @property
    def error(self) -> VppError | None:
        return next((step.error for step in self.steps if step.error is not None), None)

    @property
    def pending(self) -> frozenset[str]:
        """Whose retirement or registration was sent, while nobody knows yet what became of it."""
        return frozenset(key for step in self.steps for key in step.pending) - self.users.keys()

    @property
    def took_effect(self) -> bool:
        """What was seen to be done counts, and what may be done by now or later."""
        complete = any(event.status == COMPLETE for event in self.events)
        return bool(self.retired or self.users or self.pending or complete)


def losses(part: InvitationPart, belongings: Belongings) -> tuple[frozenset[AssetKey], int]:
    """What the person loses by it, and how many licences stay, such as those of books."""
    held = belongings.held_by(part.client_user_id)
    lost = frozenset(key for key in held if belongings.assets[key].revocable)
    return lost, len(held) - len(lost)


class Reissuer:
    """`pages`: requests that a read of all people takes."""

    def __init__(
        self, api: AppsBooks, polling: Polling, clock: Clock, limits: Limits, memory: InvitationMemory, pages: int
    ) -> None:
        self._api, self._polling, self._clock = api, polling, clock
        self._limits, self._memory, self._pages = limits, memory, pages

    def run(self, parts: Sequence[InvitationPart], belongings: Belongings) -> Reissued:
        """`parts`: those with the action REISSUE; who has no active record any more is only registered."""
        done = Reissued()
        leaving = [part for part in parts if part.user is not None]
        for part in leaving:
            if part.user is not None:
                self._memory.begin_reissue(part.user, losses(part, belongings)[0])
        if leaving:
            left = self._retire(leaving, done)
            parts = [part for part in parts if part.client_user_id not in left]
        done.gone = {part.client_user_id for part in parts}
        if not parts or done.error is not None:
            return done
        created = self._write(UserPlan(PRESENT, tuple(_anew(part) for part in parts)), done)
        done.users = {key: user for key, user in created.now.items() if key in done.gone and _is_new(user)}
        done.gone -= done.users.keys()
        self._memory.finish_reissues(done.users)
        return done

    def _retire(self, leaving: Sequence[InvitationPart], done: Reissued) -> frozenset[str]:
        """Who is not seen to be retired."""
        people = tuple(PersonPlan(part.person, part.client_user_id, RETIRE, part.user) for part in leaving)
        leavers = tuple(part.user for part in leaving if part.user is not None)
        applied = self._write(UserPlan(ABSENT, people, leavers), done)
        done.retired = len(people) - len(applied.missing) if applied.read else 0
        return applied.missing

    def _write(self, plan: UserPlan, done: Reissued) -> AppliedUsers:
        writer = UserWriter(self._api, self._polling, self._clock, plan, self._limits, self._memory, self._pages)
        applied = writer.run()
        done.steps.append(applied)
        return applied


def _anew(part: InvitationPart) -> PersonPlan:
    """Without a Managed Apple Account: it would be linked at once, and there would be no invitation."""
    person = Person(part.person.line, part.client_user_id, part.person.email or part.address)
    return PersonPlan(person, part.client_user_id, CREATE)


def _is_new(user: User) -> bool:
    return user.status == REGISTERED

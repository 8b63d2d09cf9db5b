# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People of a location: reads whom Apple knows, plans the difference within the brakes, and has it applied."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._core.batch_users import pack_users
from .._core.brakes_user import check_user_brakes
from .._core.errors import BrakeError, VppError
from .._core.model import ClientConfig, Limits
from .._core.plan_user import plan_users
from .._core.ports import AppsBooks, Clock, Notify
from .._core.user_model import BadRow, Person, UserRequest
from .._core.user_plan import VERBS, UserGoal, UserPlan
from .apply_license import Polling
from .apply_user import AppliedUsers, UserWriter
from .base import Outcome, reconcile
from .event_memory import finish_earlier_work
from .leavers import Belongings, read_belongings
from .location import LocationGuard, require_no_foreign_claim
from .people_memory import PeopleMemory
from .report_user import report_users


@dataclass(frozen=True, slots=True)
class UserRequestOfTask:
    """What the task asks for. `people`, `bad_rows`: as the source was read; `goal` holds all but what is remembered.
    `place`: the path of the source, where its name is only that of the file."""

    people: tuple[Person, ...]
    goal: UserGoal
    bad_rows: tuple[BadRow, ...] = ()
    groups: tuple[str, ...] = ()
    source: str = "users"
    place: str = ""
    unit: str = "line"
    show_people: bool = False


@dataclass(frozen=True, slots=True)
class PreparedUsers:
    """A plan ready to be applied, with what the report needs. `pages`: requests that a read of all people takes."""

    config: ClientConfig
    users: UserPlan
    limits: Limits
    writes: tuple[UserRequest, ...]
    belongings: Belongings
    pages: int

    @property
    def changed(self) -> bool:
        return self.users.changed


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a plan, and what the people who left hold now (None: nobody looked)."""

    users: AppliedUsers
    belongings: Belongings | None = None


class UserTask:
    """Implements base.Entity for people. `config`: the location, as read when the memory was opened."""

    def __init__(
        self,
        api: AppsBooks,
        guard: LocationGuard,
        config: ClientConfig,
        request: UserRequestOfTask,
        memory: PeopleMemory,
        polling: Polling,
        notify: Notify,
        clock: Clock,
    ) -> None:
        self._api, self._guard, self._config, self._request = api, guard, config, request
        self._memory, self._polling, self._notify, self._clock = memory, polling, notify, clock
        self._listed: UserPlan | None = None

    def run(self, *, check: bool) -> Outcome:
        """Reconciles. What needs no write at Apple is remembered all the same: whose people they are."""
        outcome = reconcile(self, check=check)
        if self._listed is not None and not check:
            self._memory.record(self._listed.listed)
            self._memory.release(self._listed.released)
        return outcome

    def plan(self) -> PreparedUsers:
        api, request = self._api, self._request
        self._memory.check_place()
        require_no_foreign_claim(self._config, self._guard)
        finish_earlier_work(api, self._memory, self._polling)
        users, walk = api.read_users()
        goal = self._with_memory(request.goal)
        plan = plan_users(
            self._config.uid, request.people, users, goal, bad_rows=request.bad_rows, groups=request.groups
        )
        check_user_brakes(plan, goal)
        if plan.changed and not walk.stable:
            raise BrakeError(
                "The list of people at Apple kept changing while it was read, so nobody can tell who is new; nothing "
                "was changed. Run the task again when no other program writes on this location."
            )
        self._listed = None if plan.changed else plan
        limits = api.read_service_config().limits
        belongings = read_belongings(api, [user.client_user_id for user in plan.leavers])
        for warning in (*plan.warnings, *_warnings(plan, belongings)):
            self._notify.warn(warning)
        return PreparedUsers(
            self._config,
            plan,
            limits,
            tuple(write for verb in VERBS for write in pack_users(verb, plan.fields(verb), limits)),
            belongings,
            walk.pages,
        )

    def apply(self, plan: PreparedUsers) -> Done:
        applied = UserWriter(
            self._api, self._polling, self._clock, plan.users, plan.limits, self._memory, plan.pages
        ).run()
        missing = applied.missing
        retired = [user.client_user_id for user in plan.users.leavers if user.client_user_id not in missing]
        if not (retired and applied.read and plan.belongings.total) or applied.error is not None:
            return Done(applied)
        try:
            return Done(applied, read_belongings(self._api, retired))
        except VppError as error:  # what was done is told all the same
            self._notify.warn(f"What leavers hold now could not be read: {error.message}")
            return Done(applied)

    def report(self, plan: PreparedUsers, applied: Done | None) -> Outcome:
        return report_users(plan, applied, self._request, self._memory)

    def _with_memory(self, goal: UserGoal) -> UserGoal:
        if not goal.exclusive:
            return goal
        of_source = self._memory.of_source()
        return replace(goal, of_source=of_source, elsewhere=self._memory.elsewhere(of_source))


def _warnings(plan: UserPlan, belongings: Belongings) -> list[str]:
    result = []
    if plan.leavers and belongings.total:
        staying = (
            f"; {belongings.staying} of them stay with the people, since books can't be taken back"
            if (belongings.staying)
            else ""
        )
        result.append(
            f"Who is retired here holds {belongings.total} licences{staying}. An app that stays on a device works on "
            "for 30 days and then stops."
        )
    if not belongings.stable:
        result.append(
            "The assignments kept changing while they were read, so what leavers hold may be told incompletely."
        )
    return result

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what a task for people did: counts and bounded samples; names and addresses only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from .._core.digest import digest_of
from .._core.user_model import ASSOCIATED, CREATE, REGISTERED, RETIRE, UPDATE, User, UserFields, UserRequest
from .._core.user_plan import VERBS, PersonPlan, UserPlan
from .apply_user import AppliedUsers
from .base import SAMPLE, Outcome
from .leavers import Belongings
from .location import location_facts
from .people_memory import PeopleMemory
from .report_license import event_facts
from .user_error import error_of, group_failures, took_effect

if TYPE_CHECKING:
    from .user import Done, PreparedUsers, UserRequestOfTask

PEOPLE_SHOWN = 10
"""Ids shown of one request."""

NEW, INVITED, LINKED, GONE, UNKNOWN = "new", "invited", "associated", "retired", "unknown"
"""The states of a person in the words of the users."""


def state_of(user: User | None, nobody: str = GONE) -> str:
    """`nobody`: of whom Apple has no active record."""
    if user is None or not user.active:
        return nobody
    return LINKED if user.status == ASSOCIATED else NEW


@dataclass(frozen=True, slots=True)
class _After:
    """How people stand after the run, or would in check mode. `missing`: who is not as planned."""

    plan: UserPlan
    done: Done | None

    @property
    def missing(self) -> frozenset[str]:
        return self.done.users.missing if self.done else frozenset()

    def user(self, part: PersonPlan) -> User | None:
        """The active record. Of what nobody has seen yet: as it is to become."""
        key, applied = part.client_user_id, self.done.users if self.done else None
        if applied is not None and (applied.read or key not in applied.pending):
            return applied.now.get(key) if applied.read and part.action else part.user
        return self.planned(part)

    @staticmethod
    def planned(part: PersonPlan) -> User | None:
        """The active record as it is to become."""
        if not part.action:
            return part.user
        if part.action == RETIRE:
            return None
        fields = part.fields
        linked = fields.managed_apple_account is not None or (part.user is not None and part.user.status == ASSOCIATED)
        email = fields.email if fields.email is not None else part.user.email if part.user else ""
        return User(part.client_user_id, ASSOCIATED if linked else REGISTERED, email)


def report_users(plan: PreparedUsers, done: Done | None, request: UserRequestOfTask, memory: PeopleMemory) -> Outcome:
    """`done` is None in check mode and where there was nothing to do."""
    users, applied, after = plan.users, done.users if done else None, _After(plan.users, done)
    failures = group_failures(applied) if applied else []
    events = [event_facts(event) for event in applied.events.values()] if applied else []
    states = {part.client_user_id: after.user(part) for part in users.people}
    words = [state_of(user) for user in states.values()]
    summary = {
        "people": len(users.people),
        "to_create": len(users.fields(CREATE)),
        "to_update": len(users.fields(UPDATE)),
        "to_retire": users.retires,
        "created": applied.done(users, CREATE) if applied and applied.read else 0,
        "updated": applied.done(users, UPDATE) if applied and applied.read else 0,
        "retired": applied.done(users, RETIRE) if applied and applied.read else 0,
        "unchanged": sum(not part.action for part in users.people),
        "associated": words.count(LINKED),
        "registered": words.count(NEW),
        "not_comparable": sum(part.not_comparable for part in users.people),
        "bad_rows": len(users.bad_rows),
        "failed": applied.failed if applied else 0,
        "pending": len(applied.pending) if applied else 0,
        "not_sent": len(applied.unsent) if applied else 0,
        "spared": dict(users.spared),
    }
    people = _people(users, states, request.show_people, memory)
    leavers = _leavers(plan, after, done)
    held = _held(plan.belongings, done.belongings if done else None)
    bad_rows = [{"line": row.line, "why": row.why} for row in users.bad_rows]
    operations = (_operation(write) for write in plan.writes)
    shown = {
        "digest": digest_of(
            plan.config.uid, (f"{verb}\t{one!r}" for verb in VERBS for one in _plain(users.fields(verb)))
        ),
        "creates": len(users.fields(CREATE)),
        "updates": len(users.fields(UPDATE)),
        "retires": users.retires,
        "requests": len(plan.writes),
        "operations": list(islice(operations, SAMPLE)),
    }
    return Outcome(
        noun="users",
        value=list(islice(people, SAMPLE)),
        changed=plan.changed if applied is None else took_effect(plan, applied),
        plan=shown,
        events=tuple(events[:SAMPLE]),
        summary=summary,
        diff=_diff(users, after, request.show_people),
        error=error_of(plan, applied, failures, request),
        document={
            "location": location_facts(plan.config),
            "summary": summary,
            "users": list(_people(users, states, request.show_people, memory)),
            "leavers": leavers,
            "held": held,
            "bad_rows": bad_rows,
            "created": _created(users, applied),
            "plan": {verb: [one.client_user_id for one in users.fields(verb)] for verb in VERBS},
            "events": events,
            "failures": failures,
        },
        extra={
            "location": location_facts(plan.config),
            "leavers": [{**one, "assets": one["assets"][:PEOPLE_SHOWN]} for one in leavers[:SAMPLE]],
            "held": held[:SAMPLE],
            "bad_rows": bad_rows[:SAMPLE],
            "failures": [{**one, "client_user_ids": one["client_user_ids"][:SAMPLE]} for one in failures[:SAMPLE]],
        },
    )


def _created(plan: UserPlan, applied: AppliedUsers | None) -> list[str]:
    """Whom this run has registered, as read afterwards: who may be invited without any memory."""
    if applied is None or not applied.read:
        return []
    others = applied.missing | applied.strangers
    return [one.client_user_id for one in plan.fields(CREATE) if one.client_user_id not in others]


def _people(
    plan: UserPlan, states: dict[str, User | None], show_people: bool, memory: PeopleMemory
) -> Iterable[dict[str, Any]]:
    """Those with something to do first, as a bounded sample should show them."""
    ordered = sorted(plan.people, key=lambda part: not part.action)
    invited = memory.invited([user for user in states.values() if user is not None])
    for part in ordered:
        user = states[part.client_user_id]
        status = INVITED if part.client_user_id in invited else state_of(user, GONE if plan.absent else UNKNOWN)
        yield {
            "client_user_id": part.client_user_id,
            "status": status,
            "action": part.action,
            "email": ((user.email if user else "") or part.person.email) if show_people else None,
            "name": part.person.name if show_people else None,
        }


def _leavers(plan: PreparedUsers, after: _After, done: Done | None) -> list[dict[str, Any]]:
    """Everybody who is retired, and what each held and holds."""
    before, now = plan.belongings, done.belongings if done else None
    missing = after.missing
    return [
        {
            "client_user_id": user.client_user_id,
            "status": state_of(user) if done is None or user.client_user_id in missing else GONE,
            "assets": [str(key) for key in before.held_by(user.client_user_id)],
            "held": len(before.held_by(user.client_user_id)),
            "staying": sum(not before.assets[key].revocable for key in before.held_by(user.client_user_id)),
            "held_after": None if now is None else len(now.held_by(user.client_user_id)),
        }
        for user in plan.users.leavers
    ]


def _held(before: Belongings, now: Belongings | None) -> list[dict[str, Any]]:
    """What the leavers hold, by asset."""
    return [
        {
            "adam_id": key.adam_id,
            "pricing_param": key.pricing_param,
            "product_type": before.assets[key].product_type,
            "revocable": before.assets[key].revocable,
            "before": len(people),
            "after": None if now is None else len(now.holders.get(key, ())),
        }
        for key, people in sorted(before.holders.items())
    ]


def _plain(fields: Sequence[UserFields]) -> list[str]:
    return [one.client_user_id for one in fields]


def _operation(write: UserRequest) -> dict[str, Any]:
    ids = [one.client_user_id for one in write.users]
    return {"operation": write.verb, "people": len(ids), "client_user_ids": ids[:PEOPLE_SHOWN]}


def _diff(plan: UserPlan, after: _After, show_people: bool) -> dict[str, dict[str, Any]]:
    """Of whoever changes; what did not happen, for sure, is left out."""
    lost = after.missing - (after.done.users.pending if after.done else frozenset())
    before: dict[str, Any] = {}
    later: dict[str, Any] = {}
    touched = [part for part in plan.people if part.action in (CREATE, UPDATE) and part.client_user_id not in lost]
    gone = [user for user in plan.leavers if user.client_user_id not in lost]
    for part in touched[:SAMPLE]:
        facts = part.fields
        predicted = after.planned(part)
        old: dict[str, Any] = {"status": state_of(part.user, UNKNOWN)}
        new: dict[str, Any] = {"status": state_of(predicted)}
        if part.user is not None and facts.email not in (None, part.user.email):
            old["email"] = part.user.email if show_people else "another"
            new["email"] = facts.email if show_people else "as listed"
        before[part.client_user_id], later[part.client_user_id] = old, new
    for user in gone[: SAMPLE - len(before)]:
        before[user.client_user_id], later[user.client_user_id] = {"status": state_of(user)}, {"status": GONE}
    more = len(touched) + len(gone) - len(before)
    if more:
        before["(others)"], later["(others)"] = f"{more} more to change", f"{more} more changed"
    return {"before": before, "after": later}

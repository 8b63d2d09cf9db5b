# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_invitation: options, and from them to the task."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InputError
from .._core.invitation_model import LIST, RESEND, InvitationGoal
from .._core.model import ClientConfig
from .._core.people_file import people_of_items
from .._core.people_row import folded
from .._core.state_ports import State
from .._core.table_file import REPORT_MARK
from .._entity.apply_license import Polling
from .._entity.base import Outcome
from .._entity.invitation import InvitationRequest, InvitationTask
from .._entity.invitation_memory import InvitationMemory
from .._entity.location import open_location
from .amounts import days, removal_limit, seconds
from .argspec import ArgumentSpec
from .files import read_object
from .mail import open_mailer
from .options import CONNECTED, MAIL, REPORT, STATE, WAIT, WRITE
from .people import COLUMNS, PEOPLE, PeopleRead, hide_people, read_people
from .runner import Host
from .session import open_session
from .state import open_state

INVITATION_SPEC = ArgumentSpec(
    {
        "users": PEOPLE,
        "src": {"type": "path"},
        "columns": COLUMNS,
        "groups": {"type": "list", "elements": "str"},
        "created_file": {"type": "path"},
        "mail_again": {
            "type": "dict",
            "options": {
                "client_user_ids": {"type": "list", "elements": "str"},
                "emails": {"type": "list", "elements": "str"},
            },
        },
        "again_after_hours": {"type": "float", "default": 24.0},
        "uncertain": {"type": "str", "choices": [LIST, RESEND], "default": LIST},
        "remind_after_days": {"type": "int"},
        "max_reminders": {"type": "int", "default": 3},
        "reissue": {"type": "bool", "default": False},
        "max_removals": {"type": "str"},
        "show_people": {"type": "bool", "default": False},
    }
).merge(CONNECTED, WRITE, WAIT, REPORT, STATE, MAIL)

_HOUR = 3600
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class _Created:
    """Whom vpp_user has registered just before, and in which location."""

    ids: frozenset[str] = field(default_factory=frozenset)
    location_uid: str = ""


def run_invitation(host: Host) -> Outcome:
    try:
        goal, polling = _goal(host.params), _polling(host.params)
        created, people = _created(host.params["created_file"]), _people(host)
    finally:
        if not host.params["show_people"]:
            hide_people(host)
    with open_session(host) as session, open_mailer(host, session.clock) as mailer:
        folder = open_state(host, session.clock)
        config = open_location(session.api, session.guard)
        _check_location(created, config)
        opened = nullcontext[State | None](None) if folder is None else folder.open(config.uid)
        with opened as state:
            request = InvitationRequest(
                people=people.people,
                goal=goal,
                bad_rows=people.bad_rows,
                groups=tuple(host.params["groups"] or ()),
                source=people.source,
                unit=people.unit,
                created=created.ids,
                account_name=config.location_name or session.token.organisation,
                remembers=state is not None,
                show_people=host.params["show_people"],
            )
            memory = InvitationMemory(state, read_only=host.check or mailer.trial)
            task = InvitationTask(
                session.api, mailer, session.guard, config, request, memory, polling, host, session.clock
            )
            return task.run(check=host.check)


def _goal(params: Mapping[str, Any]) -> InvitationGoal:
    """All options checked, before anything is asked of anybody."""
    if params["state_dir"] is None and params["created_file"] is None:
        raise InputError(
            "state_dir is missing: without it nobody knows who was mailed before. Set it, or give the report_path that "
            "vpp_user has just written as created_file to mail whom that run has registered."
        )
    for option, asked in (
        ("remind_after_days", params["remind_after_days"] is not None),
        ("reissue", params["reissue"]),
    ):
        if asked and params["state_dir"] is None:
            raise InputError(f"{option} needs state_dir, where it is remembered what was done before.")
    if params["reissue"] and params["redirect_all_to"] is not None:
        raise InputError("reissue doesn't go with redirect_all_to: a trial retires nobody. Leave one of them out.")
    if params["reissue"] and not params["wait"]:
        raise InputError("reissue needs wait: true, since nobody is registered anew before the retirement is done.")
    if params["max_reminders"] < 0:
        raise InputError(f"max_reminders: {params['max_reminders']} is no number of mails; give 0 or more.")
    again, after = params["mail_again"] or {}, params["remind_after_days"]
    if params["mail_again"] is not None and not (again.get("client_user_ids") or again.get("emails")):
        raise InputError("mail_again names nobody; give client_user_ids or emails, or leave it out.")
    return InvitationGoal(
        again_ids=frozenset(again.get("client_user_ids") or ()),
        again_emails=frozenset(map(folded, again.get("emails") or ())),
        again_after=_hours(params["again_after_hours"]),
        uncertain=params["uncertain"],
        remind_after=None if after is None else float(days("remind_after_days", after) * _DAY),
        max_reminders=params["max_reminders"],
        reissue=params["reissue"],
        max_removals=removal_limit(
            params["max_removals"],
            {"reissue: true": params["reissue"]},
            "how many people it may retire at most, as a number or as a percentage of those who have accepted",
        ),
    )


def _hours(value: float) -> float:
    if not 0 <= value <= 24 * 365:
        raise InputError(f"again_after_hours: {value:g} is no number of hours from 0 to 8760; correct it.")
    return value * _HOUR


def _polling(params: Mapping[str, Any]) -> Polling:
    return Polling(
        params["wait"],
        seconds("wait_timeout", params["wait_timeout"]),
        seconds("poll_interval", params["poll_interval"]),
    )


def _people(host: Host) -> PeopleRead:
    """Of `users` or `src`; where neither is given, the people of `mail_again`."""
    params = host.params
    again = params["mail_again"]
    if again is None or params["users"] is not None or params["src"] is not None:
        found = read_people(host)
    else:
        if params["groups"] is not None or params["columns"] is not None:
            raise InputError("groups and columns go with users or src, and neither is given.")
        emails = {folded(email): email for email in again.get("emails") or ()}
        items = [{"client_user_id": key} for key in dict.fromkeys(again.get("client_user_ids") or ())]
        items += [{"email": email} for email in emails.values()]
        people, bad, _warnings = people_of_items(items, "mail_again")
        found = PeopleRead("mail_again", "item", tuple(people), tuple(bad), ())
    for warning in found.warnings:
        host.warn(warning)
    if not (found.people or found.bad_rows):
        host.warn(f"{found.source}: the list is empty, so there is nothing to do.")
    return found


def _created(path: str | None) -> _Created:
    if path is None:
        return _Created()
    document = read_object("created_file", path)
    ids, location = document.get("created"), document.get("location")
    known = document.get(REPORT_MARK) is True and isinstance(ids, list) and all(isinstance(key, str) for key in ids)
    if not (known and isinstance(ids, list) and isinstance(location, dict)):
        raise InputError(
            f"created_file: {os.path.abspath(path)} is no report of vpp_user; name the file that its report_path wrote."
        )
    if time.time() - os.stat(path).st_mtime > _HOUR:
        raise InputError(
            f"created_file: {os.path.abspath(path)} is older than an hour, so it may have been used before; run "
            "vpp_user in the same run as this task, or set state_dir."
        )
    return _Created(frozenset(ids), str(location.get("uid")))


def _check_location(created: _Created, config: ClientConfig) -> None:
    if created.location_uid not in ("", config.uid):
        raise InputError(
            f"created_file is about another location than '{config.location_name}'; name the report of the task that "
            "used the same content token."
        )

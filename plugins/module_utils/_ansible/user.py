# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_user: options, and from them to the task."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from .._core.errors import InputError
from .._core.license_model import ABSENT, RemovalLimit, parse_removal_limit
from .._core.people_row import folded
from .._core.state_ports import State
from .._core.user_plan import UserGoal
from .._entity.apply_license import Polling
from .._entity.base import Outcome
from .._entity.location import open_location
from .._entity.people_memory import PeopleMemory
from .._entity.user import UserRequestOfTask, UserTask
from .amounts import percentage, seconds
from .argspec import ArgumentSpec
from .options import CONNECTED, REPORT, STATE, WAIT, WRITE
from .people import COLUMNS, PEOPLE, hide_people, read_people
from .runner import Host
from .session import open_session
from .state import open_state

USER_SPEC = ArgumentSpec(
    {
        "users": PEOPLE,
        "src": {"type": "path"},
        "columns": COLUMNS,
        "source": {"type": "str"},
        "groups": {"type": "list", "elements": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "exclusive": {"type": "bool", "default": False},
        "max_removals": {"type": "str"},
        "max_shrink": {"type": "int", "default": 20},
        "allow_empty": {"type": "bool", "default": False},
        "keep": {
            "type": "dict",
            "options": {
                "client_user_ids": {"type": "list", "elements": "str"},
                "emails": {"type": "list", "elements": "str"},
            },
        },
        "show_people": {"type": "bool", "default": False},
    }
).merge(CONNECTED, WRITE, WAIT, REPORT, STATE)


def run_user(host: Host) -> Outcome:
    try:
        request, polling = user_request(host), _polling(host.params)
    finally:
        if not host.params["show_people"]:
            hide_people(host)
    with open_session(host) as session:
        folder = open_state(host, session.clock)
        config = open_location(session.api, session.guard)
        opened = nullcontext[State | None](None) if folder is None else folder.open(config.uid)
        with opened as state:
            memory = PeopleMemory(state, request.source, read_only=host.check, place=request.place)
            task = UserTask(session.api, session.guard, config, request, memory, polling, host, session.clock)
            return task.run(check=host.check)


def user_request(host: Host) -> UserRequestOfTask:
    """All options checked and all files read, before anything is asked of Apple."""
    params, keep = host.params, host.params["keep"] or {}
    state, exclusive = params["state"], params["exclusive"]
    if exclusive and state == ABSENT:
        raise InputError("exclusive goes with state: present; with state: absent name the people to be retired.")
    if exclusive and params["state_dir"] is None:
        raise InputError(
            "exclusive needs state_dir, where it is remembered whom this source listed before: nobody else is ever "
            "retired by it."
        )
    if exclusive and params["src"] is None and not params["source"]:
        raise InputError("exclusive with users needs source: a name by which this list is known again in the next run.")
    goal = UserGoal(
        state=state,
        exclusive=exclusive,
        keep_ids=frozenset(keep.get("client_user_ids") or ()),
        keep_emails=frozenset(folded(email) for email in keep.get("emails") or ()),
        max_removals=_removal_limit(params),
        max_shrink=percentage("max_shrink", params["max_shrink"]),
        allow_empty=params["allow_empty"],
    )
    found = read_people(host)
    for warning in found.warnings:
        host.warn(warning)
    if not (found.people or found.bad_rows or exclusive):
        host.warn(f"{found.source}: the list is empty, so there is nothing to do.")
    return UserRequestOfTask(
        people=found.people,
        goal=goal,
        bad_rows=found.bad_rows,
        groups=tuple(params["groups"] or ()),
        source=found.source,
        place=_place(params),
        unit=found.unit,
        show_people=params["show_people"],
    )


def _place(params: Mapping[str, Any]) -> str:
    """The path of the list, where only the name of its file tells it from others. Who is to be gone is of no list."""
    path: str | None = params["src"]
    if path is None or params["source"] or params["state"] == ABSENT:
        return ""
    return os.path.abspath(path)


def _removal_limit(params: Mapping[str, Any]) -> RemovalLimit | None:
    """Whatever may retire people states how many at most (rule 1)."""
    if params["max_removals"] is not None:
        return parse_removal_limit(params["max_removals"])
    for option, asked in (("exclusive: true", params["exclusive"]), ("state: absent", params["state"] == ABSENT)):
        if asked:
            raise InputError(
                f"{option} needs max_removals: say how many people it may retire at most, as a number or as a "
                "percentage of those whom it could reach, such as 5%."
            )
    return None


def _polling(params: Mapping[str, Any]) -> Polling:
    return Polling(
        params["wait"],
        seconds("wait_timeout", params["wait_timeout"]),
        seconds("poll_interval", params["poll_interval"]),
    )

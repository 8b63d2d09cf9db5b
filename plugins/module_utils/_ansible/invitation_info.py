# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_invitation_info: options, and from them to the reads."""

from __future__ import annotations

from .._core.errors import InputError
from .._core.invitation_model import STATUSES
from .._entity.base import Outcome
from .._entity.invitation_info import InvitationFilter, InvitationReader
from .._entity.invitation_memory import InvitationMemory
from .._entity.location import open_location
from .argspec import ArgumentSpec
from .options import CONNECTED, INFO, STATE
from .people import COLUMNS, PEOPLE, hide_people, read_people
from .runner import Host
from .session import open_session
from .state import open_state

INVITATION_INFO_SPEC = ArgumentSpec(
    {
        "users": PEOPLE,
        "src": {"type": "path"},
        "columns": COLUMNS,
        "groups": {"type": "list", "elements": "str"},
        "status": {"type": "list", "elements": "str", "choices": list(STATUSES)},
        "show_people": {"type": "bool", "default": False},
    }
).merge(CONNECTED, INFO, STATE)


def run_invitation_info(host: Host) -> Outcome:
    params = host.params
    try:
        wanted = _filter(host)
    finally:
        if not params["show_people"]:
            hide_people(host)
    with open_session(host) as session:
        folder = open_state(host, session.clock, read_only=True)
        if folder is None:
            raise InputError(
                "state_dir is missing: without it nobody knows who was mailed. Set that of the other tasks."
            )
        config = open_location(session.api, session.guard)
        with folder.open(config.uid) as state:
            memory = InvitationMemory(state, read_only=True)
            return InvitationReader(session.api, config, wanted, memory, host, session.clock).read(
                max(0, params["limit"])
            )


def _filter(host: Host) -> InvitationFilter:
    params = host.params
    status = None if params["status"] is None else frozenset(params["status"])
    if params["users"] is None and params["src"] is None:
        if params["groups"] is not None or params["columns"] is not None:
            raise InputError("groups and columns go with users or src, and neither is given.")
        return InvitationFilter(status=status, show_people=params["show_people"])
    found = read_people(host)
    for warning in found.warnings:
        host.warn(warning)
    return InvitationFilter(
        status, found.people, found.bad_rows, frozenset(params["groups"] or ()), params["show_people"]
    )

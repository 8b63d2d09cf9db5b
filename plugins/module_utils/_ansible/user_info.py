# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_user_info: options, and from them to the reads."""

from __future__ import annotations

from .._core.people_row import folded
from .._entity.base import Outcome
from .._entity.user_info import STATES, UserFilter, UserReader
from .argspec import ArgumentSpec
from .options import CONNECTED, INFO
from .people import hide_emails
from .runner import Host
from .session import open_session

USER_INFO_SPEC = ArgumentSpec(
    {
        "status": {"type": "list", "elements": "str", "choices": list(STATES)},
        "client_user_ids": {"type": "list", "elements": "str"},
        "emails": {"type": "list", "elements": "str"},
        "show_people": {"type": "bool", "default": False},
    }
).merge(CONNECTED, INFO)


def run_user_info(host: Host) -> Outcome:
    params = host.params
    status, ids, emails, limit = params["status"], params["client_user_ids"], params["emails"], max(0, params["limit"])
    wanted = UserFilter(
        status=None if status is None else frozenset(status),
        client_user_ids=None if ids is None else frozenset(ids),
        emails=None if emails is None else frozenset(map(folded, emails)),
        show_people=params["show_people"],
    )
    if not wanted.show_people:
        hide_emails(host, "emails")
    with open_session(host) as session:
        return UserReader(session.api, session.guard, wanted, host).read(limit)

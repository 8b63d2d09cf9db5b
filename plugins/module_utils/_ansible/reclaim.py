# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_reclaim: options, and from them to the task."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from .._core.identity import normalise_adam_id, normalise_serial_numbers
from .._core.reclaim_model import ReclaimGoal
from .._core.state_ports import State
from .._entity.base import Outcome, reconcile
from .._entity.event_memory import EventMemory
from .._entity.location import open_location
from .._entity.reclaim import ReclaimRequest, ReclaimTask
from .amounts import percentage, removal_limit
from .argspec import ArgumentSpec
from .files import read_object
from .license_people import hide_named, known_people, people_listed
from .options import CONNECTED, REPORT, STATE, WAIT, WRITE
from .polling import polling_of
from .reclaim_options import REASONS_OPTION, RECLAIM, open_asked, reclaim_assets, reclaim_question
from .runner import Host
from .selection import read_serial_file
from .session import open_session
from .state import open_state

_TEXTS: dict[str, Any] = {"type": "list", "elements": "str"}
_FILES: dict[str, Any] = {name: {"type": "path"} for name in ("devices_file", "people_file")}

RECLAIM_SPEC = ArgumentSpec(
    {
        "reasons": {**REASONS_OPTION, "required": True},
        "max_removals": {"type": "str", "required": True},
        "max_shrink": {"type": "int", "default": 20},
        "keep": {
            "type": "dict",
            "options": {
                **dict.fromkeys(("serial_numbers", "client_user_ids", "emails", "adam_ids"), _TEXTS),
                **_FILES,
            },
        },
        "settle": {"type": "float", "default": 0.0},
        "approved_plan": {"type": "path"},
        "events": {"type": "list", "elements": "str"},
    }
).merge(RECLAIM, CONNECTED, WRITE, WAIT, REPORT, STATE)


def run_reclaim(host: Host) -> Outcome:
    try:
        request, polling = reclaim_request(host), polling_of(host)
    finally:
        hide_named(host)
    with open_asked(host, request.question.asks_mdm) as linked, open_session(host, linked) as session:
        folder = open_state(host, session.clock)
        config = open_location(session.api, session.guard)
        opened = nullcontext[State | None](None) if folder is None else folder.open(config.uid)
        with opened as state:
            task = ReclaimTask(
                session.api,
                session.guard,
                request,
                linked.mdm if linked is not None else None,
                polling,
                host,
                session.clock,
                EventMemory(state, read_only=host.check),
                config,
            )
            return reconcile(task, check=host.check)


def reclaim_request(host: Host) -> ReclaimRequest:
    """All options checked and all files read, before anything is asked of an MDM or of Apple."""
    params, keep = host.params, host.params["keep"] or {}
    approved, people_path = params["approved_plan"], keep.get("people_file")
    kept = (
        *people_listed(host, "keep.client_user_ids", keep.get("client_user_ids") or (), by_id=True),
        *people_listed(host, "keep.emails", keep.get("emails") or (), by_id=False),
        *(() if people_path is None else known_people("keep.people_file", people_path)),
    )
    return ReclaimRequest(
        reclaim_question(host, kept),
        ReclaimGoal(
            max_removals=removal_limit(params["max_removals"], {}, ""),
            max_shrink=percentage("max_shrink", params["max_shrink"]),
        ),
        reclaim_assets(host),
        _kept_devices(host, keep.get("serial_numbers"), keep.get("devices_file")),
        frozenset(normalise_adam_id(text, "keep.adam_ids") for text in keep.get("adam_ids") or ()),
        None if approved is None else read_object("approved_plan", approved),
        tuple(params["events"] or ()),
    )


def _kept_devices(host: Host, listed: list[str] | None, path: str | None) -> tuple[str, ...]:
    serial_numbers, warnings = normalise_serial_numbers(listed or (), "keep.serial_numbers")
    for warning in warnings:
        host.warn(warning)
    return (*serial_numbers, *(() if path is None else read_serial_file(host, "keep.devices_file", path)))

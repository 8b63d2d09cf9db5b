# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_license: options, and from them to the task."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from .._core.errors import InputError
from .._core.identity import normalise_adam_id, samples
from .._core.license_model import ABSENT, LicenseGoal, RemovalLimit
from .._core.state_ports import State
from .._entity.base import Outcome, reconcile
from .._entity.event_memory import EventMemory
from .._entity.find_people import NamedPeople
from .._entity.license import LicenseTask
from .._entity.license_request import LicenseRequest
from .._entity.location import open_location
from .amounts import percentage, removal_limit
from .argspec import ArgumentSpec
from .files import read_object
from .license_people import hide_named, read_kept_people, read_people_named
from .license_scope import open_side, side_of, with_mdm
from .mdm import BY_MDM, check_licensing, no_mdm
from .options import ASSETS, CONNECTED, LICENSING, REPORT, SCOPED, SERIALS, STATE, WAIT, WRITE
from .people import PEOPLE_NAMED
from .polling import polling_of
from .runner import Host
from .selection import ScopeOptions, asset_selectors, read_devices, read_scope, read_serial_file
from .session import open_session
from .state import open_state

_TEXTS: dict[str, Any] = {"type": "list", "elements": "str"}

LICENSE_SPEC = ArgumentSpec(
    {
        "assets": ASSETS,
        "all_assets": {"type": "bool", "default": False},
        "devices": {"type": "dict", "options": {**SCOPED, "known_file": {"type": "path"}}},
        "users": PEOPLE_NAMED,
        "include_registered": {"type": "bool", "default": False},
        "devices_per_account": {"type": "int", "default": 10},
        "show_people": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "licensing": LICENSING,
        "exclusive": {"type": "bool", "default": False},
        "max_removals": {"type": "str"},
        "max_shrink": {"type": "int", "default": 20},
        "allow_empty": {"type": "bool", "default": False},
        "keep": {
            "type": "dict",
            "options": {**SERIALS, **dict.fromkeys(("client_user_ids", "emails", "adam_ids"), _TEXTS)},
        },
        "orphans": {"type": "bool", "default": False},
        "shortage": {"type": "str", "choices": ["fail", "partial"], "default": "fail"},
        "wait_available": {"type": "float", "default": 0.0},
        "settle": {"type": "float", "default": 0.0},
        "approved_plan": {"type": "path"},
        "events": {"type": "list", "elements": "str"},
        "cache": {"type": "bool", "default": False},
    },
    mutually_exclusive=[["devices", "users"]],
    required_one_of=[["devices", "users"]],
).merge(CONNECTED, WRITE, WAIT, REPORT, STATE)


def run_license(host: Host) -> Outcome:
    try:
        request, scope = license_request(host)
        cached = _cached(host)
        polling = polling_of(host)
    finally:
        if not host.params["show_people"]:
            hide_named(host)
    with open_side(host, scope, request, polling.settle) as linked:
        if linked is not None:
            request = with_mdm(host, request, linked.mdm, scope)
        with open_session(host, linked, lean=cached) as session:
            request = replace(request, mdm=side_of(linked, session, request) if linked else None)
            folder = open_state(host, session.clock)
            config = open_location(session.api, session.guard, lean=cached)
            opened = nullcontext[State | None](None) if folder is None else folder.open(config.uid)
            with opened as state:
                memory = EventMemory(state, read_only=host.check)
                cache = state.cache if state is not None and cached else None
                task = LicenseTask(
                    session.api, session.guard, request, polling, host, session.clock, memory, config, cache
                )
                return task.watch(check=host.check) if request.goal.by_mdm else reconcile(task, check=host.check)


def license_request(host: Host) -> tuple[LicenseRequest, ScopeOptions | None]:
    """All options checked and all files read, before anything is asked of an MDM or of Apple. Where a scope names the
    targets, they are still to be found."""
    params, keep, goal = host.params, host.params["keep"] or {}, _goal(host)
    approved = params["approved_plan"]
    request = LicenseRequest(
        selectors=asset_selectors(params["assets"], params["all_assets"]),
        serial_numbers=(),
        goal=goal,
        keep_adam_ids=frozenset(normalise_adam_id(text, "keep.adam_ids") for text in keep.get("adam_ids") or ()),
        events=tuple(params["events"] or ()),
    )
    if params["users"] is not None:
        people, scope = _people(host, goal)
        request = replace(request, people=people, goal=replace(goal, unread=bool(people.bad_rows)))
    else:
        scope = read_scope("devices", params["devices"])
        request = _devices(host, request, scope)
    if approved is not None:
        request = replace(request, approved=read_object("approved_plan", approved))
    return request, scope


def _goal(host: Host) -> LicenseGoal:
    params, licensing = host.params, check_licensing(host)
    targets = "devices" if params["users"] is None else "people"
    goal = LicenseGoal(
        state=params["state"],
        wanted=0,
        exclusive=params["exclusive"],
        all_assets=params["all_assets"],
        orphans=params["orphans"],
        shortage=params["shortage"],
        max_removals=_removal_limit(params),
        max_shrink=percentage("max_shrink", params["max_shrink"]),
        allow_empty=params["allow_empty"],
        by_mdm=licensing == BY_MDM and params["state"] != ABSENT,
    )
    if goal.exclusive and goal.state == ABSENT:
        raise InputError(f"exclusive goes with state: present; with state: absent name the {targets} that give back.")
    if goal.exclusive and goal.by_mdm:
        raise InputError(
            "exclusive doesn't go with licensing: mdm, where the app's scope in the MDM decides who holds a licence; "
            f"take {targets} out of that scope, and their licences back with state: absent."
        )
    return goal


def _devices(host: Host, request: LicenseRequest, scope: ScopeOptions | None) -> LicenseRequest:
    """With the devices that the task names."""
    params, devices, keep, goal = host.params, host.params["devices"], host.params["keep"] or {}, request.goal
    for option in ("client_user_ids", "emails"):
        if keep.get(option) is not None:
            raise InputError(f"keep.{option} goes with users; with devices name serial_numbers or targets_file.")
    if params["include_registered"]:
        raise InputError("include_registered goes with users: devices need no invitation.")
    # An empty path is a mistake, not "not given": taken for that it would switch off what is to protect.
    kept = keep if any(keep.get(name) is not None for name in SERIALS) else {"serial_numbers": []}
    known_file = devices.get("known_file")
    if scope is not None and not params["connector"]:
        raise no_mdm("devices.scope")
    if scope is not None and known_file is not None:
        raise InputError(
            "devices.known_file doesn't go with devices.scope: there the MDM tells which devices are known."
        )
    if goal.orphans and known_file is None and scope is None:
        raise InputError("orphans: true needs devices.known_file or devices.scope: without them every holder is known.")
    if goal.orphans and scope is not None and scope.within is not None:
        raise InputError(
            "orphans: true doesn't go with devices.within: the devices outside of it are in the charge of other tasks; "
            "leave one of the two out."
        )
    if goal.orphans and not goal.exclusive:
        raise InputError("orphans: true goes with exclusive: true, which alone takes from devices that are not listed.")
    serial_numbers = [] if scope is not None else read_devices(host, "devices", devices)
    if not (serial_numbers or goal.exclusive or scope):
        host.warn("devices: the list is empty, so there is nothing to do.")
    known = None if known_file is None else read_serial_file(host, "devices.known_file", known_file)
    if known is not None and (strange := sorted(set(serial_numbers) - set(known))):
        raise InputError(
            f"devices: {len(strange)} of the {len(serial_numbers)} serial numbers are not in known_file: "
            f"{samples(strange)}; correct them, or add them there."
        )
    return replace(
        request,
        serial_numbers=tuple(serial_numbers),
        keep_serial_numbers=tuple(read_devices(host, "keep", kept)),
        known_serial_numbers=None if known is None else tuple(known),
    )


def _people(host: Host, goal: LicenseGoal) -> tuple[NamedPeople, ScopeOptions | None]:
    """The people that the task names."""
    params, users = host.params, host.params["users"]
    people, scope = read_people_named(host, show_people=params["show_people"])
    if scope is not None and not params["connector"]:
        raise no_mdm("users.scope")
    if goal.orphans and people.known is None and scope is None:
        raise InputError(
            "orphans: true needs users.known_file, users.groups or users.scope: without them everybody is known."
        )
    if goal.orphans and users.get("within") is not None:
        raise InputError(
            "orphans: true doesn't go with users.within: the people outside of it are in the charge of other tasks; "
            "leave one of the two out."
        )
    if goal.orphans and not goal.exclusive:
        raise InputError("orphans: true goes with exclusive: true, which alone takes from people who are not listed.")
    if params["devices_per_account"] < 0:
        raise InputError("devices_per_account: give a number of devices, or 0 not to count them.")
    if not (people.people or people.bad_rows or goal.exclusive or scope):
        host.warn("users: the list is empty, so there is nothing to do.")
    return replace(
        people,
        keep=read_kept_people(host, params["keep"] or {}),
        include_registered=params["include_registered"],
        most_devices=params["devices_per_account"],
    ), scope


def _removal_limit(params: Mapping[str, Any]) -> RemovalLimit | None:
    target = "device" if params["users"] is None else "person"
    return removal_limit(
        params["max_removals"],
        {
            "exclusive: true": params["exclusive"],
            "state: absent": params["state"] == ABSENT,
            "all_assets: true": params["all_assets"],
        },
        f"how many (asset, {target}) pairs it may take back at most, as a number or as a percentage of the present "
        "holders",
    )


def _cached(host: Host) -> bool:
    if host.params["cache"] and host.params["state_dir"] is None:
        raise InputError("cache: true needs state_dir, the folder in which it is kept; name one, or leave cache out.")
    return bool(host.params["cache"])

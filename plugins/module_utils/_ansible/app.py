# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mdm_app: options, and from them to the task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.app_model import AppGoal
from .._core.errors import InputError
from .._core.license_model import ABSENT, RemovalLimit
from .._entity.app import AppTask
from .._entity.app_request import AppRequest, Chosen, WaitInstalled
from .._entity.base import Outcome, reconcile
from .._http.pace import SystemClock
from .amounts import account_limit, days, percentage, removal_limit, seconds
from .app_options import APPS, ASSIGNMENT, BY_OWNER, check_app_tags, has_content_token, open_apple, parse_apps
from .argspec import ArgumentSpec
from .mdm import BY_COLLECTION, check_licensing, no_mdm, open_mdm
from .options import CONNECTED, LICENSING, REPORT, SCOPED, SERIALS
from .runner import Host
from .selection import read_devices, read_scope

APP_SPEC = ArgumentSpec(
    {
        "apps": APPS,
        "devices": {"type": "dict", "required": True, "options": SCOPED},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "licensing": LICENSING,
        "assignment": ASSIGNMENT,
        "devices_per_account": {"type": "int", "default": 10},
        "exclusive": {"type": "bool", "default": False},
        "max_removals": {"type": "str"},
        "max_shrink": {"type": "int", "default": 20},
        "allow_empty": {"type": "bool", "default": False},
        "keep": {"type": "dict", "options": SERIALS},
        "install": {"type": "bool", "default": False},
        "push_macs": {"type": "bool", "default": False},
        "uninstall": {"type": "bool", "default": False},
        "check_in": {"type": "bool", "default": True},
        "expect_licenses": {"type": "bool", "default": False},
        "seen_within": {"type": "int", "default": 14},
        "wait_installed": {
            "type": "dict",
            "options": {
                "percent": {"type": "int", "default": 100},
                "timeout": {"type": "float", "default": 900.0},
                "poll_interval": {"type": "float", "default": 30.0},
            },
        },
    }
).merge(CONNECTED, REPORT)


def run_app(host: Host) -> Outcome:
    request = app_request(host)
    with open_mdm(host, "This task") as mdm:
        if request.goal.state == ABSENT:  # Apple has nothing to say to it
            return reconcile(AppTask(mdm, None, request, host, SystemClock()), check=host.check)
        with open_apple(host, mdm) as apple:
            return reconcile(AppTask(mdm, apple, request, host, SystemClock()), check=host.check)


def app_request(host: Host) -> AppRequest:
    """All options checked and all files read, before anything is asked of anybody."""
    params = host.params
    if not params["connector"]:
        raise no_mdm("This task")
    apps = parse_apps(host, params["apps"])
    licensing = check_licensing(host)
    devices = read_chosen(host, params["devices"])
    check_app_tags(apps, {"devices.scope": devices.scopes, "devices.within": devices.within or ()})
    goal = _goal(params)
    granted_here = licensing == BY_COLLECTION
    by_owner = params["assignment"] == BY_OWNER
    if granted_here and goal.state != ABSENT and not has_content_token(host):
        who = "whose owners hold a licence" if by_owner else "which devices hold a licence"
        raise InputError(
            f"licensing: collection needs a content token, to see {who} before they get the app: set "
            "content_token_file or content_token_from, or licensing: mdm."
        )
    return AppRequest(
        apps=apps,
        devices=devices,
        goal=goal,
        granted_here=granted_here,
        expected=params["expect_licenses"] and host.check,
        keep_serial_numbers=_kept(host),
        push_macs=params["push_macs"],
        check_in=params["check_in"],
        seen_within=days("seen_within", params["seen_within"]),
        wait=_wait(params),
        rate=params["meraki_requests_per_second"],
        by_owner=by_owner,
        devices_per_account=account_limit(params["devices_per_account"]),
    )


def read_chosen(host: Host, devices: Mapping[str, Any]) -> Chosen:
    """The devices that an option names, by scope or one by one."""
    scope = read_scope("devices", devices)
    if scope is not None:
        return Chosen(scope.scopes, scope.within)
    return Chosen(serial_numbers=tuple(read_devices(host, "devices", devices)))


def _goal(params: Mapping[str, Any]) -> AppGoal:
    goal = AppGoal(
        state=params["state"],
        exclusive=params["exclusive"],
        max_removals=_removal_limit(params),
        max_shrink=percentage("max_shrink", params["max_shrink"]),
        allow_empty=params["allow_empty"],
        install=params["install"],
        uninstall=params["uninstall"],
    )
    absent = goal.state == ABSENT
    if goal.exclusive and absent:
        raise InputError("exclusive goes with state: present; with state: absent name the devices that lose the apps.")
    if goal.uninstall and not (absent or goal.exclusive):
        raise InputError("uninstall: true goes with state: absent or exclusive: true, which say who loses the apps.")
    for option in ("install", "wait_installed"):
        if absent and params[option]:
            raise InputError(f"{option} goes with state: present; leave it out.")
    return goal


def _kept(host: Host) -> tuple[str, ...]:
    keep = host.params["keep"]
    return () if keep is None else tuple(read_devices(host, "keep", keep))


def _wait(params: Mapping[str, Any]) -> WaitInstalled | None:
    wait = params["wait_installed"]
    if wait is None:
        return None
    interval = seconds("wait_installed.poll_interval", wait["poll_interval"])
    if interval <= 0:
        raise InputError("wait_installed.poll_interval: 0 would ask without a pause; give some seconds.")
    return WaitInstalled(
        percentage("wait_installed.percent", wait["percent"], 1),
        seconds("wait_installed.timeout", wait["timeout"]),
        interval,
    )


def _removal_limit(params: Mapping[str, Any]) -> RemovalLimit | None:
    return removal_limit(
        params["max_removals"],
        {"exclusive: true": params["exclusive"], "state: absent": params["state"] == ABSENT},
        "how many (app, device) pairs it may take out of scope at most, as a number or as a percentage of those in "
        "scope now",
    )

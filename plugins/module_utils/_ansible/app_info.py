# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mdm_app_info: options, and from them to the reads."""

from __future__ import annotations

from .._entity.app_info import AppFilter, AppReader
from .._entity.base import Outcome
from .._http.pace import SystemClock
from .amounts import days
from .app import read_chosen
from .app_options import APPS, ASSIGNMENT, BY_OWNER, open_apple, parse_apps
from .argspec import ArgumentSpec
from .mdm import no_mdm, open_mdm
from .options import CONNECTED, INFO, SCOPED
from .runner import Host

APP_INFO_SPEC = ArgumentSpec(
    {
        "apps": APPS,
        "devices": {"type": "dict", "options": {name: SCOPED[name] for name in SCOPED if name != "within"}},
        "assignment": ASSIGNMENT,
        "states": {"type": "bool", "default": True},
        "seen_within": {"type": "int", "default": 14},
    }
).merge(CONNECTED, INFO)


def run_app_info(host: Host) -> Outcome:
    params = host.params
    if not params["connector"]:
        raise no_mdm("This task")
    wanted = AppFilter(
        apps=parse_apps(host, params["apps"]),
        devices=None if params["devices"] is None else read_chosen(host, params["devices"]),
        states=params["states"],
        seen_within=days("seen_within", params["seen_within"]),
        rate=params["meraki_requests_per_second"],
        by_owner=params["assignment"] == BY_OWNER,
    )
    with open_mdm(host, "This task") as mdm, open_apple(host, mdm) as apple:
        return AppReader(mdm, apple, wanted, host, SystemClock()).read(max(0, params["limit"]))

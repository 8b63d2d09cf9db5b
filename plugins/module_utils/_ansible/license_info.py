# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_license_info: options, and from them to the reads."""

from __future__ import annotations

from dataclasses import replace

from .._core.identity import usable_serial_number
from .._entity.base import Outcome
from .._entity.license_info import LicenseFilter, LicenseReader
from .._entity.scope import resolve_scope
from .argspec import ArgumentSpec
from .license_people import read_people_asked
from .mdm import LinkedAccounts, open_mdm
from .options import ASSETS, CONNECTED, INFO, SCOPED
from .people import PEOPLE_NAMED
from .runner import Host
from .selection import asset_selectors, read_devices, read_scope
from .session import open_session

_WAYS = ("serial_numbers", "targets_file", "scope")
_PEOPLE = ("client_user_ids", "emails", "targets_file", "columns", "groups")

LICENSE_INFO_SPEC = ArgumentSpec(
    {
        "assets": ASSETS,
        "product_type": {"type": "str", "choices": ["App", "Book"]},
        "device_assignable": {"type": "bool"},
        "metadata": {"type": "bool", "default": False},
        "assignments": {"type": "bool", "default": False},
        "devices": {"type": "dict", "options": {name: SCOPED[name] for name in _WAYS}},
        "users": {"type": "dict", "options": {name: PEOPLE_NAMED["options"][name] for name in _PEOPLE}},
        "show_people": {"type": "bool", "default": False},
    },
    mutually_exclusive=[["devices", "users"]],
).merge(CONNECTED, INFO)


def run_license_info(host: Host) -> Outcome:
    params, people = host.params, read_people_asked(host)
    devices, limit = params["devices"], max(0, params["limit"])
    scope = read_scope("devices", devices) if devices is not None else None
    listed = None if devices is None or scope is not None else tuple(read_devices(host, "devices", devices))
    wanted = LicenseFilter(
        selectors=asset_selectors(params["assets"], False) if params["assets"] is not None else (),
        product_type=params["product_type"],
        device_assignable=params["device_assignable"],
        serial_numbers=listed,
        people=people,
        metadata=params["metadata"],
        assignments=params["assignments"] or devices is not None or people is not None,
    )
    if scope is None:
        with open_session(host) as session:
            return LicenseReader(session.api, session.guard, wanted, host).read(limit)
    with open_mdm(host, "devices.scope") as mdm:
        scoped = resolve_scope(mdm, scope.scopes, None, strict_tags=False, notify=host)
        # Who can take no licence any more may still hold one.
        serial_numbers = tuple(usable_serial_number(device.serial_number) for device in scoped.members)
        wanted = replace(wanted, serial_numbers=tuple(filter(None, serial_numbers)))
        with open_session(host, LinkedAccounts(host, mdm)) as session:
            return LicenseReader(session.api, session.guard, wanted, host).read(limit)

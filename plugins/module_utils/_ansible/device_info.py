# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mdm_device_info: options, and from them to the reads."""

from __future__ import annotations

from .._core.errors import InputError
from .._core.identity import normalise_serial_numbers
from .._core.scope import parse_scopes
from .._entity.base import Outcome
from .._entity.device_info import DeviceFilter, DeviceReader
from .._http.pace import SystemClock
from .argspec import ArgumentSpec
from .mdm import open_mdm
from .options import INFO, MDM, NETWORK, SCOPED
from .runner import Host

PLATFORMS = ("iOS", "macOS", "tvOS", "visionOS", "watchOS")

DEVICE_INFO_SPEC = ArgumentSpec(
    {
        "scope": SCOPED["scope"],
        "serial_numbers": SCOPED["serial_numbers"],
        "platforms": {"type": "list", "elements": "str", "choices": list(PLATFORMS)},
        "licensable": {"type": "bool"},
        "unseen_days": {"type": "int"},
        "show_people": {"type": "bool", "default": False},
    }
).merge(MDM, NETWORK, INFO)


def run_device_info(host: Host, why: str = "mdm_device_info") -> Outcome:
    """`why` begins the sentence of the error where there is no MDM."""
    params = host.params
    scope, listed, platforms = params["scope"], params["serial_numbers"], params["platforms"]
    serial_numbers: list[str] | None = None
    if listed is not None:
        serial_numbers, warnings = normalise_serial_numbers(listed, "serial_numbers")
        for warning in warnings:
            host.warn(warning)
    if params["unseen_days"] is not None and params["unseen_days"] < 0:
        raise InputError(f"unseen_days: {params['unseen_days']} is no number of days; give a whole number from 0 up.")
    wanted = DeviceFilter(
        scopes=None if scope is None else parse_scopes(scope, "scope"),
        serial_numbers=None if serial_numbers is None else tuple(serial_numbers),
        platforms=None if platforms is None else frozenset(platforms),
        licensable=params["licensable"],
        unseen_days=params["unseen_days"],
        show_people=params["show_people"],
    )
    with open_mdm(host, why) as mdm:
        return DeviceReader(mdm, wanted, host, SystemClock()).read(max(0, params["limit"]))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_license_info: options, and from them to the reads."""

from __future__ import annotations

from .._entity.base import Outcome
from .._entity.license_info import LicenseFilter, LicenseReader
from .argspec import ArgumentSpec
from .options import ASSETS, CONNECTED, INFO, SERIALS
from .runner import Host
from .selection import asset_selectors, read_devices
from .session import open_session

LICENSE_INFO_SPEC = ArgumentSpec(
    {
        "assets": ASSETS,
        "product_type": {"type": "str", "choices": ["App", "Book"]},
        "device_assignable": {"type": "bool"},
        "metadata": {"type": "bool", "default": False},
        "assignments": {"type": "bool", "default": False},
        "devices": {"type": "dict", "options": SERIALS},
    }
).merge(CONNECTED, INFO)


def run_license_info(host: Host) -> Outcome:
    params = host.params
    devices = params["devices"]
    wanted = LicenseFilter(
        selectors=asset_selectors(params["assets"], False) if params["assets"] is not None else (),
        product_type=params["product_type"],
        device_assignable=params["device_assignable"],
        serial_numbers=tuple(read_devices(host, "devices", devices)) if devices is not None else None,
        metadata=params["metadata"],
        assignments=params["assignments"] or devices is not None,
    )
    with open_session(host) as session:
        return LicenseReader(session.api, session.guard, wanted, host).read(max(0, params["limit"]))

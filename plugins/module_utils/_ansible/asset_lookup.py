# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookups asset and assignments: options, and from them to the reads."""

from __future__ import annotations

from typing import Any

from .._core.errors import InputError
from .._core.targets import DEVICES, USERS
from .._entity.asset_lookup import AssetReader
from .argspec import ArgumentSpec
from .options import ASSETS, CONNECTED
from .runner import Host
from .selection import asset_selectors
from .session import open_session

_KINDS = {"devices": DEVICES, "users": USERS}

ASSET_SPEC = ArgumentSpec({"assets": ASSETS, "metadata": {"type": "bool", "default": False}}).merge(CONNECTED)

ASSIGNMENTS_SPEC = ArgumentSpec(
    {
        "assets": ASSETS,
        "kind": {"type": "str", "choices": list(_KINDS), "default": "devices"},
        "limit": {"type": "int", "default": 1000},
    }
).merge(CONNECTED)


def look_up_assets(host: Host) -> list[dict[str, Any]]:
    """Facts of each asset of `assets`, in their order."""
    selectors = asset_selectors(host.params["assets"], False)
    with open_session(host) as session:
        return AssetReader(session.api, session.guard).facts(selectors, metadata=host.params["metadata"])


def look_up_holders(host: Host) -> list[str]:
    """Who holds the one asset of `assets`."""
    params = host.params
    if len(params["assets"]) != 1:
        raise InputError(f"assignments looks up one asset, and {len(params['assets'])} are named; name one.")
    (selector,) = asset_selectors(params["assets"], False)
    if params["limit"] < 0:
        raise InputError(f"limit: {params['limit']} is no number of holders; give a whole number from 0 up.")
    with open_session(host) as session:
        return AssetReader(session.api, session.guard).holders(selector, _KINDS[params["kind"]], params["limit"])

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A location in a report as plain values: the form is report_shape.LOCATION."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timezone
from typing import Any

from .._core.holdings import Holdings
from .._core.model import Asset, AssetKey
from .._core.ports import Clock
from .._core.report_groups import Group, Idle
from .._core.targets import DEVICES
from .account import AccountInfo


def location_head(account: AccountInfo, clock: Clock, show_people: bool) -> dict[str, Any]:
    """What is known of a location whose token may be dead; with empty lists for all that only a read tells."""
    facts = account.account
    return {
        "uid": facts["uid"],
        "name": facts["location_name"],
        "country": facts["country"],
        "organization": facts["organization"],
        "read_at": clock.now().astimezone(timezone.utc).isoformat(timespec="seconds"),
        "people_shown": show_people,
        "token": {
            "state": facts["token_state"],
            "expires": facts["token_expires"],
            "days_left": facts["token_days_left"],
        },
        "owner": {"state": facts["owner"]["state"], "name": facts["owner"]["name"]},
        "stable": True,
        "mdm": "",
        "unseen_days": 0,
        "units": [],
        "tags": [],
        "licenses": [],
        "assignments": [],
        "people": {"counts": {}, "users": []},
        "wasted": [],
        "rollouts": [],
        "runs": [],
        "manual_steps": account.manual_steps,
    }


def group_facts(group: Group, holders: int) -> dict[str, Any]:
    return {
        "name": group.name,
        "devices": group.devices.bit_count(),
        "licensed": (group.devices & holders).bit_count(),
    }


def assignment_facts(owned: Sequence[Asset], holdings: Holdings) -> list[dict[str, Any]]:
    """Who holds what, by asset; lists of names only, for there may be a million."""
    return [
        {
            **_key_facts(asset.key),
            "serial_numbers": sorted(holdings.device_index.names(holdings.devices(asset.key))),
            "client_user_ids": sorted(holdings.user_index.names(holdings.users(asset.key))),
        }
        for asset in owned
        if holdings.listed(asset.key)
    ]


def idle_facts(idle: Idle, holdings: Holdings) -> dict[str, Any]:
    index = holdings.device_index if idle.kind == DEVICES else holdings.user_index
    return {
        "reason": idle.reason,
        "kind": idle.kind,
        "holders": idle.holders.bit_count(),
        "licenses": idle.licenses,
        "assets": [{**_key_facts(key), "targets": sorted(index.names(bits))} for key, bits in idle.by_asset.items()],
    }


def _key_facts(key: AssetKey) -> dict[str, str]:
    return {"adam_id": key.adam_id, "pricing_param": key.pricing_param}

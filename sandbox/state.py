# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running sandbox leaves in its directory for those who use it."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .apple.admin import token_path, write_token
from .files import write_private
from .world import World

DEVICE_COLUMNS = ("serial_number", "name", "platform", "location", "tags")
# What Systems Manager's import of VPP users reads [D "Importing VPP users from CSV"].
VPP_USER_COLUMNS = ("Email", "Name", "Notes")
PERSON_COLUMNS = ("client_user_id", "name", "email", "location", "tags", "managed_apple_id")


def prepare(directory: Path) -> Path:
    """An existing directory without what an earlier run left behind; the path of ready.json."""
    directory.mkdir(parents=True, exist_ok=True)
    ready = directory / "ready.json"
    ready.unlink(missing_ok=True)
    (directory / "requests.jsonl").unlink(missing_ok=True)
    return ready


def write_world(world: World, directory: Path) -> dict[str, Any]:
    """Token files and the school's own lists; their paths."""
    tokens = {}
    for key, location in world.locations.items():
        write_token(directory, location)
        tokens[key] = str(token_path(directory, location))
    devices, people = directory / "devices.csv", directory / "people.csv"
    write_private(devices, _table(DEVICE_COLUMNS, world.devices))
    write_private(people, _table(PERSON_COLUMNS, world.people))
    vpp_users = {key: str(_vpp_users(directory, key, world)) for key in world.locations}
    api_key = directory / "meraki_api_key"
    write_private(api_key, world.meraki.keys["admin"].value)
    lists = {"devices": str(devices), "people": str(people), "vpp_users": vpp_users}
    return {"tokens": tokens, "meraki_api_key": str(api_key), **lists}


def _vpp_users(directory: Path, key: str, world: World) -> Path:
    people = [person for person in world.people if person.location == key]
    path = directory / f"{key}-vpp-users.csv"
    write_private(path, _csv(VPP_USER_COLUMNS, ([one.email, one.name, " ".join(one.tags)] for one in people)))
    return path


def _table(columns: tuple[str, ...], rows: list[Any]) -> str:
    cells = ([getattr(row, name) for name in columns] for row in rows)
    return _csv(columns, ([" ".join(one) if isinstance(one, tuple) else one for one in row] for row in cells))


def _csv(columns: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def announce(ready: Path, origin: str, shard: str, files: dict[str, Any], world: World) -> None:
    """Write ready.json in one step: whoever sees it sees all of it, and the server listens."""
    locations = {key: {"uid": place.uid, "name": place.name} for key, place in world.locations.items()}
    urls = {"apps_books": f"{origin}/mdm/v2", "itunes": f"{origin}/itunes", "control": f"{origin}/_sandbox"}
    networks = {network.key: network.id for network in world.meraki.networks.values() if network.manages}
    data = {
        "pid": os.getpid(),
        "urls": {**urls, "meraki": f"{origin}/api/v1", "meraki_shard": f"{shard}/api/v1"},
        "files": files,
        "seed": world.seed,
        "locations": locations,
        "meraki": {"organization_id": world.meraki.id, "networks": networks},
    }
    write_private(ready, json.dumps(data, indent=2, ensure_ascii=False) + "\n")

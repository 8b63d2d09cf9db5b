# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running sandbox leaves in its directory for those who use it."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from .apple.admin import token_path, write_token
from .files import write_private
from .world import World

DEVICE_COLUMNS = ("serial_number", "name", "platform", "location", "tags")
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
    api_key = directory / "meraki_api_key"
    write_private(api_key, world.meraki.keys["admin"].value)
    return {"tokens": tokens, "meraki_api_key": str(api_key), "devices": str(devices), "people": str(people)}


def _table(columns: tuple[str, ...], rows: list[Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        values = (getattr(row, name) for name in columns)
        writer.writerow([" ".join(value) if isinstance(value, tuple) else value for value in values])
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

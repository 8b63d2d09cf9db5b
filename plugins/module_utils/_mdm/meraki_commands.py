# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes to devices: tags, check-ins, installs and removals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from .._core.errors import VppError
from .._core.mdm import AppCommand, MdmDevice, TagChange
from .._core.words import counted
from . import meraki_paths
from .meraki_codec import encode_apps, encode_check_in, encode_tags
from .meraki_errors import concerns_all, not_sent
from .meraki_session import MerakiSession
from .meraki_units import MerakiUnits

CHUNK = 100
"""Devices in one body: how many the service takes is not told [S 6.2]."""


def change_tags(session: MerakiSession, units: MerakiUnits, changes: Sequence[TagChange]) -> None:
    """One after another. Adding or deleting the same twice does no harm, so that a lost answer is no end; the answer
    lists only what was modified, and is not needed [S]."""
    for change in changes:
        where = units.name_of(change.unit)
        act = "give" if change.add else "take"
        link = "to" if change.add else "from"
        for ids in chunks(change.device_ids):
            what = f"{act} the tag {', '.join(change.tags)} {link} {_devices(ids)} of network {where}"
            path = meraki_paths.modify_tags(change.unit)
            session.post(path, encode_tags(change, ids), what, repeatable=True)


def ask_check_in(session: MerakiSession, units: MerakiUnits, devices: Sequence[MdmDevice]) -> None:
    for unit in dict.fromkeys(device.unit for device in devices):
        for ids in chunks([device.id for device in devices if device.unit == unit]):
            what = f"ask {_devices(ids)} of network {units.name_of(unit)} to check in"
            path = meraki_paths.check_in(unit)
            session.post(path, encode_check_in(ids), what, repeatable=True)


class Commands:
    """Sends installs and removals, four at once within the pace; after an error that concerns all nothing more leaves.
    Never repeated: the service queues a command for each call."""

    def __init__(self, session: MerakiSession, pool: ThreadPoolExecutor) -> None:
        self._session = session
        self._pool = pool
        self._stopped_by: VppError | None = None

    def send(self, commands: Sequence[AppCommand]) -> list[VppError | None]:
        return list(self._pool.map(self._send, commands))

    def _send(self, command: AppCommand) -> VppError | None:
        verb = "install" if command.install else "remove"
        count = f"{len(command.app_ids)} app{'s' if len(command.app_ids) != 1 else ''}"
        what = f"{verb} {count} on device {command.device_id}"
        if self._stopped_by is not None:
            return not_sent(what, self._stopped_by)
        to = meraki_paths.install_apps if command.install else meraki_paths.uninstall_apps
        missing = "the device or an app is not known there, or the API key has no right to see it"
        try:
            self._session.post(to(command.unit, command.device_id), encode_apps(command.app_ids), what, missing=missing)
        except VppError as exc:
            if concerns_all(exc):
                self._stopped_by = exc
            return exc
        return None


def _devices(ids: Sequence[str]) -> str:
    return counted(len(ids), "device", "devices")


def chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), CHUNK):
        end = start + CHUNK
        yield items[start:end]

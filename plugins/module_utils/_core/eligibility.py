# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which devices of an MDM can take a licence of their own, and what an admin should know of those that can."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timezone

from .identity import usable_serial_number
from .mdm import MdmDevice

NO_SERIAL_NUMBER = "no_serial_number"
NOT_APPLE = "not_apple"
"""Why a device can take no licence [design, rule 4]. An enrolment by its user hides the serial number [Systems Manager,
"Apple User Enrollment Deployment Guide"]."""

UNSUPERVISED = "unsupervised"
OLD_OS = "old_os"
UNSEEN = "unseen"
SAME_SERIAL_NUMBER = "same_serial_number"
"""What is told of a device that can: installs ask the person who holds it; it is too old for licences of devices; it
did not report for long; the MDM has a newer record of the same device, which is the one that counts."""

UNSEEN_DAYS = 14
"""Days without a report after which a device is told as unseen, unless the task says otherwise."""

_OLDEST = {"iOS": (9,), "macOS": (10, 11)}
"""First versions with licences of devices [Systems Manager, requirements; MDM protocol for 10.11]. Those of other
platforms are not documented, so nothing is said of them."""
_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})*")
_NEVER = datetime.min.replace(tzinfo=timezone.utc)


def obstacle(device: MdmDevice) -> str:
    """Why the device can take no licence, whatever the asset; empty = it can."""
    if not device.platform:
        return NOT_APPLE
    return "" if usable_serial_number(device.serial_number) else NO_SERIAL_NUMBER


def days_unseen(device: MdmDevice, now: datetime) -> int | None:
    """Whole days since the device reported; None = the MDM doesn't tell."""
    return None if device.last_seen is None else max(0, (now - device.last_seen).days)


def is_unseen(device: MdmDevice, now: datetime, days: int = UNSEEN_DAYS) -> bool:
    """Whether it is known not to have reported for so many days."""
    found = days_unseen(device, now)
    return found is not None and found >= days


def is_old(device: MdmDevice) -> bool:
    """Whether its system is known to be too old for licences of devices."""
    version, oldest = version_of(device.os_version), _OLDEST.get(device.platform)
    return bool(version and oldest and version < oldest)


def version_of(text: str) -> tuple[int, ...]:
    """The numbers of the first version in it; empty = there is none."""
    match = _VERSION.search(text)
    return tuple(map(int, match[0].split("."))) if match else ()


def cautions(device: MdmDevice, now: datetime, days: int = UNSEEN_DAYS) -> list[str]:
    """What is to be known of the device; words of this module."""
    found = ((UNSUPERVISED, device.supervised is False), (OLD_OS, is_old(device)))
    return [word for word, so in (*found, (UNSEEN, is_unseen(device, now, days))) if so]


def is_newer(record: MdmDevice, other: MdmDevice) -> bool:
    """Of two records of one device, whether the first was seen last, or at the same moment."""
    return (record.last_seen or _NEVER) >= (other.last_seen or _NEVER)


def latest_records(devices: Iterable[MdmDevice]) -> tuple[dict[str, MdmDevice], list[MdmDevice]]:
    """The record of each serial number, and the older records of the same ones, both in the order given.

    A device that was enrolled anew, or in another unit, may leave a record behind: the one seen last counts.
    """
    latest: dict[str, MdmDevice] = {}
    older: list[MdmDevice] = []
    for device in devices:
        serial = usable_serial_number(device.serial_number)
        if not serial:
            continue
        other = latest.get(serial)
        if other is None or is_newer(device, other):
            latest[serial] = device
            older += [other] if other is not None else []
        else:
            older.append(device)
    return latest, older

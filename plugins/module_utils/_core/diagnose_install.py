# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last links of the chain: what the MDM tells of an app on a device."""

from __future__ import annotations

from datetime import datetime

from .diagnosis import INSTALL, INSTALLED, MANAGED, SEEN, Step, Unread, broken, fine, unknown
from .eligibility import days_unseen
from .mdm import (
    ABSENT,
    FAILED,
    INSTALLING,
    PENDING,
    REJECTED,
    REMOVED,
    UNMANAGED,
    AppRecord,
    MdmDevice,
)
from .mdm import INSTALLED as THERE

_AGAIN = "send it again with mdm_app and install: true"
_WHY = {
    PENDING: ("{mdm} has it queued, and the device has not taken it yet", "have the device check in, and look again"),
    INSTALLING: ("it is being installed", "look again in some minutes"),
    FAILED: ("{mdm} tells that the install failed", f"look at the device's log in {{mdm}}, and {_AGAIN}"),
    REJECTED: ("whoever holds it declined the install", f"have the person agree, and {_AGAIN}"),
    REMOVED: ("the app was removed from it", _AGAIN),
    ABSENT: ("{mdm} has nothing of the app on it", _AGAIN),
}
_ASKED = (
    "{mdm} has it queued, and since the device is not supervised, whoever holds it must agree first",
    "have the person agree, or supervise the device",
)


def install_steps(
    device: MdmDevice | Unread | None,
    app: str,
    record: AppRecord | Unread | None,
    now: datetime,
    mdm: str,
    seen_within: int,
) -> list[Step]:
    """`record` None = the MDM was asked and has nothing of the app on the device. `seen_within` in days."""
    if isinstance(record, Unread):
        seen = _seen(device, now, seen_within)
        return [unknown(INSTALL, record.why), seen, unknown(INSTALLED, record.why), unknown(MANAGED, record.why)]
    return [
        _commanded(record, app, mdm),
        _seen(device, now, seen_within),
        _installed(device, record, mdm),
        _managed(record, mdm),
    ]


def _commanded(record: AppRecord | None, app: str, mdm: str) -> Step:
    if record is None or (record.state == ABSENT and not record.wanted):
        because = f"{mdm} has no record that {app} is to be on it"
        remedy = f"see in {mdm} that the app is set up for this scope and installs by itself, or {_AGAIN}"
        return broken(INSTALL, because, remedy, record=False)
    facts = {"record": True, "state": record.state, "wanted": record.wanted, "unwanted": record.unwanted}
    if record.unwanted:
        because = f"{mdm} is about to remove {app} from it"
        return broken(INSTALL, because, f"put the device back in scope, and {_AGAIN}", **facts)
    return fine(INSTALL, **facts)


def _seen(device: MdmDevice | Unread | None, now: datetime, seen_within: int) -> Step:
    if isinstance(device, Unread):
        return unknown(SEEN, device.why)
    days = None if device is None else days_unseen(device, now)
    if days is None or device is None or device.last_seen is None:
        return unknown(SEEN, "the MDM does not tell when it reported last")
    facts = {"last_seen": device.last_seen.isoformat(), "days": days}
    if days < seen_within:
        return fine(SEEN, **facts)
    because = f"it has not reported for {days} days, so nothing that was sent to it arrived"
    return broken(SEEN, because, "switch it on where it has a network, and look again", **facts)


def _installed(device: MdmDevice | Unread | None, record: AppRecord | None, mdm: str) -> Step:
    state = ABSENT if record is None else record.state
    if state in (THERE, UNMANAGED):
        return fine(INSTALLED, state=state)
    because, remedy = _WHY[state]
    if state == PENDING and isinstance(device, MdmDevice) and device.supervised is False:
        because, remedy = _ASKED
    return broken(INSTALLED, because.format(mdm=mdm), remedy.format(mdm=mdm), state=state)


def _managed(record: AppRecord | None, mdm: str) -> Step:
    if record is None or record.state not in (THERE, UNMANAGED):
        return unknown(MANAGED, "it is not installed")
    if record.managed and record.state == THERE:
        return fine(MANAGED, managed=True)
    because = f"a person installed it, so that {mdm} does not manage it"
    remedy = f"let {mdm} take over apps that people installed, or remove it there and {_AGAIN}"
    return broken(MANAGED, because, remedy, managed=False)

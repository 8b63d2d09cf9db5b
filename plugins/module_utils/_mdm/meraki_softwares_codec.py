# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of an app on a device, from the rows of `softwares`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from .._core import mdm
from .._core.mdm import AppName, AppRecord
from .meraki_wire import Json, flag, moment, text

# Apple's words of ManagedApplicationList, which Systems Manager probably passes on [I]; compared without case, spaces.
_STATES = MappingProxyType(
    {
        "managed": mdm.INSTALLED,
        "installed": mdm.INSTALLED,
        "installing": mdm.INSTALLING,
        "updating": mdm.INSTALLING,
        "queued": mdm.PENDING,
        "prompting": mdm.PENDING,
        "promptingforlogin": mdm.PENDING,
        "promptingforupdate": mdm.PENDING,
        "promptingforupdatelogin": mdm.PENDING,
        "promptingformanagement": mdm.PENDING,
        "validatingpurchase": mdm.PENDING,
        "validatingupdate": mdm.PENDING,
        "redeeming": mdm.PENDING,
        "needsredemption": mdm.FAILED,
        "failed": mdm.FAILED,
        "userrejected": mdm.REJECTED,
        "managementrejected": mdm.REJECTED,
        "updaterejected": mdm.REJECTED,
        "userinstalledapp": mdm.UNMANAGED,
        "managedbutuninstalled": mdm.REMOVED,
    }
)
_NOT_LETTERS = re.compile(r"[^a-z]")


def decode_softwares(rows: Sequence[Json], apps: Iterable[AppName], unit: str) -> Mapping[AppName, AppRecord]:
    """The record of each app that has one. Of several rows for an app the managed one counts, then one with an id."""
    found = {}
    for app in apps:
        fitting = [row for row in rows if _is(row, app, unit)]
        if fitting:
            best = max(fitting, key=lambda row: (bool(flag(row, "isManaged")), bool(text(row, "appId")), _age(row)))
            found[app] = decode_software(best)
    return found


def decode_software(row: Json) -> AppRecord:
    return AppRecord(
        state=_state(row),
        app_id=text(row, "appId"),
        managed=bool(flag(row, "isManaged")),
        wanted=bool(flag(row, "toInstall")),
        unwanted=bool(flag(row, "toUninstall")),
    )


def _is(row: Json, app: AppName, unit: str) -> bool:
    """By the MDM's own id, or by Apple's, or by bundle id (which a Mac's and an iPad's app may share)."""
    app_id = app.app_ids.get(unit, "")
    if app_id and text(row, "appId") == app_id:
        return True
    adam_id = text(row, "itunesId")
    if app.adam_id and adam_id:
        return app.adam_id == adam_id
    return bool(app.bundle_id) and app.bundle_id == text(row, "identifier")


def _age(row: Json) -> float:
    when = moment(row, "updatedAt")
    return when.timestamp() if when else 0.0


def _state(row: Json) -> str:
    """The service's word where there is a known one; else what the dates say."""
    installed, removed = moment(row, "installedAt"), moment(row, "uninstalledAt")
    gone = removed is not None and (installed is None or removed >= installed)
    state = _STATES.get(_NOT_LETTERS.sub("", text(row, "status").lower()), "")
    if state and not (gone and state == mdm.INSTALLED):
        return state
    if gone:
        return mdm.PENDING if flag(row, "toInstall") else mdm.REMOVED
    if installed is not None or flag(row, "isManaged"):
        return mdm.INSTALLED if flag(row, "isManaged") else mdm.UNMANAGED
    # A row without any date: on its way, or software that the device has told of without when it came.
    return mdm.PENDING if flag(row, "toInstall") else mdm.UNMANAGED

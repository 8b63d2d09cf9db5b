# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs a plan for apps into what is sent: as few changes of tags as there are kinds of device, a command a device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .app_model import AppPlan, Devices
from .mdm import AppCommand, AppName, TagChange

AppIds = Mapping[tuple[AppName, str], str]
"""The MDM's own id by app and unit."""


def pack_tags(plans: Sequence[AppPlan], unit_of: Mapping[str, str]) -> tuple[TagChange, ...]:
    """Removals first. Devices of a unit with the same tags to lose (or to get) share one change."""
    return (
        *_changes(((plan.app.tag, plan.remove) for plan in plans), unit_of, add=False),
        *_changes(((plan.app.tag, plan.add) for plan in plans), unit_of, add=True),
    )


def pack_commands(
    parts: Iterable[tuple[AppName, Devices]], unit_of: Mapping[str, str], app_ids: AppIds, *, install: bool
) -> tuple[AppCommand, ...]:
    """One command a device, with all its apps, sorted by unit and device. Every id needed is in `app_ids`."""
    wanted: dict[str, list[str]] = {}
    for name, devices in parts:
        for device_id in devices:
            wanted.setdefault(device_id, []).append(app_ids[name, unit_of[device_id]])
    return tuple(
        AppCommand(unit_of[device_id], device_id, tuple(dict.fromkeys(wanted[device_id])), install)
        for device_id in sorted(wanted, key=lambda one: (unit_of[one], one))
    )


def _changes(parts: Iterable[tuple[str, Devices]], unit_of: Mapping[str, str], *, add: bool) -> list[TagChange]:
    tags: dict[str, set[str]] = {}
    for tag, devices in parts:
        for device_id in devices:
            tags.setdefault(device_id, set()).add(tag)
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for device_id, found in tags.items():
        groups.setdefault((unit_of[device_id], tuple(sorted(found))), []).append(device_id)
    return [TagChange(unit, found, tuple(sorted(groups[unit, found])), add) for unit, found in sorted(groups)]

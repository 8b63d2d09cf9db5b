# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task about apps of an MDM as plain values: apps, devices, what is sent, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._core.app_model import NOT_PUSHED, NOT_SEEN, UNLICENSED, UNSUPPORTED_PLATFORM, AppPlan, Devices
from .._core.app_state import count_states
from .._core.mdm import AppCommand, AppName, MdmDevice
from .app_request import Prepared
from .apply_app import AppApplied
from .base import SAMPLE
from .installs import Installs
from .scope import SHOWN, device_label

NOT_ENROLLED = "not_enrolled"
"""Why nothing is done for a serial number that the task lists: the MDM doesn't know it."""


def app_facts(part: AppPlan, plan: Prepared, final: Installs) -> dict[str, Any]:
    name, states = part.app.name, final.states.get(part.app.name, {})
    counts = count_states(states)
    return {
        "adam_id": name.adam_id,
        "bundle_id": name.bundle_id,
        "name": part.app.label,
        "tag": part.app.tag,
        "devices": len(part.fit),
        "in_scope": len(part.in_scope),
        "to_add": len(part.add),
        "to_remove": len(part.remove),
        "to_install": len(part.install),
        "to_uninstall": len(part.uninstall),
        "unlicensed": len(part.skipped.get(UNLICENSED, ())),
        "unsupported_platform": len(part.skipped.get(UNSUPPORTED_PLATFORM, ())),
        "not_pushed": len(part.skipped.get(NOT_PUSHED, ())),
        "kept": len(part.kept),
        "app_ids": {unit: app_id for (app, unit), app_id in sorted(plan.app_ids.items(), key=str) if app == name},
        "installs": counts,
        "not_seen": counts.get(NOT_SEEN, 0),
    }


def install_facts(names: Sequence[AppName], devices: Mapping[str, MdmDevice], found: Installs) -> list[dict[str, Any]]:
    return [
        {
            "adam_id": name.adam_id,
            "bundle_id": name.bundle_id,
            "serial_number": device_label(devices[key]),
            "unit": devices[key].unit,
            "state": state,
            "asked": key in found.records,
            "last_seen": _moment(devices[key]),
        }
        for name in names
        for key, state in sorted(found.states.get(name, {}).items())
        if key in devices
    ]


def failure_facts(done: AppApplied, devices: Mapping[str, MdmDevice]) -> list[dict[str, Any]]:
    return [
        {"reason": reason, "count": len(ids), "serial_numbers": _labels(ids, devices)}
        for reason, ids in sorted(done.failures.items())
    ]


def operation_facts(plan: Prepared) -> list[dict[str, Any]]:
    """One entry a change of tags, and one for all commands of a unit with the same apps; whole lists of devices."""
    devices = plan.scoped.fleet.devices
    result = [
        {
            "operation": "add_tags" if change.add else "remove_tags",
            "unit": change.unit,
            "tags": list(change.tags),
            "app_ids": [],
            "targets": len(change.device_ids),
            "serial_numbers": _labels(change.device_ids, devices),
        }
        for change in plan.tag_changes
    ]
    for word, commands in (("uninstall", plan.uninstalls), ("install", plan.installs)):
        groups: dict[tuple[str, tuple[str, ...]], list[AppCommand]] = {}
        for command in commands:
            groups.setdefault((command.unit, command.app_ids), []).append(command)
        result += [
            {
                "operation": word,
                "unit": unit,
                "tags": [],
                "app_ids": list(app_ids),
                "targets": len(found),
                "serial_numbers": _labels((command.device_id for command in found), devices),
            }
            for (unit, app_ids), found in sorted(groups.items())
        ]
    return result


def bounded(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "serial_numbers": entry["serial_numbers"][:SHOWN]}


def _labels(ids: Iterable[str], devices: Mapping[str, MdmDevice]) -> list[str]:
    return sorted(device_label(devices[key]) if key in devices else f"id {key}" for key in ids)


def left_out_counts(plan: Prepared) -> dict[str, int]:
    counts = dict(plan.scoped.left_out_counts)
    return {**counts, **({NOT_ENROLLED: len(plan.unknown)} if plan.unknown else {})}


def left_out_facts(plan: Prepared) -> list[dict[str, Any]]:
    facts = list(plan.scoped.left_out_facts)
    if plan.unknown:
        facts.append({"reason": NOT_ENROLLED, "count": len(plan.unknown), "devices": list(plan.unknown[:SHOWN])})
    return facts


def sum_counts(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    result: dict[str, int] = {}
    for entry in counts:
        for state, number in entry.items():
            result[state] = result.get(state, 0) + number
    return result


def diff_apps(plan: Prepared, done: AppApplied) -> dict[str, dict[str, Any]]:
    """`before` and `after` of the apps that change: how many devices have the tag, and which ones come and go."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    devices = plan.scoped.fleet.devices
    touched = [part for part in plan.plans if part.changed][:SAMPLE]
    share = max(1, SAMPLE // max(1, 4 * len(touched)))
    for part in touched:
        add, remove = part.add - done.left(part, add=True), part.remove - done.left(part, add=False)
        tagged = sum(part.app.tag in device.tags for device in devices.values())
        before[str(part.app)] = {
            "tagged": tagged,
            **_named(devices, share, taken_out=remove, uninstalled=part.uninstall),
        }
        after[str(part.app)] = {
            "tagged": tagged + len(add) - len(remove),
            **_named(devices, share, put_in=add, sent=part.install),
        }
    return {"before": before, "after": after}


def _named(devices: Mapping[str, MdmDevice], limit: int, **sets: Devices) -> dict[str, list[str]]:
    result = {}
    for word, ids in sets.items():
        if ids:
            names = _labels(ids, devices)
            more = [f"... and {len(names) - limit} more"] if len(names) > limit else []
            result[word] = names[:limit] + more
    return result


def _moment(device: MdmDevice) -> str | None:
    return None if device.last_seen is None else device.last_seen.strftime("%Y-%m-%dT%H:%M:%SZ")

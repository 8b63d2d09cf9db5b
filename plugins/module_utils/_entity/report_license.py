# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what a licence task did: bounded lists for the result, the whole plan for the report file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._core.approval import diff_license
from .._core.errors import BrakeError, PartialError, PendingError, VppError
from .._core.license_model import ORPHAN, UNSTABLE, AssetPlan
from .._core.model import ASSOCIATE, DISASSOCIATE, PENDING, AssignmentRequest, Event, Failure, Metadata
from .apply_license import Applied
from .assets import asset_facts
from .base import SAMPLE, Outcome
from .location import location_facts

if TYPE_CHECKING:
    from .license import Prepared

TARGETS_SHOWN = 10
"""Serial numbers shown of one request."""


def report_license(plan: Prepared, applied: Applied | None, devices: int) -> Outcome:
    """`applied` is None in check mode and where there was nothing to do."""
    license_plan = plan.license
    failures = group_failures(applied, plan) if applied else []
    error = _error(plan, applied, failures)
    changed = plan.changed if applied is None else _took_effect(plan, applied)
    licenses = [license_facts(part, plan.metadata) for part in license_plan.assets]
    summary = {
        "assets": len(license_plan.assets),
        "devices": devices,
        "unchanged": sum(part.already for part in license_plan.assets),
        "to_associate": license_plan.adds,
        "to_disassociate": license_plan.removes,
        "associated": (applied.done(license_plan, ASSOCIATE) or 0) if applied else 0,
        "disassociated": (applied.done(license_plan, DISASSOCIATE) or 0) if applied else 0,
        "failed": applied.missing(ASSOCIATE) + applied.missing(DISASSOCIATE) if applied else 0,
        "pending": applied.pending if applied else 0,
        "short": sum(part.short for part in license_plan.assets),
        "orphans": license_plan.skipped.get(ORPHAN, 0),
        "skipped": license_plan.skipped,
    }
    events = [event_facts(event) for event in applied.events] if applied else []
    shown = {
        "digest": plan.document["digest"],
        "associate": license_plan.adds,
        "disassociate": license_plan.removes,
        "requests": len(plan.writes),
        "operations": [_operation(write) for write in plan.writes[:SAMPLE]],
    }
    return Outcome(
        noun="licenses",
        value=licenses[:SAMPLE],
        changed=changed,
        plan=shown,
        events=tuple(events[:SAMPLE]),
        summary=summary,
        diff=diff_license(license_plan, plan.index, SAMPLE),
        error=error,
        document={**plan.document, "licenses": licenses, "summary": summary, "events": events, "failures": failures},
        extra={"location": location_facts(plan.config), "failures": failures[:SAMPLE]},
    )


def license_facts(part: AssetPlan, metadata: Mapping[str, Metadata]) -> dict[str, Any]:
    return {
        **asset_facts(part.asset, metadata),
        "unchanged": part.already,
        "to_associate": part.add.bit_count(),
        "to_disassociate": part.remove.bit_count(),
        "short": part.short,
        "orphans": part.skipped.get(ORPHAN, 0),
    }


def event_facts(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "event_status": event.status,
        "event_type": event.type,
        "num_requested": event.num_requested,
        "num_completed": event.num_completed,
    }


def group_failures(applied: Applied, plan: Prepared) -> list[dict[str, Any]]:
    """One entry a reason. `count` is the number of targets that Apple names, or of pairs that a refused request held;
    what is missing without any reason given has an entry of its own."""
    groups: dict[tuple[int | None, str], list[Failure]] = {}
    for failure in applied.failures:
        groups.setdefault((failure.error_number, failure.message), []).append(failure)
    for entry in applied.refused:
        error = entry.error
        number = error.error_number if isinstance(error, VppError) else None
        assets = tuple(key.adam_id for key in entry.request.assets)
        told = Failure(number or 0, str(error), assets, entry.request.serial_numbers, entry.request.client_user_ids)
        groups.setdefault((number, str(error)), []).append(told)
    result = [_group(number, reason, found) for (number, reason), found in groups.items()]
    missing = applied.missing(ASSOCIATE) + applied.missing(DISASSOCIATE)
    if missing and not result and applied.error is None:
        result.append(_unexplained(applied, plan, missing))
    return sorted(result, key=lambda group: (group["error_number"] or 0, group["reason"]))


def _group(number: int | None, reason: str, found: Sequence[Failure]) -> dict[str, Any]:
    serial_numbers = sorted({name for failure in found for name in failure.serial_numbers})
    adam_ids = sorted({name for failure in found for name in failure.adam_ids})
    return {
        "error_number": number or None,
        "reason": reason,
        "adam_ids": adam_ids[:SAMPLE],
        "serial_numbers": serial_numbers[:SAMPLE],
        "count": len(serial_numbers) or len(adam_ids),
    }


def _unexplained(applied: Applied, plan: Prepared, missing: int) -> dict[str, Any]:
    keys: set[str] = set()
    targets = 0
    for needs in (applied.left or {}).values():
        keys.update(key.adam_id for key in needs)
        for bits in needs.values():
            targets |= bits
    return {
        "error_number": None,
        "reason": "Apple reported no failure, but the assignments are not as planned; another product may write here",
        "adam_ids": sorted(keys)[:SAMPLE],
        "serial_numbers": plan.index.names(targets)[:SAMPLE],
        "count": missing,
    }


def _took_effect(plan: Prepared, applied: Applied) -> bool:
    done = [applied.done(plan.license, verb) for verb in (ASSOCIATE, DISASSOCIATE)]
    if None in done:
        return applied.accepted > 0
    return any(done)


def _error(plan: Prepared, applied: Applied | None, failures: Sequence[Mapping[str, Any]]) -> VppError | None:
    withheld = plan.license.skipped.get(UNSTABLE, 0)
    if applied is not None:
        error = _error_of_run(plan, applied, failures)
        if error is not None:
            return error
    if withheld:
        return BrakeError(
            f"{withheld} licences were not taken back, because the assignments kept changing while they were read. "
            "Run the task again when no other program writes on this location.",
            facts={"withheld_removals": withheld},
        )
    return None


def _error_of_run(plan: Prepared, applied: Applied, failures: Sequence[Mapping[str, Any]]) -> VppError | None:
    planned = plan.license.adds + plan.license.removes
    missing = applied.missing(ASSOCIATE) + applied.missing(DISASSOCIATE)
    if applied.error is not None:
        known = applied.left is not None
        state = f"{planned - missing} of {planned} were done" if known else "it is not known what was done"
        return PartialError(
            f"The task stopped after it had begun to change {planned} assignments, {state}: {applied.error.message} "
            "Run it again: it reads the state and sends only what is missing.",
            error_number=applied.error.error_number,
            http_status=applied.error.http_status,
            facts=applied.error.facts,
        )
    if applied.timed_out:
        pending = [event.event_id for event in applied.events if event.status == PENDING]
        return PendingError(
            f"{len(pending)} of {len(applied.events)} events were still pending when wait_timeout was over. Run the "
            "task again later, with their ids in 'events' if you have them: it reads the state and sends only what is "
            "missing.",
            facts={"pending_events": pending[:SAMPLE]},
        )
    if missing:
        reasons = "; ".join(
            f"{group['reason']}" + (f" ({group['error_number']})" if group["error_number"] else "")
            for group in failures[:3]
        )
        return PartialError(
            f"{planned - missing} of {planned} assignments were changed, {missing} were not: {reasons}. The result "
            "lists them under 'failures'; mend the cause and run the task again.",
        )
    return None


def _operation(write: AssignmentRequest) -> dict[str, Any]:
    return {
        "operation": write.verb,
        "assets": [str(key) for key in write.assets],
        "targets": len(write.serial_numbers),
        "serial_numbers": list(write.serial_numbers[:TARGETS_SHOWN]),
    }

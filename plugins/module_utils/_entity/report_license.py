# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what a licence task did: bounded lists for the result, the whole plan for the report file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .._core.approval import diff_license
from .._core.errors import VppError
from .._core.license_model import ORPHAN, AssetPlan, LicensePlan
from .._core.model import ASSOCIATE, DISASSOCIATE, AssignmentRequest, Event, Failure, Metadata
from .apply_license import Applied
from .assets import asset_facts
from .base import SAMPLE, Outcome
from .license_error import error_of, took_effect, undone_facts
from .location import location_facts

if TYPE_CHECKING:
    from .license import LicenseRequest, Prepared

TARGETS_SHOWN = 10
"""Serial numbers shown of one request."""


def report_license(plan: Prepared, applied: Applied | None, request: LicenseRequest, settle: float) -> Outcome:
    """`applied` is None in check mode and where there was nothing to do."""
    license_plan, scoped, undone = plan.license, request.scoped, undone_facts(plan, applied)
    failures = group_failures(applied, plan) if applied else []
    licenses = [license_facts(part, plan.metadata) for part in license_plan.assets]
    summary = {
        "assets": len(license_plan.assets),
        "devices": len(request.serial_numbers),
        "unchanged": sum(part.already for part in license_plan.assets),
        "to_associate": license_plan.adds,
        "to_disassociate": license_plan.removes,
        "associated": applied.done(license_plan, ASSOCIATE) if applied else 0,
        "disassociated": applied.done(license_plan, DISASSOCIATE) if applied else 0,
        "failed": applied.failed if applied else 0,
        "pending": applied.pending if applied else 0,
        "not_sent": applied.unsent if applied else 0,
        "short": sum(part.short for part in license_plan.assets),
        "orphans": license_plan.skipped.get(ORPHAN, 0),
        "skipped": license_plan.skipped,
        "left_out": scoped.left_out_counts if scoped else {},
        "awaited": license_plan.awaited,
        "awaited_unseen": sum((part.awaited & plan.unseen).bit_count() for part in license_plan.assets),
        "undone": undone[ASSOCIATE] + undone[DISASSOCIATE],
    }
    left_out = scoped.left_out_facts if scoped else []
    events = [event_facts(event) for event in applied.events.values()] if applied else []
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
        changed=plan.changed if applied is None else took_effect(plan, applied),
        plan=shown,
        events=tuple(events[:SAMPLE]),
        summary=summary,
        diff=diff_license(_effective(license_plan, applied), plan.index, SAMPLE),
        error=error_of(plan, applied, failures, request.mdm.name if request.mdm else "", settle),
        document={
            **plan.document,
            "licenses": licenses,
            "summary": summary,
            "left_out": left_out,
            "undone": undone,
            "events": events,
            "failures": failures,
        },
        extra={
            "location": location_facts(plan.config),
            "failures": [_sample(group) for group in failures[:SAMPLE]],
            "left_out": left_out,
            "undone": undone,
        },
    )


def license_facts(part: AssetPlan, metadata: Mapping[str, Metadata]) -> dict[str, Any]:
    return {
        **asset_facts(part.asset, metadata),
        "unchanged": part.already,
        "to_associate": part.add.bit_count(),
        "to_disassociate": part.remove.bit_count(),
        "awaited": part.awaited.bit_count(),
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
    """One entry a reason, whole. `count` is the number of devices that Apple names (or assets, where it names those
    only), None where it names nothing; what is missing without any reason given has an entry of its own."""
    groups: dict[tuple[int | None, str], list[Failure]] = {}
    # What Apple calls a failure is none where all is as planned (it is so already, or a later round brought it).
    failed = applied.missing() and not applied.undone
    for failure in applied.failures if failed else ():
        groups.setdefault((failure.error_number, failure.message), []).append(failure)
    for entry in applied.refused if failed else ():
        error = entry.error
        number = error.error_number if isinstance(error, VppError) else None
        assets = tuple(key.adam_id for key in entry.request.assets)
        told = Failure(number or 0, str(error), assets, entry.request.serial_numbers, entry.request.client_user_ids)
        groups.setdefault((number, str(error)), []).append(told)
    result = [_group(number, reason, found) for (number, reason), found in groups.items()]
    if applied.failed and not result and applied.error is None:
        result.append(_unexplained(applied, plan))
    return sorted(result, key=lambda group: (group["error_number"] or 0, group["reason"]))


def _group(number: int | None, reason: str, found: Sequence[Failure]) -> dict[str, Any]:
    serial_numbers = sorted({name for failure in found for name in failure.serial_numbers})
    adam_ids = sorted({name for failure in found for name in failure.adam_ids})
    return {
        "error_number": number or None,
        "reason": reason,
        "adam_ids": adam_ids,
        "serial_numbers": serial_numbers,
        "count": len(serial_numbers) or len(adam_ids) or None,
    }


def _sample(group: Mapping[str, Any]) -> dict[str, Any]:
    """A group of failures within the bounds of a result."""
    return {**group, "adam_ids": group["adam_ids"][:SAMPLE], "serial_numbers": group["serial_numbers"][:SAMPLE]}


def _unexplained(applied: Applied, plan: Prepared) -> dict[str, Any]:
    keys: set[str] = set()
    targets = 0
    for needs in applied.left.values():
        keys.update(key.adam_id for key in needs)
        for bits in needs.values():
            targets |= bits
    return {
        "error_number": None,
        "reason": "Apple reported no failure, but the assignments are not as planned; another product may write here",
        "adam_ids": sorted(keys),
        "serial_numbers": sorted(plan.index.names(targets)),
        "count": targets.bit_count(),
    }


def _effective(plan: LicensePlan, applied: Applied | None) -> LicensePlan:
    """The part of the plan that a diff shows: what did not happen, for sure, is left out."""
    if applied is None or applied.pending:
        return plan
    lost = {verb: applied.left[verb] for verb in (ASSOCIATE, DISASSOCIATE)}
    return replace(
        plan,
        assets=tuple(
            replace(
                part,
                add=part.add & ~lost[ASSOCIATE].get(part.asset.key, 0),
                remove=part.remove & ~lost[DISASSOCIATE].get(part.asset.key, 0),
            )
            for part in plan.assets
        ),
    )


def _operation(write: AssignmentRequest) -> dict[str, Any]:
    return {
        "operation": write.verb,
        "assets": [str(key) for key in write.assets[:SAMPLE]],
        "targets": len(write.serial_numbers),
        "serial_numbers": list(write.serial_numbers[:TARGETS_SHOWN]),
    }

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what a licence task did: bounded lists for the result, the whole plan for the report file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._core.approval import diff_license
from .._core.errors import VppError
from .._core.license_model import ORPHAN, AssetPlan, LicensePlan
from .._core.model import ASSOCIATE, DISASSOCIATE, AssignmentRequest, Event, Failure, Metadata
from .._core.targets import DEVICES, USERS
from .applied_license import Applied
from .assets import asset_facts
from .base import SAMPLE, Outcome
from .find_people import LeftOut
from .license_error import error_of, took_effect, undone_facts
from .location import location_facts

if TYPE_CHECKING:
    from .license_request import LicenseRequest, Prepared

TARGETS_SHOWN = 10
"""Targets shown of one request."""


def report_license(plan: Prepared, applied: Applied | None, request: LicenseRequest, settle: float) -> Outcome:
    """`applied` is None in check mode and where there was nothing to do."""
    license_plan, named, undone = plan.license, request.people, undone_facts(plan, applied)
    left_out, counts = _left_out(plan, applied, request)
    bad_rows = [{"line": row.line, "why": row.why} for row in named.bad_rows] if named else []
    failures = group_failures(applied, plan) if applied else []
    licenses = [license_facts(part, plan.metadata) for part in license_plan.assets]
    summary = {
        "assets": len(license_plan.assets),
        "devices": len(request.serial_numbers),
        "people": len(plan.people.users) if plan.people else 0,
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
        "left_out": counts,
        "bad_rows": len(bad_rows),
        "over_device_limit": None if plan.over_limit is None else len(plan.over_limit),
        "awaited": license_plan.awaited,
        "awaited_unseen": sum((part.awaited & plan.unseen).bit_count() for part in license_plan.assets),
        "undone": undone[ASSOCIATE] + undone[DISASSOCIATE],
    }
    events = [event_facts(event) for event in applied.events.values()] if applied else []
    shown = {
        "digest": plan.document["digest"],
        "associate": license_plan.adds,
        "disassociate": license_plan.removes,
        "requests": len(plan.writes),
        "operations": [operation_facts(write) for write in plan.writes[:SAMPLE]],
    }
    return Outcome(
        noun="licenses",
        value=licenses[:SAMPLE],
        changed=plan.changed if applied is None else took_effect(plan, applied),
        plan=shown,
        events=tuple(events[:SAMPLE]),
        summary=summary,
        diff=diff_license(effective_plan(license_plan, applied), plan.index, SAMPLE),
        error=error_of(plan, applied, failures, request, settle),
        document={
            **plan.document,
            "licenses": licenses,
            "summary": summary,
            "left_out": left_out,
            "bad_rows": bad_rows,
            "undone": undone,
            "events": events,
            "failures": failures,
        },
        extra={
            "location": location_facts(plan.config),
            "failures": [bounded_group(group) for group in failures[:SAMPLE]],
            "left_out": left_out,
            "undone": undone,
            "bad_rows": bad_rows[:SAMPLE],
        },
    )


def _left_out(
    plan: Prepared, applied: Applied | None, request: LicenseRequest
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Who gets nothing: samples, and counts by reason."""
    if plan.people is None or request.people is None:
        scoped = request.scoped
        return (scoped.left_out_facts, scoped.left_out_counts) if scoped else ([], {})
    found = list(plan.people.left_out)
    for reason, bits in applied.declined.items() if applied else ():
        ids = plan.index.names(bits)
        found.append(LeftOut(reason, len(ids), ids, emails=[plan.people.addresses.get(key, "") for key in ids]))
    counts: dict[str, int] = {}
    for entry in found:
        counts[entry.reason] = counts.get(entry.reason, 0) + entry.count
    return [entry.facts(request.people.show_people) for entry in found], counts


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
    """One entry a reason, whole. `count` is the number of targets that Apple names (or assets, where it names those
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
    kind, gone = plan.license.kind, 0
    for bits in applied.declined.values():
        gone |= bits
    dropped = frozenset(plan.index.names(gone))
    result = [_group(number, reason, found, kind, dropped) for (number, reason), found in groups.items()]
    result = [group for group in result if group["count"] or not dropped]
    if applied.failed and not result and applied.error is None:
        result.append(_unexplained(applied, plan))
    return sorted(result, key=lambda group: (group["error_number"] or 0, group["reason"]))


def _group(
    number: int | None, reason: str, found: Sequence[Failure], kind: str, dropped: frozenset[str]
) -> dict[str, Any]:
    told = {name for one in found for name in (one.serial_numbers if kind == DEVICES else one.client_user_ids)}
    targets = sorted(told - dropped)
    adam_ids = sorted({name for failure in found for name in failure.adam_ids})
    # Who was left out is no failure, and neither is what Apple said of them alone.
    count = len(targets) or (None if told else len(adam_ids) or None)
    return {"error_number": number or None, "reason": reason, "adam_ids": adam_ids, kind: targets, "count": count}


def bounded_group(group: Mapping[str, Any]) -> dict[str, Any]:
    """A group of failures within the bounds of a result."""
    return {name: value[:SAMPLE] if isinstance(value, list) else value for name, value in group.items()}


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
        plan.license.kind: sorted(plan.index.names(targets)),
        "count": targets.bit_count(),
    }


def effective_plan(plan: LicensePlan, applied: Applied | None) -> LicensePlan:
    """The part of the plan that a diff shows: what did not happen, for sure, is left out."""
    if applied is None:
        return plan
    done = plan.without(applied.dropped)
    return done if applied.pending else done.without(applied.left)


def operation_facts(write: AssignmentRequest) -> dict[str, Any]:
    """One request in a result, with a sample of its targets."""
    kind, names = (USERS, write.client_user_ids) if write.client_user_ids else (DEVICES, write.serial_numbers)
    return {
        "operation": write.verb,
        "assets": [str(key) for key in write.assets[:SAMPLE]],
        "targets": len(names),
        kind: list(names[:TARGETS_SHOWN]),
    }

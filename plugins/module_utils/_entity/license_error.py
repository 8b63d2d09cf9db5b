# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a licence task ends that did not go as planned: one sentence, and facts beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from .._core.errors import BrakeError, ConflictError, PartialError, PendingError, VppError
from .._core.identity import SAMPLES
from .._core.license_model import BAD_ROWS, UNSTABLE
from .._core.model import ASSOCIATE, COMPLETE, DISASSOCIATE, PENDING
from .._core.targets import DEVICES, WORDS
from .._core.words import counted
from .applied_license import Applied
from .base import SAMPLE, stopped
from .find_people import NamedPeople

if TYPE_CHECKING:
    from .license_request import LicenseRequest, Prepared


def took_effect(plan: Prepared, applied: Applied) -> bool:
    """What was seen to be done counts, and what may be done by now or later."""
    done = sum(applied.done(plan.license, verb) for verb in (ASSOCIATE, DISASSOCIATE))
    complete = any(event.status == COMPLETE for event in applied.events.values())
    return done > 0 or (applied.sent and (applied.pending > 0 or complete))


def error_of(
    plan: Prepared,
    applied: Applied | None,
    failures: Sequence[Mapping[str, Any]],
    request: LicenseRequest,
    settle: float,
) -> VppError | None:
    """None = all as planned, and every row of a list could be used."""
    named = request.people
    error = error_of_plan(plan, applied, failures, request.mdm.name if request.mdm else "", settle)
    if named is None or not named.bad_rows:
        return error
    told, facts = _bad_rows(plan, named), {"unusable": len(named.bad_rows)}
    if error is None:
        others = "The others are as planned" if applied is not None or not plan.changed else "The others are planned"
        return PartialError(f"{told}. {others}; mend these and run the task again.", facts=facts)
    return type(error)(
        f"{error.message} Besides, {told}.",
        error_number=error.error_number,
        http_status=error.http_status,
        facts={**error.facts, **facts},
    )


def _bad_rows(plan: Prepared, named: NamedPeople) -> str:
    rows = named.bad_rows
    shown = "; ".join(f"{named.unit} {row.line} {row.why}" for row in rows[:SAMPLES])
    more = f"; and {len(rows) - SAMPLES} more, listed under 'bad_rows'" if len(rows) > SAMPLES else ""
    withheld = plan.license.skipped.get(BAD_ROWS, 0)
    back = counted(withheld, "licence is", "licences are")
    held = f". {back} not taken back, since one of these rows may be about a holder" if withheld else ""
    unusable = counted(len(rows), "row", "rows")
    return f"{unusable} of {named.source} can't be used: {shown}{more}{held}"


def error_of_plan(
    plan: Prepared,
    applied: Applied | None,
    failures: Sequence[Mapping[str, Any]],
    mdm_name: str,
    settle: float,
) -> VppError | None:
    """None = all as planned. `mdm_name`: the product that probably undid something, empty = none is known."""
    error = None
    if applied is not None:
        error = _conflict(plan, applied, mdm_name, settle) or _error_of_run(plan, applied, failures)
    withheld = plan.license.skipped.get(UNSTABLE, 0)
    if error is not None or not withheld:
        return error
    are = counted(withheld, "licence is", "licences are")
    return BrakeError(
        f"{are} not taken back by this task, because the assignments kept changing while they were "
        "read. Run it again when no other program writes on this location.",
        facts={"withheld_removals": withheld},
    )


def _conflict(plan: Prepared, applied: Applied, mdm_name: str, settle: float) -> ConflictError | None:
    """Who undid it is not told by Apple; that it was done and is not so any more is seen."""
    gone, back = applied.undone_pairs(ASSOCIATE), applied.undone_pairs(DISASSOCIATE)
    if not (gone or back):
        return None
    who = f"{mdm_name} probably" if mdm_name else "another product that works with this location probably"
    told, remedies, words = [], [], WORDS[plan.license.kind]
    if gone:
        told.append(
            f"{gone} of the {plan.license.adds} licences that were given are gone again: {who} took them back, since "
            f"the {words} are out of the app's scope there (auto-revoke)"
        )
        remedies.append(f"switch the app's auto-revoke off there, or bring the {words} into its scope first")
    if back:
        told.append(
            f"{back} of the {plan.license.removes} licences that were taken back are held again: {who} granted them "
            f"anew, since the {words} are in the app's scope there (auto-grant)"
        )
        remedies.append(f"switch the app's auto-grant off there, or take the {words} out of its scope first")
    return ConflictError(
        f"{settle:g} seconds after the work was done, {'; '.join(told)}. To end this, {'; '.join(remedies)}; or leave "
        "granting to the MDM with licensing: mdm."
    )


def undone_facts(plan: Prepared, applied: Applied | None) -> dict[str, Any]:
    """What another product undid, in a result."""
    if applied is None:
        return {ASSOCIATE: 0, DISASSOCIATE: 0, "sample": []}
    target = "serial_number" if plan.license.kind == DEVICES else "client_user_id"
    pairs = (
        {"operation": verb, "adam_id": key.adam_id, "pricing_param": key.pricing_param, target: name}
        for verb, needs in sorted(applied.undone.items())
        for key, bits in sorted(needs.items())
        for name in plan.index.names(bits)
    )
    counts = {verb: applied.undone_pairs(verb) for verb in (ASSOCIATE, DISASSOCIATE)}
    return {**counts, "sample": list(islice(pairs, SAMPLE))}


def _error_of_run(plan: Prepared, applied: Applied, failures: Sequence[Mapping[str, Any]]) -> VppError | None:
    # Who was left out by Apple is not part of it any more.
    dropped = sum(bits.bit_count() for pairs in applied.dropped.values() for bits in pairs.values())
    planned = plan.license.adds + plan.license.removes - dropped
    done = planned - applied.missing()
    open_events = [event.event_id for event in applied.events.values() if event.status == PENDING]
    facts: dict[str, object] = {"pending_events": open_events[:SAMPLE]} if open_events else {}
    state = ", ".join(
        text
        for number, text in (
            (1, f"{done} of {planned} assignments are as planned"),
            (applied.pending, f"{applied.pending} were accepted with an outcome not known yet"),
            (applied.unsent, f"{applied.unsent} were not sent"),
            (applied.failed, f"{applied.failed} failed"),
        )
        if number
    )
    if applied.error is not None:
        return stopped(applied.error, state, begun=took_effect(plan, applied), facts=facts)
    if applied.timed_out:
        return PendingError(
            f"{len(open_events)} of {len(applied.events)} events were still pending when wait_timeout was over: "
            f"{state}. Run the task again later, with their ids in 'events': it reads the state and sends only what is "
            "missing.",
            facts=facts,
        )
    if applied.failed or (applied.unsent and not applied.pending):
        reasons = "; ".join(_reason(group) for group in failures[:3])
        return PartialError(
            f"{state}: {reasons or 'the list of assignments kept changing'}. The result lists the reasons under "
            "'failures'; mend the cause and run the task again.",
            facts=facts,
        )
    if applied.unsure:
        return PartialError(
            f"{state} as far as can be seen, but some requests failed and the assignments kept changing while they "
            "were read afterwards. Run the task again when no other program writes on this location.",
        )
    return None


def _reason(group: Mapping[str, Any]) -> str:
    """The reason with its number, which errors of ours carry already."""
    text, number = str(group["reason"]).rstrip("."), f"({group['error_number']})"
    return text if group["error_number"] is None or number in text else f"{text} {number}"

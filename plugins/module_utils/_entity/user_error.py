# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a task for people ends that did not go as planned: one sentence, and facts beside it. It names nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .._core.errors import PartialError, PendingError, VppError
from .._core.identity import SAMPLES
from .._core.model import COMPLETE, PENDING, Failure
from .._core.user_plan import BAD_ROWS, VERBS
from .._core.words import counted
from .apply_user import AppliedUsers
from .base import SAMPLE

if TYPE_CHECKING:
    from .user import PreparedUsers, UserRequestOfTask

_ADDRESS = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")


def without_addresses(text: str) -> str:
    """Words of a service, which may quote what they refuse."""
    return _ADDRESS.sub("(address)", text)


def group_failures(applied: AppliedUsers) -> list[dict[str, Any]]:
    """One entry a reason, whole. `count` None where Apple names nobody; what is missing without any reason given has an
    entry of its own."""
    groups: dict[tuple[int | None, str], list[Failure]] = {}
    # What Apple calls a failure is none where all is as planned (it is so already, or a later round brought it).
    missing = applied.missing
    for failure in applied.failures:
        ids = tuple(key for key in failure.client_user_ids if key in missing)
        if missing and (ids or not failure.client_user_ids):
            key = (failure.error_number, without_addresses(failure.message))
            groups.setdefault(key, []).append(replace(failure, client_user_ids=ids))
    for entry in applied.refused:
        ids = tuple(one.client_user_id for one in entry.request.users if one.client_user_id in missing)
        if ids:
            number = entry.error.error_number if isinstance(entry.error, VppError) else None
            text = without_addresses(str(entry.error))
            groups.setdefault((number, text), []).append(Failure(number or 0, text, client_user_ids=ids))
    result = [_group(number, reason, found) for (number, reason), found in groups.items()]
    if applied.failed and not result and applied.error is None:
        reason = "Apple reported no failure, but they are not as planned; another product may write here"
        result.append(_group(None, reason, [Failure(0, reason, client_user_ids=tuple(missing - applied.pending))]))
    return sorted(result, key=lambda group: (group["error_number"] or 0, group["reason"]))


def _group(number: int | None, reason: str, found: Sequence[Failure]) -> dict[str, Any]:
    ids = sorted({key for failure in found for key in failure.client_user_ids})
    return {"error_number": number or None, "reason": reason, "client_user_ids": ids, "count": len(ids) or None}


def took_effect(plan: PreparedUsers, applied: AppliedUsers) -> bool:
    """What was seen to be done counts, and what may be done by now or later."""
    done = applied.read and any(applied.done(plan.users, verb) for verb in VERBS)
    complete = any(event.status == COMPLETE for event in applied.events.values())
    return done or (applied.sent and (bool(applied.pending) or complete))


def error_of(
    plan: PreparedUsers, applied: AppliedUsers | None, failures: Sequence[Mapping[str, Any]], request: UserRequestOfTask
) -> VppError | None:
    """None = all as planned, and every row could be used."""
    error = _error_of_run(plan, applied, failures) if applied is not None else None
    rows = plan.users.bad_rows
    if not rows:
        return error
    if error is None:
        told = _bad_rows(plan, request)
        others = "The others are as planned" if applied is not None or not plan.changed else "The others are planned"
        return PartialError(f"{told}. {others}; mend these and run the task again.", facts={"unusable": len(rows)})
    return type(error)(
        f"{error.message} Besides, {_bad_rows(plan, request)}.",
        error_number=error.error_number,
        http_status=error.http_status,
        facts={**error.facts, "unusable": len(rows)},
    )


def _bad_rows(plan: PreparedUsers, request: UserRequestOfTask) -> str:
    rows = plan.users.bad_rows
    total = len(request.people) + len(request.bad_rows)
    shown = "; ".join(f"{request.unit} {row.line} {row.why}" for row in rows[:SAMPLES])
    more = f"; and {len(rows) - SAMPLES} more, listed under 'bad_rows'" if len(rows) > SAMPLES else ""
    withheld = plan.users.spared.get(BAD_ROWS, 0)
    left = counted(withheld, "person is", "people are")
    held = f". {left} not retired, since one of these rows may be theirs" if withheld else ""
    return f"{len(rows)} of the {total} people of {request.source} can't be used: {shown}{more}{held}"


def _error_of_run(plan: PreparedUsers, applied: AppliedUsers, failures: Sequence[Mapping[str, Any]]) -> VppError | None:
    planned = sum(len(plan.users.fields(verb)) for verb in VERBS)
    done = planned - len(applied.missing)
    open_events = [event.event_id for event in applied.events.values() if event.status == PENDING]
    facts: dict[str, object] = {"pending_events": open_events[:SAMPLE]} if open_events else {}
    state = ", ".join(
        text
        for number, text in (
            (1, f"{done} of {planned} people are as planned"),
            (len(applied.pending), f"{len(applied.pending)} were accepted with an outcome not known yet"),
            (len(applied.unsent), f"{len(applied.unsent)} were not sent"),
            (applied.failed, f"{applied.failed} failed"),
        )
        if number
    )
    if applied.error is not None:
        begun = took_effect(plan, applied)
        told = f"The task stopped half-way: {state}." if begun else "The task stopped, and nothing was changed."
        return PartialError(
            f"{told} {_sentence(without_addresses(applied.error.message))} Run the task again once the cause is "
            "mended: it reads the state and sends only what is missing.",
            error_number=applied.error.error_number,
            http_status=applied.error.http_status,
            facts={**applied.error.facts, **facts},
        )
    if applied.timed_out:
        return PendingError(
            f"{len(open_events)} of {len(applied.events)} events were still pending when wait_timeout was over: "
            f"{state}. Run the task again later: it reads the state and sends only what is missing.",
            facts=facts,
        )
    if applied.failed or (applied.unsent and not applied.pending):
        reasons = "; ".join(_reason(group) for group in failures[:3])
        return PartialError(
            f"{state}: {reasons or 'the list of people kept changing'}. The result lists the reasons under 'failures'; "
            "mend the cause and run the task again.",
            facts=facts,
        )
    if applied.unsure:
        return PartialError(
            f"{state} as far as can be seen, but the list of people kept changing while it was read afterwards. Run "
            "the task again when no other program writes on this location.",
        )
    return None


def _reason(group: Mapping[str, Any]) -> str:
    """The reason with its number and how many it met."""
    text, number = str(group["reason"]).rstrip("."), f"({group['error_number']})"
    named = text if group["error_number"] is None or number in text else f"{text} {number}"
    return f"{named}, {group['count']} people" if group["count"] else named


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one sentence of a task for redemption codes that could not do all it was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from .._core.code_plan import NO_ADDRESS, NO_CODE, SAME_ADDRESS, UNAVAILABLE, PersonCode
from .._core.errors import PartialError, VppError
from .._core.identity import SAMPLES, samples
from .._core.mail_ports import ACCEPTED, NOT_SENT, UNCERTAIN, MailResult
from .._core.words import counted
from .base import stopped
from .mail_facts import is_refused, reason_of

if TYPE_CHECKING:
    from .code import AppliedCodes, CodeRequest, PreparedCodes

_WORDS = {
    NO_CODE: ("is left", "are left", "without a code, since the list holds no more that are free"),
    NO_ADDRESS: ("has", "have", "no e-mail address"),
    SAME_ADDRESS: ("has", "have", "an address to which another person's code went"),
    UNAVAILABLE: ("has", "have", "a code reserved that is no longer in the list, or is used by its status"),
}


class Standing(Protocol):
    """One person after the run."""

    part: PersonCode
    result: MailResult | None


def error_of(
    plan: PreparedCodes, applied: AppliedCodes | None, request: CodeRequest, people: Sequence[Standing]
) -> VppError | None:
    """None = everybody of the list has a code, or is going to be mailed one."""
    clauses = [
        f"{counted(len(found), f'person {one}', f'people {many}')} {words} ({_named(found, request)})"
        for reason, (one, many, words) in _WORDS.items()
        if (found := [one for one in people if one.part.reason == reason])
    ]
    refused = [one for one in people if one.result and is_refused(one.result)]
    if refused:
        why = Counter(reason_of(one.result) for one in refused if one.result)
        told = ", ".join(f"{reason}: {count}" for reason, count in why.most_common(3))
        were = counted(len(refused), "mail was", "mails were")
        clauses.append(f"{were} refused ({told}; {_named(refused, request)}), and each code stays with its person")
    if request.bad_rows:
        clauses.append(_bad_rows(request))
    facts: dict[str, Any] = {"unusable": len(request.bad_rows)} if request.bad_rows else {}
    if applied is not None and applied.error is not None:
        return _stopped(plan, applied, clauses, facts)
    if not clauses:
        return None
    others = "The others are as planned" if applied is not None or not plan.sends else "The others are planned"
    return PartialError(f"{'; '.join(clauses)}. {others}; mend these and run the task again.", facts=facts)


def _stopped(
    plan: PreparedCodes, applied: AppliedCodes, clauses: Sequence[str], facts: dict[str, Any]
) -> VppError | None:
    outcomes = Counter(result.outcome for result in applied.results.values())
    state = ", ".join(
        f"{outcomes[outcome]} {words}"
        for outcome, words in (
            (ACCEPTED, "mails went out"),
            (UNCERTAIN, "may or may not have gone out"),
            (NOT_SENT, "were not sent"),
        )
        if outcomes[outcome]
    )
    more = f" Besides, {'; '.join(clauses)}." if clauses else ""
    if applied.error is None:
        return None
    begun = bool(outcomes[ACCEPTED] or outcomes[UNCERTAIN] or applied.handed)
    return stopped(applied.error, state, begun=begun, facts=facts, more=more)


def _named(found: Sequence[Standing], request: CodeRequest) -> str:
    """By id, or by line where the list has none; never by address."""
    return samples(one.part.person.client_user_id or f"{request.unit} {one.part.person.line}" for one in found)


def _bad_rows(request: CodeRequest) -> str:
    rows = request.bad_rows
    shown = "; ".join(f"{request.unit} {row.line} {row.why}" for row in rows[:SAMPLES])
    more = f"; and {len(rows) - SAMPLES} more, listed under 'bad_rows'" if len(rows) > SAMPLES else ""
    total = len(request.people) + len(rows)
    return f"{len(rows)} of the {total} people of {request.source} can't be used: {shown}{more}"

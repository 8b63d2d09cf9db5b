# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one sentence of a task for invitations that could not do all it was asked for. It names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._core.errors import PartialError, PendingError, VppError
from .._core.identity import SAMPLES
from .._core.invitation_model import REISSUE
from .._core.mail_ports import ACCEPTED, NOT_SENT, UNCERTAIN
from .._core.model import ASSOCIATE
from .._core.words import counted
from .applied_license import Applied
from .base import stopped
from .invitation_standing import Standing
from .mail_facts import is_refused, reason_of
from .user_error import group_failures, without_addresses

if TYPE_CHECKING:
    from .apply_invitation import AppliedInvitations
    from .invitation import InvitationRequest, PreparedInvitations

NO_ADDRESS = "no_address"
"""Reason of a mail that was not even tried: neither Apple nor the list has an address."""


def failures_of(applied: AppliedInvitations) -> list[dict[str, Any]]:
    """What Apple refused, one entry a reason, whole."""
    found = [group for step in applied.reissued.steps for group in group_failures(step)]
    return [*found, *(_grant_failures(applied.granted) if applied.granted else [])]


def _grant_failures(granted: Applied) -> list[dict[str, Any]]:
    groups: dict[tuple[int | None, str], set[str]] = {}
    failed = granted.missing() > 0
    for failure in granted.failures if failed else ():
        groups.setdefault((failure.error_number, without_addresses(failure.message)), set()).update(
            failure.client_user_ids
        )
    for entry in granted.refused if failed else ():
        number = entry.error.error_number if isinstance(entry.error, VppError) else None
        groups.setdefault((number, without_addresses(str(entry.error))), set()).update(entry.request.client_user_ids)
    return [
        {"error_number": number or None, "reason": reason, "client_user_ids": sorted(ids), "count": len(ids) or None}
        for (number, reason), ids in sorted(groups.items(), key=lambda item: (item[0][0] or 0, item[0][1]))
    ]


def error_of(
    plan: PreparedInvitations,
    applied: AppliedInvitations | None,
    request: InvitationRequest,
    people: Sequence[Standing],
    failures: Sequence[Mapping[str, Any]],
) -> VppError | None:
    """None = all as planned, and every row could be used."""
    clauses = [*_apple(plan, applied, failures), *_refused(people, request), *_bad_rows(plan, request)]
    rows = len(plan.invitations.bad_rows)
    facts: dict[str, Any] = {"unusable": rows} if rows else {}
    if applied is not None and applied.error is not None:
        more = f" Besides, {'; '.join(clauses)}." if clauses else ""
        return stopped(applied.error, _state(plan, applied), begun=applied.took_effect(plan), facts=facts, more=more)
    if not clauses:
        return None
    if applied is not None and _is_pending(applied):
        return PendingError(f"{'; '.join(clauses)}. Run the task again later: it goes on from there.", facts=facts)
    others = "The others are as planned" if applied is not None or not plan.changed else "The others are planned"
    return PartialError(f"{'; '.join(clauses)}. {others}; mend these and run the task again.", facts=facts)


def _state(plan: PreparedInvitations, applied: AppliedInvitations) -> str:
    outcomes = Counter(result.outcome for result in applied.results.values())
    reissues, reissued = len(plan.invitations.of(REISSUE)), applied.reissued
    gone = len(reissued.gone - reissued.pending)
    words = [
        (reissues, f"{len(reissued.users)} of {reissues} people were registered anew"),
        (gone, f"{gone} of the others are retired, whom the next run registers"),
        (reissued.pending, f"of {len(reissued.pending)} it is not known yet whether they were"),
        (True, f"{outcomes[ACCEPTED]} of {plan.sends} mails went out"),
        (outcomes[UNCERTAIN], f"{outcomes[UNCERTAIN]} may or may not have gone out"),
        (outcomes[NOT_SENT], f"{outcomes[NOT_SENT]} were not sent"),
    ]
    return ", ".join(text for is_so, text in words if is_so)


def _is_pending(applied: AppliedInvitations) -> bool:
    return any(step.timed_out for step in applied.reissued.steps) or bool(applied.granted and applied.granted.timed_out)


def _apple(
    plan: PreparedInvitations, applied: AppliedInvitations | None, failures: Sequence[Mapping[str, Any]]
) -> Iterable[str]:
    if applied is None or applied.error is not None:
        return
    reasons = "; ".join(str(group["reason"]).rstrip(".") for group in failures[:3])
    why = f" ({reasons})" if reasons else ""
    reissues = plan.invitations.of(REISSUE)
    anew = len(applied.reissued.users)
    if anew < len(reissues):
        gone = len(applied.reissued.gone)
        between = f", and {gone} of the others are retired, whom the next run registers" if gone else ""
        if applied.reissued.twice & applied.reissued.gone:
            between += "; wait ten minutes, since the answer to a retirement was lost, which may take effect once more"
        yield f"{anew} of {len(reissues)} people were registered anew{between}{why}"
    elif applied.granted is not None and applied.granted.missing(ASSOCIATE) and not applied.granted.pending:
        adds = plan.grants.license.adds
        given = applied.granted.done(plan.grants.license, ASSOCIATE)
        yield f"{given} of {adds} licences were given again{why}"
    elif applied.granted is not None and applied.granted.timed_out:
        yield "licences that people are given again were still pending when wait_timeout was over"


def _refused(people: Sequence[Standing], request: InvitationRequest) -> Iterable[str]:
    refused = [one for one in people if one.result is not None and is_refused(one.result)]
    if refused:
        named = [f"{request.unit} {one.part.person.line} ({reason_of(one.result)})" for one in refused if one.result]
        mails = counted(len(refused), "mail was", "mails were")
        yield f"{mails} refused: {_some(named)}"
    homeless = [f"{request.unit} {one.part.person.line}" for one in people if one.part.no_address]
    if homeless:
        have = counted(len(homeless), "person has", "people have")
        yield f"{have} no e-mail address, neither in the list nor at Apple: {_some(homeless)}"


def _some(named: Sequence[str]) -> str:
    more = f", and {len(named) - SAMPLES} more, listed under 'refused'" if len(named) > SAMPLES else ""
    return f"{', '.join(named[:SAMPLES])}{more}"


def _bad_rows(plan: PreparedInvitations, request: InvitationRequest) -> Iterable[str]:
    rows = plan.invitations.bad_rows
    if rows:
        total = len(request.people) + len(request.bad_rows)
        shown = "; ".join(f"{request.unit} {row.line} {row.why}" for row in rows[:SAMPLES])
        more = f"; and {len(rows) - SAMPLES} more, listed under 'bad_rows'" if len(rows) > SAMPLES else ""
        yield f"{len(rows)} of the {total} people of {request.source} can't be used: {shown}{more}"

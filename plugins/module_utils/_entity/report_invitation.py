# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what became of invitations: counts and bounded samples; names and addresses only where they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._core.digest import digest_of
from .._core.invitation_model import (
    ACCEPTED,
    ACTIONS,
    AGAIN,
    MAIL,
    REISSUE,
    REMIND,
    UNCERTAIN,
    UNKNOWN,
)
from .._core.mail_ports import ACCEPTED as TAKEN
from .._core.mail_ports import HELD_BACK, NOT_SENT
from .._core.model import ASSOCIATE
from .base import SAMPLE, Outcome
from .invitation_error import NO_ADDRESS, error_of, failures_of
from .invitation_standing import Standing, standings, waiting_facts
from .location import location_facts
from .mail_facts import is_refused, reason_of
from .reissue import losses
from .report_license import event_facts

if TYPE_CHECKING:
    from .apply_invitation import AppliedInvitations
    from .invitation import InvitationRequest, PreparedInvitations

SHOWN = 10
"""Ids and assets shown of one entry."""


def report_invitations(
    plan: PreparedInvitations, applied: AppliedInvitations | None, request: InvitationRequest
) -> Outcome:
    """`applied` is None in check mode and where there was nothing to do."""
    people = standings(plan, applied)
    results = list(applied.results.values()) if applied else []
    outcomes = Counter(result.outcome for result in results)
    refused = _refused(people)
    events = [event_facts(event) for event in applied.events] if applied else []
    failures = failures_of(applied) if applied else []
    lost = _lost(plan)
    bad_rows = [{"line": row.line, "why": row.why} for row in plan.invitations.bad_rows]
    license_plan, granted = plan.grants.license, applied.granted if applied else None
    given = granted.done(license_plan, ASSOCIATE) if granted else 0
    counts = {action: len(plan.invitations.of(action)) for action in ACTIONS}
    summary = {
        "people": len(people),
        **waiting_facts(people),
        "to_mail": counts[MAIL],
        "to_remind": counts[REMIND],
        "to_mail_again": counts[AGAIN],
        "to_reissue": counts[REISSUE],
        "to_grant": license_plan.adds,
        "mailed": 0 if plan.trial else outcomes[TAKEN],
        "trial_mails": outcomes[TAKEN] if plan.trial else 0,
        "refused": dict(sorted(Counter(_reason(one) for one in refused).items())),
        "held_back": outcomes[HELD_BACK] if applied and plan.sends else plan.held_back,
        "not_sent": outcomes[NOT_SENT],
        "expected": sum(one.part.status == UNKNOWN for one in people) if plan.check else 0,
        "other_address": sum(one.part.other_address for one in people),
        "reissued": len(applied.reissued.users) if applied else 0,
        "granted": given,
        "still_to_grant": _owed(plan, applied, given),
        "bad_rows": len(bad_rows),
    }
    shown = [one.facts(request.show_people) for one in sorted(people, key=_rank)]
    lists: dict[str, list[dict[str, Any]]] = {
        "refused": [_refused_facts(one) for one in refused],
        "lost": lost,
        "bad_rows": bad_rows,
        "failures": failures,
    }
    return Outcome(
        noun="invitations",
        value=shown[:SAMPLE],
        changed=_would_change(plan) if applied is None else applied.took_effect(plan),
        plan={
            "digest": digest_of(plan.config.uid, _lines(plan)),
            "mails": counts[MAIL],
            "reminders": counts[REMIND],
            "again": counts[AGAIN],
            "reissues": counts[REISSUE],
            "grants": license_plan.adds,
            "operations": [_operation(plan, action) for action in ACTIONS if counts[action]],
        },
        events=tuple(events[:SAMPLE]),
        summary=summary,
        diff=_diff(people, plan),
        error=error_of(plan, applied, request, people, failures),
        extra={"location": location_facts(plan.config), **{name: _sample(rows) for name, rows in lists.items()}},
        document={
            "location": location_facts(plan.config),
            "summary": summary,
            "invitations": shown,
            **lists,
            "plan": {action: [part.client_user_id for part in plan.invitations.of(action)] for action in ACTIONS},
            "events": events,
        },
    )


def _would_change(plan: PreparedInvitations) -> bool:
    return plan.changed and not plan.trial


def _refused(people: Iterable[Standing]) -> list[Standing]:
    return [one for one in people if one.part.no_address or (one.result is not None and is_refused(one.result))]


def _reason(one: Standing) -> str:
    return reason_of(one.result) if one.result is not None else NO_ADDRESS


def _refused_facts(one: Standing) -> dict[str, Any]:
    result = one.result
    return {
        "line": one.part.person.line,
        "client_user_id": one.part.client_user_id,
        "reason": result.reason if result else NO_ADDRESS,
        "smtp_code": result.smtp_code if result else None,
        "smtp_status": result.status if result else "",
    }


def _lost(plan: PreparedInvitations) -> list[dict[str, Any]]:
    rows = []
    for part in plan.invitations.of(REISSUE):
        lost, staying = losses(part, plan.belongings)
        assets = [str(key) for key in sorted(lost)]
        rows.append({"client_user_id": part.client_user_id, "assets": assets, "count": len(assets), "staying": staying})
    return rows


def _owed(plan: PreparedInvitations, applied: AppliedInvitations | None, given: int) -> int:
    """Licences that are still to be given again, after the run, or as it would be in check mode."""
    owed = plan.invitations.owed - len(plan.grants.over)
    gone = applied.reissued if applied else None
    for part in plan.invitations.of(REISSUE):
        key = part.client_user_id
        if part.user is not None and (gone is None or key in gone.users or key in gone.gone):
            owed += len(losses(part, plan.belongings)[0])
    return max(0, owed - (given if applied else plan.grants.license.adds))


def _lines(plan: PreparedInvitations) -> Iterable[str]:
    for part in plan.invitations.parts:
        if part.action:
            yield f"{part.action}\t{part.client_user_id!r}\t{','.join(str(key) for key in sorted(part.grants))}"


def _operation(plan: PreparedInvitations, action: str) -> dict[str, Any]:
    ids = [part.client_user_id for part in plan.invitations.of(action)]
    return {"operation": action, "people": len(ids), "client_user_ids": ids[:SHOWN]}


def _rank(one: Standing) -> tuple[int, int]:
    """In the sample those come first for whom something is done or somebody has to look after."""
    troubled = one.part.no_address or (one.result is not None and is_refused(one.result)) or one.status == UNCERTAIN
    return (0 if troubled else 1 if one.part.action else 2 if one.status != ACCEPTED else 3, one.part.person.line)


def _sample(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            key: value[: SAMPLE if key == "client_user_ids" else SHOWN] if isinstance(value, list) else value
            for key, value in row.items()
        }
        for row in rows[:SAMPLE]
    ]


def _diff(people: Sequence[Standing], plan: PreparedInvitations) -> dict[str, dict[str, Any]]:
    """Of whoever stands otherwise afterwards, or was mailed; a trial changes nobody."""
    touched = [] if plan.trial else [one for one in people if one.before != one.after]
    shown = sorted(touched, key=lambda one: one.part.client_user_id)[:SAMPLE]
    before: dict[str, Any] = {one.part.client_user_id: one.before for one in shown}
    after: dict[str, Any] = {one.part.client_user_id: one.after for one in shown}
    more = len(touched) - len(shown)
    if more:
        before["(others)"], after["(others)"] = f"{more} more to change", f"{more} more changed"
    return {"before": before, "after": after}

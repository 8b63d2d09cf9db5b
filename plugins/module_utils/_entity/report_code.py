# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what became of redemption codes: counts and bounded samples, never a code; people by id or line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._core.code_model import HandedCode
from .._core.code_plan import AGAIN, FIRST, GIVEN, RESEND, RESERVED, TO_GIVE, UNCERTAIN, WITHOUT, PersonCode
from .._core.mail_ports import ACCEPTED, HELD_BACK, NOT_SENT, MailResult
from .._core.mail_ports import UNCERTAIN as ANSWER_LOST
from .._core.state_ports import FAILED, SENT
from .base import SAMPLE, Outcome
from .code_error import error_of
from .mail_facts import is_refused, moment_text, reason_of

if TYPE_CHECKING:
    from .code import AppliedCodes, CodeRequest, PreparedCodes

_ATTENTION = (WITHOUT, RESERVED, UNCERTAIN, TO_GIVE, GIVEN)
"""In the sample those come first whom somebody has to look after."""


def report_codes(plan: PreparedCodes, applied: AppliedCodes | None, request: CodeRequest) -> Outcome:
    """`applied` is None in check mode and where there was nothing to do."""
    people = [_Standing(part, plan, applied) for part in plan.codes.people]
    listed = sorted(people, key=lambda one: (_ATTENTION.index(one.status), one.part.person.line))
    results = applied.results.values() if applied else ()
    outcomes = Counter(result.outcome for result in results)
    given = sum(one.newly_given for one in people)
    taken = sum(one.newly_taken for one in people)
    states = Counter(one.status for one in people)
    summary = {
        "people": len(people),
        "given": states[GIVEN],
        "reserved": states[RESERVED],
        "uncertain": states[UNCERTAIN],
        "without": dict(Counter(one.part.reason for one in people if one.status == WITHOUT)),
        "to_mail": len(plan.mails),
        "mailed": outcomes[ACCEPTED],
        "refused": dict(Counter(reason_of(result) for result in results if is_refused(result))),
        "held_back": outcomes[HELD_BACK] if applied and plan.sends else plan.held_back,
        "not_sent": outcomes[NOT_SENT],
        "trial": plan.trial,
        "codes": plan.codes.listed,
        "codes_used": plan.codes.used,
        "handed_out": plan.codes.handed + given,
        "redeemed": plan.codes.redeemed,
        "left": plan.codes.free - taken,
        "bad_rows": len(request.bad_rows),
        "bad_codes": len(request.bad_codes),
    }
    shown = [one.facts(show_people=request.show_people) for one in listed]
    without = [{**_who(one.part), "reason": one.part.reason} for one in people if one.part.reason]
    bad_rows = [{"line": row.line, "why": row.why} for row in request.bad_rows]
    bad_codes = [{"line": row.line, "why": row.why} for row in request.bad_codes]
    changed = bool(plan.sends) if applied is None else bool(outcomes[ACCEPTED] or outcomes[ANSWER_LOST])
    # A trial hands nothing out.
    changed = changed and not plan.trial
    lists = {"without": without, "bad_rows": bad_rows, "bad_codes": bad_codes}
    facts = {"product": {"name": request.product.name, "adam_id": request.product.adam_id or None}}
    return Outcome(
        noun="codes",
        value=shown[:SAMPLE],
        changed=changed,
        plan=_plan_facts(plan),
        summary=summary,
        diff=_diff(plan, applied, given, taken),
        error=error_of(plan, applied, request, people),
        extra={**facts, **{key: found[:SAMPLE] for key, found in lists.items()}},
        document={**facts, "summary": summary, "codes": shown, **lists},
    )


class _Standing:
    """One person after the run."""

    def __init__(self, part: PersonCode, plan: PreparedCodes, applied: AppliedCodes | None) -> None:
        line = part.person.line
        self.part = part
        self.result: MailResult | None = applied.results.get(line) if applied else None
        self.handed: HandedCode | None = (applied.handed.get(line) if applied else None) or part.handed
        self._written = bool(applied and line in applied.handed)

    @property
    def status(self) -> str:
        if not self._written or self.handed is None:
            return self.part.status
        return {SENT: GIVEN, FAILED: RESERVED}.get(self.handed.state, UNCERTAIN)

    @property
    def newly_given(self) -> bool:
        return self._written and self.status == GIVEN

    @property
    def newly_taken(self) -> bool:
        """A code that was anybody's before is this person's now."""
        return self._written and self.part.action == FIRST

    def facts(self, *, show_people: bool) -> dict[str, Any]:
        person, handed, result = self.part.person, self.handed, self.result
        return {
            **_who(self.part),
            "status": self.status,
            "reason": self.part.reason or (reason_of(result) if result and is_refused(result) else ""),
            "action": self.part.action,
            "outcome": result.outcome if result else "",
            "given_at": moment_text(handed.sent if handed else None),
            "last_tried_at": moment_text(handed.attempted if handed else None),
            "refusals": handed.failures if handed else 0,
            "smtp_code": result.smtp_code if result else handed.smtp_code if handed else None,
            "smtp_status": result.status if result else "",
            "email": person.email if show_people else None,
            "name": person.name if show_people else None,
        }


def _who(part: PersonCode) -> dict[str, Any]:
    return {"client_user_id": part.person.client_user_id or None, "line": part.person.line}


def _plan_facts(plan: PreparedCodes) -> dict[str, Any]:
    sent = list(plan.mails.values())[: plan.sends]
    return {
        **{action: sum(part.action == action for part in sent) for action in (FIRST, AGAIN, RESEND)},
        "held_back": plan.held_back,
        "operations": [{**_who(part), "action": part.action} for part in sent[:SAMPLE]],
    }


def _diff(plan: PreparedCodes, applied: AppliedCodes | None, given: int, taken: int) -> Mapping[str, Any]:
    codes = plan.codes
    if applied is None and not plan.trial:
        sent = list(plan.mails.values())[: plan.sends]
        given, taken = len(sent), sum(part.action == FIRST for part in sent)
    return {
        "before": {"handed_out": codes.handed, "left": codes.free},
        "after": {"handed_out": codes.handed + given, "left": codes.free - taken},
    }

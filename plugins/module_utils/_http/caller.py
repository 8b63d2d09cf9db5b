# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A call = paced attempts of one request until its answer is taken, is final, or the patience ends."""

from __future__ import annotations

from collections.abc import Callable

from .._core.errors import OutcomeUnknownError, ThrottledError, TransportError, VppError
from .._core.ports import REQUESTS, Clock, Meter, NoMeter
from .client import Answer, AnswerLostError, HttpClient, NotSentError, Request
from .pace import Pacer
from .retry import DEFAULT_BUDGET, TRANSPORT_TRIES, Outcome, back_off, next_wait

Judge = Callable[[Request, Answer], "Outcome | None"]
"""Says of an answer what it means to its service; None = take it."""


class Caller:
    """Joins client, pacer and rules. Used by several threads."""

    def __init__(
        self,
        client: HttpClient,
        pacer: Pacer,
        clock: Clock,
        budget: float = DEFAULT_BUDGET,
        meter: Meter | None = None,
    ) -> None:
        self.meter: Meter = meter or NoMeter()
        self._client = client
        self._pacer = pacer
        self._clock = clock
        self._budget = budget

    def call(self, request: Request, judge: Judge, budget: float | None = None) -> Answer:
        """The accepted answer. Raises the judge's error, TransportError, ThrottledError or OutcomeUnknownError."""
        budget = self._budget if budget is None else min(budget, self._budget)
        start = self._clock.monotonic()
        attempt = 0
        while True:
            attempt += 1
            with self._pacer.slot(start + budget) as slot:
                answer, outcome = self._attempt(request, judge)
                if answer is not None:
                    slot.succeed()
                if outcome is None:
                    if answer is None:
                        raise AssertionError("an attempt has an answer, an outcome, or both")
                    return answer
                elapsed = self._clock.monotonic() - start
                wait = next_wait(request.harmless, outcome, attempt, elapsed, budget)
                if outcome.shared:
                    pause = max(back_off(attempt), outcome.asked or 0.0)
                    slot.hold(pause, _throttled(outcome, attempt, elapsed))
            if wait is None:
                raise _final(request, outcome, attempt, elapsed)
            if not outcome.shared:  # a shared wait passes in the pacer, for every thread
                self._clock.sleep(wait)

    def _attempt(self, request: Request, judge: Judge) -> tuple[Answer | None, Outcome | None]:
        self.meter.count(REQUESTS, done=1)
        try:
            answer = self._client.send(request)
        except NotSentError as exc:
            return None, Outcome(exc, transient=True, untouched=True, tries=TRANSPORT_TRIES)
        except AnswerLostError as exc:
            return None, Outcome(exc, transient=True, untouched=False, tries=TRANSPORT_TRIES)
        except TransportError as exc:
            return None, Outcome(exc, transient=False, untouched=True)
        return answer, judge(request, answer)


def _final(request: Request, outcome: Outcome, attempt: int, elapsed: float) -> VppError:
    """The error of a call that ends here."""
    error = outcome.error
    if not request.reads and outcome.transient and not outcome.untouched:
        again = "" if request.repeatable else ", so it was not sent again"
        return OutcomeUnknownError(
            f"{error.message}; the service may have done it nevertheless{again}",
            error_number=error.error_number,
            http_status=error.http_status,
            facts=dict(error.facts, requests_sent=attempt),
        )
    return _throttled(outcome, attempt, elapsed) if outcome.shared else error


def _throttled(outcome: Outcome, attempt: int, elapsed: float) -> ThrottledError:
    error, asked = outcome.error, outcome.asked
    facts = dict(error.facts, requests_sent=attempt)
    if asked is not None:
        facts["retry_after"] = asked
    return ThrottledError(
        f"{error.message}; gave up after {attempt} requests in {elapsed:.0f} s"
        f"{'' if asked is None else f', the service asked for a wait of {asked:.0f} s'}: run it again later",
        error_number=error.error_number,
        http_status=error.http_status,
        facts=facts,
    )

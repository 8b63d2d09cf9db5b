# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one reconcile loop: read, plan, stop if only checking, apply, report. Check mode is answered here alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from .._core.errors import PartialError, VppError

SAMPLE = 100
"""No list in a result is longer than this."""


class BegunError(Exception):
    """Whatever came, against the contract of `apply`, when writing had begun: its cause. Something may have changed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task tells. `value` stands under the key `noun`; `document` is the whole story for a report file."""

    noun: str
    value: Any
    changed: bool = False
    plan: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Mapping[str, Any], ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    diff: Mapping[str, Any] | None = None
    error: VppError | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


class Plan(Protocol):
    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""


PlanT = TypeVar("PlanT", bound=Plan)
AppliedT = TypeVar("AppliedT")


class Entity(Protocol, Generic[PlanT, AppliedT]):
    """One noun. `plan` reads and decides, raising before anything is written; `apply` never raises after its first
    write but carries the error, so that a half-done run is reported whole."""

    def plan(self) -> PlanT:
        """What would be done; nothing is written."""

    def apply(self, plan: PlanT) -> AppliedT:
        """Does it, and tells what became of it."""

    def report(self, plan: PlanT, applied: AppliedT | None) -> Outcome:
        """What the user sees; `applied` is None where nothing was applied."""


def reconcile(entity: Entity[PlanT, AppliedT], *, check: bool) -> Outcome:
    """One run. In check mode, and when there is nothing to do, nothing is applied."""
    plan = entity.plan()
    if check or not plan.changed:
        return entity.report(plan, None)
    try:
        return entity.report(plan, entity.apply(plan))
    except Exception as error:
        raise BegunError from error


def stopped(
    error: VppError, state: str, *, begun: bool, facts: Mapping[str, Any] | None = None, more: str = ""
) -> PartialError:
    """The error of a run that `error` ended. `state` tells in words what became of it, where it had `begun` to change
    something; `more` comes last in the sentence."""
    told = f"stopped half-way: {state}." if begun else "stopped, and nothing was changed."
    cause = error.message if error.message.endswith((".", "!", "?")) else f"{error.message}."
    return PartialError(
        f"The task {told} {cause} Run the task again once the cause is mended: it reads the state and sends only what "
        f"is missing.{more}",
        error_number=error.error_number,
        http_status=error.http_status,
        facts={**error.facts, **(facts or {})},
    )

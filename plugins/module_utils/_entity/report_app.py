# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what a task about apps of an MDM did: bounded lists for the result, the whole for the report file."""

from __future__ import annotations

from .._core.app_state import count_states
from .._core.errors import PartialError, PendingError, VppError
from .._core.identity import samples
from .app_facts import (
    app_facts,
    bounded,
    diff_apps,
    failure_facts,
    install_facts,
    left_out_counts,
    left_out_facts,
    operation_facts,
    sum_counts,
)
from .app_request import AppRequest, Prepared
from .apply_app import AppApplied
from .base import SAMPLE, Outcome, stopped


def report_app(plan: Prepared, applied: AppApplied | None, request: AppRequest) -> Outcome:
    """`applied` is None in check mode and where there was nothing to do."""
    done = applied or AppApplied()
    final = done.installs or plan.seen
    apps = [app_facts(part, plan, final) for part in plan.plans]
    failures = failure_facts(done, plan.scoped.fleet.devices)
    operations = operation_facts(plan)
    error = _error(plan, done, request) if applied else None
    known = applied is not None and applied.left_add is not None
    summary = {
        "apps": len(plan.plans),
        "devices": len(plan.scoped.members),
        "eligible": len(plan.scoped.members) - sum(plan.scoped.left_out_counts.values()),
        "left_out": left_out_counts(plan),
        "to_add": sum(len(part.add) for part in plan.plans),
        "to_remove": sum(len(part.remove) for part in plan.plans),
        "to_install": sum(len(part.install) for part in plan.plans),
        "to_uninstall": sum(len(part.uninstall) for part in plan.plans),
        "added": sum(len(part.add - done.left(part, add=True)) for part in plan.plans) if known else 0,
        "removed": sum(len(part.remove - done.left(part, add=False)) for part in plan.plans) if known else 0,
        "install_commands": done.sent_installs,
        "uninstall_commands": done.sent_uninstalls,
        "queued_by_mdm": done.queued,
        "failed": sum(len(devices) for devices in done.failures.values()),
        "not_sent": done.unsent,
        "kept": sum(len(part.kept) for part in plan.plans),
        "over_device_limit": plan.over_limit,
        "read": plan.sweep.asked,
        "inferred": final.inferred,
        "installs": sum_counts(entry["installs"] for entry in apps),
    }
    left_out = left_out_facts(plan)
    steps = [one.facts() for one in plan.steps]
    return Outcome(
        noun="apps",
        value=apps[:SAMPLE],
        changed=plan.writes if applied is None else took_effect(plan, done),
        plan={
            "add": summary["to_add"],
            "remove": summary["to_remove"],
            "install": summary["to_install"],
            "uninstall": summary["to_uninstall"],
            "requests": len(plan.tag_changes) + len(plan.uninstalls) + len(plan.installs),
            "operations": [bounded(one) for one in operations[:SAMPLE]],
        },
        summary=summary,
        diff=diff_apps(plan, done),
        error=error,
        document={
            "apps": apps,
            "operations": operations,
            "summary": summary,
            "left_out": left_out,
            "manual_steps": steps,
            "failures": failures,
            "installs": install_facts([part.app.name for part in plan.plans], plan.scoped.fleet.devices, final),
        },
        extra={
            "left_out": left_out,
            "manual_steps": steps[:SAMPLE],
            "failures": [bounded(one) for one in failures[:SAMPLE]],
        },
    )


def took_effect(plan: Prepared, done: AppApplied) -> bool:
    """What was seen to be done counts, and what may be so."""
    if done.sent_installs or done.sent_uninstalls or done.unsure:
        return True
    if plan.tag_changes and done.began:
        if done.left_add is None:
            return True
        planned = sum(len(part.add) + len(part.remove) for part in plan.plans)
        return done.undone < planned
    return False


def _error(plan: Prepared, done: AppApplied, request: AppRequest) -> VppError | None:
    # Who has left the scope already is not among those that 'exclusive' takes out next time.
    lost = request.goal.exclusive and done.sent_uninstalls < len(plan.uninstalls) and took_effect(plan, done)
    rest = " Apps not removed now have to be removed with state: absent and uninstall: true." if lost else ""
    if done.error is not None:
        return stopped(done.error, _told(plan, done), begun=took_effect(plan, done), more=rest)
    if done.failures:
        reasons = "; ".join(reason.rstrip(".") for reason in list(done.failures)[:3])
        return PartialError(
            f"{_told(plan, done)}: {reasons}. The result lists the reasons under 'failures'; mend the cause and run "
            f"the task again.{rest}"
        )
    if done.short and done.installs and request.wait:
        return _pending(plan, done, request.wait.timeout, request.wait.percent)
    return None


def _pending(plan: Prepared, done: AppApplied, timeout: float, percent: int) -> PendingError:
    states = done.installs.states if done.installs else {}
    short = [part.app for part in plan.plans if part.app.name in done.short]
    told = samples(
        f"{app}: " + ", ".join(f"{number} {state}" for state, number in count_states(states[app.name]).items())
        for app in short
    )
    return PendingError(
        f"After {timeout:g} seconds fewer than {percent}% of the devices seen lately have each app ({told}). Devices "
        "get it when they report to the MDM: have them charged and on a network, see 'manual_steps' for what must be "
        "set up, and run the task again; what is done stays done.",
        facts={"waiting_for": [str(app.name) for app in short[:SAMPLE]]},
    )


def _told(plan: Prepared, done: AppApplied) -> str:
    planned = sum(len(part.add) + len(part.remove) for part in plan.plans)
    commands = len(plan.installs) + len(plan.uninstalls)
    sent = done.sent_installs + done.sent_uninstalls
    parts = []
    if planned:
        parts.append(
            f"{planned - done.undone} of {planned} tags are as planned"
            if done.left_add is not None
            else f"it is not known which of {planned} tags were changed"
        )
    if commands:
        parts.append(f"{sent + done.queued} of {commands} commands are on their way")
    if done.unsure:
        parts.append(f"of {done.unsure} it is not known whether they arrived")
    return ", ".join(parts) or "nothing was to be changed"

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host of every module: the only caller of exit_json and fail_json, so results have one shape."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from .._core.errors import InputError, VppError, sentence
from .._core.ports import Meter, NoMeter
from .._entity.base import BegunError, Outcome
from .._http.pace import SystemClock
from .argspec import ArgumentSpec
from .files import check_report_path, write_report
from .progress import FileMeter
from .secrets import hide_pasted

SHORTEST_SECRET = 8
"""Characters; what is shorter guards nothing."""

RunT = Callable[["Host"], Outcome]


class Host:
    """What a task sees of Ansible: parameters, check mode, warnings. Implements the Notify port."""

    def __init__(self, module: AnsibleModule) -> None:
        self._module = module
        self.params: Mapping[str, Any] = module.params
        self.check: bool = module.check_mode
        self.meter: Meter = NoMeter()

    def warn(self, message: str) -> None:
        # Since 2.19 Ansible masks secrets in the result and no longer in its warnings.
        self._module.warn(self.told(message))

    def told(self, message: str) -> str:
        """The message as it is shown. Masked first: a secret that was cut or joined is found no more."""
        return sentence(remove_values(message, self._module.no_log_values))

    def hide(self, secret: str) -> None:
        """Masks a secret that did not come through a `no_log` option, wherever it might appear in the result.

        Not what is too short to be one: the mask of a lone letter, or of nothing at all, would garble every text.
        """
        if len(secret) >= SHORTEST_SECRET:
            self._module.no_log_values.add(secret)

    def show_instead(self, option: str, value: object) -> None:
        """From here on this is the value of an option, also where Ansible shows the task's options in its result."""
        self._module.params[option] = value


class _Module(AnsibleModule):  # type: ignore[misc]
    """Shows no option before all of them are judged: where one is wrong, nobody has said yet which of the others name
    people or hold what is secret, and Ansible would show them all beside its error."""

    _judged = False

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._judged = True

    def fail_json(self, msg: str, **kwargs: Any) -> None:
        if not self._judged:
            self.params: dict[str, Any] = {}
        super().fail_json(msg, **kwargs)


def run_module(spec: ArgumentSpec, run: RunT, *, info: bool = False) -> None:
    """Runs one task and ends the process with its result; every error is one sentence. `info`: it never writes."""
    module = _Module(supports_check_mode=True, **spec.module_arguments())
    host = Host(module)
    hide_pasted(host)
    failed, result = _finish(host, run, info)
    # Outside of every handler: fail_json would add the exception that is being handled, whose text may hold a secret.
    if failed:
        module.fail_json(**{**result, "msg": host.told(result["msg"])})
    module.exit_json(**result)


def _finish(host: Host, run: RunT, info: bool) -> tuple[bool, dict[str, Any]]:
    """Whether the task failed, and its result."""
    changed = False
    try:
        for option in ("report_path", "progress_path"):
            if host.params.get(option) is not None:
                check_report_path(option, host.params[option])
        outcome = _run_metered(host, run)
        changed = outcome.changed and not host.check
        _write_report(host, outcome)
        error = outcome.error
        return error is not None, shape(outcome, info=info) if error is None else {
            **error.facts,
            **shape(outcome, info=info),
            **failure(error, changed=outcome.changed),
        }
    except BegunError as begun:
        error, changed = _as_sentence(begun.__cause__ or begun), True
    except Exception as other:  # the edge: a traceback could show a secret and helps no admin
        error = _as_sentence(other)
    return True, {**error.facts, **({} if info else _NOTHING), **failure(error, changed=changed)}


def _run_metered(host: Host, run: RunT) -> Outcome:
    path = host.params.get("progress_path")
    if path is None:
        return run(host)
    meter = host.meter = FileMeter(path, SystemClock(), host.warn)
    try:
        return run(host)
    finally:
        meter.close()


_NOTHING: Mapping[str, Any] = {"plan": {}, "events": [], "summary": {}}
"""What a writing module has to tell when it failed before it had a plan: the same keys, so that a rescue can rely on
them."""


def shape(outcome: Outcome, *, info: bool = False) -> dict[str, Any]:
    """The result of a task: always the same keys."""
    result: dict[str, Any] = {**outcome.extra, outcome.noun: outcome.value, "changed": outcome.changed}
    if not info:
        result["plan"] = dict(outcome.plan)
        result["events"] = [dict(event) for event in outcome.events]
        result["summary"] = dict(outcome.summary)
    if outcome.diff is not None:
        result["diff"] = dict(outcome.diff)
    return result


def failure(error: VppError, *, changed: bool) -> dict[str, Any]:
    """What `fail_json` is given beside the facts: the sentence as `msg`, and the service's numbers."""
    result: dict[str, Any] = {"msg": _with_remedy(error), "changed": changed}
    if error.error_number is not None:
        result["error_number"] = error.error_number
    if error.http_status is not None:
        result["http_status"] = error.http_status
    return result


def _with_remedy(error: VppError) -> str:
    """What is refused by a service, or on the way to it, tells what and why, and is no whole sentence yet."""
    whole = isinstance(error, InputError) or error.message.endswith((".", "!", "?"))
    return error.message if whole else f"{error.message}. Run the task again once the cause is mended."


def _write_report(host: Host, outcome: Outcome) -> None:
    path = host.params.get("report_path")
    if path is None or not outcome.document:
        return
    try:
        write_report("report_path", path, outcome.document)
    except VppError as error:
        # Losing the report must not hide what was done, or what went wrong. A check run is made for its report.
        if (host.check or not outcome.changed) and outcome.error is None:
            raise
        host.warn(error.message)


def _as_sentence(error: BaseException) -> VppError:
    return error if isinstance(error, VppError) else _internal(error)


def _internal(error: BaseException) -> VppError:
    """Never its message, which may quote anything."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = [f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return VppError(
        f"An unexpected {type(error).__name__} in the collection stopped the task; read the state with the _info "
        "module before running it again, and report this with the lines under 'where'.",
        facts={"where": where},
    )

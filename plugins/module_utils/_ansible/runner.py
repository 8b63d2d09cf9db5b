# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host of every module: the only caller of exit_json and fail_json, so results have one shape."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .._core.errors import VppError
from .._entity.base import Outcome
from .argspec import ArgumentSpec
from .files import write_report

RunT = Callable[["Host"], Outcome]


class Host:
    """What a task sees of Ansible: parameters, check mode, warnings. Implements the Notify port."""

    def __init__(self, module: AnsibleModule) -> None:
        self._module = module
        self.params: Mapping[str, Any] = module.params
        self.check: bool = module.check_mode

    def warn(self, message: str) -> None:
        self._module.warn(message)

    def hide(self, secret: str) -> None:
        """Masks a secret that did not come through a `no_log` option, wherever it might appear in the result."""
        self._module.no_log_values.add(secret)


def run_module(spec: ArgumentSpec, run: RunT) -> None:
    """Runs one task and ends the process with its result; every error is one sentence."""
    module = AnsibleModule(supports_check_mode=True, **spec.module_arguments())
    host = Host(module)
    try:
        outcome = run(host)
        _write_report(host, outcome)
    except VppError as error:
        module.fail_json(**failure(error))
    except Exception as error:  # the edge: a traceback could show a secret and helps no admin
        module.fail_json(**failure(_internal(error)))
    result = shape(outcome)
    if outcome.error is None:
        module.exit_json(**result)
        return
    module.fail_json(**{**result, **failure(outcome.error, changed=outcome.changed)})


def shape(outcome: Outcome) -> dict[str, Any]:
    """The result of a task: always the same keys."""
    result: dict[str, Any] = {
        **outcome.extra,
        outcome.noun: outcome.value,
        "changed": outcome.changed,
        "plan": dict(outcome.plan),
        "events": [dict(event) for event in outcome.events],
        "summary": dict(outcome.summary),
    }
    if outcome.diff is not None:
        result["diff"] = dict(outcome.diff)
    return result


def failure(error: VppError, *, changed: bool = False) -> dict[str, Any]:
    """What `fail_json` is given: the sentence as `msg`, and the facts beside it."""
    result: dict[str, Any] = {**error.facts, "msg": error.message, "changed": changed}
    if error.error_number is not None:
        result["error_number"] = error.error_number
    if error.http_status is not None:
        result["http_status"] = error.http_status
    return result


def _write_report(host: Host, outcome: Outcome) -> None:
    path = host.params.get("report_path")
    if not path or not outcome.document:
        return
    try:
        write_report("report_path", path, outcome.document)
    except VppError as error:
        # The work is done: losing the report must not hide what was done.
        if not outcome.changed:
            raise
        host.warn(error.message)


def _internal(error: Exception) -> VppError:
    frames = traceback.extract_tb(sys.exc_info()[2])[-4:]
    where = [f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return VppError(
        f"An unexpected {type(error).__name__} in the collection stopped the task; read the state with the _info "
        "module before running it again, and report this with the lines under 'where'.",
        facts={"where": where},
    )

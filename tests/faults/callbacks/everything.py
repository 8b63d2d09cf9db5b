# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The most talkative callback there can be: it writes all that Ansible hands to any of them, as JSON."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: everything
type: aggregate
short_description: Write all that Ansible hands to callbacks
description:
  - For tests that search it for secrets.
"""

_OF_A_TASK = ("name", "action", "args", "vars", "environment", "register", "no_log", "loop")
_OF_A_PLAY = ("name", "hosts", "vars", "environment", "module_defaults")


def _facts(thing: Any) -> Any:
    """What a callback could write of it."""
    result = getattr(thing, "result", None) or getattr(thing, "_result", None)
    if isinstance(result, dict):
        task = getattr(thing, "task", None) or getattr(thing, "_task", None)
        return {"result": result, "task": _facts(task), "host": str(getattr(thing, "host", ""))}
    names = _OF_A_TASK if hasattr(thing, "args") else _OF_A_PLAY if hasattr(thing, "hosts") else ()
    return {name: getattr(thing, name, None) for name in names} or str(thing)


class CallbackModule(CallbackBase):
    """One line an event, in the folder that the hunt searches."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "everything"
    CALLBACK_NEEDS_ENABLED = True

    def _keep(self, *told: Any, **named: Any) -> None:
        line = json.dumps([*map(_facts, told), {name: _facts(one) for name, one in named.items()}], default=repr)
        with open(os.path.join(os.environ["HUNTED"], "everything.jsonl"), "a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    v2_playbook_on_play_start = v2_playbook_on_task_start = v2_playbook_on_include = v2_playbook_on_notify = _keep
    v2_runner_on_start = v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_skipped = v2_runner_on_unreachable = _keep
    v2_runner_retry = v2_runner_on_async_poll = v2_runner_on_async_ok = v2_runner_on_async_failed = _keep
    v2_runner_item_on_ok = v2_runner_item_on_failed = v2_runner_item_on_skipped = v2_on_file_diff = _keep

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback plugin that writes, a line a task and host, when it began and ended, and what it gave back."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: bench_record
type: aggregate
short_description: Times and results of tasks, for the benchmarks
description: Writes a JSON line a task and host into the file that E(BENCH_RECORD) names.
"""

KEPT = ("changed", "failed", "msg", "summary", "warnings", "total")


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core ships no types
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "bench_record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._started: dict[tuple[str, str], float] = {}

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._started[host.name, task._uuid] = time.time()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write(result)

    def _write(self, result: Any) -> None:
        # Their names without the underscore came with ansible-core 2.19, which deprecates the others.
        host, task, data = (
            getattr(result, name) if hasattr(result, name) else getattr(result, f"_{name}")
            for name in ("host", "task", "result")
        )
        line = {
            "task": task.get_name(),
            "host": host.name,
            "start": self._started.get((host.name, task._uuid)),
            "end": time.time(),
            "bytes": len(json.dumps({key: data[key] for key in data if not key.startswith("_ansible")}, default=str)),
            "result": {key: data[key] for key in KEPT if key in data},
        }
        with open(os.environ["BENCH_RECORD"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

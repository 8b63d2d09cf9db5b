# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module, and says in Ansible's output how far it is while it takes long. Nothing else happens here."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible import constants as C
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash

from .follow import following

OPTION = "progress_path"


class ProgressAction(ActionBase):  # type: ignore[misc]  # ansible-core ships no types
    """The action of a module with the option `progress_path`: the module's own, with someone looking on."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        if result.get("skipped"):
            return result
        background = bool(self._task.async_val) and not self._connection.has_native_async
        arguments = dict(self._task.args)
        with self._followed(arguments, task_vars or {}, background):
            done = self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=background)
        result = merge_hash(result, done)
        if not background:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    @contextmanager
    def _followed(self, arguments: dict[str, Any], task_vars: Mapping[str, Any], background: bool) -> Iterator[None]:
        """Where the module's file can be read from here: on this machine, by this user, while we wait."""
        if background or self._connection.transport != "local" or self._play_context.become:
            yield
            return
        folder = None
        if not arguments.get(OPTION):
            folder = tempfile.mkdtemp(prefix="openmdm-", dir=C.DEFAULT_LOCAL_TMP)
            arguments[OPTION] = os.path.join(folder, "progress.json")
        display, host = Display(), task_vars.get("inventory_hostname", "localhost")
        try:
            with following(arguments[OPTION], lambda line: display.display(f"{host}: {line}", stderr=True)):
                yield
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

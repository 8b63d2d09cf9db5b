# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module as a process of its own: options come in on standard input, and it may kill itself at a change on the disk.

`die`: {"number": at which change, "when": before, within (nothing is committed yet) or after}.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible.module_utils import basic

from ansible_collections.openmdm.vpp.plugins.module_utils._state.database import Database


def main() -> None:
    told = json.load(sys.stdin)
    arguments = {**told["options"], "_ansible_check_mode": told["check"], "_ansible_remote_tmp": "/tmp"}
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    if told["die"]:
        _die_at_change(**told["die"])
    importlib.import_module(f"ansible_collections.openmdm.vpp.plugins.modules.{told['module']}").main()


def _die_at_change(number: int, when: str) -> None:
    original, count = Database.change, 0

    def strike(moment: str) -> None:
        if (count, moment) == (number, when):
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def change(database: Database) -> Iterator[Any]:
        nonlocal count
        count += 1
        strike("before")
        with original(database) as connection:
            yield connection
            strike("within")
        strike("after")

    Database.change = change


if __name__ == "__main__":
    main()

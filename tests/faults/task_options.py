# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a drawn task to the options of vpp_license."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.tests.faults.oracle import Task
from ansible_collections.openmdm.vpp.tests.faults.town import DEVICE, email_of


def options_of(task: Task, folder: Path) -> dict[str, Any]:
    """`folder`: where its files may lie."""
    keep: dict[str, Any] = {"adam_ids": list(task.keep_assets)}
    options: dict[str, Any] = {
        "state": task.state,
        "exclusive": task.exclusive,
        "max_shrink": task.max_shrink,
        "allow_empty": task.allow_empty,
        "shortage": task.shortage,
        "orphans": task.orphans,
        "keep": keep,
    }
    if task.all_assets:
        options["all_assets"] = True
    else:
        options["assets"] = [{"adam_id": one} for one in task.assets]
    if task.max_removals is not None:
        options["max_removals"] = task.max_removals
    if task.kind == DEVICE:
        keep["serial_numbers"] = list(task.keep)
        named = options["devices"] = {"serial_numbers": list(task.targets)}
    else:
        keep["client_user_ids"] = list(task.keep)
        options["include_registered"] = task.include_registered
        addresses = [email_of(name) for name in task.targets]
        named = options["users"] = {"emails": addresses} if task.by_email else {"client_user_ids": list(task.targets)}
    if task.known is not None:
        field = "serial_number" if task.kind == DEVICE else "client_user_id"
        path = folder / "known.json"
        path.write_text(json.dumps([{field: name} for name in task.known]), encoding="utf-8")
        named["known_file"] = str(path)
    return options

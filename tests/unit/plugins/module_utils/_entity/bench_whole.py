# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a task tells, against a file of `whole/`: a key or a count that goes astray shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeNotify

World = Callable[[Path, FakeNotify], Outcome]
_FILES = Path(__file__).parent / "whole"
_FIELDS = ("noun", "value", "changed", "plan", "events", "summary", "diff", "extra", "document")


def told(outcome: Outcome, notify: FakeNotify) -> Any:
    found = {name: getattr(outcome, name) for name in _FIELDS}
    found |= {"error": outcome.error.message if outcome.error else None, "warnings": notify.told}
    return json.loads(json.dumps(found))


def check_whole(world: World, folder: Path) -> None:
    """The file has the name of the function."""
    expected = json.loads((_FILES / f"{world.__name__}.json").read_text(encoding="utf-8"))
    notify = FakeNotify()
    assert told(world(folder, notify), notify) == expected

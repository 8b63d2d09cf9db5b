# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Size alone neither takes the memory nor the time."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from ansible_collections.openmdm.vpp.tests.faults import huge
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.tally import Tally

SECONDS = 1.0
SECONDS_PER_MEGABYTE = 3.0
"""A megabyte of empty lines is a million lines."""


def test_what_is_too_large_ends_in_a_sentence() -> None:
    """In a process that can't have more than 2 GiB."""
    run = subprocess.run(
        [sys.executable, "-m", huge.__name__, str(amount(2, 50))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 0, run.stderr[-500:]
    assert len(found) > 70
    crashes = [case for case in found if case[1] not in ("value", "error")]
    tally = Tally("huge")
    tally.add("inputs", len(found))
    tally.add("crashes", len(crashes))
    tally.write()
    assert not crashes
    limits = [SECONDS + SECONDS_PER_MEGABYTE * size / 1e6 for _case, _outcome, _seconds, size in found]
    assert not [case for case, limit in zip(found, limits, strict=True) if case[2] > limit]

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fresh schools for the tests of the brakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.tests.faults.brake_stage import Stage, Task


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[Callable[[Task], Stage]]:
    """Makes a school for a task, as often as wanted."""
    made: list[Stage] = []

    def make(task: Task) -> Stage:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        stage = Stage(folder, patch)
        made.append(stage)
        task.prepare(stage)
        stage.box.journal.entries.clear()
        return stage

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OPENMDM_VPP_STATE_DIR", raising=False)
        yield make
    for stage in made:
        stage.box.close()

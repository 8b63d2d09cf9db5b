# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each defect fits the code as it is. That it is caught is shown by the gate `planted`."""

from __future__ import annotations

from pathlib import Path

import pytest
from defects import DEFECTS, TESTS, UTILS

ROOT = Path(__file__).resolve().parents[3]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_can_be_planted(defect):
    file, _mark, name = defect.test.partition("::")
    assert text(f"{UTILS}/{defect.file}").count(defect.right) == 1
    assert f"def {name.rpartition('::')[2] or 'test_'}" in text(f"{TESTS}/{file}")

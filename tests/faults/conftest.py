# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests of faults draw as the unit tests do."""

from __future__ import annotations

from ansible_collections.openmdm.vpp.tests.faults.brake_fixtures import stages
from ansible_collections.openmdm.vpp.tests.faults.hunt_stage import out, stage
from ansible_collections.openmdm.vpp.tests.faults.tally import (
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
)
from ansible_collections.openmdm.vpp.tests.unit.conftest import ROOT

__all__ = ["ROOT", "out", "pytest_configure", "pytest_sessionfinish", "pytest_terminal_summary", "stage", "stages"]

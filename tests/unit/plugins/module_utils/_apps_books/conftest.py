# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A world of its own for each test."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import World


@pytest.fixture
def world() -> World:
    return World()

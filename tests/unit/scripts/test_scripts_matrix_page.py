# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the fault matrix is that of its data file."""

from __future__ import annotations

import matrix_page


def test_the_page_is_up_to_date():
    assert matrix_page.PAGE.read_text(encoding="utf-8") == matrix_page.page(), "Run scripts/matrix_page.py."

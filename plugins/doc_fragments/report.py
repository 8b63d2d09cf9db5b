# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  report_path:
    description:
      - File to which the whole result is written as JSON, readable by its owner only. It is written in check mode
        too.
      - An earlier report there is replaced, any other file is not. A task that fails before its plan is made writes
        none.
    type: path
"""

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  takeover:
    description:
      - Go on although another product claims the location. Two products that manage one location strip each other's
        assignments, so ask who it is first.
    type: bool
    default: false
"""

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  takeover:
    description:
      - Go on although another product claims the location. Find out first who it is and which apps it assigns, or the
        two may undo each other's work.
      - The claim stays as it is, and so does all that belongs to it. Only M(openmdm.vpp.vpp_account) with
        O(openmdm.vpp.vpp_account#module:claim=true) replaces it, and ends the former owner's notifications.
    type: bool
    default: false
"""

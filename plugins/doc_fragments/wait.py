# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until Apple has done what was accepted. If not, the events are returned as they are and the
        result is not final.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait for all events of the task. Those still pending then are named in the error.
    type: float
    default: 900.0
  poll_interval:
    description:
      - Seconds between two questions about one event. Apple asks for 30 or more, so less is refused for Apple's
        address.
    type: float
    default: 30.0
"""

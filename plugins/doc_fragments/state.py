# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  state_dir:
    description:
      - Folder in which runs remember, for each location, what they sent to Apple and whom they mailed. Give its full
        path. It is made if there is none, readable by its owner only; the folder above it must exist.
      - With it only one task at a time works on a location. Where the folder lies on a network file system that has
        locks, that holds between machines, too.
      - Check mode reads it and writes nothing there.
      - It holds no e-mail address, no invite code and no token. Keep it between runs, and use one for each service.
      - If not set, the value of the environment variable E(OPENMDM_VPP_STATE_DIR) is used. With neither nothing is
        remembered.
    type: path
  lock_timeout:
    description: Seconds to wait for another task that works on the same location, with O(state_dir).
    type: float
    default: 60.0
"""

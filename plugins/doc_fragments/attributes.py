# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # No part may be called like a file of this folder: Ansible would load that file in its place.
    WRITER = r"""
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying the target.
    support: full
    details:
      - Sends the same reads as a real run and no write.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: full
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
"""

    READER = r"""
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying the target.
    support: full
    details:
      - This module never changes anything, neither at Apple nor in the MDM.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: N/A
    details:
      - This module never changes anything.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
"""

    # Of a module that works with Apple and an MDM: it accepts all options of the fragments apps_books, mdm, network.
    BOTH_GROUPS = r"""
attributes:
  action_group:
    description: Use these groups in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - openmdm.vpp.vpp
      - openmdm.vpp.mdm
"""

    # Of a module that works with an MDM only: it accepts every option of the fragments mdm and network.
    MDM_GROUP = r"""
attributes:
  action_group:
    description: Use C(group/openmdm.vpp.mdm) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - openmdm.vpp.mdm
"""

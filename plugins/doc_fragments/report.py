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
  progress_path:
    description:
      - File in which the task says, at most once a second, how far it is, as one JSON object with the counts C(done)
        and C(known) of C(requests), C(pages), C(events) and C(mails), C(seconds) since the start, and C(seconds_left),
        an estimate for the pages and mails, or null.
      - It is written in check mode too, and replaced like a report (see O(report_path)).
      - If not set, a task that takes long says the same in Ansible's output every ten seconds, where it runs on the
        control node, without C(become) and without C(async).
    type: path
"""

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets the runs of one session share the archives in which Ansible sends modules. To build one takes as long as to run
the module, and Ansible keeps it, without any parameter of a task, for the rest of a run only."""

from __future__ import annotations

import contextlib
import os

from ansible import constants as C
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: kept_archives
type: aggregate
short_description: Share the archives of modules among runs
description:
  - For tests, whose runs all have the same modules.
"""


class CallbackModule(CallbackBase):
    """It is loaded before the first task, and puts the shared folder where Ansible looks for archives."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "kept_archives"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        with contextlib.suppress(FileExistsError):
            os.symlink(os.environ["KEPT_ARCHIVES"], os.path.join(C.DEFAULT_LOCAL_TMP, "ansiballz_cache"))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_invitation_info: options, and from them to the reads."""

from __future__ import annotations

from .._core.errors import InputError
from .._core.invitation_model import STATUSES
from .._entity.base import Outcome
from .argspec import ArgumentSpec
from .options import CONNECTED, INFO, STATE
from .people import COLUMNS, PEOPLE
from .runner import Host

INVITATION_INFO_SPEC = ArgumentSpec(
    {
        "users": PEOPLE,
        "src": {"type": "path"},
        "columns": COLUMNS,
        "groups": {"type": "list", "elements": "str"},
        "status": {"type": "list", "elements": "str", "choices": list(STATUSES)},
        "show_people": {"type": "bool", "default": False},
    }
).merge(CONNECTED, INFO, STATE)


def run_invitation_info(host: Host) -> Outcome:
    raise InputError("This module is still being written.")

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to how a task that changes licences waits."""

from __future__ import annotations

from .._core.errors import InputError
from .._entity.apply_license import Polling
from .amounts import seconds
from .runner import Host


def polling_of(host: Host) -> Polling:
    """Of WAIT and `settle`, and of `wait_available` where the module has it."""
    params = host.params
    settle, available = (seconds(option, params.get(option, 0.0)) for option in ("settle", "wait_available"))
    if settle and not params["wait"]:
        raise InputError("settle needs wait: true: it begins when the work is done.")
    timeout, interval = (seconds(option, params[option]) for option in ("wait_timeout", "poll_interval"))
    # A check run is made for its answer, and frees nothing.
    return Polling(params["wait"], timeout, interval, settle, 0.0 if host.check else available)

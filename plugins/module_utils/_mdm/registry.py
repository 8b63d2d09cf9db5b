# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connectors by name. Imported by name, since Ansible packs a module by reading its import statements."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from .._core.ports import Clock, Mdm, Meter
from . import meraki

if TYPE_CHECKING:
    import httpx

Settings = meraki.MerakiSettings
"""Of one connector each."""

_CAPABILITIES = {meraki.CONNECTOR: meraki.CAPABILITIES}


def capabilities_of(connector: str) -> frozenset[str]:
    """What a connector can do (words of _core.mdm), known before anything is sent."""
    return _CAPABILITIES[connector]


def connect(
    settings: Settings, clock: Clock, transport: httpx.BaseTransport | None = None, meter: Meter | None = None
) -> AbstractContextManager[Mdm]:
    """A connector for the length of a run. InputError for a setting that can't be used; nothing is sent yet."""
    return meraki.connect(settings, clock, transport, meter)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connector of Cisco Meraki Systems Manager: implements ports.Mdm for one organisation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._core import mdm
from .._core.model import Secret
from .._core.ports import Clock, Mdm

if TYPE_CHECKING:
    import httpx

CONNECTOR = "meraki"

CAPABILITIES = frozenset(
    {
        mdm.OWN_LICENSING,
        mdm.ACCOUNTS,
        mdm.TOKENS,
        mdm.DEVICES,
        mdm.SCOPES,
        mdm.TAG_WRITE,
        mdm.APP_STATE,
        mdm.INSTALL,
        mdm.CHECK_IN,
    }
)


@dataclass(frozen=True, slots=True)
class MerakiSettings:
    """`network_ids` None = all networks of Systems Manager that the key can see; `organization_id` empty = the only one
    that it can see. `timeout` of one exchange in seconds."""

    api_key: Secret
    base_url: str
    organization_id: str = ""
    network_ids: tuple[str, ...] | None = None
    requests_per_second: float = 3.0
    ca_path: str = ""
    proxy: str = ""
    timeout: float = 60.0


@contextmanager
def connect(settings: MerakiSettings, clock: Clock, transport: httpx.BaseTransport | None = None) -> Iterator[Mdm]:
    """A client for the length of a run. InputError for a setting that can't be used; nothing is sent yet."""
    raise NotImplementedError
    yield

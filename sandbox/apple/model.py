# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of Apple's service as the sandbox keeps them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..clock import apple_date

UNLIMITED = 2147483647
ACTIVE = ("Registered", "Associated")


@dataclass
class Asset:
    """A product owned by a location; its identity is adamId and pricingParam [D managing-assets]."""

    id: int
    adam_id: str
    pricing_param: str = "STDQ"
    product_type: str = "App"
    device_assignable: bool = True
    revocable: bool = True
    platforms: tuple[str, ...] = ("iOS",)
    total: int = 0
    assigned: int = 0
    retired: int = 0

    @property
    def unlimited(self) -> bool:
        return self.total == UNLIMITED

    @property
    def available(self) -> int:
        return self.total - self.assigned

    @property
    def key(self) -> tuple[str, str]:
        return (self.adam_id, self.pricing_param)


@dataclass
class Token:
    """A content token: ``kind`` is full, read_only, legacy or facilitator; ``state`` active, expired or revoked."""

    value: str
    expires: datetime
    org_name: str
    kind: str = "full"
    state: str = "active"

    @property
    def text(self) -> str:
        """What the file holds and a client sends: base64 of a JSON object of three keys [D getting-started]."""
        content = {"token": self.value, "expDate": apple_date(self.expires), "orgName": self.org_name}
        return base64.b64encode(json.dumps(content, ensure_ascii=False).encode()).decode()


@dataclass
class Event:
    """An asynchronous job [D events-status]. ``due`` None: never finishes. ``apply_at`` differs when hollow."""

    id: str
    kind: str
    payload: dict[str, Any]
    requested: int
    accepted: float
    due: float | None
    apply_at: float | None
    fail_count: int = 0
    fail_number: int = 0
    polls: int = 0
    applied: bool = False
    completed: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class AppInfo:
    """What the store says of a product. ``public`` False: a custom app only its owners see [D legacy metadata]."""

    adam_id: str
    name: str
    bundle_id: str
    kind: str = "iosSoftware"
    platforms: tuple[str, ...] = ("iOS",)
    version: str = "1.0"
    device_assignable: bool = True
    public: bool = True
    paid: bool = False

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One location: its library, its tokens, its claim, its events."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ..clock import apple_date, utc
from .accounts import AppleAccount
from .errors import ApiError
from .model import Event, Token
from .paging import Pager, Versions
from .store import Store


class Caps:
    """Requests in any sliding second, and paged reads at once, of a location [D service-config, paging]."""

    PARALLEL = 5

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: deque[float] = deque()
        self._reading = 0

    def request(self, now: float, limit: int) -> bool:
        """Whether one more request fits; one that is refused does not count."""
        with self._lock:
            while self._recent and self._recent[0] <= now - 1.0:
                self._recent.popleft()
            if len(self._recent) >= limit:
                return False
            self._recent.append(now)
            return True

    def enter(self, enforced: bool) -> bool:
        """Whether one more paged read may start; every True is followed by leave()."""
        with self._lock:
            if enforced and self._reading >= self.PARALLEL:
                return False
            self._reading += 1
            return True

    def leave(self) -> None:
        """A paged read has ended."""
        with self._lock:
            self._reading -= 1


@dataclass
class Location:
    """``uid`` names the library, not a token [D eventresponse]; ``key`` is our short name for it.

    ``visits`` counts what people did on the page of an invite code; ``accounts`` is the world's.
    """

    key: str
    uid: str
    name: str
    org_name: str
    country: str = "NZ"
    platform: str = "volumestore"
    website: str = "https://school.apple.com"
    tokens: list[Token] = field(default_factory=list)
    mdm_info: dict[str, str] | None = None
    notification_url: str | None = None
    notification_token: str | None = None
    notification_types: list[str] = field(default_factory=list)
    events: dict[str, Event] = field(default_factory=dict)
    waiting: list[Event] = field(default_factory=list)
    last_due: float = 0.0
    shown_counts: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    counts_lag_until: float = 0.0
    freeing: list[tuple[float, int, int]] = field(default_factory=list)
    visits: dict[str, dict[str, int]] = field(default_factory=dict)
    accounts: dict[str, AppleAccount] = field(default_factory=dict)
    store: Store = field(default_factory=Store)
    caps: Caps = field(default_factory=Caps)
    versions: Versions = field(default_factory=Versions)

    def __post_init__(self) -> None:
        self.pager = Pager(self.store)

    def being_freed(self, asset_id: int, now: float) -> int:
        """Licences that were taken back and can't be given again yet."""
        return sum(count for until, asset, count in self.freeing if asset == asset_id and until > now)

    @property
    def token(self) -> Token:
        """The newest token."""
        return self.tokens[-1]

    def envelope(self, token: Token, now: float, field_mode: str, unclaimed: str) -> dict[str, Any]:
        """The fields of every authenticated answer: uId, tokenExpirationDate, mdmInfo."""
        fields: dict[str, Any] = {"uId": self.uid}
        if field_mode == "always" or token.expires - utc(now) <= timedelta(days=15):
            fields["tokenExpirationDate"] = apple_date(token.expires)
        if self.mdm_info is not None:
            fields["mdmInfo"] = self.mdm_info
        elif unclaimed == "null":
            fields["mdmInfo"] = None
        return fields


def check_token(token: Token, now: float) -> None:
    """401 for a token that is over [D errors]."""
    if token.state == "revoked":
        raise ApiError(9625)
    if token.state == "expired" or token.expires <= utc(now):
        raise ApiError(9621)

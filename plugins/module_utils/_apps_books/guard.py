# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is it still the same location, and still the same owner? Asked of every authenticated answer."""

from __future__ import annotations

import threading

from .._core.errors import LocationError, OwnershipError
from .codec import decode_identity
from .wire import Json


class Guard:
    """Remembers uid, claim and token expiry of the first answers and holds every later answer against them.

    A claim is compared by its id: name and metadata may be edited by the same owner [D upgrading]. An answer without
    a claim says nothing (some answers carry null [D managing-subscriptions]), except the client config itself: if
    that shows none, then the location is unclaimed, and a claim that appears later is a take-over.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uid = ""
        self._claim_id: str | None = None  # None = not known yet, "" = known to be unclaimed

    def check(self, body: Json, *, is_client_config: bool = False) -> None:
        """Raises LocationError or OwnershipError."""
        uid, claim = decode_identity(body)
        with self._lock:
            if uid and not self._uid:
                self._uid = uid
            if uid and uid != self._uid:
                raise LocationError(
                    f"The content token governs location {uid} now, but location {self._uid} at the start of this run;"
                    " stopped",
                    facts={"expected_uid": self._uid, "uid": uid},
                )
            if claim is not None:
                if self._claim_id is None:
                    self._claim_id = claim.id
                if claim.id != self._claim_id:
                    was = f"{self._claim_id} did" if self._claim_id else "nobody did"
                    raise OwnershipError(
                        f"{claim.name} ({claim.id}) claims this location now, but {was} when this run started; stopped",
                        facts={"expected_mdm_id": self._claim_id, "mdm_id": claim.id, "mdm_name": claim.name},
                    )
            elif is_client_config and self._claim_id is None:
                self._claim_id = ""

    def expect_claim(self, claim_id: str | None) -> None:
        """After our own write of the claim. None = the outcome of that write is not known: believe the next answer."""
        with self._lock:
            self._claim_id = claim_id

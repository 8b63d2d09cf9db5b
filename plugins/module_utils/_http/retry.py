# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When to send again, and after how long: pure rules over one outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from .._core.errors import VppError

DEFAULT_BUDGET = 120.0
"""Seconds that one call may take with all its waits."""

TRANSPORT_TRIES = 4
"""Waits of 1, 2, 4 s: enough for a hiccup; a mistyped host is reported after 7 s."""

_LONGEST_BACK_OFF = 64.0
_NO_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """An exchange that gave no result.

    `error` is what the admin sees if nothing follows. `transient`: may pass by itself. `untouched`: surely nothing was
    processed, so that a write may be sent again. `shared`: it concerns every call of the token, so all must wait.
    `asked`: seconds that the service asked for. `tries`: how often such an outcome is worth it.
    """

    error: VppError
    transient: bool
    untouched: bool
    shared: bool = False
    asked: float | None = None
    tries: int = _NO_LIMIT


def back_off(attempt: int) -> float:
    """1, 2, 4, 8, ... seconds after the first, second, ... attempt. Without chance: the pacer keeps threads apart."""
    return min(2.0 ** min(attempt - 1, 30), _LONGEST_BACK_OFF)


def next_wait(harmless: bool, outcome: Outcome, attempt: int, elapsed: float, budget: float) -> float | None:
    """Seconds to wait before sending again, or None = stop.

    What is not `harmless` to repeat (a write) is repeated only where surely nothing was processed. Never earlier than
    asked [D errors; legacy: calling before the time lengthens the block], and never faster than our own growing
    back-off ("Retry-After: 0").
    """
    if not outcome.transient or attempt >= outcome.tries:
        return None
    if not harmless and not outcome.untouched:
        return None
    wait = max(back_off(attempt), outcome.asked or 0.0)
    return wait if elapsed + wait <= budget else None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """`Retry-After` as seconds from `now`, given as seconds or as an HTTP date; anything else is ignored."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now).total_seconds())

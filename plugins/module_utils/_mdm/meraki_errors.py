# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer of the dashboard API means: which sentence, and whether to send again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from .._core.errors import OutcomeUnknownError, ServiceError, ThrottledError, TransportError, VppError
from .._http.client import Answer
from .._http.retry import Outcome, retry_after

SERVER_TRIES = 5
"""The service's own advice for 5xx [K]."""

_TOKEN_LIKE = re.compile(r"[A-Za-z0-9+/=_-]{32,}")
"""API keys have 40 characters, content tokens hundreds; ids have fewer than 20."""
_MAX_FOREIGN_TEXT = 200
_MOST_LOOKED_AT = 2000
_WORDS = {
    401: "the API key is not accepted; check meraki_api_key or meraki_api_key_file, and that the key was not revoked",
    403: "the API key has no right to do this (it may only read?); use a key of an admin who may",
    404: "the service does not know it, or the API key has no right to see it",
    405: "the service does not offer this here; check meraki_base_url",
    407: "the proxy wants a sign-in",
    429: "too many requests for this organisation",
    502: "a gateway got no answer from the service",
    503: "the service is temporarily not available",
    504: "a gateway got no answer from the service in time",
}


def outcome_of(what: str, answer: Answer, now: datetime, missing: str = "") -> Outcome | None:
    """None = take the answer. `missing` are the words for a 404, which means "unknown" as well as "not for you" [X].

    Untouched (a write may follow): 429, refused at the door, and a 503 that names a time to return.
    """
    status = answer.status
    if 200 <= status < 300:
        return None
    error = ServiceError(f"Cannot {what}: {_words(status, answer.body, missing)} (HTTP {status})", http_status=status)
    asked = retry_after(answer.headers, now)
    door = status == 429 or (status == 503 and asked is not None)
    if door:
        return Outcome(error, transient=True, untouched=True, shared=True, asked=asked)
    return Outcome(error, transient=status >= 500, untouched=status < 500, asked=asked, tries=SERVER_TRIES)


def concerns_all(error: VppError) -> bool:
    """Whether what comes after would fare no better: key, rights, throttling, connection, a service that fails."""
    return isinstance(error, (ThrottledError, TransportError)) or error.http_status in (401, 403)


def not_sent(what: str, error: VppError) -> VppError:
    """The error of what was not sent because of another's."""
    if isinstance(error, OutcomeUnknownError):
        return TransportError(f"Cannot {what}: not sent, since the answer to the one before was lost; run it again")
    return error


def _words(status: int, body: object, missing: str) -> str:
    words = missing if status == 404 and missing else _WORDS.get(status, "")
    told = "" if status == 404 else _told(body)
    if words and told:
        return f"{words}; the service says: {told}"
    if told:
        return f"the service says: {told}"
    return words or "the service gives no reason"


def _told(body: object) -> str:
    """The texts of `{"errors": [...]}`, as one bounded line in which nothing looks like a key."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    texts = errors if isinstance(errors, list) else [errors]
    joined = "; ".join(text for text in texts if isinstance(text, str))
    if len(joined) > _MOST_LOOKED_AT:  # the last word may be half a key, by which it would not be known as one
        joined = joined[:_MOST_LOOKED_AT].rpartition(" ")[0]
    line = _TOKEN_LIKE.sub("...", " ".join("".join(c if c.isprintable() else " " for c in joined).split()))
    return line[:_MAX_FOREIGN_TEXT] + "..." if len(line) > _MAX_FOREIGN_TEXT else line

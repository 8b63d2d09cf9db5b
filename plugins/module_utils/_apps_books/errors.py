# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's error numbers in our words: what it means, of which class, and whether it may pass by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from .._core.errors import AssetError, ServiceError, TokenError, VppError
from .wire import LARGEST

PASSING = frozenset({9603, 9644, 9646, 9729})
"""May pass by itself; as an answer to a request they mean that nothing was processed [D errors]."""

LIMITS_CHANGED = frozenset({9700, 9701, 9702, 9714, 9816})
"""Our copy of the service's limits is out of date [D service-config]."""

_NEW_TOKEN = "use the .vpptoken file that your MDM has, or download a new one and give it to the MDM as well"

_TOKEN = MappingProxyType(
    {
        9601: "the service does not accept the content token (not signed in; or, where only writing fails, its content"
        f" manager may only read); {_NEW_TOKEN}",
        9611: f"the content manager of this token is not known; {_NEW_TOKEN}",
        9621: f"the content token has expired; {_NEW_TOKEN}",
        9622: "the content token is not valid; pass the whole text of the .vpptoken file, not the token inside it;"
        f" or {_NEW_TOKEN}",
        9625: f"the content token was revoked (by a newer download, a changed password); {_NEW_TOKEN}",
        9637: "a facilitator account may not do this; use the content token of a content manager",
        9647: f"this is not possible with a legacy token that is bound to a person; {_NEW_TOKEN}",
        9722: "the content token did not arrive in the form that the service expects; pass the whole text of the"
        " .vpptoken file, and check that no proxy changes the Authorization header",
    }
)
"""What an admin does about the token. (9611, 9637, 9647: the token's owner is the reason.)"""

_FORBIDDEN = (
    "the content token has no right to do this (its rights are those of the content manager who downloaded it, who may"
    " be one who only reads); use the token of a content manager who may write"
)
"""With 403 and whatever number: which one a read-only manager's write gets is not documented [D getting-started]."""

_ASSET = MappingProxyType(
    {
        9605: "the asset belongs to the store of another country",
        9607: "the licence can't be taken back",
        9610: "the licence was not found",
        9624: "the licence was refunded",
        9628: "the asset can't be assigned to devices",
        9706: "an asset of the request can't be taken back (not revocable)",
        9707: "an asset of the request can't be assigned to devices",
        9813: "the asset is not known to the service",
    }
)

_WORDS = MappingProxyType(
    {
        9600: "the request lacks an argument",
        9602: "the service does not accept an argument of the request",
        9603: "the service failed inside; try again later",
        9604: "nothing was found",
        9608: "the licence can't be assigned",
        9609: "no registered user has this client_user_id",
        9616: "it is assigned already",
        9617: "the service has moved to another address",
        9618: "the user is retired already",
        9619: "it is not assigned",
        9620: "the user was deleted",
        9623: "the push token is not valid",
        9626: "the licence is assigned to another target",
        9627: "the licence changed hands too often; try again later",
        9629: "the page marker is not valid",
        9630: "the service saw the same call too often; do not repeat it before the cause is found",
        9631: "the service saw the same call too often; do not repeat it before the cause is found",
        9632: "the service saw the same call too often; do not repeat it before the cause is found",
        9633: "the page marker has expired",
        9634: "this address of the service is gone",
        9635: "the Apple Account can't be linked to this user",
        9636: "the user is missing",
        9641: "the Apple Account is linked to another user",
        9642: "the Apple Account must accept new terms first",
        9643: "the licence is locked because it is being transferred",
        9644: "the service is in maintenance; try again later",
        9646: "too many requests for this organisation",
        9650: "the page does not exist (the data changed while it was read)",
        9700: "too many assets in one request (the limit of the service has changed)",
        9701: "too many users in one request (the limit of the service has changed)",
        9702: "too many serial numbers in one request (the limit of the service has changed)",
        9703: "an asset stands twice in the request",
        9704: "a user stands twice in the request",
        9705: "a serial number stands twice in the request",
        9708: "the service does not know this event (any more); read the assignments to see what became of it",
        9709: "there are not enough licences; buy or free some",
        9710: "the notification URL and its token must be given together",
        9711: "the notification URL or its token is too long",
        9712: "the notification URL is not valid (https, without a query)",
        9713: "the claim's metadata is too long",
        9714: "too many users in one request (the limit of the service has changed)",
        9715: "a user stands twice in the request",
        9716: "an active user with this client_user_id exists already",
        9717: "the e-mail address is not valid",
        9718: "the request names no asset",
        9719: "the request names neither users nor serial numbers",
        9720: "the request names no users",
        9721: "the service does not know this version of the data any more; a full read is needed",
        9723: "a claim needs id, name and metadata",
        9724: "the claim's id is too long",
        9725: "the claim's name is too long",
        9726: "the service does not accept this HTTP method here",
        9727: "the service does not accept this content type",
        9728: "the service can't reach the notification URL; make it answer and try again",
        9729: "the service is temporarily not available; try again later",
        9811: "the subscription can't be assigned like this",
        9812: "the page marker is not valid",
        9814: "no user with this client_user_id has an Apple Account linked",
        9815: "the user does not hold this subscription",
        9816: "too many subscriptions or users in one request (the limit of the service has changed)",
        9817: "the user is covered already through a group",
        9818: "subscriptions can't be switched off while there are some",
    }
)

# Tokens, invite codes (32 hexadecimal digits in every sample) and addresses of people.
_NOT_FOR_EYES = re.compile(r"[A-Za-z0-9+/=_-]{40,}|[0-9A-Fa-f]{32,}|[^\s\"'<>(),:;]+@[^\s\"'<>(),:;]+")
_MAX_FOREIGN_TEXT = 200
_MOST_LOOKED_AT = 2000
"""Characters of it; the search for addresses takes the square of the longest word."""


def words_of(number: int, message: str = "") -> str:
    """Our words for a number; for an unknown one Apple's, in one bounded line, secrets and addresses left out."""
    for table in (_TOKEN, _ASSET, _WORDS):
        if number in table:
            return table[number]
    if len(message) > _MOST_LOOKED_AT:  # the last word may be half a secret, by which it would not be known as one
        message = message[:_MOST_LOOKED_AT].rpartition(" ")[0]
    text = _NOT_FOR_EYES.sub("...", " ".join("".join(c if c.isprintable() else " " for c in message).split()))
    if len(text) > _MAX_FOREIGN_TEXT:
        text = text[:_MAX_FOREIGN_TEXT] + "..."
    return f"the service says: {text}" if text else "the service gives no reason"


def error_of(what: str, status: int, body: object) -> VppError | None:
    """The error that an answer holds, or None. A non-zero `errorNumber` counts with HTTP 200 too [C fleet, zentral]."""
    number, message = 0, ""
    if isinstance(body, Mapping):
        given, text = body.get("errorNumber"), body.get("errorMessage")
        if isinstance(given, int) or (isinstance(given, str) and given.isdecimal() and len(given) < 10):
            number = int(given) if abs(int(given)) < LARGEST else -1  # no number of Apple's, but still an error
        message = text if isinstance(text, str) else ""
    if not number:
        return None if 200 <= status < 300 else _error_of_status(what, status)
    forbidden = status == 403 and number not in _TOKEN
    text = f"Cannot {what}: {_FORBIDDEN if forbidden else words_of(number, message)} ({number})"
    kind: type[VppError] = ServiceError
    if forbidden or number in _TOKEN:
        kind = TokenError
    elif number in _ASSET:
        kind = AssetError
    elif status == 401:  # a number that we don't know, but the service refuses who we are
        kind = TokenError
    return kind(text, error_number=number, http_status=status)


def error_of_public(what: str, status: int) -> VppError | None:
    """What a status means where no token was sent; None where it means the same everywhere."""
    words = {
        401: "the look-up wants a sign-in, which Apple's own does not (is itunes_url right?)",
        403: "it was asked too often, or a proxy forbids it; name the asset by its adam_id, which needs no look-up",
        404: "the address does not exist (is itunes_url right?)",
    }.get(status)
    return None if words is None else ServiceError(f"Cannot {what}: {words} (HTTP {status})", http_status=status)


def _error_of_status(what: str, status: int) -> VppError:
    if status == 401:
        return TokenError(f"Cannot {what}: the content token is not accepted; {_NEW_TOKEN}", http_status=401)
    words = {
        403: "the service or a proxy forbids it",
        404: "the address does not exist (is apps_books_url right?)",
        407: "the proxy wants a sign-in",
        410: "this address of the service is gone",
        429: "too many requests",
        502: "a gateway got no answer from the service",
        503: "the service is temporarily not available",
        504: "a gateway got no answer from the service in time",
    }.get(status, "the service gives no reason")
    return ServiceError(f"Cannot {what}: {words} (HTTP {status})", http_status=status)

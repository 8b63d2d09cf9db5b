# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that an admin reads: one sentence that says what to do, and facts beside it."""

from __future__ import annotations

from collections.abc import Mapping

_LONGEST = 2000


def sentence(text: str) -> str:
    """The text as it may go to a terminal: names come from others, and no sign in them ends the line, moves the cursor
    or turns the direction of reading."""
    line = "".join(sign if sign.isprintable() else " " for sign in text[: _LONGEST + 1])
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


class VppError(Exception):
    """What went wrong, in one sentence for the admin.

    `message` never holds a secret. `facts` are plain values (str, int, bool, list, dict) that the module returns
    beside `msg`; `error_number` and `http_status` are those of the service where it gave one.
    """

    def __init__(
        self,
        message: str,
        *,
        error_number: int | None = None,
        http_status: int | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.error_number = error_number
        self.http_status = http_status
        self.facts: dict[str, object] = dict(facts or {})


class InputError(VppError):
    """An option or a file holds something unusable; nothing was sent."""


class TokenError(VppError):
    """The content token is malformed, expired, revoked or refused."""


class LocationError(VppError):
    """The token governs another location than the pinned one, or it changed under the run."""


class OwnershipError(VppError):
    """Another product claims the location."""


class BrakeError(VppError):
    """The plan holds more than the stated limits allow; nothing was changed."""


class ShortageError(VppError):
    """Too few licences; nothing was changed."""


class AssetError(VppError):
    """An asset is unknown, ambiguous, not owned, or can't be used this way."""


class ServiceError(VppError):
    """The service refused a request, with a number of its own or an HTTP status."""


class ThrottledError(ServiceError):
    """The service kept asking us to wait for longer than this run may."""


class TransportError(VppError):
    """No answer: name resolution, connection, TLS, proxy, time-out, refused redirect."""


class PendingError(VppError):
    """Apple has accepted something and not finished it in the time that was given."""


class PartialError(VppError):
    """Some of the plan was done and some was not; the facts tell which."""


class ConflictError(VppError):
    """Another product undid what this task had done."""


class OutcomeUnknownError(TransportError):
    """A write was sent and its answer was lost; the state must be read before anything is repeated."""


class StateError(VppError):
    """The state directory, or a file in it, can't be used or can't be written. At the opening nothing was done yet."""


class StateBusyError(StateError):
    """Another run works on the same location; nothing was done. Fact `holder`: pid, host, since (may be absent)."""

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes to a service and what comes back, as immutable values."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from .._core.errors import InputError
from .._core.model import Secret


@dataclass(frozen=True, slots=True)
class Credential:
    """A header that only the origins of its request see."""

    header: str
    value: Secret

    @classmethod
    def bearer(cls, token: Secret) -> Credential:
        return cls("Authorization", Secret(f"Bearer {_sendable(token)}"))

    @classmethod
    def cookie(cls, name: str, token: Secret) -> Credential:
        return cls("Cookie", Secret(f"{name}={_sendable(token)}"))


def _sendable(token: Secret) -> str:
    """A token that can't be a header value must be met here: the HTTP library would show it in its exception."""
    text = token.reveal()
    if not text or not all("!" <= char <= "~" for char in text):
        raise InputError("the token is empty or holds characters that no token has (spaces, line ends, non-ASCII)")
    return text


@dataclass(frozen=True, slots=True)
class Request:
    """`what` completes the sentence "Cannot ..."; `origins` are the only ones that this request may reach. A parameter
    may have several values.

    `may_be_empty`: the service's success may come without a readable body: a write is done all the same, a read is
    worth another try. `moves`: a write may follow a redirect that says "not done here" (307, 308). `repeatable`: a
    write that may be sent twice without harm.
    """

    what: str
    method: str
    url: str
    origins: Container[str]
    params: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    credential: Credential | None = None
    may_be_empty: bool = False
    moves: bool = False
    repeatable: bool = False

    @property
    def reads(self) -> bool:
        return self.method == "GET"

    @property
    def harmless(self) -> bool:
        """Whether it may be sent again although the service may have done it."""
        return self.reads or self.repeatable


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is decoded JSON; None beside an error status where the service sent something else, and after a write that
    may answer without. `headers` are found by lower-case names. `url` is where it came from, after redirects; `links`
    are those of the Link header by their rel, as they stand there."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: object = field(repr=False)  # Systems Manager tells content tokens in it, Apple invite codes
    url: str = ""
    links: Mapping[str, str] = field(default_factory=dict)

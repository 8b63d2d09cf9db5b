# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a content token far enough to tell a good one from a wrong paste, and never says a part of it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from .errors import TokenError
from .model import Secret

_MAX_LENGTH = 65536
"""Real tokens have a few hundred characters; the bound keeps a wrong file from being decoded at length."""

_DROPPED = re.compile("[\\s\u200b\ufeff]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_HEX40 = re.compile(r"[0-9a-fA-F]{40}")
_JWT = re.compile(r"eyJ[\w-]*\.[\w-]+\.[\w-]*")
_PATH = re.compile(r"\.[A-Za-z]\w{1,11}$|^[~.]{0,2}/")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)")
_KEYS = ("token", "expDate", "orgName")


@dataclass(frozen=True, slots=True)
class ContentToken:
    """What authorises one location. `secret` is the outer base64 text, sent as it is [D setting-up]."""

    secret: Secret
    expires: datetime
    organisation: str

    def days_left(self, now: datetime) -> int:
        """Whole days until the date in the file, negative when it is over; `now` with a time zone.

        The server may end it sooner (a newer download, a changed password): only its answers are proof [S tokens].
        """
        return (self.expires - now).days


def parse_content_token(text: str, source: str) -> ContentToken:
    """Reads the content of a `.vpptoken` file: base64 of JSON with token, expDate, orgName [D getting-started].

    White space, line ends and a BOM are dropped. `source` names the option or file for the sentence of the TokenError.
    """
    if len(text) > _MAX_LENGTH:
        raise _refuse(source, "is too long for a content token")
    outer = _DROPPED.sub("", text)
    # Every step gives None for "no" so that no exception, whose text may quote the token, stays chained to ours.
    decoded = _decode_base64(outer)
    document = _load_object(decoded) if decoded is not None else None
    if document is None:
        raise _refuse(source, _looks_like(text.strip(" \t\r\n\ufeff"), outer, decoded))
    missing = [key for key in _KEYS if not isinstance(document.get(key), str) or not document[key]]
    if missing:
        raise _refuse(source, f"is base64 of a JSON object without {', '.join(missing)} as text")
    expires = _parse_date(str(document["expDate"]))
    if expires is None:
        raise _refuse(source, "has an expDate that isn't a date like 2031-03-02T09:15:00+0000")
    return ContentToken(secret=Secret(outer), expires=expires, organisation=str(document["orgName"]))


def token_value(text: str) -> str:
    """The inner `token`: two texts with the same one are the same token, however they are broken and encoded. Empty for
    a text that isn't a content token, such as a masked one."""
    if len(text) > _MAX_LENGTH:
        return ""
    decoded = _decode_base64(_DROPPED.sub("", text))
    document = _load_object(decoded) if decoded is not None else None
    value = document.get("token") if document else None
    return value if isinstance(value, str) else ""


def _refuse(source: str, problem: str) -> TokenError:
    return TokenError(
        f"{source} {problem}; give the .vpptoken file that your MDM has, unchanged (a newly downloaded one may revoke "
        "that, so the MDM needs it as well)."
    )


def _decode_base64(outer: str) -> bytes | None:
    # `validate=True` alone lets some misplaced padding pass; the pattern and the length don't.
    if not outer or len(outer) % 4 or not _BASE64.fullmatch(outer):
        return None
    try:
        return base64.b64decode(outer, validate=True)
    except ValueError:
        return None


def _load_object(data: bytes) -> dict[str, object] | None:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _parse_date(text: str) -> datetime | None:
    """Offsets with and without colon, and Z; a date without offset is refused rather than guessed to be UTC."""
    if not _DATE.fullmatch(text):
        return None
    try:
        found = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z" if "." in text else "%Y-%m-%dT%H:%M:%S%z")
        found.astimezone(timezone.utc)
    except (ValueError, OverflowError):  # the latter in UTC only, at both ends of the calendar
        return None
    return found


_GUESSES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda text: not text, "is empty"),
    (lambda text: "\0" in text, "holds NUL bytes and is no text file"),
    (lambda text: text.startswith("<"), "looks like a web page, such as a login page that was saved in its place"),
    (
        lambda text: text.startswith("$ANSIBLE_VAULT"),
        "is still encrypted by Ansible Vault, so decrypt it or read it with a lookup",
    ),
    (lambda text: "{{" in text, "holds a template that was not rendered"),
    (lambda text: text.startswith("-----BEGIN"), "looks like a certificate or a key"),
    (lambda text: text.startswith("{"), "looks like the decoded JSON: keep the base64 text of the file"),
    (lambda text: text[:7].lower() == "bearer ", "starts with 'Bearer', which is added when it is sent"),
    (lambda text: bool(_HEX40.fullmatch(text)), "looks like a Meraki API key"),
    (lambda text: bool(_JWT.fullmatch(text)), "looks like a JSON web token of another service"),
    (
        lambda text: len(text) < 1024 and "\n" not in text and bool(_PATH.search(text)),
        "looks like a path instead of content: give it to the option that ends in _file, or read it with a lookup",
    ),
)


def _looks_like(text: str, outer: str, decoded: bytes | None) -> str:
    for test, words in _GUESSES:
        if test(text):
            return words
    if decoded is not None and decoded.lstrip()[:1] == b"{":
        return "looks cut off: it is base64 of a JSON object that doesn't end"
    if decoded is not None:
        return "looks like the inner token value, or another secret: it is base64, but not of a JSON object"
    if _BASE64.fullmatch(outer) and outer.startswith(("ey", "ew")):
        return "looks cut off: its base64 text doesn't end properly"
    return "isn't the base64 text of a content token"

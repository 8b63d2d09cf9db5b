# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to a session at Apple: token, address, guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .._apps_books.client import AppsBooksSettings, connect
from .._apps_books.events import check_poll_interval
from .._core.errors import InputError, TokenError
from .._core.model import Limits
from .._core.plan_account import owner_id_for
from .._core.ports import AppsBooks, Clock
from .._core.token import ContentToken, parse_content_token, token_value
from .._core.words import counted
from .._entity.location import LocationGuard
from .._http.dep import require_httpx
from .._http.pace import SystemClock
from .mdm import LinkedAccounts, open_mdm
from .mdm_token import check_token_source, token_from_mdm
from .options import APPLE_URL, TOKEN_ENV, TOKEN_FILE_ENV
from .runner import Host
from .secrets import read_secret

EXPIRES_SOON = 30
"""Days: a token lives a year, and renewing it takes a person with the right role in Apple's portal."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a task works with: the client, the token's facts, and what it expects of the location."""

    api: AppsBooks
    token: ContentToken
    guard: LocationGuard
    clock: Clock


def read_token(host: Host, linked: LinkedAccounts | None = None) -> ContentToken:
    """The content token, from its file, its value or the MDM; all forms are masked in all output from here on."""
    if host.params["content_token_from"]:
        token = token_from_mdm(host, linked)
    else:
        text, source = read_secret(
            host,
            ("content_token", TOKEN_ENV),
            ("content_token_file", TOKEN_FILE_ENV),
            missing="There is no content token: set content_token_file to the .vpptoken file of the location",
        )
        token = parse_content_token(text, source)
    sent = token.secret.reveal()  # without the line breaks that a file may have
    for secret in (sent, token_value(sent)):
        host.hide(secret)
    return token


@contextmanager
def open_session(host: Host, linked: LinkedAccounts | None = None, *, lean: bool = False) -> Iterator[Session]:
    """A client for the task's token. A token past its date is refused before anything is sent.

    `linked`: the task's MDM where it is open already; where it isn't, `content_token_from` opens it here. `lean`: for a
    task that may have but three requests to send.
    """
    if host.params["content_token_from"] and linked is None:
        check_token_source(host)
        with open_mdm(host, "content_token_from") as opened, _open(host, LinkedAccounts(host, opened), lean) as session:
            yield session
        return
    with _open(host, linked, lean) as session:
        yield session


@contextmanager
def _open(host: Host, linked: LinkedAccounts | None, lean: bool) -> Iterator[Session]:
    require_httpx()
    params, clock = host.params, SystemClock()
    token = read_token(host, linked)
    days = token.days_left(clock.now())
    if token.expires <= clock.now():
        raise TokenError(
            f"The content token of '{token.organisation}' expired on {token.expires:%Y-%m-%d}; nothing was sent. "
            "Download a new one from Apple School Manager or Apple Business Manager, and give it to the MDM as well.",
            facts={"token_state": "expired", "token_days_left": days},
        )
    if days < EXPIRES_SOON:
        left = counted(days, "day", "days")
        host.warn(f"The content token of '{token.organisation}' expires in {left} ({token.expires:%Y-%m-%d}).")
    if params.get("poll_interval") is not None:
        check_poll_interval(params["poll_interval"], params["apps_books_url"])
    guard = location_guard(params)
    settings = AppsBooksSettings(
        base_url=params["apps_books_url"],
        token=token.secret,
        ca_path=params["ca_path"] or "",
        proxy=params["proxy"] or "",
        timeout=params["request_timeout"],
        requests_per_second=params["requests_per_second"],
        itunes_url=params["itunes_url"] or "",
        lean=lean,
    )
    with connect(settings, clock, meter=host.meter) as api:
        try:
            yield Session(api, token, guard, clock)
        except TokenError:
            # What is left of a trial in the environment must lead nobody to a new token, which may end the MDM's.
            if settings.base_url != APPLE_URL:
                host.warn(
                    f"It was {settings.base_url} that did not accept the content token, and not Apple's own service. "
                    "Look at apps_books_url (or OPENMDM_VPP_APPS_BOOKS_URL) before you get another token."
                )
            raise


def location_guard(params: Mapping[str, Any]) -> LocationGuard:
    """What the task expects of the location. Raises InputError."""
    pin = params["location"] or {}
    if params["location"] is not None and not (pin.get("uid") or pin.get("name")):
        raise InputError("location: give its uid or its name; an empty pin would hold nothing.")
    return LocationGuard(
        uid=pin.get("uid"),
        name=pin.get("name"),
        owner_id=_owner_id(params),
        takeover=bool(params.get("takeover")),
    )


def _owner_id(params: Mapping[str, Any]) -> str:
    """Who we are in a claim; empty = nobody, to whom every claim is foreign."""
    if not (params["owner_id"] or params["owner_name"]):
        return ""
    return owner_id_for(params["owner_id"], params["owner_name"] or params["owner_id"], Limits())

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links by which people accept: the address of service config with the invite code in it [D managing-users]."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from .._core.errors import ServiceError
from .._core.model import Secret
from .._core.user_model import User
from .._http.address import origin_of, parse_url
from .session import Session

_NAME = "invitationEmail"
_PLACE = "%25inviteCode%25"
"""Literally; Apple's sample has the percent signs encoded already."""


def invitation_links(session: Session, users: Iterable[User]) -> dict[str, Secret]:
    """See ports.AppsBooks.invitation_links."""
    pattern = _pattern(session)
    return {
        user.client_user_id: Secret(pattern.replace(_PLACE, quote(user.invite_code.reveal(), safe="")))
        for user in users
        if user.invite_code is not None
    }


def _pattern(session: Session) -> str:
    """Whoever gets the code can accept in the person's place, so the page must be Apple's, or that of the stand-in that
    the task speaks to."""
    pattern = session.service_config().urls.get(_NAME, "").strip()
    if not pattern:
        raise ServiceError(
            "The service tells no address of its invitation page, so nobody can be invited. Run the task again later."
        )
    url = parse_url(pattern)
    apple = url is not None and url.scheme == "https" and f".{url.host}".endswith(".apple.com")
    if url is None or url.userinfo or not (apple or session.is_own(origin_of(url))):
        raise ServiceError(
            "The service tells an address of its invitation page that is neither Apple's, by https, nor that of "
            "apps_books_url, so no link to it is mailed. Check apps_books_url."
        )
    if _PLACE not in pattern:
        raise ServiceError(
            "The service tells an address of its invitation page that has no place for the invite code, so nobody can "
            "be invited. Update the collection."
        )
    return pattern

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that an invitation link opens: sign in, read the terms, accept or decline. Nothing happens before that."""

from __future__ import annotations

from urllib.parse import parse_qsl

from . import invite_page as page
from .apple import invitations
from .apple.invitations import Refused
from .apple.location import Location
from .apple.people import User
from .context import Context
from .wsgi import Request, Response


def invitation(context: Context, request: Request) -> Response:
    """GET shows the sign-in; POST of ``account`` the terms; POST of ``account`` and ``answer`` the end."""
    if request.method not in ("GET", "HEAD", "POST"):
        response = page.closed(405, "This page is read with GET and answered with POST.")
        response.headers["Allow"] = "GET, HEAD, POST"
        return response
    code = request.params.get("inviteCode", "")
    try:
        place, user = invitations.find(context, code)
        if request.method == "POST":
            return _answer(context, place, user, _form(request))
        # Mail gateways and previews open links too: that a page was seen must not use the link up.
        if request.method == "GET":
            invitations.visit(place, code, "opened")
        return page.sign_in(place)
    except Refused as refusal:
        return page.closed(refusal.status, str(refusal))


def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _answer(context: Context, place: Location, user: User, form: dict[str, str]) -> Response:
    account, answer = form.get("account", ""), form.get("answer", "")
    if answer == "decline":
        invitations.visit(place, user["invite_code"], "declined")
        return page.declined(place)
    try:
        address = invitations.check_account(context, place, user, account)
        if answer != "accept":
            return page.terms(place, address)
        element = invitations.accept(context, place, user, address)
    except Refused as refusal:
        if not refusal.again:
            raise
        return page.sign_in(place, refusal.status, str(refusal), account)
    invitations.tell(context, place, [element])
    return page.accepted(place, address)

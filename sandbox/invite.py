# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that an invitation link opens. At Apple it is the store's sign-in; here a button."""

from __future__ import annotations

import html

from .apple import admin
from .apple.location import Location
from .context import Context
from .wsgi import Request, Response

PAGE = """<!doctype html><title>Sandbox invitation</title><h1>Sandbox invitation</h1>
<p>At Apple this link asks a person to sign in with an Apple Account of their own.</p>{action}"""


def invitation(context: Context, request: Request) -> Response:
    """GET shows the button, POST accepts."""
    code = request.params.get("inviteCode", "")
    action = f'<form method="post" action="?inviteCode={html.escape(code, quote=True)}"><button>Accept</button></form>'
    status = 200
    if request.method == "POST":
        accepted = any(_accept(context, location, code) for location in context.world.locations.values())
        action = "<p>Accepted.</p>" if accepted else "<p>This invitation is not known or no longer open.</p>"
        status = 200 if accepted else 404
    return Response(status, PAGE.format(action=action).encode(), "text/html; charset=utf-8")


def _accept(context: Context, location: Location, code: str) -> bool:
    try:
        admin.accept(context, location, {"inviteCode": code})
    except ValueError:
        return False
    return True

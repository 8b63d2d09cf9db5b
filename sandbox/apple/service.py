# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's service: routes, authentication, caps, and the fields that every answer has."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any

from ..context import Context
from ..faults import Fault
from ..switches import LIMITS
from ..wsgi import Request, Response, json_response
from . import client_config, events, reads, writes
from .call import Call
from .errors import ERRORS, LISTED, ApiError, error_body
from .location import Location, check_token
from .model import Token

BASE = "/mdm/v2"
PAGED = frozenset({"/assets", "/assignments", "/users"})


def get_status(call: Call) -> dict[str, Any]:
    """GET /status?eventId= [D events-status]."""
    return events.status(call.context, call.location, call.word("eventId") or "")


Handler = Callable[[Call], dict[str, Any]]
ROUTES: dict[str, dict[str, Handler]] = {
    "/client/config": {"GET": client_config.get_client_config, "POST": client_config.post_client_config},
    "/assets": {"GET": reads.get_assets},
    "/assets/associate": {"POST": writes.associate},
    "/assets/disassociate": {"POST": writes.disassociate},
    "/assets/revoke": {"POST": writes.revoke},
    "/assignments": {"GET": reads.get_assignments},
    "/users": {"GET": reads.get_users},
    "/users/create": {"POST": writes.create_users},
    "/users/update": {"POST": writes.update_users},
    "/users/retire": {"POST": writes.retire_users},
    "/status": {"GET": get_status},
}
URLS = {
    "clientConfig": "/client/config",
    "createUsers": "/users/create",
    "updateUsers": "/users/update",
    "retireUsers": "/users/retire",
    "getUsers": "/users",
    "getAssets": "/assets",
    "getAssignments": "/assignments",
    "associateAssets": "/assets/associate",
    "disassociateAssets": "/assets/disassociate",
    "revokeAssets": "/assets/revoke",
    "eventStatus": "/status",
}


def service_config(context: Context, origin: str) -> dict[str, Any]:
    """GET /service/config, with urls on this very server [D service-config]."""
    return {
        "limits": {name: context.switches["limits"][name] for name in LIMITS},
        "notificationTypes": ["ASSET_MANAGEMENT", "USER_MANAGEMENT", "USER_ASSOCIATED", "ASSET_COUNT"],
        "urls": {
            "invitationEmail": f"{origin}/invite?inviteCode=%25inviteCode%25&mt=8",
            **{name: f"{origin}{BASE}{path}" for name, path in URLS.items()},
            "contentMetadataLookup": f"{origin}/metadata/lookup",
        },
        "errorCodes": [{"errorNumber": number, "errorMessage": ERRORS[number][1]} for number in LISTED],
    }


class AppleService:
    """Answers everything below /mdm/v2."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def identify(self, request: Request) -> tuple[Location, Token] | None:
        """The location whose token the request carries, valid or not."""
        text = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        value = decode_token(text)
        return self._context.world.find_token(value) if value else None

    def answer(self, request: Request, faults: Sequence[Fault]) -> Response:
        """One request, one answer; every error in Apple's form."""
        try:
            return json_response(self._answer(request, faults))
        except ApiError as error:
            return self._refusal(error)

    def _refusal(self, error: ApiError) -> Response:
        headers = {}
        wait = self._context.switches["retry_after_429"]
        if error.status == 429 and wait is not None:
            headers["Retry-After"] = f"{wait:g}"
        return json_response(error_body(error.number, error.info), error.status, headers)

    def _answer(self, request: Request, faults: Sequence[Fault]) -> dict[str, Any]:
        path = request.path.removeprefix(BASE)
        if path.endswith("/") and self._context.switches["trailing_slash"] == "accepted":
            path = path.rstrip("/")
        is_config = path == "/service/config"
        methods = ROUTES.get(path, {})
        if not is_config and not methods:
            raise ApiError(9602, status=404)
        if request.method not in (("GET",) if is_config else methods):
            raise ApiError(9726)
        if is_config and "authorization" not in request.headers:
            self._latency()
            return service_config(self._context, request.origin)
        location, token = self._authenticate(request)
        limit = self._context.switches["limits"]["maxRequestPerSecond"]
        if self._context.switches["enforce_rate"] and not location.caps.request(self._context.clock.now(), limit):
            raise ApiError(9646)
        if is_config:
            self._latency()
            return {**service_config(self._context, request.origin), **self._envelope(location, token)}
        call = Call(self._context, request, location, token, faults)
        if path not in PAGED:
            self._latency()
            return self._run(call, path, methods[request.method])
        if not location.caps.enter(self._context.switches["enforce_parallel"]):
            raise ApiError(9646)
        try:
            self._latency()
            return self._run(call, path, methods[request.method])
        finally:
            location.caps.leave()

    def _latency(self) -> None:
        if self._context.switches["latency_ms"]:
            self._context.clock.sleep(self._context.switches["latency_ms"] / 1000)

    def _run(self, call: Call, path: str, handler: Handler) -> dict[str, Any]:
        location = call.location
        if call.request.method == "POST":
            self._may_write(call, path)
            kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise ApiError(9727)
        if path == "/client/config":
            # A test notification is delivered meanwhile; its receiver may ask this very location something.
            answer = handler(call)
        else:
            with location.store.lock:
                events.settle(self._context, location)
                answer = handler(call)
        return {**answer, **self._envelope(location, call.token)}

    def _envelope(self, location: Location, token: Token) -> dict[str, Any]:
        switches = self._context.switches
        now = self._context.clock.now()
        return location.envelope(token, now, switches["token_expiration_field"], switches["unclaimed_mdm_info"])

    def _authenticate(self, request: Request) -> tuple[Location, Token]:
        header = request.headers.get("authorization")
        if not header:
            raise ApiError(9601)
        if not header.startswith("Bearer ") or not header[7:].strip():
            raise ApiError(9722)
        found = self.identify(request)
        if found is None:
            raise ApiError(9622, status=200 if self._context.switches["invalid_token"] == "200" else 401)
        check_token(found[1], self._context.clock.now())
        return found[0], found[1]

    def _may_write(self, call: Call, path: str) -> None:
        kind = call.token.kind
        if kind == "legacy":
            raise ApiError(9647)
        if kind == "facilitator":
            raise ApiError(9637)
        if kind == "read_only" and path != "/client/config":
            refusal = self._context.switches["read_only_writes"]
            raise ApiError(9601) if refusal == "401_9601" else ApiError(9602, status=403)


def decode_token(text: str) -> str | None:
    """The inner token of the base64 text that a client sends; the inner value alone is not accepted [C abcli]."""
    try:
        data = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return None
    value = data.get("token") if isinstance(data, dict) else None
    return value if isinstance(value, str) else None

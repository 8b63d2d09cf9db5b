# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Systems Manager's service: routes, keys and their rights, the cap on requests, and the form of every error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from ..context import Context
from ..wsgi import Request, Response, json_response
from . import device_writes, devices, groups, organizations, softwares
from .call import Call
from .deployment import Deployment
from .errors import Refused, not_found
from .model import ApiKey, Organization
from .paging import BASE
from .timetable import Timetable

Handler = Callable[[Call], Any]
NETWORK = "/networks/{networkId}/sm"
DEVICE = NETWORK + "/devices/{deviceId}"
GROUP = NETWORK + "/targetGroups/{targetGroupId}"
ORGANIZATION = "/organizations/{organizationId}"
# What the public surface has and we need [X]. VPP accounts can't be written: there is no such call.
ROUTES: dict[str, dict[str, Handler]] = {
    "/administered/identities/me": {"GET": organizations.get_me},
    "/organizations": {"GET": organizations.get_organizations},
    ORGANIZATION + "/networks": {"GET": organizations.get_networks},
    ORGANIZATION + "/sm/vppAccounts": {"GET": organizations.get_vpp_accounts},
    ORGANIZATION + "/sm/vppAccounts/{vppAccountId}": {"GET": organizations.get_vpp_account},
    NETWORK + "/devices": {"GET": devices.get_devices},
    NETWORK + "/devices/modifyTags": {"POST": device_writes.modify_tags},
    NETWORK + "/devices/checkin": {"POST": device_writes.check_in},
    NETWORK + "/devices/fields": {"PUT": device_writes.put_fields},
    DEVICE + "/softwares": {"GET": softwares.get_softwares},
    DEVICE + "/installApps": {"POST": softwares.install_apps},
    DEVICE + "/uninstallApps": {"POST": softwares.uninstall_apps},
    DEVICE + "/refreshDetails": {"POST": device_writes.refresh_details},
    NETWORK + "/users": {"GET": groups.get_users},
    NETWORK + "/profiles": {"GET": groups.get_profiles},
    NETWORK + "/targetGroups": {"GET": groups.get_target_groups, "POST": groups.post_target_group},
    GROUP: {
        "GET": groups.get_target_group,
        "PUT": groups.put_target_group,
        "DELETE": groups.delete_target_group,
    },
}
UNAUTHORIZED = {"missing_key": "Missing API key", "no_method": "No valid authentication method found"}
HTML = "<html><body><h1>404 Not Found</h1></body></html>"


class MerakiService:
    """Answers everything below /api/v1."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._org: Organization = context.world.meraki
        self.deployment = Deployment(context)
        self.timetable = Timetable(context, self.deployment)
        self._org.begin(context.clock.now())
        for device in self._org.devices():
            self.deployment.mark(device)

    def answer(self, request: Request) -> Response:
        """One request, one answer."""
        try:
            return self._answer(request)
        except Refused as error:
            return self._refusal(error)

    def _refusal(self, error: Refused) -> Response:
        headers = {}
        wait = self._context.switches["sm_retry_after"]
        if error.status == 429 and wait is not None:
            headers["Retry-After"] = f"{wait:g}"
        body = self._context.switches["sm_not_found"] if error.status == 404 else "json"
        if body != "json":
            return Response(404, HTML.encode() if body == "html" else b"", "text/html")
        return json_response({"errors": error.texts}, error.status, headers)

    def _answer(self, request: Request) -> Response:
        key = self._authenticate(request)
        switches = self._context.switches
        if switches["sm_redirect"] != "never" and request.origin != self._context.shard:
            query = f"?{request.query}" if request.query else ""
            target = f"{self._context.shard}{request.path}{query}"
            return Response(int(switches["sm_redirect"]), b"", "text/html", {"Location": target})
        if switches["sm_enforce_rate"] and not self._org.bucket.take(self._context.clock.now()):
            raise Refused(429, "API rate limit exceeded for organization")
        if switches["sm_latency_ms"]:
            self._context.clock.sleep(switches["sm_latency_ms"] / 1000)
        handler, ids = _route(request)
        if ids.get("organizationId", self._org.id) != self._org.id:
            raise not_found()
        call = Call(self._context, request, self._org, self.deployment, key, ids)
        self.timetable.settle()
        with self._org.lock:
            # A network that the key can't see is not found; one that it may only read is refused [X].
            network = call.network if "networkId" in ids else None
            if network and request.method != "GET" and not key.write:
                raise Refused(403, f"You do not have write access to network {network.id}")
            answer = handler(call)
        return answer if isinstance(answer, Response) else json_response(answer)

    def _authenticate(self, request: Request) -> ApiKey:
        """A bearer, or the older header; both are valid [S]."""
        scheme, _space, value = request.headers.get("authorization", "").partition(" ")
        value = value.strip() if scheme.lower() == "bearer" else request.headers.get("x-cisco-meraki-api-key", "")
        for key in list(self._org.keys.values()):
            if value == key.value:
                return key
        wrong = "Invalid API key" if value else UNAUTHORIZED[self._context.switches["sm_unauthorized"]]
        raise Refused(401, wrong)


def _route(request: Request) -> tuple[Handler, dict[str, str]]:
    parts = request.path.removeprefix(BASE).split("/")
    for template, methods in ROUTES.items():
        names = template.split("/")
        if len(names) == len(parts) and all(n[:1] == "{" or n == p for n, p in zip(names, parts, strict=True)):
            if request.method not in methods:
                raise Refused(405, "Method not allowed")
            pairs = zip(names, parts, strict=True)
            return methods[request.method], {name[1:-1]: unquote(part) for name, part in pairs if name[:1] == "{"}
    raise not_found()

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET and POST /client/config: the claim on a location and its notification settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .call import Call
from .errors import ApiError
from .location import Location
from .notifications import LOOPBACK, TYPES

# Subscriptions are not part of the sandbox, but a client may ask to be told of them.
ACCEPTED_TYPES = (*TYPES, "TEST_NOTIFICATION", "SUBSCRIPTION_MANAGEMENT", "SUBSCRIPTION_COUNT")
FIELDS = ("mdmInfo", "notificationUrl", "notificationAuthToken", "notificationTypes")
MDM_INFO_LIMITS = {"id": ("maxMdmIdLength", 9724), "name": ("maxMdmNameLength", 9725)}
MDM_INFO_LIMITS["metadata"] = ("maxMdmMetadataLength", 9713)


def get_client_config(call: Call) -> dict[str, Any]:
    """ClientConfigResponse; the notification token is echoed back [D clientconfigresponse]."""
    return describe(call.location)


def describe(location: Location) -> dict[str, Any]:
    """The settings of a location, without the fields every answer has."""
    answer: dict[str, Any] = {
        "countryISO2ACode": location.country,
        "defaultPlatform": location.platform,
        "locationName": location.name,
        "websiteURL": location.website,
    }
    if location.notification_url:
        answer["notificationUrl"] = location.notification_url
        answer["notificationAuthToken"] = location.notification_token
    if location.notification_types:
        answer["subscribedNotificationTypes"] = location.notification_types
    return answer


def post_client_config(call: Call) -> dict[str, Any]:
    """Check all, deliver a test notification, then change; an error changes nothing [D clientconfigrequest]."""
    data = call.body()
    location = call.location
    mdm_info = _mdm_info(call, data.get("mdmInfo"))
    url, secret, types = _notification(call, data)
    if url and not call.context.outbox.test(location, url, secret or ""):
        raise ApiError(9728)
    replaces = call.context.switches["omitted_client_config"] == "cleared"
    omitted_clears = replaces and any(name in data for name in FIELDS)
    if mdm_info is not None:
        cleared = not any(mdm_info.values()) and call.context.switches["empty_mdm_info"] == "cleared"
        location.mdm_info = None if cleared else mdm_info
    elif omitted_clears:
        location.mdm_info = None
    if url:
        location.notification_url, location.notification_token = url, secret
    elif omitted_clears:
        location.notification_url = location.notification_token = None
    if types is not None:
        location.notification_types = types
    elif omitted_clears:
        location.notification_types = []
    return describe(location)


def _mdm_info(call: Call, value: object) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ApiError(9602)
    info = {name: value.get(name) for name in MDM_INFO_LIMITS}
    if any(text is None for text in info.values()):
        raise ApiError(9723)
    checked: dict[str, str] = {}
    for name, (limit, number) in MDM_INFO_LIMITS.items():
        text = info[name]
        if not isinstance(text, str):
            raise ApiError(9602)
        if len(text) > call.limit(limit):
            raise ApiError(number)
        checked[name] = text
    return checked


def _notification(call: Call, data: dict[str, Any]) -> tuple[str | None, str | None, list[str] | None]:
    url, secret = data.get("notificationUrl"), data.get("notificationAuthToken")
    types = data.get("notificationTypes")
    if types is not None and not (isinstance(types, list) and all(name in ACCEPTED_TYPES for name in types)):
        raise ApiError(9602)
    if not url and not secret:
        return None, None, types
    if not url or not secret:
        raise ApiError(9710)
    if not isinstance(url, str) or not isinstance(secret, str):
        raise ApiError(9602)
    if max(len(url), len(secret)) > call.limit("maxNotificationLength"):
        raise ApiError(9711)
    if not acceptable_url(url, call.context.switches["notification_url"] == "loopback"):
        raise ApiError(9712)
    return url, secret, types


def acceptable_url(url: str, loopback: bool) -> bool:
    """https, host and path only; plain http only towards this machine and only if the switch says so."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.query or parts.fragment or parts.username:
        return False
    return parts.scheme == "https" or (loopback and parts.scheme == "http" and host in LOOPBACK)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between Systems Manager's JSON and our nouns. All its names stand in the files *_codec.py and *_paths.py."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .._core import scope as scopes
from .._core.errors import TokenError
from .._core.mdm import LinkedAccount, MdmDevice, TagChange, Unit
from .._core.model import Secret
from .._core.scope import Scope
from .._core.token import parse_content_token
from .meraki_wire import Json, flag, ident, moment, number, struct, text, words

SYSTEMS_MANAGER = "systemsManager"

ONLY_SYSTEMS_MANAGER = MappingProxyType({"productTypes[]": [SYSTEMS_MANAGER]})

DEVICE_FIELDS = MappingProxyType(
    {
        "fields[]": [
            "systemType",
            "isSupervised",
            "lastConnected",
            "missingAppsCount",
            "autoTags",
            "ownerEmail",
        ]
    }
)
"""What is shown on request only [S]."""

_MATCHES = MappingProxyType(
    {
        scopes.ALL: "all",
        scopes.NONE: "none",
        scopes.WITH_ANY: "withAny",
        scopes.WITH_ALL: "withAll",
        scopes.WITHOUT_ANY: "withoutAny",
        scopes.WITHOUT_ALL: "withoutAll",
    }
)

_FOREIGN = re.compile(r"android|windows|chrome|linux|tizen", re.IGNORECASE)
_SYSTEMS = (
    (re.compile(r"i(pad|phone)? ?os\b", re.IGNORECASE), "iOS"),
    (re.compile(r"(mac ?|os ?x)", re.IGNORECASE), "macOS"),
    (re.compile(r"(apple ?)?tv ?os\b", re.IGNORECASE), "tvOS"),
    (re.compile(r"(vision|xr) ?os\b", re.IGNORECASE), "visionOS"),
    (re.compile(r"watch ?os\b", re.IGNORECASE), "watchOS"),
)
_MODELS = (
    (re.compile(r"(ipad|iphone|ipod)", re.IGNORECASE), "iOS"),
    (re.compile(r"(imac|mac ?(book|mini|pro|studio)|mac\b|mac\d|virtualmac)", re.IGNORECASE), "macOS"),
    (re.compile(r"apple ?tv", re.IGNORECASE), "tvOS"),
    (re.compile(r"(apple )?vision\b|realitydevice", re.IGNORECASE), "visionOS"),
    (re.compile(r"(apple )?watch", re.IGNORECASE), "watchOS"),
)
_VERSION = re.compile(r"\d+(?:\.\d+)*")


def decode_unit(source: Json) -> Unit:
    return Unit(ident(source, "read the networks", "id"), text(source, "name"))


def manages_devices(source: Json) -> bool:
    return SYSTEMS_MANAGER in words(source, "productTypes")


def decode_device(source: Json, unit: str) -> MdmDevice:
    system, version = split_system(text(source, "osName"))
    model = text(source, "systemModel") or text(source, "systemType")
    return MdmDevice(
        id=ident(source, "read the devices", "id"),
        unit=unit,
        # None, empty or absent for a device that its user enrolled [D "Apple User Enrollment"].
        serial_number=text(source, "serialNumber") or text(source, "serial"),
        name=text(source, "name"),
        platform=platform_of(system, model, text(source, "systemType")),
        os=system,
        os_version=version,
        model=model,
        supervised=flag(source, "isSupervised"),
        last_seen=moment(source, "lastConnected"),
        tags=frozenset(words(source, "tags")),
        auto_tags=frozenset(words(source, "autoTags")),
        missing_apps=number(source, "missingAppsCount"),
        owner=text(source, "ownerEmail"),
    )


def split_system(system: str) -> tuple[str, str]:
    """Name and version of free text such as "iPadOS 19.1", "iOS 9.3.5", "Mac OS X 10.15.7 (19H2)"."""
    found = _VERSION.search(system)
    return (system[: found.start()].strip(), found.group()) if found else (system, "")


def platform_of(system: str, *models: str) -> str:
    """Apple's name of the platform, or empty for what is not Apple's. The system decides where it is told."""
    if _FOREIGN.match(system):
        return ""
    for pattern, name in _SYSTEMS:
        if pattern.match(system):
            return name
    for model in models:
        for pattern, name in _MODELS:
            if pattern.match(model):
                return name
    return ""


def decode_account(source: Json) -> LinkedAccount:
    """Only id and token were there from the start; all else may be missing [S]."""
    token = struct(source, "parsedToken")
    synced = [when for name in ("lastSyncedAt", "lastForceSyncedAt") if (when := moment(source, name)) is not None]
    return LinkedAccount(
        id=ident(source, "read the linked VPP accounts", "id", "vppAccountId"),
        name=text(source, "name"),
        email=text(source, "email"),
        location_uid=text(source, "vppLocationId"),
        location_name=text(source, "vppLocationName"),
        organisation=text(token, "orgName"),
        token=_token(source),
        token_expires=moment(token, "expiresAt"),
        last_sync=max(synced, default=None),
        allowed_admins=text(source, "allowedAdmins"),
        admin_units=words(source, "networkIdAdmins"),
        units=_units(source),
    )


def _token(source: Json) -> Secret | None:
    """The content token; None where it is not shown, or masked (then it does not open as one)."""
    return _opened(text(source, "contentToken")) or _opened(text(source, "vppServiceToken"))


def _opened(token: str) -> Secret | None:
    try:
        return parse_content_token(token, "the token").secret
    except TokenError:
        return None


def _units(source: Json) -> tuple[str, ...] | None:
    """`assignableNetworks` has words of which only "Some" is known [S]: one that begins with "All" means all, whatever
    list stands beside it; else the list counts. With neither, nothing is told of a restriction: all. A word without
    its list means that none is known to be allowed."""
    word = text(source, "assignableNetworks")
    if word.lower().startswith("all"):
        return None
    if source.get("assignableNetworkIds") is None and not word:
        return None
    return words(source, "assignableNetworkIds")


def decode_owner_tags(source: Json) -> tuple[str, ...]:
    """ " staff year-7 ": words with spaces around them [S]."""
    return words(source, "tags")


def encode_page_size(rows: int) -> Mapping[str, str]:
    return {"perPage": str(rows)}


def encode_scope(scope: Scope) -> Mapping[str, Sequence[str]]:
    """Operator first, then tags, each an element of its own [S]."""
    return {"scope[]": [_MATCHES[scope.match], *scope.tags]}


def encode_serial_numbers(serial_numbers: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {"serials[]": list(serial_numbers)}


def encode_tags(change: TagChange, device_ids: Sequence[str]) -> Mapping[str, object]:
    """One selector only: how several combine is not known. Never `update`, which replaces all tags of a device [S]."""
    return {"ids": list(device_ids), "tags": list(change.tags), "updateAction": "add" if change.add else "delete"}


def encode_check_in(device_ids: Sequence[str]) -> Mapping[str, object]:
    return {"ids": list(device_ids)}


def encode_apps(app_ids: Sequence[str]) -> Mapping[str, object]:
    return {"appIds": list(app_ids)}

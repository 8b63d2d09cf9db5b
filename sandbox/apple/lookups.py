# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What products are called: the store's metadata look-up and the public iTunes look-up."""

from __future__ import annotations

from collections import deque
from typing import Any

from ..context import Context
from ..wsgi import Request, Response, json_response
from .call import PRICING_PARAMS
from .errors import ApiError
from .location import Location, check_token
from .model import AppInfo
from .service import decode_token

FAMILIES = {"iOS": ["iphone", "ipad", "ipod"], "macOS": ["mac"], "tvOS": ["tvos"]}
PLATFORMS = ("volumestore", "enterprisestore", "macappstore")


def metadata(context: Context, request: Request) -> Response:
    """contentMetadataLookup: results keyed by adamId, unknown ids missing [D legacy metadata].

    Custom apps are told only to the location that owns them, known by the cookie ``itvt``.
    """
    params = request.params
    if request.method != "GET":
        return json_response({}, 405)
    if params.get("platform", "volumestore") not in PLATFORMS:
        return json_response({"results": {}, "isAuthenticated": False})
    owner = _owner(context, request)
    mac = params.get("platform") == "macappstore"
    results = {}
    for adam_id in params.get("id", "").split(","):
        info = context.world.catalogue.get(adam_id)
        if info is None or (mac and "macOS" not in info.platforms):
            continue
        if info.public or (owner and any(owner.store.find_asset(adam_id, quality) for quality in PRICING_PARAMS)):
            results[info.adam_id] = _lockup(info)
    return json_response({"results": results, "version": 2, "isAuthenticated": False})


def _owner(context: Context, request: Request) -> Location | None:
    value = decode_token(request.cookie("itvt") or "")
    found = context.world.find_token(value) if value else None
    if found is None:
        return None
    try:
        check_token(found[1], context.clock.now())
    except ApiError:
        return None
    return found[0]


def _lockup(info: AppInfo) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": info.adam_id,
        "name": info.name,
        "kind": info.kind,
        "url": f"https://apps.apple.com/app/id{info.adam_id}",
        "genreNames": ["Books"] if info.kind == "ebook" else ["Education"],
        "offers": [{"type": "buy", "version": {"display": info.version, "externalId": int(info.adam_id) + 1}}],
    }
    if info.kind == "ebook":
        return fields
    families = [family for platform in info.platforms for family in FAMILIES.get(platform, [])]
    fields.update(
        bundleId=info.bundle_id,
        deviceFamilies=families,
        minimumOSVersion="16.0" if "iOS" in info.platforms else "13.0",
        isVppDeviceBasedLicensingEnabled=info.device_assignable,
        isB2BCustomApp=not info.public,
    )
    return fields


class ITunes:
    """The public look-up: knows public apps only, and nothing about ownership [C fleet]."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._recent: deque[float] = deque()

    def answer(self, request: Request) -> Response:
        """``/itunes/lookup`` by id or bundleId, ``/itunes/search`` by term."""
        if not self._fits():
            return Response(403, b"", "text/plain")
        params = request.params
        public = [info for info in self._context.world.catalogue.values() if info.public and info.kind != "ebook"]
        if request.path.rstrip("/") == "/itunes/lookup":
            ids = params.get("id", "").split(",")
            bundles = params.get("bundleId", "").split(",")
            found = [info for info in public if info.adam_id in ids or info.bundle_id in bundles]
        elif request.path.rstrip("/") == "/itunes/search":
            term = params.get("term", "").lower()
            limit = params.get("limit", "50")
            found = [info for info in public if term and term in info.name.lower()]
            found = found[: int(limit) if limit.isdigit() else 50]
        else:
            return json_response({"errorMessage": "Not found."}, 404)
        wanted = {"macSoftware": "mac-software", "software": "software"}.get(params.get("entity", ""))
        results = [_result(info) for info in found]
        results = [result for result in results if wanted in (None, result["kind"])]
        return json_response({"resultCount": len(results), "results": results})

    def _fits(self) -> bool:
        most = self._context.switches["itunes_per_minute"]
        now = self._context.clock.now()
        while self._recent and self._recent[0] <= now - 60:
            self._recent.popleft()
        if most and len(self._recent) >= most:
            return False
        self._recent.append(now)
        return True


def _result(info: AppInfo) -> dict[str, Any]:
    return {
        "trackId": int(info.adam_id),
        "trackName": info.name,
        "bundleId": info.bundle_id,
        "kind": "mac-software" if info.kind == "desktopApp" else "software",
        "version": info.version,
        "price": 12.99 if info.paid else 0.0,
        "supportedDevices": [] if info.kind == "desktopApp" else ["iPadAir-iPadAir", "iPhone14-iPhone14"],
        "artworkUrl512": f"https://artwork.example/{info.adam_id}/512x512bb.jpg",
    }

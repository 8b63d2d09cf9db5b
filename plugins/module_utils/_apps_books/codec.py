# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's answers and request bodies <-> the model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timezone

from .._core.errors import ServiceError
from .._core.model import (
    DEFAULT_PRICING,
    Asset,
    AssetKey,
    AssignmentQuery,
    AssignmentRequest,
    ClientConfig,
    ClientConfigChange,
    Event,
    Failure,
    Limits,
    MdmInfo,
    Metadata,
    Row,
    Secret,
    ServiceConfig,
)
from .errors import words_of
from .wire import Json, flag, members, number, number_or_none, struct, text, texts, wire, wrong


def decode_identity(body: Json) -> tuple[str, MdmInfo | None]:
    """(uid or "", claim) of any authenticated answer [D getting-started]."""
    return text(body, "uid"), _mdm_info(body)


def _mdm_info(body: Json) -> MdmInfo | None:
    value = body.get(wire("mdm_info"))
    if value is None:
        return None
    info = struct(value, "mdm_info")
    claim = MdmInfo(text(info, "id"), text(info, "name"), text(info, "metadata"))
    return claim if claim.id or claim.name or claim.metadata else None


def _moment(body: Json, name: str) -> datetime | None:
    """A date such as 2031-03-02T09:15:00+0000. Only a warning depends on it: an unknown form counts as not given."""
    given = text(body, name)
    try:
        return datetime.strptime(given, "%Y-%m-%dT%H:%M:%S%z").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def decode_service_config(body: Json) -> ServiceConfig:
    """Missing limits keep Apple's sample values; unknown keys are left out [D serviceconfigresponse]."""
    given = struct(body.get("limits") or {}, "limits")
    limits = {item.name: number(given, item.name, item.default) for item in fields(Limits)}  # type: ignore[arg-type]
    for name, value in limits.items():
        if value < 1:
            wrong(name, "above zero")
    urls = struct(body.get("urls") or {}, "urls")
    return ServiceConfig(
        limits=Limits(**limits),
        urls={name: url for name, url in urls.items() if isinstance(url, str)},
        notification_types=texts(body, "notification_types"),
    )


def decode_client_config(body: Json) -> ClientConfig:
    token = text(body, "notification_auth_token")
    return ClientConfig(
        uid=text(body, "uid", None),
        location_name=text(body, "location_name"),
        country=text(body, "country"),
        default_platform=text(body, "default_platform"),
        website_url=text(body, "website_url"),
        mdm_info=_mdm_info(body),
        notification_url=text(body, "notification_url"),
        notification_auth_token=Secret(token) if token else None,
        notification_types=texts(body, "subscribed_types"),
        token_expiration_date=_moment(body, "token_expiration_date"),
    )


def encode_client_config_change(change: ClientConfigChange) -> dict[str, object]:
    body: dict[str, object] = {}
    if change.mdm_info is not None:
        info = change.mdm_info
        body[wire("mdm_info")] = {"id": info.id, "name": info.name, "metadata": info.metadata}
    if change.notification_url is not None:
        body[wire("notification_url")] = change.notification_url
    if change.notification_auth_token is not None:
        body[wire("notification_auth_token")] = change.notification_auth_token.reveal()
    if change.notification_types is not None:
        body[wire("notification_types")] = list(change.notification_types)
    return body


def decode_assets(body: Json) -> list[Asset]:
    """`unlimitedAssets` carry no counts but `assignedCount` [D unlimitedresponseasset]."""
    return [_asset(struct(item, name)) for name in ("assets", "unlimited_assets") for item in members(body, name)]


def _asset(item: Json) -> Asset:
    return Asset(
        key=AssetKey(text(item, "adam_id", None), text(item, "pricing_param") or DEFAULT_PRICING),
        product_type=text(item, "product_type"),
        device_assignable=flag(item, "device_assignable"),
        revocable=flag(item, "revocable"),
        assigned_count=number(item, "assigned_count"),
        available_count=number_or_none(item, "available_count"),
        retired_count=number_or_none(item, "retired_count"),
        total_count=number_or_none(item, "total_count"),
        supported_platforms=texts(item, "supported_platforms"),
    )


def decode_assignments(body: Json) -> list[Row]:
    """The rows of a page. Hot: a million rows pass here, so fields are taken at once and types looked at after."""
    items = members(body, "assignments")
    try:
        rows: list[Row] = [
            (
                item["adamId"],  # type: ignore[index]
                item.get("pricingParam") or DEFAULT_PRICING,  # type: ignore[attr-defined]
                item.get("serialNumber"),  # type: ignore[attr-defined]
                item.get("clientUserId"),  # type: ignore[attr-defined]
            )
            for item in items
        ]
    except (KeyError, TypeError, AttributeError):
        rows = []
    for adam, pricing, serial, user in rows:
        if not (adam.__class__ is pricing.__class__ is str):
            break
        if not ((serial.__class__ is str and user is None) or (user.__class__ is str and serial is None)):
            break
    else:
        if len(rows) == len(items):
            return rows
    return [_row(struct(item, "assignments")) for item in items]


def _row(item: Json) -> Row:
    """The slow way: tolerant, and names the field that is wrong."""
    serial, user = text(item, "serial_number"), text(item, "client_user_id")
    if bool(serial) == bool(user):
        raise ServiceError(
            "The answer of the service is not understood: an assignment needs either serialNumber or clientUserId"
        )
    return (text(item, "adam_id", None), text(item, "pricing_param") or DEFAULT_PRICING, serial or None, user or None)


def encode_query(query: AssignmentQuery) -> dict[str, str]:
    params = {"serial_number": query.serial_number, "client_user_id": query.client_user_id}
    if query.asset is not None:
        params.update(adam_id=query.asset.adam_id, pricing_param=query.asset.pricing_param)
    return {wire(name): value for name, value in params.items() if value is not None}


def encode_request(request: AssignmentRequest) -> dict[str, object]:
    """`pricingParam` always: its default is documented for v1 only [D managing-assets]."""
    body: dict[str, object] = {
        "assets": [{wire("adam_id"): key.adam_id, wire("pricing_param"): key.pricing_param} for key in request.assets]
    }
    targets: dict[str, Sequence[str]] = {
        "serial_numbers": request.serial_numbers,
        "client_user_ids": request.client_user_ids,
    }
    body.update({wire(name): list(ids) for name, ids in targets.items() if ids})
    return body


def decode_event_id(body: Json) -> str:
    return text(body, "event_id", None)


def decode_event(event_id: str, body: Json) -> Event:
    return Event(
        event_id=event_id,
        status=text(body, "event_status", None),
        type=text(body, "event_type"),
        num_requested=number(body, "num_requested"),
        num_completed=number(body, "num_completed"),
        failures=tuple(_failure(struct(item, "failures")) for item in members(body, "failures")),
    )


def _failure(item: Json) -> Failure:
    info = struct(item.get(wire("error_info")) or {}, "error_info")
    return Failure(
        error_number=number(item, "error_number"),
        message=words_of(number(item, "error_number"), text(item, "error_message")),
        adam_ids=tuple(text(struct(asset, "assets"), "adam_id", None) for asset in members(info, "assets")),
        serial_numbers=texts(info, "serial_numbers"),
        client_user_ids=texts(info, "client_user_ids"),
    )


def decode_metadata(adam_id: str, body: Json) -> Metadata | None:
    """contentMetadataLookup: a missing key or an empty object = the store does not show it."""
    results = struct(body.get("results") or {}, "results")
    item = struct(results.get(adam_id) or {}, "results")
    if not item:
        return None
    return Metadata(
        adam_id=adam_id,
        name=text(item, "name"),
        bundle_id=text(item, "bundle_id"),
        kind=text(item, "kind"),
        device_families=texts(item, "device_families"),
        minimum_os_version=text(item, "minimum_os_version"),
    )


def decode_search(body: Json) -> list[Metadata]:
    """iTunes lookup: other names for the same facts (`trackId`, `trackName`, `minimumOsVersion`)."""
    items: Iterable[Json] = (struct(item, "results") for item in members(body, "results"))
    return [
        Metadata(
            adam_id=text(item, "track_id", None),
            name=text(item, "track_name"),
            bundle_id=text(item, "bundle_id"),
            kind=text(item, "kind"),
            minimum_os_version=text({wire("minimum_os_version"): item.get("minimumOsVersion")}, "minimum_os_version"),
        )
        for item in items
    ]

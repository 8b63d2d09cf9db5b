# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of Apple's service as immutable values. Wire names (camelCase) live only in the codec of the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

UNLIMITED = 2147483647
"""`totalCount` of an asset without a fixed number of licences [D managing-assets]; never summed or subtracted."""

DEFAULT_PRICING = "STDQ"


class Secret:
    """A text that no repr, format or log shows; `reveal` is called only where it goes onto the wire."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True, order=True)
class AssetKey:
    """Identity of an asset: both parts, since one book can be owned in two qualities [D managing-assets]."""

    adam_id: str
    pricing_param: str = DEFAULT_PRICING

    def __str__(self) -> str:
        return self.adam_id if self.pricing_param == DEFAULT_PRICING else f"{self.adam_id}/{self.pricing_param}"


@dataclass(frozen=True, slots=True)
class Asset:
    """One product owned by the location [D responseasset]. Counts are licences; `None` = not given."""

    key: AssetKey
    product_type: str
    device_assignable: bool
    revocable: bool
    assigned_count: int
    available_count: int | None
    retired_count: int | None
    total_count: int | None
    supported_platforms: tuple[str, ...] = ()

    @property
    def unlimited(self) -> bool:
        return self.total_count is None or self.total_count == UNLIMITED


@dataclass(frozen=True, slots=True)
class Metadata:
    """Store facts of one adam id [D getting-app-and-book-information-legacy]; empty text = not known."""

    adam_id: str
    name: str
    bundle_id: str
    kind: str = ""
    device_families: tuple[str, ...] = ()
    minimum_os_version: str = ""


@dataclass(frozen=True, slots=True)
class MdmInfo:
    """The claim on a location: who says it manages it [D mdminfo]."""

    id: str
    name: str
    metadata: str


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """What Apple tells of a location [D clientconfigresponse]. `location_name` is not unique, `uid` is."""

    uid: str
    location_name: str
    country: str = ""
    default_platform: str = ""
    website_url: str = ""
    mdm_info: MdmInfo | None = None
    notification_url: str = ""
    notification_auth_token: Secret | None = None
    notification_types: tuple[str, ...] = ()
    token_expiration_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClientConfigChange:
    """Fields to write; `None` = leave out of the request [D clientconfigrequest]."""

    mdm_info: MdmInfo | None = None
    notification_url: str | None = None
    notification_auth_token: Secret | None = None
    notification_types: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Request limits of service config, read at run time; the defaults are Apple's sample values [D service-config]."""

    max_assets: int = 25
    max_client_user_ids: int = 1000
    max_serial_numbers: int = 1000
    max_revoke_client_user_ids: int = 100
    max_revoke_serial_numbers: int = 100
    max_users: int = 100
    max_notification_length: int = 512
    max_mdm_id_length: int = 100
    max_mdm_name_length: int = 100
    max_mdm_metadata_length: int = 255
    max_request_per_second: int = 15


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """Limits and addresses of the service; unknown keys are kept out of the model, never an error."""

    limits: Limits
    urls: Mapping[str, str] = field(default_factory=dict)
    notification_types: tuple[str, ...] = ()


Row = tuple[str, str, "str | None", "str | None"]
"""One assignment as read: (adam_id, pricing_param, serial_number, client_user_id); exactly one of the last two is text.
A plain tuple, because a location may hold a million."""


@dataclass(frozen=True, slots=True)
class AssignmentQuery:
    """Filters of GET /assignments [D get-assignments-9wv1e]; all `None` = everything."""

    asset: AssetKey | None = None
    serial_number: str | None = None
    client_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """How a paged read went. `stable` = every page carried one `version_id` [D paging]."""

    version_id: str
    stable: bool
    pages: int
    rows: int


@dataclass(frozen=True, slots=True)
class AssignmentRequest:
    """One associate or disassociate: every asset with every target [D manageassetsrequest]."""

    verb: str
    assets: tuple[AssetKey, ...]
    serial_numbers: tuple[str, ...] = ()
    client_user_ids: tuple[str, ...] = ()

    @property
    def pairs(self) -> int:
        return len(self.assets) * (len(self.serial_numbers) + len(self.client_user_ids))


ASSOCIATE = "associate"
DISASSOCIATE = "disassociate"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of an event, with the targets Apple names (not target x asset pairs) [D statusresponse]."""

    error_number: int
    message: str
    adam_ids: tuple[str, ...] = ()
    serial_numbers: tuple[str, ...] = ()
    client_user_ids: tuple[str, ...] = ()


PENDING = "PENDING"
COMPLETE = "COMPLETE"
FAILED = "FAILED"
UNKNOWN = "UNKNOWN"
"""Ours, not Apple's: the service no longer knows the event (9708); its outcome must be read from the assignments."""


@dataclass(frozen=True, slots=True)
class Event:
    """Apple's asynchronous job [D events-status]. FAILED may be partial: what succeeded is read, never subtracted."""

    event_id: str
    status: str
    type: str = ""
    num_requested: int = 0
    num_completed: int = 0
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of one request: an event id, or the error that met it; both `None` = never sent."""

    request: AssignmentRequest
    event_id: str | None = None
    error: Exception | None = None

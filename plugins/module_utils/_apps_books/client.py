# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of Apple's App and Book Management service: implements ports.AppsBooks for one content token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._core.errors import InputError, OutcomeUnknownError, ServiceError
from .._core.model import (
    Asset,
    AssetKey,
    AssignmentQuery,
    AssignmentRequest,
    ClientConfig,
    ClientConfigChange,
    Event,
    Metadata,
    Secret,
    ServiceConfig,
    Submitted,
    Walk,
)
from .._core.ports import AssignmentSink, Clock, Meter
from .._core.user_model import SubmittedUsers, User, UserRequest
from .._http.address import check_address
from .._http.caller import Caller
from .._http.client import HttpClient
from .._http.dep import require_httpx
from .._http.pace import Pacer
from .._http.retry import DEFAULT_BUDGET
from . import changes, codec, events, invitations, pages, users
from .changes import assignment_pages
from .metadata import ITUNES_RATE, ITUNES_URL, Store
from .session import APPLE_URL, Session, is_apple

if TYPE_CHECKING:
    import httpx

_FIRST_RATE = 15.0
"""Requests a second until service config has told its own [D service-config, sample]."""


@dataclass(frozen=True, slots=True)
class AppsBooksSettings:
    """`timeout` of one exchange and `budget` of one call with its repetitions in seconds; `requests_per_second` lowers
    the rate that service config states; `itunes_url` is needed only where `base_url` is not Apple's; `lean`: see
    Session."""

    token: Secret
    base_url: str = APPLE_URL
    ca_path: str = ""
    proxy: str = field(default="", repr=False)
    timeout: float = 60.0
    budget: float = DEFAULT_BUDGET
    requests_per_second: float | None = None
    itunes_url: str = ""
    language: str = "en"
    lean: bool = False


@contextmanager
def connect(
    settings: AppsBooksSettings,
    clock: Clock,
    transport: httpx.BaseTransport | None = None,
    meter: Meter | None = None,
) -> Iterator[AppsBooksClient]:
    """A client for the length of a run. InputError for a setting that can't be used; nothing is sent yet."""
    require_httpx()
    base_url = check_address(settings.base_url, "apps_books_url")
    itunes_url = check_address(settings.itunes_url, "itunes_url") if settings.itunes_url else ""
    if is_apple(base_url):
        itunes_url = itunes_url or ITUNES_URL
    if not settings.timeout > 0:
        raise InputError("request_timeout must be above zero")
    if settings.requests_per_second is not None and not settings.requests_per_second > 0:
        raise InputError("requests_per_second must be above zero")
    pacer = Pacer(clock, min(_FIRST_RATE, settings.requests_per_second or _FIRST_RATE))
    with (
        HttpClient(
            ca_path=settings.ca_path, proxy=settings.proxy, timeout=settings.timeout, transport=transport
        ) as http,
        ThreadPoolExecutor(pages.WIDTH, thread_name_prefix="apps_books") as pool,
    ):
        caller = Caller(http, pacer, clock, settings.budget, meter)
        session = Session(
            caller, pacer, clock, base_url, settings.token, settings.requests_per_second, lean=settings.lean
        )
        # The public look-up has a budget of its own; a stand-in shares that of everything else.
        store_pacer = Pacer(clock, ITUNES_RATE)
        itunes = Caller(http, store_pacer, clock, settings.budget, meter) if is_apple(base_url) else caller
        yield AppsBooksClient(session, Store(session, pool, settings.language, itunes_url, itunes), clock, pool)


class AppsBooksClient:
    """See ports.AppsBooks for the contract. Made by `connect`; to be used by one thread."""

    def __init__(self, session: Session, store: Store, clock: Clock, pool: ThreadPoolExecutor) -> None:
        self._session = session
        self._store = store
        self._clock = clock
        self._pool = pool

    def read_service_config(self) -> ServiceConfig:
        return self._session.service_config()

    def read_client_config(self) -> ClientConfig:
        return codec.decode_client_config(self._session.get("clientConfig", {}, "read the client configuration"))

    def write_client_config(self, change: ClientConfigChange) -> ClientConfig:
        guard = self._session.guard
        try:
            body = self._session.post(
                "clientConfig", codec.encode_client_config_change(change), "write the client configuration"
            )
        except OutcomeUnknownError:
            if change.mdm_info is not None:
                guard.expect_claim(None)
            raise
        if change.mdm_info is not None:
            guard.expect_claim(change.mdm_info.id)
        guard.check(body, is_client_config=True)
        try:
            return codec.decode_client_config(body)
        except ServiceError as exc:
            raise OutcomeUnknownError(f"{exc.message}, so it is not known what was written") from None

    def read_assets(self) -> tuple[list[Asset], Walk]:
        found: dict[AssetKey, Asset] = {}

        def fetch(index: int) -> pages.Page[Asset]:
            body = self._session.get("getAssets", {"pageIndex": str(index)}, f"read page {index} of the assets")
            return pages.decode_page(index, body, codec.decode_assets(body))

        def consume(assets: list[Asset]) -> None:
            found.update((asset.key, asset) for asset in assets)

        (walk,) = pages.walk_all([pages.Read(fetch, found.clear, consume)], self._pool, self._session.meter)
        return sorted(found.values(), key=lambda asset: asset.key), walk

    def walk_assignments(self, reads: Sequence[tuple[AssignmentQuery, AssignmentSink]]) -> list[Walk]:
        if reads:
            self._session.service_config()  # many pages go by the rate that it states
        fetches = ((assignment_pages(self._session, codec.encode_query(query)), sink) for query, sink in reads)
        return pages.walk_all(
            [pages.Read(fetch, sink.begin, sink.page) for fetch, sink in fetches], self._pool, self._session.meter
        )

    def read_version(self) -> str:
        return changes.read_version(self._session)

    def read_changes(self, since: str, sink: AssignmentSink, max_pages: int) -> Walk | None:
        return changes.read_changes(self._session, self._pool, since, sink, max_pages)

    def submit(self, requests: Sequence[AssignmentRequest]) -> list[Submitted]:
        return events.submit(self._session, requests, events.assignment_write, Submitted, self._pool)

    def wait_for_events(self, event_ids: Sequence[str], *, poll_interval: float, timeout: float) -> list[Event]:
        return events.wait_for_events(
            self._session, event_ids, poll_interval=poll_interval, timeout=timeout, clock=self._clock, pool=self._pool
        )

    def read_users(self, *, active_only: bool = True) -> tuple[list[User], Walk]:
        return users.read_users(self._session, self._pool, active_only=active_only)

    def read_user(self, client_user_id: str) -> list[User]:
        return users.read_user(self._session, self._pool, client_user_id)

    def invitation_links(self, users: Sequence[User]) -> dict[str, Secret]:
        return invitations.invitation_links(self._session, users)

    def submit_users(self, requests: Sequence[UserRequest]) -> list[SubmittedUsers]:
        return events.submit(self._session, requests, users.user_write, SubmittedUsers, self._pool)

    def lookup_metadata(self, assets: Iterable[Asset], config: ClientConfig) -> Mapping[str, Metadata]:
        return self._store.lookup(assets, config)

    def search_bundle_id(self, bundle_id: str, config: ClientConfig) -> list[Metadata]:
        return self._store.search(bundle_id, config)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and bundle ids of assets, from the store: Apple's service itself knows only adam ids."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor

from .._core.errors import ServiceError, ThrottledError, VppError
from .._core.model import Asset, ClientConfig, Metadata
from .._http.caller import Caller
from .codec import decode_metadata, decode_search
from .session import Session

ITUNES_URL = "https://itunes.apple.com"
ITUNES_RATE = 20 / 60
"""Requests a second that the public look-up bears [C several wrappers]."""


class Store:
    """Remembers what it was told for the life of the client, absence included."""

    def __init__(self, session: Session, pool: Executor, language: str, itunes_url: str, itunes: Caller) -> None:
        self._session = session
        self._pool = pool
        self._language = language
        self._itunes_url = itunes_url
        self._itunes = itunes
        self._known: dict[str, Metadata | None] = {}

    def lookup(self, assets: Iterable[Asset], config: ClientConfig) -> dict[str, Metadata]:
        """One id a request, several at once. A refused id is absent. An unreachable store raises and stops the rest."""
        platforms = {asset.key.adam_id: _platform(asset, config) for asset in assets}
        unknown = [adam_id for adam_id in sorted(platforms) if adam_id not in self._known]
        stop = threading.Event()

        def read(adam_id: str) -> None:
            if stop.is_set():
                return
            params = {
                "version": "2",
                "id": adam_id,
                "p": "mdm-lockup",
                "caller": "MDM",
                "platform": platforms[adam_id],
                "cc": config.country,
                "l": self._language,
            }
            try:
                body = self._session.lookup(params, f"look up adam_id {adam_id} in the store")
                self._known[adam_id] = decode_metadata(adam_id, body)
            except ThrottledError:
                stop.set()
                raise
            except ServiceError:
                return  # not remembered: the next look-up may succeed
            except VppError:
                stop.set()
                raise

        list(self._pool.map(read, unknown))
        return {adam_id: found for adam_id in platforms if (found := self._known.get(adam_id)) is not None}

    def search(self, bundle_id: str, config: ClientConfig) -> list[Metadata]:
        """iTunes look-up: public, without the token; knows neither custom apps nor what the location owns."""
        if not self._itunes_url:
            return []
        params: Mapping[str, str] = {"bundleId": bundle_id, "country": config.country}
        what = f"look up bundle id {bundle_id} in the store"
        return decode_search(self._session.public(self._itunes_url + "/lookup", params, what, self._itunes))


def _platform(asset: Asset, config: ClientConfig) -> str:
    """`macappstore` where nothing else is offered [D getting-app-and-book-information-legacy]."""
    if asset.supported_platforms == ("macOS",):
        return "macappstore"
    return config.default_platform or "enterprisestore"

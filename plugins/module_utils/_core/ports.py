# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the reconcile loop needs of the world, as Protocols. Clients implement them; tests fake them by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from .model import (
    Asset,
    AssignmentQuery,
    AssignmentRequest,
    ClientConfig,
    ClientConfigChange,
    Event,
    Metadata,
    Row,
    ServiceConfig,
    Submitted,
    Walk,
)


class AssignmentSink(Protocol):
    """Receives a paged read. `begin` is called at every (re)start of a walk: what came before it is void."""

    def begin(self) -> None:
        """A walk starts, or starts anew."""

    def page(self, rows: Sequence[Row]) -> None:
        """The rows of one more page."""


class AppsBooks(Protocol):
    """Apple's service for one content token. Every method raises a VppError; none is retried by the caller.

    The first authenticated answer fixes the location's uid and claim: a later answer with another uid raises
    LocationError, one with another claim raises OwnershipError (a change means that another product took over).
    """

    def read_service_config(self) -> ServiceConfig:
        """Limits and addresses."""

    def read_client_config(self) -> ClientConfig:
        """The location, its claim and its settings."""

    def write_client_config(self, change: ClientConfigChange) -> ClientConfig:
        """Writes the fields that are given; the settings afterwards."""

    def read_assets(self) -> tuple[list[Asset], Walk]:
        """All assets with their counts, sorted by key."""

    def walk_assignments(self, reads: Sequence[tuple[AssignmentQuery, AssignmentSink]]) -> list[Walk]:
        """Reads all pages of all queries, five at once over all of them; every sink is called from one thread.

        A walk whose versionId changes restarts (three tries) and tells by `stable` how it ended.
        """

    def submit(self, requests: Sequence[AssignmentRequest]) -> list[Submitted]:
        """Sends each request once, in order of the list; result in the same order.

        An error that concerns all (token, claim, throttling, an unknown outcome) stops what was not yet sent.
        """

    def wait_for_events(self, event_ids: Sequence[str], *, poll_interval: float, timeout: float) -> list[Event]:
        """Polls the oldest first until none is PENDING or `timeout` seconds are over; result in the order given."""

    def lookup_metadata(self, assets: Iterable[Asset], config: ClientConfig) -> Mapping[str, Metadata]:
        """Store facts by adam id; an id that the store does not show is absent."""

    def search_bundle_id(self, bundle_id: str, config: ClientConfig) -> list[Metadata]:
        """Public store entries with this bundle id in the location's country; empty where the look-up is not set up."""


class Clock(Protocol):
    """Time, injected so that tests need not wait. `monotonic` in seconds."""

    def now(self) -> datetime:
        """The time of day, with a time zone."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    def sleep(self, seconds: float) -> None:
        """Waits so many seconds."""


class Notify(Protocol):
    """Tells the admin something that is not an error."""

    def warn(self, message: str) -> None:
        """One sentence."""

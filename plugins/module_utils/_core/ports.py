# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the reconcile loop needs of the world, as Protocols. Clients implement them; tests fake them by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from .errors import VppError
from .manual_steps import StepText
from .mdm import AppCommand, AppName, AppRecord, LinkedAccount, MdmDevice, TagChange, Unit
from .model import (
    Asset,
    AssignmentQuery,
    AssignmentRequest,
    ClientConfig,
    ClientConfigChange,
    Event,
    Metadata,
    Row,
    Secret,
    ServiceConfig,
    Submitted,
    Walk,
)
from .scope import Scope
from .user_model import SubmittedUsers, User, UserRequest


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

    def read_version(self) -> str:
        """The versionId of all assignments now; empty = none is told. One request."""

    def read_changes(self, since: str, sink: AssignmentSink, max_pages: int) -> Walk | None:
        """The assignments of all assets that were added or changed since the versionId of an unfiltered read, with the
        versionId of now. What was taken back may be among them or not [reference, section 5]. None: Apple doesn't know
        that version (any more), or there are more than `max_pages` pages."""

    def submit(self, requests: Sequence[AssignmentRequest]) -> list[Submitted]:
        """Sends each request once, in order of the list; result in the same order.

        An error that concerns all (token, claim, throttling, an unknown outcome) stops what was not yet sent.
        """

    def wait_for_events(self, event_ids: Sequence[str], *, poll_interval: float, timeout: float) -> list[Event]:
        """Polls the oldest first until none is PENDING or `timeout` seconds are over; result in the order given."""

    def read_users(self, *, active_only: bool = True) -> tuple[list[User], Walk]:
        """All users of the location, sorted by client_user_id, the active record of an id last. With `active_only` each
        id stands once."""

    def read_user(self, client_user_id: str) -> list[User]:
        """The records of one id, the active one last; empty = unknown. For few; see `read_users` for many."""

    def invitation_links(self, users: Sequence[User]) -> Mapping[str, Secret]:
        """The link by which each of them accepts, by client_user_id; who has no invite code is absent. Links are
        secrets: they go into a mail and nowhere else."""

    def submit_users(self, requests: Sequence[UserRequest]) -> list[SubmittedUsers]:
        """As `submit`, for creates, updates and retirements; wait for their events."""

    def lookup_metadata(self, assets: Iterable[Asset], config: ClientConfig) -> Mapping[str, Metadata]:
        """Store facts by adam id; an id that the store does not show is absent."""

    def search_bundle_id(self, bundle_id: str, config: ClientConfig) -> list[Metadata]:
        """Public store entries with this bundle id in the location's country; empty where the look-up is not set up."""


class Mdm(Protocol):
    """An MDM, for one run and the units that the task names. Every method raises a VppError; none is retried by the
    caller. A method whose capability is missing is never called.

    Reads are complete or an error: half an answer is none. Devices are found by `MdmDevice.id`, which is unique over
    the units.
    """

    @property
    def name(self) -> str:
        """The product, as it stands in a sentence."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What it can do: the words of mdm.py."""

    def step_texts(self, facts: Mapping[str, str]) -> Mapping[str, StepText]:
        """The words for what a person must do in the MDM's console, by the keys of manual_steps.py. `facts` fill them:
        `tag`, `app`, `location`, `units`, `name`, `email`, `assignment` (`user` where licences are of people, else they
        are of devices); one that is missing is worded generally."""

    def read_units(self) -> list[Unit]:
        """The units of the task, sorted by id. A unit that the MDM doesn't show to us is an error. Read anew at each
        call; what else is read is of the units found last."""

    def read_accounts(self) -> list[LinkedAccount]:
        """ACCOUNTS: the locations linked to the MDM, sorted by id."""

    def read_devices(self) -> list[MdmDevice]:
        """DEVICES: every device of the units, sorted by unit and id. Read anew at each call."""

    def read_outside(self, serial_numbers: Sequence[str]) -> list[MdmDevice]:
        """DEVICES: what the MDM knows of these devices in units that are not the task's, as far as it shows them to us.
        Nothing is asked where the task is about all units."""

    def read_members(self, scopes: Sequence[Scope]) -> frozenset[str]:
        """SCOPES: ids of the devices in at least one of the scopes, as the MDM itself evaluates them."""

    def read_tags(self) -> frozenset[str]:
        """SCOPES: the tags that devices can have beside those that `read_devices` shows (those of their owners)."""

    def read_apps(
        self, devices: Sequence[MdmDevice], apps: Sequence[AppName]
    ) -> Mapping[str, Mapping[AppName, AppRecord]]:
        """APP_STATE: what became of these apps, by device id; an app without a record is absent. One request a device
        or so: ask for few."""

    def change_tags(self, changes: Sequence[TagChange]) -> None:
        """TAG_WRITE: makes the changes in order; an error stops what was not yet sent. Read again to see what came."""

    def send_commands(self, commands: Sequence[AppCommand]) -> list[VppError | None]:
        """INSTALL: sends each once, in order; for each its error, or None where it was accepted (not: done).

        An error that concerns all (key, throttling) stands for those not sent, too.
        """

    def ask_check_in(self, devices: Sequence[MdmDevice]) -> None:
        """CHECK_IN: asks the devices to report now; some may be off."""


class Clock(Protocol):
    """Time, injected so that tests need not wait. `monotonic` in seconds."""

    def now(self) -> datetime:
        """The time of day, with a time zone."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    def sleep(self, seconds: float) -> None:
        """Waits so many seconds."""


REQUESTS = "requests"
PAGES = "pages"
EVENTS = "events"
MAILS = "mails"
"""What a Meter counts."""


class Meter(Protocol):
    """Is told how far the work is, for whoever looks on. Called from several threads."""

    def count(self, what: str, done: int = 0, known: int = 0) -> None:
        """So many more are done, and so many more are known to be there to do (fewer, where it is negative)."""


class NoMeter:
    """Nobody looks on. Implements Meter."""

    def count(self, what: str, done: int = 0, known: int = 0) -> None:
        """Forgotten."""


class Notify(Protocol):
    """Tells the admin something that is not an error."""

    def warn(self, message: str) -> None:
        """One sentence."""

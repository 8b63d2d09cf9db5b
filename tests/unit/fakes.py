# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ports of the reconcile loop, written by hand: a small world, a log of every call, faults on demand."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    OutcomeUnknownError,
    ServiceError,
    VppError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    COMPLETE,
    FAILED,
    PENDING,
    UNKNOWN,
    UNLIMITED,
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
    Submitted,
    Walk,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.ports import AssignmentSink
from ansible_collections.openmdm.vpp.plugins.module_utils._core.token import ContentToken
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    RETIRE,
    SubmittedUsers,
    User,
    UserRequest,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes_users import FakeUsers, service_order

START = datetime(2030, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
UID = "7700000000000042"
LOCATION = "Harbour Street School"
FOR_EVER = math.inf
POLL = 30.0

TOKEN = ContentToken(Secret("b3V0ZXI="), datetime(2031, 3, 2, 9, 15, tzinfo=timezone.utc), "Harbour Street School")


class FakeClock:
    """Time that passes only in `sleep`, and at once."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        assert 0 <= seconds < FOR_EVER, "time.sleep would refuse it"
        self.elapsed += seconds


class FakeNotify:
    """Remembers what was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def warn(self, message: str) -> None:
        self.told.append(message)


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one request. Everything else goes as asked for.

    `error`: met in place of an answer; `processed` tells whether it was done all the same (lost answers). `stops`: the
    rest of the list is not sent. `fails`: targets that Apple refuses in the event, with `number`; `named` = whether it
    says which. `polls`: questions, one in half a minute, that are answered PENDING. `status`: how the event ends;
    `hollow`: with nothing done.
    """

    error: VppError | None = None
    processed: bool = False
    stops: bool = False
    fails: Collection[str] = ()
    number: int = 9609
    named: bool = True
    polls: float = 0
    status: str = COMPLETE
    hollow: bool = False


OK = Fault()
HOLLOW = Fault(hollow=True)
REFUSED = Fault(error=ServiceError("Cannot associate: an argument is not accepted (9602)", error_number=9602))
GONE = Fault(status=UNKNOWN)
GONE_UNDONE = Fault(status=UNKNOWN, hollow=True)
STUCK = Fault(polls=FOR_EVER)


def lost(processed: bool) -> Fault:
    return Fault(
        error=OutcomeUnknownError("Cannot associate: host vpp.example did not answer in time"),
        processed=processed,
        stops=True,
    )


def closed(error: VppError) -> Fault:
    return Fault(error=error, stops=True)


@dataclass(slots=True)
class Owned:
    """One product of the fake location, and who holds it. `total` None = unlimited."""

    total: int | None = 1000
    product_type: str = "App"
    device_assignable: bool = True
    revocable: bool = True
    platforms: tuple[str, ...] = ()
    devices: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)

    @property
    def assigned(self) -> int:
        return len(self.devices) + len(self.people)


@dataclass(slots=True)
class _Job:
    request: AssignmentRequest | UserRequest
    fault: Fault
    done_at: float
    event: Event | None = None

    @property
    def tasks(self) -> int:
        return len(self.request.users) if isinstance(self.request, UserRequest) else self.request.pairs


class FakeService:
    """Notes each call in `log`. `errors[name]` are raised by the next calls of a method (None = this call goes well).
    `before[name]` are run ahead of every call of a method: others at work."""

    def __init__(self) -> None:
        self.log: list[tuple[str, object]] = []
        self.errors: dict[str, deque[VppError | Exception | None]] = {}
        self.before: dict[str, Callable[[], None]] = {}

    def _called(self, name: str, detail: object = None) -> None:
        if name in self.before:
            self.before[name]()
        self.log.append((name, detail))
        waiting = self.errors.get(name)
        error = waiting.popleft() if waiting else None
        if error is not None:
            raise error


class FakeAppsBooks(FakeService):
    """Implements ports.AppsBooks.

    `faults` are met by the requests of `submit` and `submit_users` in order. `shaky` counts the walks that end
    unstable; such a walk loses the rows and people of `overlooked`. `counts` freezes assigned counts (they lag).
    `people` are those whom Apple knows; a licence needs an active record there.
    """

    def __init__(self, clock: FakeClock | None = None) -> None:
        super().__init__()
        self.clock = clock or FakeClock()
        self.owned: dict[AssetKey, Owned] = {}
        self.people = FakeUsers()
        self.config = ClientConfig(UID, LOCATION, "NZ", "volumestore", "https://school.example")
        self.service = ServiceConfig(Limits(), {}, ("ASSET_COUNT", "ASSET_MANAGEMENT", "USER_ASSOCIATED"))
        self.metadata: dict[str, Metadata] = {}
        self.public: list[Metadata] = []
        self.faults: deque[Fault] = deque()
        self.shaky = 0
        self.overlooked: set[str] = set()
        self.counts: dict[AssetKey, int] = {}
        self.config_after_write: ClientConfig | None = None
        self._jobs: dict[str, _Job] = {}

    # The world

    def own(
        self, adam_id: str, pricing_param: str = "STDQ", *, devices: Iterable[str] = (), **facts: object
    ) -> AssetKey:
        key = AssetKey(adam_id, pricing_param)
        self.owned[key] = Owned(devices=set(devices), **facts)  # type: ignore[arg-type]
        return key

    def holders(self, adam_id: str) -> set[str]:
        return set(self.owned[AssetKey(adam_id)].devices)

    def state(self) -> dict[AssetKey, frozenset[str]]:
        return {key: frozenset(asset.devices) for key, asset in self.owned.items()}

    def freeze_counts(self) -> None:
        self.counts = {key: asset.assigned for key, asset in self.owned.items()}

    # What was asked

    @property
    def calls(self) -> list[str]:
        return [name for name, _detail in self.log]

    @property
    def writes(self) -> list[str]:
        return [name for name in self.calls if name in ("submit", "submit_users", "write_client_config")]

    @property
    def sent(self) -> list[AssignmentRequest]:
        """The requests that went out, in order; those of a stopped list that didn't are not among them."""
        return [request for name, request in self.log if name == "request" and isinstance(request, AssignmentRequest)]

    @property
    def sent_users(self) -> list[UserRequest]:
        """As `sent`, of `submit_users`."""
        return [request for name, request in self.log if name == "request" and isinstance(request, UserRequest)]

    def sent_pairs(self, verb: str) -> list[tuple[str, str]]:
        return [
            (key.adam_id, serial)
            for request in self.sent
            if request.verb == verb
            for key in request.assets
            for serial in (*request.serial_numbers, *request.client_user_ids)
        ]

    # ports.AppsBooks

    def read_service_config(self) -> ServiceConfig:
        self._called("read_service_config")
        return self.service

    def read_client_config(self) -> ClientConfig:
        self._called("read_client_config")
        return self.config

    def write_client_config(self, change: ClientConfigChange) -> ClientConfig:
        wanted = self.config_after_write or replace(
            self.config,
            mdm_info=change.mdm_info or self.config.mdm_info,
            notification_url=_given(change.notification_url, self.config.notification_url),
            notification_auth_token=change.notification_auth_token or self.config.notification_auth_token,
            notification_types=_given(change.notification_types, self.config.notification_types),
        )
        fault = self.faults.popleft() if self.faults else OK
        if fault.error is None or fault.processed:
            self.config = wanted
        self._called("write_client_config", change)
        if fault.error is not None:
            raise fault.error
        return self.config

    def read_assets(self) -> tuple[list[Asset], Walk]:
        self._called("read_assets")
        return [self._asset(key, asset) for key, asset in sorted(self.owned.items())], self._walk(len(self.owned), 1)

    def walk_assignments(self, reads: Sequence[tuple[AssignmentQuery, AssignmentSink]]) -> list[Walk]:
        self._called("walk_assignments", [query for query, _sink in reads])
        self._settle()
        walks = []
        for query, sink in reads:
            shaky = self.shaky > 0
            rows = [row for row in self._rows(query) if not (shaky and row[2] in self.overlooked)]
            sink.begin()
            for start in range(0, len(rows), 1000):
                sink.page(rows[start : start + 1000])
            walks.append(self._walk(len(rows), len(rows) // 1000 + 1))
        return walks

    def read_version(self) -> str:
        """This world tells of no versions."""
        self._called("read_version")
        return ""

    def read_changes(self, since: str, sink: AssignmentSink, max_pages: int) -> Walk | None:
        self._called("read_changes", since)
        return None

    def submit(self, requests: Sequence[AssignmentRequest]) -> list[Submitted]:
        self._called("submit", list(requests))
        return self._send(requests, self._check, Submitted)

    def read_users(self, *, active_only: bool = True) -> tuple[list[User], Walk]:
        self._called("read_users", active_only)
        self._settle()
        shaky = self.shaky > 0
        found = [one for one in self.people.records if not (shaky and one.client_user_id in self.overlooked)]
        if active_only:
            found = [user for user in found if user.active]
        return service_order(found), self._walk(len(found), len(found) // 1000 + 1)

    def read_user(self, client_user_id: str) -> list[User]:
        self._called("read_user", client_user_id)
        self._settle()
        return service_order(self.people.of(client_user_id))

    def invitation_links(self, users: Sequence[User]) -> Mapping[str, Secret]:
        self._called("invitation_links", len(users))
        return {
            user.client_user_id: Secret(f"https://buy.itunes.apple.com/accept?inviteCode={user.invite_code.reveal()}")
            for user in users
            if user.invite_code is not None
        }

    def submit_users(self, requests: Sequence[UserRequest]) -> list[SubmittedUsers]:
        self._called("submit_users", list(requests))
        return self._send(requests, self._check_users, SubmittedUsers)

    def wait_for_events(self, event_ids: Sequence[str], *, poll_interval: float, timeout: float) -> list[Event]:
        assert event_ids, "a question about nothing"
        assert timeout >= 0
        self._called("wait_for_events", list(event_ids))
        deadline = self.clock.elapsed + timeout
        found = []
        for event_id in event_ids:
            job = self._jobs.get(event_id)
            if job is None:
                found.append(Event(event_id, UNKNOWN))
                continue
            ends = max(self.clock.elapsed, job.done_at)
            self.clock.elapsed = min(max(self.clock.elapsed, deadline), ends)
            if ends > deadline:
                found.append(Event(event_id, PENDING, job.request.verb.upper(), job.tasks))
                continue
            found.append(self._finish(event_id, job))
        return found

    def lookup_metadata(self, assets: Iterable[Asset], config: ClientConfig) -> Mapping[str, Metadata]:
        self._called("lookup_metadata")
        ids = {asset.key.adam_id for asset in assets}
        return {adam_id: entry for adam_id, entry in self.metadata.items() if adam_id in ids}

    def search_bundle_id(self, bundle_id: str, config: ClientConfig) -> list[Metadata]:
        self._called("search_bundle_id", bundle_id)
        return [entry for entry in self.public if entry.bundle_id == bundle_id]

    # Inside

    def _asset(self, key: AssetKey, asset: Owned) -> Asset:
        assigned = self.counts.get(key, asset.assigned)
        return Asset(
            key=key,
            product_type=asset.product_type,
            device_assignable=asset.device_assignable,
            revocable=asset.revocable,
            assigned_count=assigned,
            available_count=None if asset.total is None else max(0, asset.total - assigned),
            retired_count=0,
            total_count=UNLIMITED if asset.total is None else asset.total,
            supported_platforms=asset.platforms,
        )

    def _walk(self, rows: int, pages: int) -> Walk:
        shaky = self.shaky > 0
        self.shaky -= shaky
        return Walk("version", not shaky, pages, rows)

    def _rows(self, query: AssignmentQuery) -> Iterator[Row]:
        for key, asset in self.owned.items():
            if query.asset in (None, key):
                for serial in sorted(asset.devices):
                    if query.client_user_id is None and query.serial_number in (None, serial):
                        yield key.adam_id, key.pricing_param, serial, None
                for person in sorted(asset.people):
                    if query.serial_number is None and query.client_user_id in (None, person):
                        yield key.adam_id, key.pricing_param, None, person

    def _send(self, requests, check, done_of):  # type: ignore[no-untyped-def]
        result = []
        stopped = False
        for request in requests:
            if stopped:
                result.append(done_of(request))
                continue
            fault = self.faults.popleft() if self.faults else OK
            self.log.append(("request", request))
            stopped = fault.stops
            refused = check(request)
            if refused is not None or (fault.error is not None and not fault.processed):
                result.append(done_of(request, None, fault.error or refused))
                continue
            event_id = self._begin(request, fault)
            result.append(done_of(request, None, fault.error) if fault.error else done_of(request, event_id))
        return result

    def _check(self, request: AssignmentRequest) -> None:
        limits = self.service.limits
        assert 0 < len(set(request.assets)) == len(request.assets) <= limits.max_assets
        assert request.serial_numbers or request.client_user_ids
        assert len(set(request.serial_numbers)) == len(request.serial_numbers) <= limits.max_serial_numbers
        assert len(set(request.client_user_ids)) == len(request.client_user_ids) <= limits.max_client_user_ids
        for key in request.assets:
            wanted = self.owned[key].revocable
            if request.verb == ASSOCIATE:
                wanted = self.owned[key].device_assignable or not request.serial_numbers
            assert wanted, "Apple would refuse the whole request (9706, 9707)"

    def _check_users(self, request: UserRequest) -> VppError | None:
        ids = [user.client_user_id for user in request.users]
        assert 0 < len(set(ids)) == len(ids) <= self.service.limits.max_users
        return self.people.refusal(request)

    def _begin(self, request: AssignmentRequest | UserRequest, fault: Fault) -> str:
        event_id = f"event-{len(self._jobs) + 1}"
        job = self._jobs[event_id] = _Job(request, fault, self.clock.elapsed + fault.polls * POLL)
        if not fault.polls:
            self._finish(event_id, job)
        return event_id

    def _settle(self) -> None:
        """What Apple has finished by now is so, whether anybody asked or not."""
        for event_id, job in self._jobs.items():
            if job.event is None and job.done_at <= self.clock.elapsed:
                self._finish(event_id, job)

    def _finish(self, event_id: str, job: _Job) -> Event:
        if job.event is None:
            failures = [] if job.fault.hollow else self._do(job.request, job.fault)
            status = FAILED if failures and job.fault.status == COMPLETE else job.fault.status
            told = tuple(failures) if status == FAILED else ()
            job.event = Event(event_id, status, job.request.verb.upper(), job.tasks, 0, told)
        return job.event

    def _do(self, request: AssignmentRequest | UserRequest, fault: Fault) -> list[Failure]:
        if isinstance(request, UserRequest):
            failures = []
            for user in request.users:
                name = user.client_user_id
                number = fault.number if name in fault.fails else self.people.step(request.verb, user)
                if number:
                    failures.append(self._failure(fault, number, person=name))
                elif request.verb == RETIRE:
                    for asset in self.owned.values():
                        asset.people -= {name} if asset.revocable else set()
            return failures
        failures = []
        for key in request.assets:
            for serial in request.serial_numbers:
                if number := self._assign(request.verb, key, self.owned[key].devices, serial, fault):
                    failures.append(self._failure(fault, number, key, serial=serial))
            for person in request.client_user_ids:
                known = self.people.active(person) is not None
                number = self._assign(request.verb, key, self.owned[key].people, person, fault) if known else 9609
                if number:
                    failures.append(self._failure(fault, number, key, person=person))
        return failures

    def _assign(self, verb: str, key: AssetKey, holders: set[str], name: str, fault: Fault) -> int:
        asset = self.owned[key]
        if name in fault.fails:
            return fault.number
        if verb != ASSOCIATE:
            holders.discard(name)
        elif name not in holders and asset.total is not None and asset.assigned >= asset.total:
            return 9709
        else:
            holders.add(name)
        return 0

    @staticmethod
    def _failure(
        fault: Fault, number: int, key: AssetKey | None = None, *, serial: str = "", person: str = ""
    ) -> Failure:
        text = "not enough licences" if number == 9709 else "not possible"
        if not fault.named:
            return Failure(number, text)
        return Failure(
            number, text, *((name,) if name else () for name in (key.adam_id if key else "", serial, person))
        )


def _given(value, otherwise):  # type: ignore[no-untyped-def]
    return otherwise if value is None else value


def claim(config: ClientConfig, owner_id: str, name: str = "Another MDM", metadata: str = "x") -> ClientConfig:
    return replace(config, mdm_info=MdmInfo(owner_id, name, metadata))


def serials(number: int, start: int = 0) -> list[str]:
    return [f"DMPX{place:08d}" for place in range(start, start + number)]

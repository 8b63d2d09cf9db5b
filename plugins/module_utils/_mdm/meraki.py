# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connector of Cisco Meraki Systems Manager: implements ports.Mdm for one organisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._core import mdm
from .._core.errors import InputError, VppError
from .._core.manual_steps import StepText
from .._core.mdm import AppCommand, AppName, AppRecord, LinkedAccount, MdmDevice, TagChange, Unit
from .._core.model import Secret
from .._core.ports import Clock, Mdm, Meter
from .._core.scope import ALL, NONE, Scope
from .._http.address import checked_url, origin_of
from .._http.caller import Caller
from .._http.client import HttpClient
from .._http.dep import require_httpx
from .._http.pace import Book, Pacer, SystemClock
from .._http.shared_pace import shared_pace
from . import meraki_paths
from .meraki_codec import (
    DEVICE_FIELDS,
    decode_account,
    decode_device,
    decode_owner_tags,
    encode_page_size,
    encode_scope,
    encode_serial_numbers,
)
from .meraki_commands import Commands, ask_check_in, change_tags, chunks
from .meraki_hosts import check_base_url
from .meraki_session import MerakiSession
from .meraki_softwares_codec import decode_softwares
from .meraki_steps import step_texts
from .meraki_units import MerakiUnits
from .meraki_wire import ident

if TYPE_CHECKING:
    import httpx

CONNECTOR = "meraki"

CAPABILITIES = frozenset(
    {
        mdm.OWN_LICENSING,
        mdm.ACCOUNTS,
        mdm.TOKENS,
        mdm.DEVICES,
        mdm.SCOPES,
        mdm.TAG_WRITE,
        mdm.APP_STATE,
        mdm.INSTALL,
        mdm.CHECK_IN,
    }
)


@dataclass(frozen=True, slots=True)
class MerakiSettings:
    """`network_ids` None = all networks of Systems Manager that the key can see; `organization_id` empty = the only one
    that it can see. `timeout` of one exchange in seconds."""

    api_key: Secret
    base_url: str
    organization_id: str = ""
    network_ids: tuple[str, ...] | None = None
    requests_per_second: float = 3.0
    ca_path: str = ""
    proxy: str = field(default="", repr=False)
    timeout: float = 60.0


USER_AGENT = "OpenMDMVPP/0.1.0 OpenMDM"
"""In the form that the service asks for: application and vendor, neither of them Meraki's own name [K, X]."""

WIDTH = 4
"""Calls at once; the pace bounds how many depart."""

DEVICES_PER_PAGE = 1000
_FASTEST = 10.0
"""Requests a second of the whole organisation, over all that use its API [X]."""


@contextmanager
def connect(
    settings: MerakiSettings,
    clock: Clock,
    transport: httpx.BaseTransport | None = None,
    meter: Meter | None = None,
) -> Iterator[Mdm]:
    """A client for the length of a run. InputError for a setting that can't be used; nothing is sent yet."""
    require_httpx()
    base_url = check_base_url(settings.base_url)
    if not settings.timeout > 0:
        raise InputError("request_timeout must be above zero")
    if not 0 < settings.requests_per_second <= _FASTEST:
        raise InputError(f"meraki_requests_per_second must be above 0 and at most {_FASTEST:g}")
    pacer = Pacer(clock, settings.requests_per_second, _booking(base_url, settings.organization_id, clock))
    with (
        HttpClient(
            ca_path=settings.ca_path,
            proxy=settings.proxy,
            timeout=settings.timeout,
            user_agent=USER_AGENT,
            transport=transport,
        ) as http,
        ThreadPoolExecutor(WIDTH, thread_name_prefix="meraki") as pool,
    ):
        session = MerakiSession(Caller(http, pacer, clock, meter=meter), clock, base_url, settings.api_key)
        units = MerakiUnits(session, settings.organization_id, settings.network_ids)
        yield MerakiConnector(session, units, pool, devices_per_page=DEVICES_PER_PAGE)


def _booking(base_url: str, organization_id: str, clock: Clock) -> Book | None:
    """The cap is the organisation's [X], so all processes share one pace; but only where time is the machine's."""
    if not isinstance(clock, SystemClock):
        return None
    shared = shared_pace(CONNECTOR, origin_of(checked_url(base_url)), organization_id)
    return None if shared is None else shared.book


class MerakiConnector:
    """See ports.Mdm for the contract. Made by `connect`; to be used by one thread."""

    def __init__(
        self,
        session: MerakiSession,
        units: MerakiUnits,
        pool: ThreadPoolExecutor,
        *,
        devices_per_page: int,
    ) -> None:
        self._session = session
        self._units = units
        self._pool = pool
        self._per_page = encode_page_size(devices_per_page)

    @property
    def name(self) -> str:
        return "Systems Manager"

    @property
    def capabilities(self) -> frozenset[str]:
        return CAPABILITIES

    def step_texts(self, facts: Mapping[str, str]) -> Mapping[str, StepText]:
        return step_texts(facts)

    def read_units(self) -> list[Unit]:
        return self._units.units(anew=True)

    def read_accounts(self) -> list[LinkedAccount]:
        organization = self._units.organization()
        missing = (
            f"the organisation {organization} is not known, or the API key does not reach over the whole organisation; "
            "check meraki_organization_id and the key"
        )
        what = "read the linked VPP accounts"
        accounts = []
        for row in self._session.rows(meraki_paths.accounts(organization), what, missing=missing):
            account = decode_account(row)
            if account.token is None:  # the list may show less than the account by itself [S 18.2]
                path = meraki_paths.account(organization, account.id)
                one = self._session.row(path, f"read the VPP account {account.id}")
                account = decode_account({**row, **one})
            accounts.append(account)
        return sorted(accounts, key=lambda account: account.id)

    def read_devices(self) -> list[MdmDevice]:
        lists = self._pool.map(self._devices_of, self._units.units())
        found = {device.id: device for devices in lists for device in devices}
        return sorted(found.values(), key=lambda device: (device.unit, device.id))

    def read_outside(self, serial_numbers: Sequence[str]) -> list[MdmDevice]:
        parts = [encode_serial_numbers(part) for part in chunks(serial_numbers)]
        jobs = [(unit, part) for unit in self._units.others() for part in parts]
        lists = self._pool.map(lambda job: self._devices_of(*job), jobs)
        return sorted((device for devices in lists for device in devices), key=lambda device: (device.unit, device.id))

    def read_members(self, scopes: Sequence[Scope]) -> frozenset[str]:
        wanted = [scope for scope in dict.fromkeys(scopes) if scope.match != NONE]
        wanted = [scope for scope in wanted if scope.match == ALL][:1] or wanted
        jobs = [(unit, scope) for scope in wanted for unit in (self._units.units() if wanted else ())]
        return frozenset(member for members in self._pool.map(self._members_of, jobs) for member in members)

    def read_tags(self) -> frozenset[str]:
        """Owners are the organisation's, so that one network tells them all [D "Owners"]."""
        unit = self._units.units()[0]
        rows = self._session.rows(meraki_paths.owners(unit.id), f"read the owners in network {unit.name} ({unit.id})")
        return frozenset(tag for row in rows for tag in decode_owner_tags(row))

    def read_apps(
        self, devices: Sequence[MdmDevice], apps: Sequence[AppName]
    ) -> Mapping[str, Mapping[AppName, AppRecord]]:
        def read(device: MdmDevice) -> Mapping[AppName, AppRecord]:
            path = meraki_paths.softwares(device.unit, device.id)
            missing = "the device is not known (any more), or the API key has no right to see it"
            rows = self._session.rows(path, f"read the apps of device {device.id}", missing=missing)
            return decode_softwares(rows, apps, device.unit)

        records = list(self._pool.map(read, devices))
        return {device.id: found for device, found in zip(devices, records, strict=True)}

    def change_tags(self, changes: Sequence[TagChange]) -> None:
        change_tags(self._session, self._units, changes)

    def send_commands(self, commands: Sequence[AppCommand]) -> list[VppError | None]:
        self._units.units()  # a read finds the shard, so that no write has to be redirected
        return Commands(self._session, self._pool).send(commands)

    def ask_check_in(self, devices: Sequence[MdmDevice]) -> None:
        ask_check_in(self._session, self._units, devices)

    def _devices_of(self, unit: Unit, filters: Mapping[str, Sequence[str]] | None = None) -> list[MdmDevice]:
        what = f"read the devices of network {unit.name} ({unit.id})"
        params = {**self._per_page, **DEVICE_FIELDS, **(filters or {})}
        rows = self._session.rows(meraki_paths.devices(unit.id), what, params)
        return [decode_device(row, unit.id) for row in rows]

    def _members_of(self, job: tuple[Unit, Scope]) -> list[str]:
        unit, scope = job
        what = f"read which devices of network {unit.name} ({unit.id}) are in the scope {scope}"
        rows = self._session.rows(meraki_paths.devices(unit.id), what, {**self._per_page, **encode_scope(scope)})
        return [ident(row, what, "id") for row in rows]

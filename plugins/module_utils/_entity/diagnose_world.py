# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a diagnosis reads whatever the app: the devices and people of the task, their licences, and earlier grants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from .._core.diagnose_device import DeviceView
from .._core.diagnose_person import PersonView
from .._core.diagnosis import Unread
from .._core.mdm import MdmDevice
from .._core.model import Asset, ClientConfig
from .._core.people_row import folded, is_address
from .._core.state_ports import State
from .._core.targets import DEVICES, USERS
from .._core.user_model import Person
from .diagnose_apple import EarlierWork, Holders, read_earlier_work
from .diagnose_mdm import MdmReads, Subjects
from .diagnose_people import KnownToAll, count_owned, read_people
from .diagnose_request import NO_STATE_DIR, AppleSide, DiagnoseRequest, tried

NAMED, OWNER = "users", "owner"


@dataclass(frozen=True, slots=True)
class World:
    """`people`: those whom the task names, one Unread for all where Apple's list could not be read. `owners`: of its
    devices, by folded address, None = the devices' own licences count."""

    devices: tuple[DeviceView, ...]
    people: tuple[PersonView | Unread, ...]
    owners: Mapping[str, PersonView] | Unread | None
    holders: Holders
    work: EarlierWork

    def owner_of(self, device: MdmDevice) -> PersonView | Unread | None:
        """None = nobody whose licence could serve it."""
        address = owner_address(device)
        if not address or self.owners is None:
            return None
        return self.owners if isinstance(self.owners, Unread) else self.owners[address]


def owner_address(device: MdmDevice) -> str:
    """Folded; empty = the MDM tells none that is an address."""
    return folded(device.owner) if is_address(device.owner.strip()) else ""


def read_world(
    apple: AppleSide,
    mdm: MdmReads,
    request: DiagnoseRequest,
    config: ClientConfig,
    assets: Sequence[Asset],
    owned: Sequence[Asset],
) -> World:
    subjects = mdm.subjects()
    linked = mdm.linked(config.uid, apple.token.secret, apple.clock.now(), subjects.fleet)
    devices = tuple(
        replace(view, linked=(linked or {}).get(view.device.unit)) if isinstance(view.device, MdmDevice) else view
        for view in subjects.devices
    )
    named = request.people.people if request.people is not None else ()
    enrolled = [view.device for view in devices if isinstance(view.device, MdmDevice)]
    addresses = dict.fromkeys(owner_address(device) for device in enrolled) if request.by_owner else {}
    owners = [Person(0, email=address) for address in addresses if address]
    with ExitStack() as stack:
        state = _open_state(stack, apple, config)
        users = read_people(apple.api, [*named, *owners])
        people: tuple[PersonView | Unread, ...]
        by_address: Mapping[str, PersonView] | Unread | None
        if isinstance(users, Unread):
            people, by_address = (users,) * bool(named), users if request.by_owner else None
        else:
            known = KnownToAll(config.uid, users, _owned(subjects), state)
            source = request.people.source if request.people else NAMED
            people = tuple(known.views(named, source=source, unit=request.people.unit if request.people else "item"))
            by_address = known.by_address(owners) if request.by_owner else None
        holders, unserved = _read_holders(apple, request, devices, people, by_address, assets, owned)
        work = read_earlier_work(apple.api, state, needed=unserved)
    return World(devices, people, by_address, holders, work)


def _open_state(stack: ExitStack, apple: AppleSide, config: ClientConfig) -> State | Unread:
    memory = apple.memory
    if memory is None:
        return NO_STATE_DIR
    return tried("state_dir was not read", lambda: stack.enter_context(memory.open(config.uid)))


def _owned(subjects: Subjects) -> Mapping[str, int] | Unread:
    fleet = subjects.fleet
    if isinstance(fleet, Unread):
        return fleet
    return count_owned(device for device in fleet.devices.values() if device.id not in fleet.older)


def _read_holders(
    apple: AppleSide,
    request: DiagnoseRequest,
    devices: Iterable[DeviceView],
    people: Iterable[PersonView | Unread],
    owners: Mapping[str, PersonView] | Unread | None,
    assets: Sequence[Asset],
    owned: Sequence[Asset],
) -> tuple[Holders, bool]:
    """And whether anybody lacks a licence."""
    serials = [] if request.by_owner else [view.serial_number for view in devices if view.serial_number]
    persons = [*people, *(owners.values() if isinstance(owners, Mapping) else ())]
    ids = list(dict.fromkeys(one.client_user_id for one in persons if isinstance(one, PersonView) and one.user))
    holders = Holders(serials, ids)
    if not assets or not (serials or ids):
        return holders, False
    holders.read(apple.api, assets, owned)
    targets = [*((DEVICES, one) for one in serials), *((USERS, one) for one in ids)]
    return holders, not all(holders.holds(kind, asset.key, one) is True for asset in assets for kind, one in targets)

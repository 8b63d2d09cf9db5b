# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of a diagnosis: those that the task names and the owners of its devices, each as Apple, the memory and the
MDM know him."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from .._core.diagnose_person import NO_STATE, PersonView
from .._core.diagnosis import Unread
from .._core.known_people import KnownPeople
from .._core.mdm import MdmDevice
from .._core.people_row import folded
from .._core.person_id import person_id
from .._core.ports import AppsBooks
from .._core.resolve_people import resolve_people
from .._core.state_ports import Invitation, State
from .._core.user_model import REGISTERED, Person, User
from .diagnose_request import NO_STATE_DIR, tried
from .find_people import ONE_BY_ONE
from .people_memory import open_mails

UNSTABLE = Unread("Apple's list of people kept changing while it was read")


class KnownToAll:
    """All that is known of people. `fleet`: the devices of the MDM by owner, or why they are not known."""

    def __init__(
        self, location_uid: str, users: Sequence[User], fleet: Mapping[str, int] | Unread, state: State | Unread
    ) -> None:
        self._uid, self._fleet, self._state = location_uid, fleet, state
        self._known = KnownPeople(location_uid, users)
        self._former = {user.client_user_id for user in users if not user.active}

    def views(self, people: Iterable[Person], *, source: str, unit: str) -> list[PersonView]:
        """In the order given, each Apple user once. One without an id is called by the place in `source`, which counts
        in `unit`."""
        found: dict[str, PersonView] = {}
        for person in people:
            view = self._view(person, f"The person of {source}, {unit} {person.line},")
            found.setdefault(view.client_user_id or view.label, view)
        mailed = self._mails([view.user for view in found.values() if view.user is not None])
        return [self._complete(view, mailed) for view in found.values()]

    def by_address(self, people: Sequence[Person]) -> dict[str, PersonView]:
        """The same for people with an address that is folded already, by it."""
        found = {person.email: self._view(person, "Its owner") for person in people}
        mailed = self._mails([view.user for view in found.values() if view.user is not None])
        return {address: self._complete(view, mailed) for address, view in found.items()}

    def _view(self, person: Person, place: str) -> PersonView:
        chosen = resolve_people(self._known, [person])
        user = next(iter(chosen.users.values()), None)
        if user is not None:
            return PersonView(user.client_user_id, user.client_user_id, user.email or person.email, user)
        key = person.client_user_id or person_id(self._uid, person.email)
        former = key in self._former
        several = len(self._known.of_address(person.email)) if chosen.ambiguous else 0
        own = person.client_user_id or (key if former else "")
        return PersonView(own or place, own, person.email, former=former, several=several)

    def _mails(self, users: Sequence[User]) -> Mapping[str, Invitation] | Unread:
        waiting = [user for user in users if user.status == REGISTERED]
        if isinstance(self._state, Unread):
            return NO_STATE if self._state is NO_STATE_DIR else self._state
        return tried("the memory of mails was not read", partial(open_mails, self._state.invitations, waiting))

    def _complete(self, view: PersonView, mailed: Mapping[str, Invitation] | Unread) -> PersonView:
        mails = mailed if isinstance(mailed, Unread) else mailed.get(view.client_user_id)
        fleet = self._fleet
        devices = fleet if isinstance(fleet, Unread) else fleet.get(folded(view.email), 0) if view.email else 0
        return PersonView(
            view.label, view.client_user_id, view.email, view.user, view.former, view.several, mails, devices
        )


def read_people(api: AppsBooks, people: Sequence[Person]) -> list[User] | Unread:
    """Their records, retired ones too, in as few requests as can be. In a list that kept changing, who isn't there may
    have been missed, so it tells nothing."""
    if not people:
        return []
    answer = tried("Apple's list of people was not read", partial(_read, api, people))
    return UNSTABLE if answer is None else answer


def _read(api: AppsBooks, people: Sequence[Person]) -> list[User] | None:
    ids = {person.client_user_id for person in people}
    if "" not in ids and len(ids) <= ONE_BY_ONE:
        return [user for key in sorted(ids) for user in api.read_user(key)]
    users, walk = api.read_users(active_only=False)
    return users if walk.stable else None


def count_owned(devices: Iterable[MdmDevice]) -> dict[str, int]:
    """How many of these devices each owner has, by folded address."""
    counts: dict[str, int] = {}
    for device in devices:
        owner = folded(device.owner)
        if owner:
            counts[owner] = counts.get(owner, 0) + 1
    return counts

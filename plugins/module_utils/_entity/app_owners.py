# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the owners of devices are to Apple: who they are, and which devices their licences serve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._core.app_model import Devices
from .._core.app_owners import OwnedDevices, match_owners
from .._core.mdm import AppName, MdmDevice
from .._core.ports import AppsBooks, Notify
from .._core.targets import USERS
from .._core.user_model import User
from .app_apple import AppleView, read_holders


class Owners:
    """The owners of devices for one task. The people of the location are read once, and only if somebody asks."""

    def __init__(self, api: AppsBooks, notify: Notify) -> None:
        self._api, self._notify = api, notify
        self._users: list[User] | None = None

    def match(self, devices: Iterable[MdmDevice]) -> OwnedDevices:
        """Whose licences serve these devices."""
        listed = list(devices)
        # Where no device has an owner there is nothing to ask.
        return match_owners(listed, self._people() if any(device.owner for device in listed) else ())

    def served(self, view: AppleView, owned: OwnedDevices, names: Sequence[AppName]) -> Mapping[AppName, Devices]:
        """The devices whose owner holds a licence of each app."""
        people = sorted(set(owned.people.values()))
        holders = read_holders(self._api, view, people, names, self._notify, kind=USERS)
        return {
            name: frozenset(key for key, person in owned.people.items() if person in found)
            for name, found in holders.items()
        }

    def _people(self) -> list[User]:
        if self._users is None:
            self._users, walk = self._api.read_users()
            if not walk.stable:
                self._notify.warn(
                    "Apple's list of people kept changing while it was read; an owner who was missed by it counts as "
                    "unknown. Run the task again."
                )
        return self._users

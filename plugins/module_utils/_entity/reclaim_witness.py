# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an MDM and Apple's list of people tell of those who hold licences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .._core.eligibility import is_unseen
from .._core.errors import BrakeError, ServiceError
from .._core.holdings import Holdings
from .._core.identity import usable_serial_number
from .._core.model import AssetKey
from .._core.ports import AppsBooks, Mdm, Notify
from .._core.reclaim_model import (
    DOUBLY_LICENSED,
    OF_MDM,
    OF_PEOPLE,
    RETIRED_PERSON,
    TAKE_DEVICES,
    UNKNOWN_DEVICE,
    UNSEEN_DEVICE,
    Evidence,
    OwnedDevice,
    Unused,
)
from .._core.user_model import Person
from .out_of_scope import moved_elsewhere
from .owners_in_scope import devices_by_owner
from .reclaim_people import NOBODY, PeopleSeen, see_people
from .scope import Fleet, read_fleet


@dataclass(frozen=True, slots=True)
class ReclaimQuestion:
    """What is asked of holders. `unseen_days`: after how many days without a report a device counts as unseen;
    `listed`: the admin's people, `kept`: those who keep all; `take_from`: see Evidence."""

    reasons: frozenset[str]
    take_from: str
    unseen_days: int = 0
    listed: tuple[Person, ...] = ()
    kept: tuple[Person, ...] = ()

    @property
    def asks_mdm(self) -> bool:
        return not OF_MDM.isdisjoint(self.reasons)

    @property
    def asks_people(self) -> bool:
        return not OF_PEOPLE.isdisjoint(self.reasons)


class _Unheard:
    """What is warned of was warned of at the first read already. Implements Notify."""

    def warn(self, message: str) -> None:
        """Forgotten."""


class Witness:
    """For one task. `mdm` None = no reason needs one."""

    def __init__(
        self, api: AppsBooks, mdm: Mdm | None, question: ReclaimQuestion, notify: Notify, now: datetime
    ) -> None:
        self._api, self._mdm, self._question = api, mdm, question
        self._notify, self._now = notify, now
        self._fleet: Fleet | None = None
        self._moved: frozenset[str] = frozenset()
        self.people: PeopleSeen = NOBODY

    def look(self, location_uid: str) -> None:
        """Reads what is needed, and nothing else. Raises BrakeError for an MDM that knows no device at all."""
        question = self._question
        if question.asks_mdm and self._mdm is not None:
            self._fleet = read_fleet(self._mdm, self._notify)
            if not self._fleet.latest:
                raise BrakeError(
                    f"{self._mdm.name} lists no device with a serial number, by which every holder would look unused: "
                    "that is more often a wrong network or a key without rights than an empty fleet; nothing was "
                    "changed. Correct the options of the connector.",
                )
        if question.asks_people:
            self.people = see_people(
                self._api, location_uid, question.listed, question.kept, retired=RETIRED_PERSON in question.reasons
            )

    def evidence(self, holdings: Holdings, keys: Iterable[AssetKey]) -> Evidence:
        """What is known of the holders of these assets. Units that are not the task's are asked about those only who
        would lose something."""
        fleet = self._fleet
        asked = {UNKNOWN_DEVICE, UNSEEN_DEVICE} & self._question.reasons
        if fleet is not None and asked and self._mdm is not None:
            bits = 0
            for key in keys:
                bits |= holdings.devices(key)
            unseen = self._unseen(fleet) if UNSEEN_DEVICE in asked else frozenset()
            doubtful = [
                name for name in holdings.device_index.names(bits) if name not in fleet.latest or name in unseen
            ]
            self._moved = frozenset(moved_elsewhere(self._mdm, fleet.latest, doubtful)) if doubtful else frozenset()
        return self._told(fleet)

    def days_unseen(self, serial_number: str) -> int | None:
        """Whole days since a device reported; None = it isn't known, or not told."""
        device = self._fleet.latest.get(serial_number) if self._fleet else None
        seen = device.last_seen if device else None
        return None if seen is None else max(0, (self._now - seen).days)

    def confirmed(self) -> Evidence | None:
        """The same evidence with devices that were read once more; None = no device speaks in it."""
        return None if self._mdm is None or self._fleet is None else self._told(read_fleet(self._mdm, _Unheard()))

    def contradiction(self, doubtful: int) -> ServiceError:
        """For pairs that a first answer would have taken back and a second one would not."""
        name = self._mdm.name if self._mdm else "the MDM"
        return ServiceError(
            f"{doubtful} licences would come back by one answer of {name}, and not by another a moment later; nothing "
            "was changed. An answer may have been cut off, or devices were enrolled, reported or changed hands "
            "meanwhile; run the task again.",
            facts={"doubtful_removals": doubtful},
        )

    def _told(self, fleet: Fleet | None) -> Evidence:
        question, people = self._question, self.people
        told = Evidence(
            question.reasons,
            active=people.active,
            retired=people.retired,
            listed=people.listed,
            take_from=question.take_from,
        )
        if fleet is None:
            return told
        return replace(
            told,
            known=[*fleet.latest, *self._moved],
            unseen=self._unseen(fleet) - self._moved,
            owned=self._owned(fleet) if DOUBLY_LICENSED in question.reasons else {},
        )

    def _unseen(self, fleet: Fleet) -> frozenset[str]:
        days = self._question.unseen_days
        return frozenset(serial for serial, one in fleet.latest.items() if days and is_unseen(one, self._now, days))

    def _owned(self, fleet: Fleet) -> Mapping[str, tuple[OwnedDevice, ...]]:
        """By person. A licence of a person who has not accepted serves no device, so none is spared for it."""
        people = self.people
        result = {}
        for email, devices in devices_by_owner(fleet).items():
            person = people.owners.get(email, "")
            if person and (self._question.take_from != TAKE_DEVICES or person in people.accepted):
                result[person] = tuple(
                    OwnedDevice(usable_serial_number(device.serial_number), device.platform)
                    for device in devices
                    if device.platform
                )
        return result


def unconfirmed(taken: Mapping[str, Mapping[str, Mapping[AssetKey, int]]], second: Unused) -> int:
    """Pairs that would be taken, by kind, reason and asset, for what the MDM says, and that a second look doesn't bear
    out."""
    return sum(
        (bits & ~second.of(kind, key)).bit_count()
        for kind, reasons in taken.items()
        for reason, assets in reasons.items()
        if reason in OF_MDM
        for key, bits in assets.items()
    )

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a licence task is asked for, its targets of one kind, and the plan that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .._core.identity import AssetSelector
from .._core.license_model import PRESENT, LicenseGoal, LicensePlan
from .._core.model import Asset, AssignmentRequest, ClientConfig, Limits, Metadata
from .._core.targets import DEVICES, USERS, TargetIndex
from .find_people import FoundPeople, NamedPeople
from .mdm_side import MdmSide
from .out_of_scope import OutOfScope
from .scope import ScopedDevices


@dataclass(frozen=True, slots=True)
class LicenseRequest:
    """What the task asks for, of devices or of `people`.

    `goal` holds all that needs no numbering of targets; the serial numbers are in their stated order;
    `known_serial_numbers` None = every holder is known; `approved` is the parsed plan file. `scoped` (of devices),
    `out_of_scope`: where they come from a scope; `mdm`: where one works with the same location.
    """

    selectors: tuple[AssetSelector, ...]
    serial_numbers: tuple[str, ...]
    goal: LicenseGoal
    keep_serial_numbers: tuple[str, ...] = ()
    keep_adam_ids: frozenset[str] = frozenset()
    known_serial_numbers: tuple[str, ...] | None = None
    approved: object = None
    events: tuple[str, ...] = ()
    scoped: ScopedDevices | None = None
    out_of_scope: OutOfScope | None = None
    mdm: MdmSide | None = None
    people: NamedPeople | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan ready to be applied, with what the report needs. `unseen`: devices not seen for long, as bits.
    `over_limit`: people with more devices than one account may have, None = nobody counted them."""

    config: ClientConfig
    license: LicensePlan
    index: TargetIndex
    limits: Limits
    owned: tuple[Asset, ...]
    metadata: Mapping[str, Metadata]
    document: dict[str, object]
    writes: tuple[AssignmentRequest, ...]
    unseen: int = 0
    people: FoundPeople | None = None
    over_limit: tuple[str, ...] | None = None

    @property
    def changed(self) -> bool:
        return self.license.changed


@dataclass(frozen=True, slots=True)
class Targets:
    """Targets of one kind by name, in the order in which they get licences. `waiting`: those that keep what they hold
    and get nothing. `known`: the universe of `exclusive`, None = everything."""

    kind: str
    names: tuple[str, ...]
    waiting: frozenset[str] = frozenset()
    keep: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None
    platforms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def number(self, goal: LicenseGoal, index: TargetIndex, owned: list[Asset], kept: frozenset[str]) -> LicenseGoal:
        """The goal over an index that begins with the targets. `kept`: adam ids that are never taken back."""
        wanted = index.bits(self.names)
        return replace(
            goal,
            kind=self.kind,
            wanted=wanted,
            waiting=index.bits(sorted(self.waiting)),
            keep=index.bits(self.keep),
            keep_assets=frozenset(asset.key for asset in owned if asset.key.adam_id in kept),
            known=None if self.known is None else index.bits(self.known) | wanted,
            platforms={platform: index.bits(serials) for platform, serials in self.platforms.items()},
        )


def targets_of(request: LicenseRequest, people: FoundPeople | None) -> Targets:
    """The targets of a request; `people` as they were found, where it is about them."""
    if people is None:
        return Targets(
            DEVICES,
            request.serial_numbers,
            keep=request.keep_serial_numbers,
            known=request.known_serial_numbers,
            platforms=request.scoped.platforms if request.scoped else {},
        )
    # From somebody who may or may not be meant nothing is taken.
    others = sorted(people.waiting - people.users.keys()) if request.goal.state == PRESENT else []
    return Targets(USERS, (*people.users, *others), people.waiting, people.keep, people.known)

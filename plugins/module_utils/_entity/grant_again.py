# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives people again what a reissue took from them, once they have accepted with another Apple Account."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._core.bits import take
from .._core.invitation_model import GRANT, InvitationPart, InvitationPlan
from .._core.license_model import AssetPlan, LicensePlan, available_licences
from .._core.model import ASSOCIATE, AssetKey, Limits
from .._core.ports import AppsBooks, Clock
from .._core.targets import USERS, TargetIndex
from .applied_license import Applied
from .apply_license import LicenseWriter, Polling, writes
from .invitation_memory import InvitationMemory
from .leavers import Belongings

Pair = tuple[str, AssetKey]


@dataclass(frozen=True, slots=True)
class Grants:
    """`license`: what is given. `over`: pairs of which nothing is to be given any more, as the person holds it, or as
    the location no longer owns it. `short`: licences that are not free."""

    license: LicensePlan
    index: TargetIndex
    over: tuple[Pair, ...] = ()
    short: int = 0

    def pairs(self, left: dict[AssetKey, int]) -> list[Pair]:
        """Those of the plan, but for `left`."""
        return [
            (name, part.asset.key)
            for part in self.license.assets
            for name in self.index.names(part.add & ~left.get(part.asset.key, 0))
        ]


def plan_grants(plan: InvitationPlan, belongings: Belongings) -> tuple[InvitationPlan, Grants]:
    """The plan with nothing in it that is so already, and the licences to give. Who comes first in the list gets the
    licence first where they are short."""
    wanted = plan.of(GRANT)
    index = TargetIndex(part.client_user_id for part in wanted)
    over: list[Pair] = []
    assets: list[AssetPlan] = []
    short = 0
    for key in sorted({key for part in wanted for key in part.grants}):
        names = [part.client_user_id for part in wanted if key in part.grants]
        asset = belongings.assets.get(key)
        if asset is None:
            over += [(name, key) for name in names]
            continue
        have = index.bits(belongings.holders.get(key, frozenset()) & frozenset(names))
        over += [(name, key) for name in index.names(have)]
        missing = index.bits(names) & ~have
        free = available_licences(asset)
        add = missing if free is None or missing.bit_count() <= free else take(missing, free)
        short += missing.bit_count() - add.bit_count()
        assets.append(AssetPlan(asset, have, add=add))
    grants = Grants(LicensePlan(USERS, tuple(assets), False, ()), index, tuple(over), short)
    given: dict[str, set[AssetKey]] = {}
    for name, key in grants.pairs({}):
        given.setdefault(name, set()).add(key)
    return replace(plan, parts=tuple(_reduced(part, given) for part in plan.parts)), grants


def _reduced(part: InvitationPart, given: dict[str, set[AssetKey]]) -> InvitationPart:
    if part.action != GRANT:
        return part
    keys = frozenset(given.get(part.client_user_id, ()))
    return replace(part, grants=keys, action=GRANT if keys else "")


def apply_grants(
    api: AppsBooks, polling: Polling, clock: Clock, grants: Grants, limits: Limits, memory: InvitationMemory, pages: int
) -> Applied:
    first = writes(ASSOCIATE, grants.license.need(ASSOCIATE), grants.index, limits, USERS)
    return LicenseWriter(api, polling, clock, grants.license, grants.index, limits, first, memory, pages).run()


def not_given(applied: Applied) -> dict[AssetKey, int]:
    """Pairs of the plan that were not so at the last read; all of them where nobody looked."""
    found = dict(applied.left[ASSOCIATE])
    for key, bits in applied.dropped.get(ASSOCIATE, {}).items():
        found[key] = found.get(key, 0) | bits
    return found

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Present holders + what is wanted -> what to grant and what to take back. Whether that may be done: brakes.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .bits import take
from .errors import AssetError
from .holdings import Holdings
from .identity import samples
from .license_model import (
    ABSENT,
    BAD_ROWS,
    ELSEWHERE,
    IRREVOCABLE,
    KEPT,
    NO_LICENCE,
    NOT_DEVICE_ASSIGNABLE,
    ORPHAN,
    PRESENT,
    UNSTABLE,
    UNSUPPORTED_PLATFORM,
    AssetPlan,
    LicenseGoal,
    LicensePlan,
    asset_label,
    available_licences,
)
from .license_warnings import removal_warnings, skipped_warnings
from .model import Asset, AssetKey
from .targets import DEVICES, ONE, USERS, WORDS
from .words import counted


def plan_license(
    assets: Sequence[Asset],
    holdings: Holdings,
    goal: LicenseGoal,
    unstable: Collection[AssetKey] | bool = False,
    names: Mapping[str, str] | None = None,
) -> LicensePlan:
    """The plan for `assets`, from a read made by this very task.

    `unstable` names the assets (True: all) whose walk never met one versionId: additions go ahead on what was seen,
    removals are left out and counted [design, rule on versionId]. Raises AssetError when an asset that was named can't
    be granted to devices. `names` of the store by adam id are for the sentences only.
    """
    names = names or {}
    ordered = sorted({asset.key: asset for asset in assets}.values(), key=lambda asset: asset.key)
    blocked = [asset for asset in ordered if _blocked(asset, goal)]
    if blocked and goal.state == PRESENT and not goal.all_assets:
        shown = samples(f"{asset_label(asset.key, names)} ({asset.product_type})" for asset in blocked)
        raise AssetError(
            f"assets: {shown} can't be assigned to devices; take it out of the list (books always go to people).",
            facts={"assets": [str(asset.key) for asset in blocked[:100]]},
        )
    parts = []
    for asset in ordered:
        wavering = unstable if isinstance(unstable, bool) else asset.key in unstable
        parts.append(_plan_asset(asset, holdings.holders(goal.kind, asset.key), goal, wavering))
    removals_first = any(
        part.add and part.remove and part.add.bit_count() > (available_licences(part.asset) or 0)
        for part in parts
        if not part.asset.unlimited
    )
    return LicensePlan(goal.kind, tuple(parts), removals_first, _warnings(parts, holdings, goal, names), names)


def _plan_asset(asset: Asset, have: int, goal: LicenseGoal, unstable: bool) -> AssetPlan:
    skipped: dict[str, int] = {}

    def skip(reason: str, bits: int) -> None:
        if bits:
            skipped[reason] = skipped.get(reason, 0) + bits.bit_count()

    excess, add, already = 0, 0, 0
    if goal.state == ABSENT:
        excess, already = have & goal.wanted, (goal.wanted & ~have).bit_count()
    elif _blocked(asset, goal):
        skip(NOT_DEVICE_ASSIGNABLE, goal.wanted & ~have)
    else:
        unfit = _unfit(asset, goal.platforms)
        skip(UNSUPPORTED_PLATFORM, goal.wanted & ~have & unfit)
        add, already = goal.wanted & ~have & ~unfit & ~goal.waiting, (goal.wanted & have).bit_count()
    reach = have
    if goal.state == PRESENT and goal.exclusive:
        excess = have & ~goal.wanted
        if goal.known is not None and not goal.orphans:
            reach &= goal.known
            skip(ORPHAN, excess & ~goal.known)
            excess &= goal.known

    # Each reason takes its pairs out of the removal; the first that applies is the one told.
    kept = excess if asset.key in goal.keep_assets else excess & goal.keep
    moved = excess & ~kept & goal.elsewhere
    leaving = excess & ~kept & ~moved
    skip(KEPT, kept)
    skip(ELSEWHERE, moved)
    # One pair that Apple refuses (9706, 9707) would void the whole request that it is packed into.
    fixed = NOT_DEVICE_ASSIGNABLE if _blocked(asset, goal) else "" if asset.revocable else IRREVOCABLE
    unread = goal.unread and goal.state == PRESENT
    withheld = fixed or (BAD_ROWS if unread else UNSTABLE if unstable else "")
    skip(withheld, leaving if withheld else 0)
    remove = 0 if withheld else leaving

    short = 0
    available = available_licences(asset)
    if add and available is not None:
        # What this plan takes back can be granted again: associations only follow once the removals are complete.
        free = available + remove.bit_count()
        short = max(0, add.bit_count() - free)
        if short and goal.shortage == "partial":
            add = take(add, free)
            skipped[NO_LICENCE] = short
    awaited, add = (add, 0) if goal.by_mdm else (0, add)
    holders, covered = (0, 0) if fixed else (reach.bit_count(), (reach if unread else reach & ~leaving).bit_count())
    return AssetPlan(asset, have, add, remove, already, short, holders, covered, skipped, awaited)


def _blocked(asset: Asset, goal: LicenseGoal) -> bool:
    return goal.kind == DEVICES and not asset.device_assignable


def _unfit(asset: Asset, platforms: Mapping[str, int]) -> int:
    """Targets known to be of a platform, and of none that the asset supports; no list of platforms = no objection."""
    if not asset.supported_platforms:
        return 0
    known, fit = 0, 0
    for platform, bits in platforms.items():
        known |= bits
        if platform in asset.supported_platforms:
            fit |= bits
    return known & ~fit


def _warnings(
    parts: Sequence[AssetPlan], holdings: Holdings, goal: LicenseGoal, names: Mapping[str, str]
) -> tuple[str, ...]:
    result = []
    other = USERS if goal.kind == DEVICES else DEVICES
    words = (WORDS[goal.kind], WORDS[other])
    mixed = [
        f"{asset_label(part.asset.key, names)}: {counted(part.after.bit_count(), ONE[goal.kind], words[0])}, "
        f"{counted(others, ONE[other], words[1])}"
        for part in parts
        if part.after and (others := holdings.holders(other, part.asset.key).bit_count())
    ]
    if mixed:
        result.append(
            f"Licensed both to devices and to people, which costs a licence each: {samples(mixed)}; "
            f"this task leaves those of {words[1]} alone."
        )
    texts = {
        IRREVOCABLE: "Licences that can't be taken back, since the asset isn't revocable",
        ORPHAN: f"Licences of {words[0]} that aren't among the known ones, left alone (unless 'orphans: true')",
        ELSEWHERE: f"Licences of {words[0]} that are in another unit of the MDM now, left to the tasks for that one",
        UNSTABLE: "Licences not taken back, since the list changed while it was read (run the task again)",
        NO_LICENCE: f"{words[0].capitalize()} that go without, since no licence is left for them",
    }
    result += skipped_warnings(parts, names, texts)
    if removals := removal_warnings(parts):
        result += removals
        if goal.exclusive:
            result.append(
                "'exclusive' takes the assets from every holder that this task doesn't name: a second task for the "
                f"same assets with other {'targets' if goal.kind == DEVICES else 'people'} would strip those of the "
                "first, so unite them in one task, or give each a 'within' of its own."
            )
    return tuple(result)

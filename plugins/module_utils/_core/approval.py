# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of a licence plan as text: for a report, for a diff, and as a file that a later run must keep to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .bits import take
from .digest import digest_in_order
from .errors import BrakeError, InputError
from .identity import samples
from .license_model import LicensePlan
from .model import ASSOCIATE, DISASSOCIATE, AssetKey
from .targets import DEVICES, USERS, TargetIndex
from .words import counted

FORMAT = "openmdm.vpp plan"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb on one asset for many targets of one kind."""

    verb: str
    asset: AssetKey
    kind: str
    targets: tuple[str, ...]


def iter_operations(plan: LicensePlan, index: TargetIndex) -> Iterator[Operation]:
    """What the plan does, by asset and verb, targets in index order."""
    for part in plan.assets:
        for verb, bits in ((DISASSOCIATE, part.remove), (ASSOCIATE, part.add)):
            if bits:
                yield Operation(verb, part.asset.key, plan.kind, tuple(index.names(bits)))


def diff_license(plan: LicensePlan, index: TargetIndex, limit: int = 100) -> dict[str, dict[str, object]]:
    """`before` and `after` of the assets that change: number of holders, and who is taken from and given to.

    Each asset has an equal share of the `limit` of names, and what is cut is said.
    """
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    touched = [part for part in plan.assets if part.add or part.remove][:limit]
    share = max(1, limit // max(1, 2 * len(touched)))
    for part in touched:
        label = plan.label(part.asset.key)
        for side, holders, verb, bits in (
            (before, part.have, "taken_back", part.remove),
            (after, part.after, "given", part.add),
        ):
            side[label] = {"holders": holders.bit_count(), **({verb: _shown(bits, index, share)} if bits else {})}
    return {"before": before, "after": after}


def _shown(bits: int, index: TargetIndex, limit: int) -> list[str]:
    """At most `limit` lines; the last tells how many names were left out."""
    if bits.bit_count() <= limit:
        return sorted(index.names(bits))
    shown = sorted(index.names(take(bits, limit - 1)))
    return [*shown, f"... and {bits.bit_count() - len(shown)} more"]


def plan_document(location_uid: str, operations: Iterable[Operation]) -> dict[str, object]:
    """The plan as plain values for a JSON file. The digest finds edits and damage; it is no signature."""
    listed = sorted(operations, key=lambda operation: (operation.verb, operation.asset, operation.kind))
    return {
        "format": FORMAT,
        "version": VERSION,
        "location_uid": location_uid,
        "digest": _digest(location_uid, listed),
        "operations": [
            {
                "verb": operation.verb,
                "adam_id": operation.asset.adam_id,
                "pricing_param": operation.asset.pricing_param,
                operation.kind: sorted(operation.targets),
            }
            for operation in listed
        ],
    }


def check_approved(document: object, plan: LicensePlan, index: TargetIndex, uid: str) -> None:
    """Passes when every operation of the fresh plan is in the approved one; doing less is fine [design, rule 8].

    `document` is the parsed file. Raises InputError for a file that is foreign, damaged or edited, BrakeError for
    operations beyond it.
    """
    approved = _read(document)
    if approved is None:
        raise InputError("approved_plan isn't a plan of this collection and version; write it by a check run.")
    located, digest, operations = approved
    if located != uid:
        raise InputError("approved_plan was made for another location; use the plan of a check run with this token.")
    if digest != _digest(located, operations):
        raise InputError("approved_plan was changed or damaged after it was written; write it again by a check run.")
    allowed: dict[tuple[str, AssetKey, str], set[str]] = {}
    for operation in operations:
        allowed.setdefault((operation.verb, operation.asset, operation.kind), set()).update(operation.targets)
    beyond = [
        f"{operation.verb} {operation.asset} {name}"
        for operation in iter_operations(plan, index)
        for name in operation.targets
        if name not in allowed.get((operation.verb, operation.asset, operation.kind), ())
    ]
    if beyond:
        more = counted(len(beyond), "operation", "operations")
        raise BrakeError(
            f"The fresh plan holds {more} outside approved_plan ({samples(beyond)}); have a new plan approved.",
            facts={"unapproved_operations": len(beyond), "sample": beyond[:100]},
        )


def _digest(uid: str, operations: Sequence[Operation]) -> str:
    """So that neither order nor white space of the file matters. A line at a time: all of them at once would need more
    memory than everything else of a large plan."""
    targets: dict[str, list[str]] = {}
    for one in operations:
        group = f"{one.verb}\t{one.asset.adam_id}\t{one.asset.pricing_param}\t{one.kind}"
        targets.setdefault(group, []).extend(one.targets)
    lines = (f"{group}\t{name!r}" for group in sorted(targets) for name in sorted(targets[group]))
    return digest_in_order(f"{FORMAT}\t{VERSION}\t{uid!r}", lines)


def _read(document: object) -> tuple[str, str, list[Operation]] | None:
    """Location, digest and operations; None when the form is another."""
    if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
        return None
    uid, digest, listed = (document.get(key) for key in ("location_uid", "digest", "operations"))
    if not (isinstance(uid, str) and isinstance(digest, str) and isinstance(listed, list)):
        return None
    operations = []
    for entry in listed:
        operation = _read_operation(entry)
        if operation is None:
            return None
        operations.append(operation)
    return uid, digest, operations


def _read_operation(entry: object) -> Operation | None:
    if not isinstance(entry, dict):
        return None
    kinds = [kind for kind in (DEVICES, USERS) if kind in entry]
    verb, adam_id, pricing_param = (entry.get(key) for key in ("verb", "adam_id", "pricing_param"))
    if len(kinds) != 1 or not (isinstance(verb, str) and isinstance(adam_id, str) and isinstance(pricing_param, str)):
        return None
    targets = entry[kinds[0]]
    if not isinstance(targets, list) or not all(isinstance(name, str) for name in targets):
        return None
    return Operation(verb, AssetKey(adam_id, pricing_param), kinds[0], tuple(targets))

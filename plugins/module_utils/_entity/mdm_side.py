# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a licence task knows of the MDM that works with the same location: who grants, and whether it could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .._core.errors import LocationError
from .._core.identity import samples
from .._core.mdm import LinkedAccount, Unit
from .._core.mdm_account import find_linkage
from .._core.model import ClientConfig, Secret
from .._core.ports import Notify


@dataclass(frozen=True, slots=True)
class MdmSide:
    """`name` of the product. `grants`: licences are its business (`licensing: mdm`). `accounts` None = not asked.
    `units`: those in which the task's devices are; `unseen`: serial numbers of devices that did not report for long;
    `token` of the task."""

    name: str
    grants: bool
    token: Secret
    accounts: Sequence[LinkedAccount] | None = None
    units: Sequence[Unit] = ()
    unseen: frozenset[str] = frozenset()


def check_linked(side: MdmSide, config: ClientConfig, notify: Notify) -> None:
    """Whether the MDM can use the location's licences for the task's devices. LocationError where it can't, for those
    that are granted here would be spent on another location's devices (a token that was mixed up, as a rule); where it
    can for some of them, a warning, unless it is to grant and would never do so."""
    problem, some = ("", False) if side.accounts is None else _problem(side, config)
    if not problem:
        return
    if some and not side.grants:
        notify.warn(f"T{problem[1:]} Apps deployed there find no licence; mend that in its console.")
        return
    why = "licensing: mdm would never grant anything" if side.grants else "Licences would go where no app uses them"
    raise LocationError(
        f"{why}: {problem} Nothing was changed; use the content token of the location that these devices belong to, or "
        "mend that in its console first."
    )


def _problem(side: MdmSide, config: ClientConfig) -> tuple[str, bool]:
    """One sentence, empty = none; and whether it concerns only some of the units."""
    linkage = find_linkage(side.accounts or (), config.uid, side.token)
    location = f"'{config.location_name}' (uid {config.uid})"
    if linkage.linked is False:
        return f"the location {location} is not linked to {side.name}.", False
    closed = linkage.closed(side.units)
    if not linkage.linked or not closed:
        return "", False
    shown = samples(f"{unit.name} ({unit.id})" for unit in closed)
    told = f"the location {location} may not be used in {shown} of {side.name}, where devices of this task are."
    return told, len(closed) < len(side.units)

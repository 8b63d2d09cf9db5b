# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which organisation, and which of its networks."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from .._core.errors import InputError
from .._core.mdm import Unit
from . import meraki_paths
from .meraki_codec import ONLY_SYSTEMS_MANAGER, decode_unit, encode_page_size, manages_devices
from .meraki_session import MerakiSession

ORGANIZATIONS_PER_PAGE = 9000
NETWORKS_PER_PAGE = 1000
_MOST_NAMED = 10


class MerakiUnits:
    """Found at the first need, and kept until they are asked for anew. Used by several threads."""

    def __init__(self, session: MerakiSession, organization_id: str, network_ids: Sequence[str] | None) -> None:
        self._session = session
        self._organization_id = organization_id
        self._network_ids = network_ids
        self._lock = threading.Lock()
        self._units: list[Unit] | None = None
        self._others: list[Unit] = []

    def organization(self) -> str:
        """The id of the organisation: the one named, or the only one that the key can see."""
        with self._lock:
            return self._organization()

    def units(self, *, anew: bool = False) -> list[Unit]:
        """The networks of the task, sorted by id."""
        with self._lock:
            if anew or self._units is None:
                self._units = self._read()
            return list(self._units)

    def others(self) -> list[Unit]:
        """The organisation's other networks of Systems Manager that the key can see, sorted by id."""
        self.units()
        with self._lock:
            return list(self._others)

    def name_of(self, unit: str) -> str:
        """For a sentence: the network's name and id."""
        return next((f"{one.name} ({one.id})" for one in self.units() if one.id == unit and one.name), unit)

    def _organization(self) -> str:
        if not self._organization_id:
            self._organization_id = self._only_one()
        return self._organization_id

    def _only_one(self) -> str:
        size = encode_page_size(ORGANIZATIONS_PER_PAGE)
        rows = self._session.rows(meraki_paths.ORGANIZATIONS, "read the organisations of the API key", size)
        found = sorted({decode_unit(row) for row in rows}, key=lambda unit: unit.id)
        if not found:
            raise InputError(
                "The API key sees no organisation; use a key of an admin of the organisation "
                "(meraki_api_key or meraki_api_key_file)."
            )
        if len(found) > 1:
            raise InputError(
                f"The API key sees {len(found)} organisations; set meraki_organization_id to one of: {_named(found)}."
            )
        return found[0].id

    def _read(self) -> list[Unit]:
        organization = self._organization()
        path = meraki_paths.networks(organization)
        missing = (
            f"the organisation {organization} is not known, or the API key has no right to see it; check "
            "meraki_organization_id and the key"
        )
        what = f"read the networks of organisation {organization}"
        size = encode_page_size(NETWORKS_PER_PAGE)
        rows = self._session.rows(path, what, {**size, **ONLY_SYSTEMS_MANAGER}, missing=missing)
        found = sorted({decode_unit(row) for row in rows if manages_devices(row)}, key=lambda unit: unit.id)
        if self._network_ids is None:
            if not found:
                raise InputError(
                    f"The API key sees no network of Systems Manager in organisation {organization}; check "
                    "meraki_organization_id and the key's rights."
                )
            return found
        unknown = sorted(set(self._network_ids) - {unit.id for unit in found})
        if unknown:
            others = {decode_unit(row) for row in self._session.rows(path, what, size, missing=missing)}
            raise InputError(_refusal(unknown, others, found))
        self._others = [unit for unit in found if unit.id not in self._network_ids]
        return [unit for unit in found if unit.id in self._network_ids]


def _refusal(unknown: Sequence[str], others: set[Unit], found: Sequence[Unit]) -> str:
    wrong = [unit for unit in others if unit.id in unknown]
    if wrong:
        names = _named(sorted(wrong, key=lambda unit: unit.id))
        problem = (
            f"{names} is not a network of Systems Manager" if len(wrong) == 1 else f"not of Systems Manager: {names}"
        )
    else:
        problem = f"unknown, or not visible to the API key: {', '.join(unknown[:_MOST_NAMED])}"
    known = f"those that the key sees are {_named(found)}" if found else "the key sees none of Systems Manager"
    return f"meraki_network_ids: {problem}; {known}."


def _named(units: Sequence[Unit]) -> str:
    more = f" and {len(units) - _MOST_NAMED} more" if len(units) > _MOST_NAMED else ""
    return ", ".join(f"{unit.id} ({unit.name})" for unit in units[:_MOST_NAMED]) + more

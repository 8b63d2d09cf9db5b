# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds what: folds the pages of any number of walks into one bitset an asset, and drops each page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .model import AssetKey, Row
from .targets import DEVICES, TargetIndex

_MASK = (1, 2, 4, 8, 16, 32, 64, 128)


_Buffers = tuple[bytearray, bytearray]
"""Devices and people that hold one asset."""


class HoldingsPart:
    """The AssignmentSink of one walk. `begin` voids the rows of this walk only; duplicates do no harm [D paging].

    Not thread-safe: pages must come one after the other (in any order).
    """

    __slots__ = ("_devices", "_managed", "_table", "_users")

    def __init__(self, devices: TargetIndex, users: TargetIndex, managed: frozenset[AssetKey] | None) -> None:
        self._devices = devices
        self._users = users
        self._managed = managed
        self._table: dict[str, dict[str, _Buffers]] = {}
        self.begin()

    def begin(self) -> None:
        self._table = {}
        for key in self._managed or ():
            self._table.setdefault(key.adam_id, {})[key.pricing_param] = (bytearray(), bytearray())

    def page(self, rows: Sequence[Row]) -> None:
        # A million passes: local names, two look-ups of a text instead of one of a new tuple, and an exception a
        # growth instead of a test a row.
        table, open_ended, mask = self._table, self._managed is None, _MASK
        device_ids, user_ids = self._devices.ids, self._users.ids
        for adam_id, pricing_param, serial_number, client_user_id in rows:
            qualities = table.get(adam_id)
            if qualities is None:
                if not open_ended:
                    continue
                qualities = table[adam_id] = {}
            buffers = qualities.get(pricing_param)
            if buffers is None:
                if not open_ended:
                    continue
                buffers = qualities[pricing_param] = (bytearray(), bytearray())
            if serial_number is not None:
                buffer, index = buffers[0], device_ids.get(serial_number)
                if index is None:
                    # Serial numbers are compared in upper case, so that a device is not missed for its spelling.
                    index = self._devices.add(serial_number.upper())
            elif client_user_id is not None:
                buffer, index = buffers[1], user_ids.get(client_user_id)
                if index is None:
                    index = self._users.add(client_user_id)
            else:
                continue
            try:
                buffer[index >> 3] |= mask[index & 7]
            except IndexError:
                # Doubling keeps the growth linear in all; the surplus zero bytes vanish in the int.
                buffer.extend(bytes(max(64, len(buffer), (index >> 3) + 1 - len(buffer))))
                buffer[index >> 3] |= mask[index & 7]

    def devices(self, key: AssetKey) -> int:
        buffers = self._table.get(key.adam_id, {}).get(key.pricing_param)
        return int.from_bytes(buffers[0], "little") if buffers else 0

    def users(self, key: AssetKey) -> int:
        buffers = self._table.get(key.adam_id, {}).get(key.pricing_param)
        return int.from_bytes(buffers[1], "little") if buffers else 0


class Holdings:
    """Present holders by asset, over one index a kind of target.

    `managed` limits what is kept (and what gets a new index) to these assets; `None` keeps all. A walk that was
    voided leaves its names in the index, which costs memory and nothing else.
    """

    __slots__ = ("_known", "_managed", "_parts", "device_index", "user_index")

    def __init__(
        self,
        device_index: TargetIndex,
        user_index: TargetIndex | None = None,
        managed: Iterable[AssetKey] | None = None,
    ) -> None:
        self.device_index = device_index
        self.user_index = TargetIndex() if user_index is None else user_index
        self._managed = None if managed is None else frozenset(managed)
        self._parts: list[HoldingsPart] = []
        self._known: dict[AssetKey, tuple[int, int]] = {}

    def part(self) -> HoldingsPart:
        """A sink for one more walk; its rows join those of the other parts."""
        part = HoldingsPart(self.device_index, self.user_index, self._managed)
        self._parts.append(part)
        return part

    def know(self, key: AssetKey, devices: int, users: int) -> None:
        """Holders that need no walk, as bits over the indexes; in place of what was known so of the asset before."""
        self._known[key] = (devices, users)

    @classmethod
    def of(cls, kind: str, index: TargetIndex, managed: Iterable[AssetKey]) -> Holdings:
        """For a question about one kind of target; the others get an index of their own."""
        return cls(index, managed=managed) if kind == DEVICES else cls(TargetIndex(), index, managed)

    def holders(self, kind: str, key: AssetKey) -> int:
        """Bitset of the holders of one kind."""
        return self.devices(key) if kind == DEVICES else self.users(key)

    def devices(self, key: AssetKey) -> int:
        """Bitset of the devices that hold the asset."""
        bits, _users = self._known.get(key, (0, 0))
        for part in self._parts:
            bits |= part.devices(key)
        return bits

    def users(self, key: AssetKey) -> int:
        """Bitset of the people that hold the asset."""
        _devices, bits = self._known.get(key, (0, 0))
        for part in self._parts:
            bits |= part.users(key)
        return bits

    def listed(self, key: AssetKey) -> int:
        """Distinct assignments seen, of both kinds: comparable with `assigned_count` after a read that was complete."""
        return self.devices(key).bit_count() + self.users(key).bit_count()

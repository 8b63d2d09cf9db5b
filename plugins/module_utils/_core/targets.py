# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers the targets of one kind, so that a set of them is one int."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress

from .bits import flags, from_indices

DEVICES = "serial_numbers"
USERS = "client_user_ids"
"""The two kinds of target, named like the option and like the wire field in snake_case."""

WORDS = {DEVICES: "devices", USERS: "people"}
"""The kinds in a sentence."""
ONE = {DEVICES: "device", USERS: "person"}


class TargetIndex:
    """Targets in the stated order: the lower index came earlier, and gets the licence first when they are short.

    `ids` (name -> index) is public for the fold of a million rows, where a call a row would double the time;
    only `add` and `bits` may write it.
    """

    __slots__ = ("_names", "ids")

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.ids: dict[str, int] = {}
        self._names: list[str] = []
        for name in names:
            self.add(name)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self.ids

    def add(self, name: str) -> int:
        """The index of `name`, the next free one if it is new."""
        index = self.ids.setdefault(name, len(self._names))
        if index == len(self._names):
            self._names.append(name)
        return index

    def bits(self, names: Iterable[str]) -> int:
        """The set of these names; new ones are added in the order given."""
        return from_indices([self.add(name) for name in names])

    def names(self, bits: int) -> list[str]:
        """The members of a set, in index order."""
        return list(compress(self._names, flags(bits)))

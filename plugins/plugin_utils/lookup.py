# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lookups of this collection share: assets as terms, and the options of a module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ansible.plugins.lookup import LookupBase

from ..module_utils._ansible.argspec import ArgumentSpec
from ..module_utils._ansible.runner import Host
from .asset_terms import AnswerT, read, selectors_of
from .unsafe import unsafe


class AssetLookup(LookupBase):  # type: ignore[misc]  # ansible-core ships no types
    """A lookup whose terms are assets."""

    def answer(self, terms: Sequence[Any], spec: ArgumentSpec, run: Callable[[Host], list[AnswerT]]) -> list[AnswerT]:
        """What `run` finds of the terms, by the options that were set. Raises InputError."""
        given = {name: self.get_option(name) for name in spec.options if name != "assets"}
        given["assets"] = selectors_of(terms, self.get_option("by"))
        return [unsafe(found) for found in read(given, spec, run, self._display.warning)]

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs as values: options and the rules between them travel together and can be merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

Rules = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class ArgumentSpec:
    """One `argument_spec` with its rules, in the words of AnsibleModule."""

    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mutually_exclusive: Rules = ()
    required_together: Rules = ()
    required_one_of: Rules = ()
    required_if: Rules = ()

    def merge(self, *others: ArgumentSpec) -> ArgumentSpec:
        """The union; an option defined twice is a mistake of ours, so it is refused."""
        merged = self
        for other in others:
            twice = set(merged.options) & set(other.options)
            if twice:
                raise ValueError(f"option defined twice: {', '.join(sorted(twice))}")
            rules = {f.name: [*getattr(merged, f.name), *getattr(other, f.name)] for f in fields(self)[1:]}
            merged = ArgumentSpec({**merged.options, **other.options}, **rules)
        return merged

    def module_arguments(self) -> dict[str, Any]:
        """Keyword arguments for AnsibleModule."""
        rules = {f.name: [list(rule) for rule in getattr(self, f.name)] for f in fields(self)[1:]}
        return {"argument_spec": {name: dict(option) for name, option in self.options.items()}, **rules}

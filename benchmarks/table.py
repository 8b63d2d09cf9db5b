# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found, as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .measure import figure

HEAD = ("case", "what", "value", "goal", "verdict", "made of")


def of_what(found: Mapping[str, Any]) -> str:
    """One sentence about the machine and the state of the clone."""
    its = found["machine"]
    machine = f"{its['cores']} cores, {its['memory_gib']} GiB, {its['system']}"
    software = f"Python {its['python']}, ansible-core {its['ansible_core']}, httpx {its['httpx']}"
    return f"{machine}, {software}; {its['date']}, commit {its['commit']}, {found['sizes']} sizes"


def by_question(found: Mapping[str, Any]) -> dict[str, list[tuple[str, ...]]]:
    """Rows in the order of HEAD."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for one in found["measures"]:
        value = f"{figure(one['value'])} {one['unit']}".strip()
        row = (one["case"], one["what"], value, one["goal"], one["verdict"], one["note"])
        groups.setdefault(one["question"], []).append(row)
    return groups


def table(found: Mapping[str, Any]) -> str:
    groups = by_question(found)
    rows = [HEAD, *(row for group in groups.values() for row in group)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]

    def line(row: tuple[str, ...]) -> str:
        return "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()

    lines = [of_what(found), "", line(HEAD)]
    for question, group in groups.items():
        lines += ["", question, *map(line, group)]
    for name, error in found["broken"].items():
        lines += ["", f"{name} broke off: {error}"]
    return "\n".join([*lines, ""])

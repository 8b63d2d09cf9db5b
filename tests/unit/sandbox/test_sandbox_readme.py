# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's own page and its code say the same; its files keep to the rules of the house."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import sandbox
from sandbox.faults import KINDS
from sandbox.switches import SWITCHES

HOME = Path(sandbox.__file__).parent
FILES = sorted(HOME.rglob("*.py"))
README = (HOME / "README.md").read_text(encoding="utf-8")


def test_every_switch_is_told_with_its_positions_and_origin() -> None:
    rows = {line.split("`")[1]: line for line in README.splitlines() if line.startswith("| `")}
    for name, switch in SWITCHES.items():
        assert rows[name].endswith(f"| {switch.origin} |")
        assert switch.meaning in rows[name]
        assert all(f"`{value}`" in rows[name] for value in switch.values)


def test_every_fault_is_told() -> None:
    assert [kind for kind in KINDS if f"| `{kind}` | " not in README] == []


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(HOME)) for path in FILES])
def test_files_are_short_and_stand_on_the_standard_library(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 250
    assert text.startswith("# Copyright (c) 2026 openmdm.vpp contributors\n# GNU General Public License v3.0+")
    roots = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            roots.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            roots.add(str(node.module).partition(".")[0])
    allowed = {"cryptography"} if path.name == "tls.py" else set()
    assert roots - set(sys.stdlib_module_names) <= allowed

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of YAML and the commands of README files and guides."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs/docsite/rst").glob("*.rst"))
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "sandbox/README.md")),
    *sorted((ROOT / "roles").glob("*/README.md")),
    *GUIDES,
]
_RST = re.compile(r"^( *)\.\. code-block:: (\w+)\n\n((?:\1  .*\n|\n)+)", re.MULTILINE)
_FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_NEXT = re.compile(r"\\\n\s*")


def blocks(path: Path, language: str) -> Iterator[str]:
    """Those of one language, in order."""
    pattern = _RST if path.suffix == ".rst" else _FENCE
    for _indent, found, text in pattern.findall(path.read_text(encoding="utf-8")):
        if found == language:
            yield textwrap.dedent(text)


def commands(path: Path) -> Iterator[str]:
    """What is typed at the prompt, in order, each in one line."""
    for block in blocks(path, "console"):
        for line in _NEXT.sub("", block).splitlines():
            if line.startswith("$ "):
                yield line[2:]

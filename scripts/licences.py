"""Checks that what is shipped says its licence, and that what it needs at run time may be used with it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import clone
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
OURS = "SPDX-License-Identifier: GPL-3.0-or-later"
LINES = 6
"""In so many of a file's first lines its licence stands."""
SHIPPED = re.compile(r"(plugins|sandbox|extensions/eda|docs)/.*\.(py|rst)")
MODULE = re.compile(r"plugins/modules/.*\.py")
COMPATIBLE = frozenset(
    {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "PSF-2.0", "GPL-3.0-or-later"}
)
"""Licences whose works may be combined with one under GPL-3.0-or-later."""


def unlicensed(files: dict[str, str]) -> Iterator[str]:
    """A sentence for each shipped file, by name and text, that doesn't say its licence."""
    for name, text in files.items():
        head = "\n".join(text.splitlines()[:LINES])
        if SHIPPED.fullmatch(name) and OURS not in head:
            yield f"{name} lacks the line '{OURS}' near its top."
        if MODULE.fullmatch(name) and "GNU General Public License v3.0+" not in head:
            yield f"{name} lacks the line with 'GNU General Public License v3.0+', which Ansible wants in a module."


def incompatible(licences: dict[str, str]) -> Iterator[str]:
    for name, licence in licences.items():
        parts = re.split(r"\s+(?:AND|OR)\s+", licence)
        if not set(parts) <= COMPATIBLE:
            yield f"{name} has the licence {licence or 'unknown'}: not known to go with ours; see scripts/licences.py."


def needed(requirements: list[str]) -> dict[str, str]:
    """Licences of these requirements and of all that they need, as the installed packages say, by name."""
    found: dict[str, str] = {}
    wanted = [Requirement(line) for line in requirements]
    while wanted:
        one = wanted.pop()
        if one.name in found or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        facts = metadata.metadata(one.name)
        found[one.name] = facts.get("License-Expression") or facts.get("License") or ""
        wanted += [Requirement(line) for line in metadata.requires(one.name) or []]
    return dict(sorted(found.items()))


def main() -> int:
    texts = {
        name: (ROOT / name).read_text(encoding="utf-8") for name in clone.files() if name.endswith((".py", ".rst"))
    }
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    licences = needed([line for line in (line.partition("#")[0].strip() for line in lines) if line])
    complaints = [*unlicensed(texts), *incompatible(licences)]
    licence = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    if not licence.startswith("GNU GENERAL PUBLIC LICENSE Version 3,"):
        complaints.append("LICENSE is not the text of the GNU General Public License, version 3.")
    for name, theirs in licences.items():
        print(f"{name}: {theirs}")
    print(*complaints, f"{sum(bool(SHIPPED.fullmatch(name)) for name in texts)} shipped files say theirs.", sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

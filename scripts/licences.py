"""licences.py FILE: fails unless everything that FILE requires, and what that needs, may be used with GPL-3.0-or-later.

It reads what is installed beside the Python that runs it, so each environment shows what its own releases need.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

# Free licences that the Free Software Foundation calls compatible with version 3 of the GPL, by their SPDX names.
COMPATIBLE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "GPL-3.0-or-later",
    "ISC",
    "LGPL-3.0-or-later",
    "MIT",
    "MPL-2.0",
    "PSF-2.0",
    "Python-2.0",
    "Unlicense",
    "Zlib",
}
CLASSIFIERS = {  # of packages that have no SPDX name
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}


def licence(package: Distribution) -> str:
    """As an SPDX expression; whatever else the package says of its licence, as it stands, which is then refused."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return expression
    classified = [line for line in said.get_all("Classifier") or () if line.startswith("License ::")]
    if classified:
        return " AND ".join(CLASSIFIERS.get(line, line) for line in classified)
    return said.get("License") or "nothing"


def compatible(expression: str) -> bool:
    """One of the licences of an OR is enough; of an AND all are needed. Brackets are refused."""
    choices = re.split(r"\s+OR\s+", expression)
    return any(all(part in COMPATIBLE for part in re.split(r"\s+AND\s+", choice)) for choice in choices)


def needed(required: list[str]) -> dict[str, Distribution]:
    """The packages required and all that they need on this Python, by name."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(line) for line in required]
    while waiting:
        wish = waiting.pop()
        if wish.name in found or (wish.marker and not wish.marker.evaluate({"extra": ""})):
            continue
        found[wish.name] = distribution(wish.name)
        waiting += [Requirement(line) for line in found[wish.name].requires or ()]
    return found


def main(file: str) -> int:
    lines = (line.partition("#")[0].strip() for line in Path(file).read_text(encoding="utf-8").splitlines())
    packages = needed([line for line in lines if line])
    complaints = []
    for name, package in sorted(packages.items()):
        said = licence(package)
        print(f"  {name} {package.version}: {said}")
        if not compatible(said):
            complaints.append(f"{name} says {said!r}: no licence known to be compatible with GPL-3.0-or-later.")
    print(*complaints, f"  {len(packages)} packages", sep="\n")
    return 1 if complaints or not packages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

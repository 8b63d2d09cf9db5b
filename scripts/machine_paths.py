"""Fails when a file of the clone names a place that exists only on the machine where it was written."""

import re
import sys
from pathlib import Path

import clone

# Somebody's home, the folder that this clone lies in, and options of pip that name the address of an index.
PLACES = re.compile(rf"/(?:home|root|Users)/\w|{re.escape(str(Path.cwd()))}\b|--(?:extra-)?index-url|--find-links")

names = [name for name in clone.files() if name != "scripts/machine_paths.py"]
complaints = [
    f"{name}:{number}: {line.strip()}"
    for name in names
    for number, line in enumerate(Path(name).read_text(encoding="utf-8", errors="replace").splitlines(), 1)
    if PLACES.search(line)
]
print(*complaints, f"{len(names)} files", sep="\n")
sys.exit(1 if complaints or not names else 0)

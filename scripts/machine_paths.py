"""Fails when a file of the clone names a place that exists only on the machine where it was written."""

import re
import subprocess
import sys
from pathlib import Path

# A home, the folder that this clone lies in, and the words of an index address that a lock file may record.
PLACES = re.compile(rf"/(?:home|root|Users)/\w|{re.escape(str(Path.cwd()))}\b|--(?:extra-)?index-url|--find-links")

listed = subprocess.run(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], check=True, stdout=subprocess.PIPE, text=True
).stdout
checked = 0
complaints = []
for name in filter(None, listed.split("\0")):
    path = Path(name)
    if path == Path("scripts/machine_paths.py") or not path.is_file():
        continue
    checked += 1
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    complaints += [f"{name}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if PLACES.search(line)]
print(*complaints, f"{checked} files", sep="\n")
sys.exit(1 if complaints or not checked else 0)

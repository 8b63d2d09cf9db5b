"""Checks that TARBALL holds every file of the collection that a user needs, and nothing else."""

import sys
import tarfile
from pathlib import Path, PurePosixPath

import clone

SHIPPED = {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "bindep.txt",
    "changelogs",
    "docs",
    "extensions/eda",
    "meta",
    "playbooks",
    "plugins",
    "requirements.txt",
    "roles",
    "sandbox",
}
WRITTEN_BY_GALAXY = {"FILES.json", "MANIFEST.json"}
NEVER_MISSING = {"LICENSE", "README.md", "changelogs/changelog.yaml", "meta/runtime.yml", *WRITTEN_BY_GALAXY}
MOST_BYTES = 1024 * 1024

tarball = Path(sys.argv[1])
wanted = {
    name for name in clone.files() if SHIPPED & {name, *map(str, PurePosixPath(name).parents)}
} | WRITTEN_BY_GALAXY
with tarfile.open(tarball) as archive:
    held = {member.name for member in archive if not member.isdir()}

complaints = [f"{name} is in the tarball: add it to build_ignore of galaxy.yml." for name in sorted(held - wanted)]
complaints += [f"{name} is missing from the tarball." for name in sorted((wanted | NEVER_MISSING) - held)]
size = tarball.stat().st_size
if size > MOST_BYTES:
    complaints.append(f"The tarball has {size} bytes, more than {MOST_BYTES}.")
print(*complaints, f"{tarball.name}: {len(held)} files, {size} bytes", sep="\n")
sys.exit(1 if complaints else 0)

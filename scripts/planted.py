"""planted.py: proves that the tests can fail. Plants one defect after the other in a copy of the clone, runs the unit
tests over it, and fails if a defect goes unnoticed. The status of a defect is caught only if a test failed, not if the
copy did not run at all.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / ".cache" / "planted"
UTILS = "plugins/module_utils"
TESTS = "tests/unit/plugins/module_utils"
TESTS_FAILED = 1
"""Of pytest's exit codes; the others mean that the tests did not run."""


@dataclass(frozen=True)
class Defect:
    name: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]


DEFECTS = (
    Defect(
        "a write in check mode",
        f"{UTILS}/_entity/base.py",
        "if check or not plan.changed:",
        "if not plan.changed:",
        (f"{TESTS}/_entity",),
    ),
    Defect(
        "a dropped page",
        f"{UTILS}/_apps_books/pages.py",
        "consume(page.items)",
        "consume(page.items if page.index != 1 else [])",
        (f"{TESTS}/_apps_books",),
    ),
    Defect(
        "a lost event",
        f"{UTILS}/_apps_books/events.py",
        "    return list(pool.map(send, requests))",
        "    return [Submitted(one.request) if one.event_id else one for one in pool.map(send, requests)]",
        (f"{TESTS}/_apps_books",),
    ),
    Defect(
        "a leaked token",
        f"{UTILS}/_http/client.py",
        'f"Cannot {request.what}: refused redirect to host {host}; check the address", http',
        'f"Redirect to {host}: {request.credential and request.credential.value.reveal()}", http',
        (f"{TESTS}/_apps_books",),
    ),
    Defect(
        "a wrong 'changed'",
        f"{UTILS}/_entity/license_error.py",
        "return done > 0 or (applied.sent and (applied.pending > 0 or complete))",
        "return applied.sent",
        (f"{TESTS}/_entity",),
    ),
)


def main() -> int:
    unnoticed = 0
    for defect in DEFECTS:
        copy_clone()
        plant(defect)
        status, output = run_tests(defect)
        caught = status == TESTS_FAILED
        unnoticed += not caught
        first = re.search(r"^FAILED (\S+)", output, re.MULTILINE)
        by = f"by {first[1]}" if first else f"pytest ended with {status}"
        print(f"{'caught' if caught else 'UNNOTICED':10} {defect.name:24} {by}", flush=True)
        if not caught:
            print("\n".join(f"    {line}" for line in output.splitlines()[-15:]))
    shutil.rmtree(COPY)
    return 1 if unnoticed else 0


def copy_clone() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    shutil.rmtree(COPY, ignore_errors=True)
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, COPY / name)
    link = COPY / ".cache/link/ansible_collections/openmdm"
    link.mkdir(parents=True)
    (link / "vpp").symlink_to("../../../..")


def plant(defect: Defect) -> None:
    file = COPY / defect.file
    source = file.read_text(encoding="utf-8")
    if source.count(defect.right) != 1:
        sys.exit(f"{defect.file}: {defect.right!r} should stand there once; adapt scripts/planted.py to the code.")
    file.write_text(source.replace(defect.right, defect.wrong), encoding="utf-8")


def run_tests(defect: Defect) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--quiet", "--exitfirst", "--no-header", "--tb=line", *defect.tests],
        cwd=COPY,
        env={**os.environ, "HYPOTHESIS_PROFILE": "ci"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())

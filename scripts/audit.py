"""audit.py FILE...: asks a service of advisories whether a release that the FILEs pin is known to be vulnerable.

pip-audit asks; this script tells its three ends apart: 0 no advisory, 1 an advisory or a failure, 78 not run, since no
service answers. OSV_URL names another service than OSV's own, in OSV's format.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections import defaultdict
from pathlib import Path
from typing import Any

NOT_RUN = 78
URL = os.environ.get("OSV_URL", "https://api.osv.dev/v1/query")
PIN = re.compile(r"([\w.-]+)==([^\s;]+)(\s*;.*)?$")
# A release with well-known advisories: a service that does not know of them would call everything sound.
KNOWN = {"package": {"name": "pip", "ecosystem": "PyPI"}, "version": "19.0"}
Pins = dict[tuple[str, str], list[str]]


def why_silent() -> str:
    """Why the service cannot be asked; empty when it can."""
    request = urllib.request.Request(URL, json.dumps(KNOWN).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            known = json.load(answer).get("vulns")
    except (OSError, ValueError, AttributeError) as error:
        return f"No advisory service answers at {URL}: {getattr(error, 'reason', error)}."
    return "" if known else f"The advisory service at {URL} does not know of the advisories of pip 19.0."


def pins(files: list[str]) -> Pins:
    """The files that pin it, by (name, version)."""
    found: Pins = defaultdict(list)
    for file in files:
        for line in Path(file).read_text(encoding="utf-8").splitlines():
            text = line.partition("#")[0].strip()
            if not text:
                continue
            pin = PIN.match(text)
            if not pin:
                sys.exit(f"{file}: {text!r} is not pinned by '==', so it cannot be audited.")
            if file not in found[pin[1], pin[2]]:
                found[pin[1], pin[2]].append(file)
    return found


def rounds(found: Pins) -> list[list[str]]:
    """The pins, in lists that hold each name once: pip-audit takes no name twice, and the lanes differ."""
    lists: list[list[str]] = []
    names: dict[str, int] = defaultdict(int)
    for name, version in sorted(found):
        turn = names[name]
        names[name] += 1
        if turn == len(lists):
            lists.append([])
        lists[turn].append(f"{name}=={version}")
    return lists


def ask(pinned: list[str]) -> list[dict[str, Any]]:
    """What pip-audit says of each of these."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "requirements.txt")
        file.write_text("\n".join(pinned) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv", "--osv-url", URL]
        command += ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json", "--desc", "off"]
        done = subprocess.run([*command, "--requirement", str(file)], check=False, capture_output=True, text=True)
    try:
        dependencies: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        sys.exit(f"pip-audit ended with {done.returncode} and no answer:\n{done.stderr}")
    return dependencies


def complaints(answers: list[dict[str, Any]], found: Pins) -> list[str]:
    told = []
    for answer in answers:
        if "skip_reason" in answer:
            told.append(f"{answer['name']} was not audited: {answer['skip_reason']}")
            continue
        where = ", ".join(found.get((answer["name"], answer["version"]), ()))
        for advisory in answer["vulns"]:
            repaired = ", ".join(advisory["fix_versions"]) or "no release yet"
            told.append(f"{answer['name']} {answer['version']} ({where}): {advisory['id']}, repaired in {repaired}.")
    return told


def main(files: list[str]) -> int:
    found = pins(files)
    if silent := why_silent():
        print(silent)
        return NOT_RUN
    answers = [answer for pinned in rounds(found) for answer in ask(pinned)]
    told = complaints(answers, found)
    if len(answers) != len(found):
        told.append(f"pip-audit answered of {len(answers)} of {len(found)} releases.")
    print(*told, f"{len(answers)} releases, {len(told)} complaints", sep="\n")
    return 1 if told or not answers else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

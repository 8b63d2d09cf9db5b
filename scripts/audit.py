"""audit.py [FILE...]: asks an advisory service about every package that requirements/*.txt pin, by pip-audit.

Ends with 1 for a known vulnerability, with 78 where the service did not answer: then nothing is known, and that is
said. A mirror may answer for the service and know of nothing, so it is asked about a package with well-known
vulnerabilities first.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

NOT_RUN = 78
ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 15
"""Seconds for one answer."""
VULNERABLE = "jinja2==2.10"
"""Has CVE-2019-10906, among others."""


def findings(report: str) -> list[str]:
    """A sentence for each known vulnerability in a report of pip-audit (its JSON)."""
    return [
        f"{package['name']} {package['version']}: {one['id']}"
        f"{', mended in ' + ', '.join(one['fix_versions']) if one['fix_versions'] else ''}"
        for package in json.loads(report)["dependencies"]
        for one in package.get("vulns", [])
    ]


def unaudited(report: str) -> list[str]:
    """A sentence for each package that the service doesn't know."""
    return [
        f"{package['name']} was not looked at: {package['skip_reason']}"
        for package in json.loads(report)["dependencies"]
        if "skip_reason" in package
    ]


def why_not() -> str:
    """Why an answer of the service would be worth nothing; empty where it tells what it must know."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "known.txt"
        file.write_text(VULNERABLE + "\n", encoding="utf-8")
        report, said = ask(file)
    if not report:
        return f"the advisory service did not answer ({said[:200]})"
    return "" if findings(report) else f"what answered as the advisory service knows nothing of {VULNERABLE}"


def ask(file: Path) -> tuple[str, str]:
    """pip-audit's report on one file, empty where the service did not answer; and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", str(PATIENCE)]
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(file), *options]
        done = subprocess.run(
            [*command, "--format", "json", "--output", str(report)], capture_output=True, encoding="utf-8", check=False
        )
        text = report.read_text(encoding="utf-8") if report.exists() else ""
        return text, (done.stderr.strip().splitlines() or ["no words"])[-1]


def main(files: list[str]) -> int:
    if reason := why_not():
        print(f"{reason[0].upper()}{reason[1:]}.")
        return NOT_RUN
    found: list[str] = []
    paths = [Path(name) for name in files] or sorted((ROOT / "requirements").glob("*.txt"))
    for path in paths:
        report, said = ask(path)
        if not report:
            print(f"The advisory service did not answer about {path.name} ({said[:200]}).")
            return NOT_RUN
        found += [f"{path.name}: {sentence}" for sentence in findings(report)]
        print(*unaudited(report), sep="\n", end="")
    print(*found, f"{len(paths)} files of pinned packages, {len(found)} known vulnerabilities", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

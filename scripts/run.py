"""run.py STEP...: runs the named steps (or groups of steps), several at a time, and prints what they counted.

A step is a script. Its output goes to .cache/logs; when it is the only step, to the terminal too. Status 77 means that
the step cannot run on this machine: it is reported as skipped, and as failed where CI is set. Status 78 means that a
service outside, which no machine of ours can stand in for, did not answer: it is reported as not run, also there.
LANE=2.19 keeps only that lane's steps, JOBS=1 runs one step at a time.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
LOGS = CACHE / "logs"
LANES = ("2.16", "2.19", "2.21")
SKIPPED = 77
NOT_RUN = 78
OF_PIP = re.compile(
    r"\s*$|\s+━|\s*(Collecting|Downloading|Using cached|Looking in|Installing|Successfully installed|WARNING: Location)"
)


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Step:
    name: str
    lane: str
    command: tuple[str, ...]
    count: Callable[[Step], Count] | None = None
    """None: the step is one check."""
    may_be_not_run: bool = False

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}{f'-{self.lane}' if self.lane else ''}.log"

    def results(self) -> list[Path]:
        """What the step's tests left: JUnit files."""
        tree = CACHE / "tree" / f"{self.lane}-{self.name}" / "ansible_collections/openmdm/vpp"
        return [*(CACHE / "junit").glob(f"{self.name}.xml"), *tree.glob("tests/output/junit/*.xml")]


@dataclass(frozen=True)
class Outcome:
    step: Step
    count: Count
    seconds: float
    reason: str = ""
    """Why it was skipped or not run."""
    not_run: bool = False

    @property
    def word(self) -> str:
        if self.reason:
            return "not run" if self.not_run else "skipped"
        return "FAILED" if self.count.failed else "ok"


def cases(step: Step) -> list[ElementTree.Element]:
    return [case for file in step.results() for case in ElementTree.parse(file).iter("testcase")]


def tally(found: list[ElementTree.Element]) -> Count:
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in found)
    skipped = sum(case.find("skipped") is not None for case in found)
    return Count(len(found) - failed - skipped, failed, skipped)


def count_tests(step: Step) -> Count:
    return tally(cases(step))


def count_integration(step: Step) -> Count:
    """Each assertion of the playbooks that held has passed; a target that did not come to its end has failed."""
    held = sum("All assertions passed" in "".join(case.itertext()) for case in cases(step))
    return Count(held, listed_failures(step))


def count_molecule(step: Step) -> Count:
    return Count(step.log.read_text(encoding="utf-8").count("All assertions passed"))


def count_sanity(step: Step) -> Count:
    ran = len(re.findall(r"^Running sanity test", step.log.read_text(encoding="utf-8"), re.MULTILINE))
    failed = listed_failures(step)
    return Count(ran - failed, failed)


def listed_failures(step: Step) -> int:
    """How many failures ansible-test lists at the end of its output."""
    found = re.findall(r"^FATAL: The (\d+) \w+ test", step.log.read_text(encoding="utf-8"), re.MULTILINE)
    return sum(map(int, found))


def of_ansible_test(layer: str, count: Callable[[Step], Count]) -> list[Step]:
    return [Step(layer, lane, ("scripts/ansible_test.sh", lane, layer), count) for lane in LANES]


def of_molecule() -> list[Step]:
    """One for each scenario, since these have nothing in common."""
    found = sorted(path.parent.name for path in (ROOT / "extensions/molecule").glob("*/molecule.yml"))
    command = ("scripts/molecule.sh", "test", "--scenario-name")
    return [Step(name, "", (*command, name), count_molecule) for name in found]


def gates(*names: str) -> list[Step]:
    return [Step(name, "", (f"scripts/gates/{name}.sh",)) for name in names]


# What ansible-test units leaves out. All else that `unit` runs is run by it on each lane.
ONCE = ("tests/unit/benchmarks/test_benchmarks_run.py", "--junit-xml", ".cache/junit/benchmarks.xml")
STEPS = {
    "unit": [Step("unit", "", ("scripts/unit.sh",), count_tests)],
    "units": of_ansible_test("units", count_tests),
    "benchmarks": [Step("benchmarks", "", ("scripts/unit.sh", *ONCE), count_tests)],
    "faults": [Step("faults", "", ("scripts/faults.sh",), count_tests)],
    "integration": of_ansible_test("integration", count_integration),
    "sanity": of_ansible_test("sanity", count_sanity),
    "molecule": of_molecule(),
    "rulebook": [Step("rulebook", "", ("scripts/rulebook.sh",))],
    "lint": gates("ruff", "mypy", "ansible_lint", "shellcheck", "changelog", "docs_lint", "machine_paths"),
    "licences": gates("licences"),
    "audit": [replace(step, may_be_not_run=True) for step in gates("audit")],
    "docs": gates("docs"),
    "planted": gates("planted"),
    "demo": gates("demo"),
    "build": gates("build"),
    "install": [Step("install", lane, ("scripts/gates/install.sh", lane)) for lane in LANES],
    "importer": gates("importer"),
    "execution_environment": gates("execution_environment"),
}
GROUPS = {
    "test": ("integration", "faults", "molecule", "units", "rulebook", "benchmarks"),  # the longest first
    "gates": (
        "sanity",
        "planted",
        "demo",
        "lint",
        "licences",
        "audit",
        "build",
        "install",
        "importer",
        "execution_environment",
        "docs",
    ),
}


def run(step: Step, *, show: bool) -> Outcome:
    LOGS.mkdir(exist_ok=True)
    for file in step.results():
        file.unlink()  # of an earlier run
    started = time.monotonic()
    with (
        step.log.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            step.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            log.write(line)
            log.flush()
            if show:
                print(line, end="", flush=True)
    status = process.returncode
    seconds = time.monotonic() - started
    if status == SKIPPED and "CI" not in os.environ:
        return Outcome(step, Count(skipped=1), seconds, last_line(step.log))
    if status == NOT_RUN and step.may_be_not_run:
        return Outcome(step, Count(skipped=1), seconds, last_line(step.log), not_run=True)
    return Outcome(step, counted(step, status), seconds)


def counted(step: Step, status: int) -> Count:
    """What the step counted; a step that failed or found no test has one failure at least."""
    if step.count is None:
        return Count(failed=1) if status else Count(passed=1)
    try:
        count = step.count(step)
    except (OSError, ElementTree.ParseError):
        count = Count()
    if (status or not count.passed) and not count.failed:
        return Count(count.passed, 1, count.skipped)
    return count


def last_line(log: Path) -> str:
    return log.read_text(encoding="utf-8").rstrip().rpartition("\n")[2]


def report(outcome: Outcome, *, shown: bool) -> None:
    step = outcome.step
    print(f"{outcome.word:8}{step.name:29} {step.lane:6}{outcome.seconds:6.0f} s", flush=True)
    if outcome.count.failed and not shown:
        tail = [line for line in step.log.read_text(encoding="utf-8").splitlines() if not OF_PIP.match(line)][-40:]
        print(
            *(f"    {line}" for line in tail), f"    The whole log: {step.log.relative_to(ROOT)}", sep="\n", flush=True
        )


def table(outcomes: list[Outcome], seconds: float) -> None:
    print(f"\n{'step':29} {'lane':6}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for outcome in outcomes:
        step, count = outcome.step, outcome.count
        print(
            f"{step.name:29} {step.lane or '-':6}{count.passed:8}{count.failed:8}{count.skipped:9}"
            f"{outcome.seconds:9.0f}  {outcome.word}"
        )
    print(f"{seconds:.0f} seconds in all.")
    for word, reason in dict.fromkeys((outcome.word, outcome.reason) for outcome in outcomes if outcome.reason):
        names = [
            f"{outcome.step.name} {outcome.step.lane}".rstrip() for outcome in outcomes if outcome.reason == reason
        ]
        print(f"{word.capitalize()}: {', '.join(names)}. {reason}")


def chosen(names: list[str]) -> list[Step]:
    names = [member for name in names for member in GROUPS.get(name, (name,))]
    steps = [step for name in names for step in STEPS[name]]
    lane = os.environ.get("LANE")
    if lane and lane not in LANES:
        sys.exit(f"There is no lane {lane!r}: LANE is one of {', '.join(LANES)}.")
    return [step for step in steps if lane in (None, "", step.lane) or not step.lane]


def main(names: list[str]) -> int:
    steps = chosen(names)
    started = time.monotonic()
    alone = len(steps) == 1

    def perform(step: Step) -> Outcome:
        outcome = run(step, show=alone)
        report(outcome, shown=alone)
        return outcome

    # One more than a small machine has processors: much of a step is waiting. More would need more memory.
    with ThreadPoolExecutor(int(os.environ.get("JOBS", min(3, 1 + (os.cpu_count() or 1))))) as pool:
        outcomes = list(pool.map(perform, steps))
    table(outcomes, time.monotonic() - started)
    passed = sum(outcome.count.passed for outcome in outcomes)
    failed = sum(outcome.count.failed for outcome in outcomes)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not (passed or all(outcome.not_run for outcome in outcomes)) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

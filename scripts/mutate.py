"""mutate.py [AREA...]: changes one small thing after the other in a source and asks whether a unit test notices.

An area is `core` or `entity`; without one, both. SAMPLE=400 takes that many mutants of each, drawn with SEED (1);
JOBS=1 runs one at a time. First all tests run once, to learn which of them come by which line; then a mutant meets
only those that come by its statement, the quickest first, till one fails. Nothing on the disk is changed: each mutant
lives in a process of its own that is given the changed text on import. Each verdict is a line of
.cache/mutate/<area>.jsonl and is not asked for again while the source is the same: a run that was stopped goes on, and
FRESH=1 begins anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from forked import BROKEN, ROOT, end, give, name_in_clone, prepare, run_tests, start
from mutants import Mutant, mutants

OUT = ROOT / ".cache" / "mutate"
UTILS, TESTS = "plugins/module_utils", "tests/unit/plugins"
AREAS = {
    "core": [f"{UTILS}/_core/*.py", f"{UTILS}/_http/retry.py", f"{UTILS}/_http/pace.py"],
    "entity": [f"{UTILS}/_entity/*.py"],
}
MEETS = [f"{TESTS}/module_utils/{name}" for name in ("_core", "_http/test_retry.py", "_http/test_pace.py", "_entity")]
MEETS.append(f"{TESTS}/modules")
FIRST = 10
"""Tests that a mutant meets before pytest is asked to collect the files of the others."""
MOST_SECONDS = 5.0
"""Of tests that one mutant meets, by their time on the processor without it; what goes beyond is not run."""
JOBS = int(os.environ.get("JOBS", os.cpu_count() or 1))
Lines = dict[str, dict[int, set[str]]]
"""The tests that come by each line of each file."""
CAUGHT, SURVIVED, DOUBTFUL = "caught", "survived", "doubtful"


class Coverage:
    """Which lines of the plugins each test comes by, and how long it takes."""

    def __init__(self) -> None:
        self.lines: dict[str, list[tuple[str, int]]] = {}
        self.seconds: dict[str, float] = {}
        self._now: list[tuple[str, int]] = []

    def start(self) -> None:
        watch = sys.monitoring
        watch.use_tool_id(watch.COVERAGE_ID, "mutate")
        watch.register_callback(watch.COVERAGE_ID, watch.events.LINE, self._line)
        watch.set_events(watch.COVERAGE_ID, watch.events.LINE)

    def _line(self, code: CodeType, line: int) -> object:
        name = name_in_clone(code.co_filename)
        if name.startswith(UTILS):
            self._now.append((name, line))
        return sys.monitoring.DISABLE

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._now = []
        sys.monitoring.restart_events()
        begun = time.process_time()
        result = yield
        self.seconds[item.nodeid] = time.process_time() - begun
        self.lines[item.nodeid] = self._now
        return result


class Chosen:
    """Runs these tests alone, in this order."""

    def __init__(self, names: list[str]) -> None:
        self._place = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((one for one in items if one.nodeid in self._place), key=lambda one: self._place[one.nodeid])


def learn() -> tuple[Lines, dict[str, float]]:
    """Kept for as long as neither a source nor a test is newer."""
    file, log = OUT / "tests.json", OUT / "tests.log"
    newest = max(
        one.stat().st_mtime for folder in ("plugins", "tests/unit", "sandbox") for one in ROOT.glob(f"{folder}/**/*.py")
    )

    def work() -> int:
        seen = Coverage()
        seen.start()
        status = run_tests(*MEETS, plugins=[seen])
        if status == 0:
            file.write_text(json.dumps({"lines": seen.lines, "seconds": seen.seconds}), encoding="utf-8")
        return status

    if not file.exists() or file.stat().st_mtime < newest:
        print("Learning which test comes by which line.", flush=True)
        start(work, 7200, log)
        if end()[1]:
            sys.exit(f"The tests fail without any change, see {log}.")
    found = json.loads(file.read_text(encoding="utf-8"))
    by_line: Lines = {}
    for test, lines in found["lines"].items():
        for name, line in lines:
            by_line.setdefault(name, {}).setdefault(line, set()).add(test)
    return by_line, found["seconds"]


def tests_of(mutant: Mutant, lines: dict[int, set[str]], seconds: dict[str, float]) -> list[str]:
    """Of a statement that runs on import, the tests that come by any line of its file."""
    found = set().union(*(lines.get(line, ()) for line in mutant.lines)) or set().union(*lines.values())
    chosen, total = [], 0.0
    for test in sorted(found, key=lambda one: (seconds[one], one)):
        total += seconds[test]
        if total > MOST_SECONDS:
            break
        chosen.append(test)
    return chosen


def meet(name: str, text: bytes, tests: list[str]) -> int:
    give(name, text)
    for some in (tests[:FIRST], tests[FIRST:]):
        files = list(dict.fromkeys(test.partition("::")[0] for test in some))
        status = run_tests(*files, plugins=[Chosen(some)]) if some else 0
        if status:
            return status
    return 0


def word_of(status: int) -> str:
    """Noticed is also what can't be imported (2, 3, 4), and what a signal ends, as an endless loop. 5: no test ran."""
    return SURVIVED if status == 0 else DOUBTFUL if status in (5, BROKEN) else CAUGHT


def verdicts(file: Path) -> dict[str, dict[str, Any]]:
    """A child that broke, as when the machine was short of memory, said nothing about the tests."""
    told = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {one["key"]: one for one in told if one["status"] != DOUBTFUL}


def judge(
    sample: list[tuple[str, Mutant]], sources: dict[str, bytes], area: str, lines: Lines, seconds: dict[str, float]
) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    running: dict[int, dict[str, Any]] = {}
    file = OUT / f"{area}.jsonl"
    before = {} if "FRESH" in os.environ or not file.exists() else verdicts(file)

    def settle() -> None:
        child, status = end()
        entry = running.pop(child)
        tell(entry, word_of(status))

    def tell(entry: dict[str, Any], word: str) -> None:
        told.append({**entry, "status": word})
        with file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(told[-1]) + "\n")
        if word != CAUGHT:
            print(f"{word:9}{entry['file']}:{entry['line']} {entry['kind']}: {entry['was']!r} -> {entry['is']!r}")
            sys.stdout.flush()

    for number, (name, mutant) in enumerate(sample):
        source = sources[name]
        key = hashlib.sha256(source + repr(mutant).encode()).hexdigest()
        if key in before:
            told.append(before[key])
            continue
        chosen = tests_of(mutant, lines.get(name, {}), seconds)
        entry = {
            "key": key,
            "file": name,
            "line": source[: mutant.start].count(b"\n") + 1,
            "kind": mutant.kind,
            "was": source[mutant.start : mutant.end].decode(),
            "is": mutant.text,
            "tests": len(chosen),
        }
        if not chosen:
            tell(entry, SURVIVED)
            continue
        if len(running) == JOBS:
            settle()
        limit = 60 + 10 * sum(seconds[one] for one in chosen)
        work = partial(meet, name, mutant.applied(source), chosen)
        running[start(work, limit, OUT / f"{area}-{number % 8}.log")] = entry
        if number % 100 == 99:
            print(f"{area}: {number + 1} of {len(sample)}", flush=True)
    while running:
        settle()
    return told


def run(area: str) -> None:
    lines, seconds = learn()
    files = [file for pattern in AREAS[area] for file in sorted(ROOT.glob(pattern))]
    sources = {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in files}
    all_of_it = [(name, mutant) for name, source in sources.items() for mutant in mutants(source)]
    size = min(int(os.environ.get("SAMPLE", len(all_of_it))), len(all_of_it))
    sample = random.Random(int(os.environ.get("SEED", "1"))).sample(all_of_it, size)
    print(f"{area}: {size} of {len(all_of_it)} mutants", flush=True)
    told = judge(sample, sources, area, lines, seconds)
    for what in ("kind", "file"):
        count = Counter((one[what], one["status"]) for one in told)
        for key in sorted({one[what] for one in told}):
            print(f"  {key:60}{count[key, CAUGHT]:6} caught{count[key, SURVIVED]:6} survived")
    caught = sum(one["status"] == CAUGHT for one in told)
    print(f"{area}: {caught} of {size} caught, {100 * caught / max(1, size):.1f} %", flush=True)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    prepare()
    for one in sys.argv[1:] or AREAS:
        run(one)

"""Which tests come by which line of the plugins, and how long each takes. Of a file of tests that did not change this
is remembered, in .cache/mutate/tests.json.
"""

from __future__ import annotations

import gc
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from forked import ROOT
from pool import JOBS, Pool
from swap import name_in_clone
from warm import Warm, Watch

UTILS = "plugins/module_utils"
OUT = ROOT / ".cache" / "mutate"
_KEPT = OUT / "tests.json"
Lines = dict[str, dict[int, set[str]]]
"""Tests by file and line."""


class Coverage:
    """A plugin that notes the lines of each test; begun before anything is imported, of the imports as well.

    What several tests share (a fixture of a module or class) runs in the first of them and is a part of all.
    """

    def __init__(self) -> None:
        self.now: set[tuple[str, int]] = set()
        self.tests: dict[str, dict[str, Any]] = {}
        self._shared: dict[str, _Shared] = {}
        self._spent = 0.0
        self._test = ""
        watch = sys.monitoring
        watch.use_tool_id(watch.COVERAGE_ID, "mutate")
        watch.register_callback(watch.COVERAGE_ID, watch.events.LINE, self._line)
        watch.set_events(watch.COVERAGE_ID, watch.events.LINE)

    def stop(self) -> None:
        sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
        sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)

    def _line(self, code: CodeType, line: int) -> object:
        name = name_in_clone(code.co_filename)
        if name.startswith(UTILS):
            self.now.add((name, line))
        return sys.monitoring.DISABLE

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.now, self._spent, self._test = set(), 0.0, item.nodeid
        sys.monitoring.restart_events()
        begun = time.process_time()
        result = yield
        seconds = time.process_time() - begun - self._spent
        shared = [self._shared[name] for name in getattr(item, "fixturenames", ()) if name in self._shared]
        lines: dict[str, list[int]] = {}
        for name, line in sorted(self.now.union(*(one.lines for one in shared))):
            lines.setdefault(name, []).append(line)
        self.tests[item.nodeid] = {
            "seconds": seconds,
            "shared": {one.name: one.seconds for one in shared},
            "lines": lines,
        }
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        outer, self.now = self.now, set()
        sys.monitoring.restart_events()
        begun, spent = time.process_time(), self._spent
        result = yield
        seconds = time.process_time() - begun - (self._spent - spent)
        self._spent += seconds
        name = fixturedef.argname
        self._shared[name] = _Shared(f"{name} {self._test}", seconds, self.now)
        self.now = self.now | outer
        return result


@dataclass
class _Shared:
    """`name` also tells of which test it was the first time that it was made so."""

    name: str
    seconds: float
    lines: set[tuple[str, int]]


class Learned:
    """`keys`: of each file of tests, what changes with it and with all that it uses. `on_import`: files and lines."""

    def __init__(self, warm: Warm, coverage: Coverage) -> None:
        self.on_import = frozenset(coverage.now)
        self.keys = _keys({_file(test) for test in warm.items})
        kept = json.loads(_KEPT.read_text(encoding="utf-8")) if _KEPT.exists() else {}
        kept = {test: told for test, told in kept.items() if test in warm.items and told["key"] == self.key(test)}
        unknown = [test for test in warm.items if test not in kept]
        if unknown:
            print(f"Learning which of {len(unknown)} tests comes by which line.", flush=True)
            found = _learn(warm, coverage, unknown)
            kept |= {test: {**told, "key": self.key(test)} for test, told in found.items()}
            _KEPT.write_text(json.dumps(kept), encoding="utf-8")
        coverage.stop()
        self._shared: dict[str, dict[str, float]] = {test: told.get("shared", {}) for test, told in kept.items()}
        self._own: dict[str, float] = {test: told["seconds"] for test, told in kept.items()}
        self.seconds = {test: own + sum(self._shared[test].values()) for test, own in self._own.items()}
        self.lines: Lines = {}
        for test, told in kept.items():
            for name, lines in told["lines"].items():
                for line in lines:
                    self.lines.setdefault(name, {}).setdefault(line, set()).add(test)
        self._texts = {file: (ROOT / file).read_text(encoding="utf-8").splitlines() for file in self.lines}
        gc.freeze()  # it is copied into each fork where the collector comes by

    def key(self, test: str) -> str:
        return self.keys[_file(test)]

    def chosen(self, tests: set[str], file: str, seconds: float) -> list[str]:
        """As many as fit into this time on the processor: first those whose name has words of the file's name, then the
        quickest; those that share something together."""
        words = _words(file.rpartition("/")[2])

        def rank(test: str) -> tuple[int, float, str, float, str]:
            shared = self._shared[test]
            near = len(words & _words(test))
            return -near, sum(shared.values()) or self._own[test], " ".join(sorted(shared)), self._own[test], test

        chosen, total, made = [], 0.0, set[str]()
        for test in sorted(tests, key=rank):
            more = self._own[test] + sum(took for name, took in self._shared[test].items() if name not in made)
            if total + more <= seconds:
                chosen.append(test)
                total += more
                made.update(self._shared[test])
        return chosen

    def naming(self, name: str) -> set[str]:
        """The tests that come by a line on which this name stands; that of a statement may be a line or two above."""
        found: set[str] = set()
        if name:
            word = re.compile(rf"\b{name}\b")
            for file, text in self._texts.items():
                for number, line in enumerate(text, 1):
                    if word.search(line):
                        found.update(*(self.lines[file].get(near, ()) for near in range(number - 2, number + 1)))
        return found


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall("[a-z]+", name)) - {"py"}


def _file(test: str) -> str:
    return test.partition("::")[0]


def _keys(files: set[str]) -> dict[str, str]:
    shared = hashlib.sha256()
    for folder in ("plugins", "sandbox", "tests/unit"):
        for path in sorted(ROOT.glob(f"{folder}/**/*.py")):
            if not path.name.startswith("test_"):
                shared.update(path.read_bytes())
    return {file: hashlib.sha256(shared.digest() + (ROOT / file).read_bytes()).hexdigest()[:12] for file in files}


def _learn(warm: Warm, coverage: Coverage, tests: list[str]) -> dict[str, dict[str, Any]]:
    """Ends with the first test that fails: no verdict is worth anything then."""
    found: dict[str, dict[str, Any]] = {}
    pool = Pool()

    def work(file: Path, part: list[str]) -> int:
        status = warm.run(part, coverage, Watch(dict.fromkeys(part, 60.0)))
        file.write_text(json.dumps(coverage.tests), encoding="utf-8")
        return status

    def done(file: Path, status: int, output: str) -> None:
        if status:
            pytest.exit(f"The tests fail without any change:\n{output[-4000:]}", returncode=1)
        found.update(json.loads(file.read_text(encoding="utf-8")))
        file.unlink()

    for number in range(JOBS):
        part, file = tests[number::JOBS], OUT / f"part-{number}.json"
        if part:
            pool.submit(partial(work, file, part), partial(done, file))
    pool.wait()
    return found

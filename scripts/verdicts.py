"""What became of each mutant, kept in .cache/mutate/<area>.jsonl, and the score."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

from forked import CAUGHT as FAILED
from learned import OUT, Learned
from mutants import Mutant
from warm import last_met

CAUGHT, SURVIVED, SAME, DOUBTFUL = "caught", "survived", "same", "doubtful"
_ENDED = {FAILED: "failed", 2: "import", -signal.SIGPROF: "endless", -signal.SIGALRM: "stuck"}
"""How a mutant is noticed, by the status of its process. What is neither here nor 0 says nothing about the tests."""
_REMEMBERED = 6
"""Tests that noticed others of the same file, which a mutant meets first."""


@dataclass(frozen=True)
class Case:
    """One mutant of one file."""

    file: str
    source: bytes
    mutant: Mutant

    @cached_property
    def key(self) -> str:
        return hashlib.sha256(self.source + repr(self.mutant).encode()).hexdigest()

    @property
    def changed(self) -> bytes:
        return self.mutant.applied(self.source)

    def told(self) -> dict[str, Any]:
        mutant = self.mutant
        return {
            "key": self.key,
            "file": self.file,
            "line": self.source[: mutant.start].count(b"\n") + 1,
            "kind": mutant.kind,
            "was": self.source[mutant.start : mutant.end].decode(),
            "is": mutant.text,
        }


class Verdicts:
    """Of the cases of an area. `left`: cases for which a new import is needed, with their tests and those to meet."""

    def __init__(self, area: str, cases: list[Case]) -> None:
        self.area = area
        self.cases = cases
        self.left: list[tuple[Case, list[str], list[str]]] = []
        self.controls = self.count = 0
        self._file = OUT / f"{area}.jsonl"
        if "FRESH" in os.environ:
            self._file.unlink(missing_ok=True)
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        self._told = {entry["key"]: entry for entry in map(json.loads, lines)}
        self._noticing: dict[str, list[str]] = {}
        for entry in self._told.values():
            self._remember(entry)

    def open(self) -> Iterator[Case]:
        for case in self.cases:
            if self._told.get(case.key, {}).get("status") not in (CAUGHT, SAME):
                self.count += 1
                yield case
                if self.count % 100 == 0:
                    print(f"{self.area}: {self.count} asked", flush=True)

    def not_met(self, case: Case, tests: list[str], learned: Learned) -> list[str]:
        met = self._told.get(case.key, {}).get("met", {})
        return [test for test in tests if met.get(test) != learned.key(test)]

    def first_noticing(self, case: Case, tests: list[str]) -> list[str]:
        first = [test for test in reversed(self._noticing.get(case.file, [])) if test in tests]
        return [*first, *(test for test in tests if test not in first)]

    def leave(self, case: Case, tests: list[str], meets: list[str]) -> None:
        self.left.append((case, tests, meets))

    def judged(
        self, case: Case, tests: list[str], learned: Learned, meets: list[str], status: int, output: str
    ) -> None:
        """`meets`: to meet them with a new import if this run said nothing; empty: it was one."""
        if status == 0:
            self.tell(case, SURVIVED, met={test: learned.key(test) for test in tests})
        elif status in _ENDED:
            self.tell(case, CAUGHT, by=last_met(output), how=_ENDED[status])
        elif meets:
            self.leave(case, tests, meets)
        else:
            self.tell(case, DOUBTFUL, how=f"{status}: {output[-1000:]}")

    def tell(self, case: Case, status: str, **more: object) -> None:
        entry = {**case.told(), "status": status, **more}
        self._told[case.key] = entry
        self._remember(entry)
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")

    def control(self, status: int, output: str) -> None:
        self.controls += 1
        if status:
            print(f"These tests fail without any change:\n{output[-4000:]}", flush=True)
            raise SystemExit(1)

    def _remember(self, entry: dict[str, Any]) -> None:
        if test := entry.get("by"):
            noticing = self._noticing.setdefault(entry["file"], [])
            if test in noticing:
                noticing.remove(test)
            noticing.append(test)
            del noticing[:-_REMEMBERED]

    def show(self) -> None:
        told = sorted(
            (self._told[case.key] for case in self.cases if case.key in self._told),
            key=lambda one: (one["file"], one["line"]),
        )
        for entry in told:
            if entry["status"] in (SURVIVED, DOUBTFUL):
                words = f"{entry['file']}:{entry['line']} {entry['kind']}: {entry['was']!r} -> {entry['is']!r}"
                print(f"{entry['status']:9}{words}")
        for what in ("kind", "file"):
            count = Counter((one[what], one["status"]) for one in told)
            for key in sorted({one[what] for one in told}):
                print(f"  {key:60}{count[key, CAUGHT]:6} caught{count[key, SURVIVED]:6} survived")
        print(f"{self.area}: {score(one['status'] for one in told)}; {self.controls} controls passed")
        print(f"  noticed: {dict(Counter(one['how'] for one in told if one['status'] == CAUGHT))}", flush=True)


def score(words: Iterable[str]) -> str:
    """With Wilson's interval of 95 %, for a sample that was drawn at random."""
    count = Counter(words)
    size, z = count[CAUGHT] + count[SURVIVED], 1.96
    if not size:
        return "no verdict"
    share = count[CAUGHT] / size
    middle, spread = share + z * z / (2 * size), z * sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    low, high = (100 * (middle + sign * spread) / (1 + z * z / size) for sign in (-1, 1))
    return (
        f"{count[CAUGHT]} of {size} caught, {100 * share:.1f} % ({low:.1f} to {high:.1f}); "
        f"{count[SAME]} change nothing, {count[DOUBTFUL]} without a verdict"
    )

"""mutate.py [AREA...]: changes one small thing after the other in a source and asks whether a unit test notices.

An area is `core` or `entity`; without one, both. SAMPLE=400 takes that many mutants of each, drawn with SEED (1);
MOST_SECONDS=5 meets each with less than all tests, JOBS=1 runs one at a time. All tests run once without a change, to
learn which of them come by which line; then a mutant meets only those that come by its statement, first those that
noticed others in its file, then the quickest, till one fails. Nothing on the disk is changed: each mutant lives in a
process of its own. Each verdict is a line of .cache/mutate/<area>.jsonl, so a run that was stopped goes on; what
survived meets tests that are new or were left out before. FRESH=1 begins anew.

Now and then the same tests run without the change (a control). If one of these fails, no verdict is worth anything,
and the run ends there.
"""

from __future__ import annotations

import gc
import os
import pickle
import random
import sys
from functools import partial
from pathlib import Path

import pytest
from forked import ROOT, give, prepare, run_tests
from learned import OUT, UTILS, Coverage, Learned
from mutants import mutants
from pool import Pool
from swap import Pair, changes, compiled
from verdicts import SAME, SURVIVED, Case, Verdicts
from warm import Warm, Watch

TESTS = "tests/unit/plugins"
AREAS = {
    "core": [f"{UTILS}/_core/*.py", f"{UTILS}/_http/retry.py", f"{UTILS}/_http/pace.py"],
    "entity": [f"{UTILS}/_entity/*.py"],
}
FOLDERS = ("_core", "_http/test_retry.py", "_http/test_pace.py", "_entity", "_state", "_mail", "_ansible")
MEETS = [*(f"{TESTS}/module_utils/{name}" for name in FOLDERS), f"{TESTS}/modules", "tests/unit/test_contract.py"]
MOST_SECONDS = float(os.environ.get("MOST_SECONDS", "20"))
"""Of tests that one mutant meets, by their time on the processor without it; what goes beyond is not run."""
CONTROL = 20
"""Of so many mutants one has a control."""
FIRST = 10
"""Tests that a mutant meets before pytest is asked to collect the files of the others."""


class Chosen:
    """Runs these tests alone, in this order; what was imported is not looked at again by the collector of garbage."""

    def __init__(self, names: list[str]) -> None:
        self._place = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((one for one in items if one.nodeid in self._place), key=lambda one: self._place[one.nodeid])
        gc.freeze()


def tests_of(case: Case, learned: Learned) -> list[str]:
    """Of a statement that runs on import, those that come by a line on which its name stands, else by its file."""
    lines = learned.lines.get(case.file, {})
    found = set().union(*(lines.get(line, ()) for line in case.mutant.lines))
    if not found and any((case.file, line) in learned.on_import for line in case.mutant.lines):
        found = learned.naming(case.mutant.name) or set().union(*lines.values())
    return learned.chosen(found, case.file, MOST_SECONDS)


def drawn(area: str) -> list[Case]:
    files = [file for pattern in AREAS[area] for file in sorted(ROOT.glob(pattern))]
    sources = {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in files}
    all_of_it = [Case(name, source, mutant) for name, source in sources.items() for mutant in mutants(source)]
    size = min(int(os.environ.get("SAMPLE", len(all_of_it))), len(all_of_it))
    print(f"{area}: {size} of {len(all_of_it)} mutants", flush=True)
    random.Random(int(os.environ.get("SEED", "1"))).shuffle(all_of_it)  # so a larger sample holds the smaller ones
    return all_of_it[:size]


def judge(verdicts: Verdicts, warm: Warm, learned: Learned) -> None:
    """All whose change is one of functions; what needs a new import is left for `judge_anew`."""
    pool = Pool()
    for case in verdicts.open():
        pairs = changes(compiled(case.file, case.source), compiled(case.file, case.changed))
        if pairs == []:
            verdicts.tell(case, SAME)
            continue
        tests = tests_of(case, learned)
        meets = verdicts.first_noticing(case, verdicts.not_met(case, tests, learned))
        ran_on_import = any((case.file, line) in learned.on_import for line in case.mutant.lines)
        if not meets:
            verdicts.tell(case, SURVIVED, met={test: learned.key(test) for test in tests})
        elif pairs is None or ran_on_import or not warm.functions.can(case.file, pairs):
            verdicts.leave(case, tests, meets)
        else:
            watch = Watch(learned.seconds)
            work = partial(swap_and_run, warm, case.file, pairs, meets, watch)
            pool.submit(work, partial(verdicts.judged, case, tests, learned, meets))
            if verdicts.count % CONTROL == 0:
                pool.submit(partial(warm.run, meets, watch), verdicts.control)
    pool.wait()


def swap_and_run(warm: Warm, name: str, pairs: list[Pair], tests: list[str], watch: Watch) -> int:
    warm.functions.give(name, pairs)
    return warm.run(tests, watch)


def meet(name: str, text: bytes, tests: list[str], seconds: dict[str, float]) -> int:
    give(name, text)
    for some in (tests[:FIRST], tests[FIRST:]):
        files = list(dict.fromkeys(test.partition("::")[0] for test in some))
        status = run_tests(*files, plugins=[Chosen(some), Watch(seconds)]) if some else 0
        if status:
            return status
    return 0


def judge_anew(verdicts: Verdicts, learned: Learned) -> None:
    """With a new import in each process, so this has to run where none of the plugins is imported yet."""
    pool = Pool()
    for number, (case, tests, meets) in enumerate(verdicts.left):
        work = partial(meet, case.file, case.changed, meets, learned.seconds)
        pool.submit(work, partial(verdicts.judged, case, tests, learned, []))
        if number % CONTROL == 0:
            pool.submit(partial(meet, case.file, case.source, meets, learned.seconds), verdicts.control)
    pool.wait()


def all_warm(areas: list[str], file: Path) -> int:
    """Leaves in `file` what the other way needs."""
    coverage = Coverage()

    def work(warm: Warm) -> None:
        learned = Learned(warm, coverage)
        judged = [Verdicts(area, drawn(area)) for area in areas]
        for verdicts in judged:
            judge(verdicts, warm, learned)
        file.write_bytes(pickle.dumps((learned, judged)))

    return run_tests("--capture=no", *MEETS, plugins=[Warm(work)])


def main(areas: list[str]) -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    prepare()
    os.environ["SSL_CERT_FILE"] = os.devnull  # nothing is reached over TLS, and reading all authorities takes long
    file = OUT / "left.pickle"
    file.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = all_warm(areas, file)
        finally:
            os._exit(status)
    os.waitpid(child, 0)
    if not file.exists():
        return 1
    learned, judged = pickle.loads(file.read_bytes())
    for verdicts in judged:
        judge_anew(verdicts, learned)
        verdicts.show()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(AREAS)))

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session of the tests of faults has done, in words for people who do not know them."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

DRAWN = {
    "licences": "licences",
    "scopes": "scopes of an MDM",
    "people": "people",
    "invitations": "invitations",
    "codes": "redemption codes",
}
"""Worlds in process, by the name of their tally."""
KILLED = "killed "
"""Begins the names of those with SIGKILL; the module follows."""
WIDTH = 116


@dataclass(frozen=True)
class Session:
    """`totals`: counts by the name of a tally. `passed` and `broken`: ids of tests. `seconds`: by a clock on the
    wall."""

    totals: Mapping[str, Counter[str]]
    passed: Sequence[str]
    broken: Sequence[str]
    seed: int
    seconds: float

    @property
    def cells(self) -> int:
        return sum("::test_cell[" in test for test in (*self.passed, *self.broken))

    def of(self, names: Collection[str]) -> Counter[str]:
        return sum((self.totals[name] for name in names if name in self.totals), Counter())


def lines_of(session: Session) -> Iterator[str]:
    for title, text in _paragraphs(session):
        yield from textwrap.wrap(f"{title}: {text}", WIDTH, subsequent_indent="    ", break_long_words=False)
    for test in session.broken:
        yield f"to run a failure again: OPENMDM_SOAK=1 OPENMDM_SOAK_SEED={session.seed} scripts/faults.sh '{test}'"


def _paragraphs(session: Session) -> Iterator[tuple[str, str]]:
    totals = session.totals
    if session.cells:
        failed = sum("::test_cell[" in test for test in session.broken)
        yield "cells of the fault matrix", f"{session.cells} run, {failed} failed"
    drawn = [name for name in DRAWN if name in totals]
    if drawn:
        each = ", ".join(f"{totals[name]['worlds']} of {DRAWN[name]}" for name in drawn)
        counts = session.of(drawn)
        yield "random worlds in process", f"{counts['worlds']} ({each})"
        yield from _happened(counts)
    served = sorted(name for name in totals if name.startswith(KILLED))
    if served:
        each = ", ".join(f"{totals[name]['worlds']} of {name.removeprefix(KILLED)}" for name in served)
        counts = session.of(served)
        yield "random worlds with processes", f"{counts['worlds']} ({each}), {counts['runs']} runs"
        yield "SIGKILLs", f"{counts['kills']} ({_listed(_begins(counts, 'killed '))})"
    yield from _inputs(totals)
    hunted = session.of([name for name in totals if name.startswith("hunt")])
    if hunted:
        size = f"{hunted['bytes searched'] / 1e6:.0f} MB"
        yield "hunt for secrets", f"{hunted['outputs searched']} outputs of {size} searched, {hunted['hits']} hits"
    yield "tests that passed", f"{len(session.passed)} ({_listed(_by_file(session.passed))})"
    yield "tests that failed", str(len(session.broken))
    violations = Counter({name: counts["violations"] for name, counts in totals.items() if counts["violations"]})
    where = ", ".join(
        f"{name} {what.removeprefix('violation at ')}"
        for name, counts in totals.items()
        for what in counts
        if what.startswith("violation at ")
    )
    yield "violations", f"{violations.total()}{f' ({where})' if where else ''}"
    yield "first seed", f"{session.seed} (OPENMDM_SOAK_SEED draws others)"
    yield "time", f"{session.seconds // 60:.0f} min {session.seconds % 60:.0f} s"


def _happened(counts: Counter[str]) -> Iterator[tuple[str, str]]:
    beside = f"{counts['runs beside another']} of them beside another one"
    yield "runs", f"{counts['runs']}, {beside} ({counts['runs held off by the lock']} held off by its lock)"
    ends = {words: counts[words] for words in counts if words.startswith("goals ")}
    yield "how worlds ended", _listed(Counter({words.removeprefix("goals "): count for words, count in ends.items()}))
    yield "changes by others", f"{counts['changes by others']}, {counts['changes at the MDM']} of them at the MDM"
    yield "kills", f"{counts['kills']} ({_listed(_begins(counts, 'killed '))})"
    met = _begins(counts, "fault ")
    yield "faults met", f"{met.total()} of {len(met)} kinds ({_listed(met)})"
    words = ("troubles of the mail server", "reminders", "people retired to be invited anew", "licences given again")
    yield "mails", _listed(Counter({word: counts[word] for word in words}))


def _inputs(totals: Mapping[str, Counter[str]]) -> Iterator[tuple[str, str]]:
    if "readers" in totals:
        found = _begins(totals["readers"], "inputs to ")
        crashes = totals["readers"]["crashes"]
        yield "hostile inputs", f"{found.total()} to {len(found)} readers, {crashes} crashes ({_listed(found)})"
    if "huge" in totals:
        yield "inputs too large", f"{totals['huge']['inputs']}, {totals['huge']['crashes']} crashes"
    if "answers" in totals:
        yield "spoiled answers", f"{totals['answers']['spoiled answers']}, {totals['answers']['crashes']} crashes"


def _begins(counts: Counter[str], start: str) -> Counter[str]:
    return Counter({what.removeprefix(start): count for what, count in counts.items() if what.startswith(start)})


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{what} {count}" for what, count in sorted(counts.items()))


def _by_file(tests: Sequence[str]) -> Counter[str]:
    files = [test.partition("::")[0].rpartition("/")[2] for test in tests]
    return Counter(file.removeprefix("test_").removesuffix(".py") for file in files)

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random worlds and faults: at most two more runs without faults reach the goal, and nothing else is ever touched."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    ServiceError,
    TokenError,
    TransportError,
    VppError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    DISASSOCIATE,
    Limits,
    ServiceConfig,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.tests.unit.fakes import (
    FOR_EVER,
    GONE,
    GONE_UNDONE,
    HOLLOW,
    OK,
    REFUSED,
    STUCK,
    FakeAppsBooks,
    Fault,
    closed,
    lost,
    serials,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench import run

FLEET = serials(12)
DEVICES = st.sets(st.sampled_from(FLEET))
FAULTS = st.one_of(
    st.sampled_from([OK, OK, OK, HOLLOW, REFUSED, GONE, GONE_UNDONE, STUCK, lost(True), lost(False)]),
    st.sampled_from([closed(TokenError("revoked")), closed(TransportError("no connection"))]),
    st.builds(Fault, fails=st.frozensets(st.sampled_from(FLEET), max_size=4), number=st.sampled_from([9603, 9609])),
    st.builds(lambda polls, fault: replace(fault, polls=polls), st.integers(1, 40), st.sampled_from([OK, lost(True)])),
)
ERRORS = st.lists(st.sampled_from([None, None, None, ServiceError("broken"), TokenError("revoked")]), max_size=3)


@dataclass
class Case:
    api: FakeAppsBooks
    wanted: list[str]
    state: str
    exclusive: bool
    keep: frozenset[str]
    known: tuple[str, ...] | None
    wait: bool

    def run(self, *, wait: bool = True) -> Outcome | None:
        """None = stopped before anything was written."""
        writes = len(self.api.writes)
        try:
            return run(
                self.api,
                self.wanted,
                state=self.state,
                exclusive=self.exclusive,
                max_removals="100%",
                max_shrink=100,
                allow_empty=True,
                wait=wait,
                wait_timeout=600.0,
                request={"keep_serial_numbers": tuple(sorted(self.keep)), "known_serial_numbers": self.known},
            )
        except VppError:
            assert len(self.api.writes) == writes
            return None

    def goal(self, before: set[str]) -> tuple[set[str], set[str]]:
        """What may be added to and taken from these holders."""
        wanted = set(self.wanted)
        if self.state == "absent":
            return set(), (before & wanted) - self.keep
        extra = before - wanted - self.keep if self.exclusive else set()
        known = set(FLEET) if self.known is None else set(self.known)
        return wanted - before, extra & known


@st.composite
def cases(draw: st.DrawFn) -> Case:
    api = FakeAppsBooks()
    api.service = ServiceConfig(Limits(max_assets=draw(st.integers(1, 3)), max_serial_numbers=draw(st.integers(1, 6))))
    state = draw(st.sampled_from(["present", "present", "absent"]))
    exclusive = state == "present" and draw(st.booleans())
    wanted = draw(st.lists(st.sampled_from(FLEET), unique=True))
    keep = draw(st.frozensets(st.sampled_from(FLEET), max_size=2))
    known = draw(st.none() | DEVICES.map(lambda found: tuple(sorted(found))))
    case = Case(api, wanted, state, exclusive, keep, known, draw(st.integers(0, 4)) > 0)
    for number in range(draw(st.integers(1, 3))):
        holders = draw(DEVICES)
        added, removed = case.goal(holders)
        spare = draw(st.integers(0, 3))
        enough = len(holders) + max(0, len(added) - len(removed)) + spare
        api.own(str(101 + number), devices=holders, total=draw(st.sampled_from([enough, enough, None])))
    return case


def pairs(state) -> set[tuple[str, str]]:
    return {(key.adam_id, serial) for key, holders in state.items() for serial in holders}


@settings(max_examples=300, deadline=None)
@given(cases(), st.lists(FAULTS, max_size=8), st.booleans(), ERRORS, ERRORS, st.integers(0, 3))
def test_two_more_runs_reach_the_goal(case, faults, lag, wait_errors, read_errors, shaky):
    api = case.api
    start = api.state()
    goals = {key: case.goal(set(holders)) for key, holders in start.items()}
    may_add = {(key.adam_id, serial) for key, (added, _removed) in goals.items() for serial in added}
    may_remove = {(key.adam_id, serial) for key, (_added, removed) in goals.items() for serial in removed}

    api.faults.extend(faults)
    api.shaky = shaky
    if lag:
        api.freeze_counts()
    api.errors = {"wait_for_events": deque_of(wait_errors), "walk_assignments": deque_of(read_errors)}
    first = case.run(wait=case.wait)
    after = api.state()

    # Nothing outside of the goal, whatever happened.
    assert set(api.sent_pairs(ASSOCIATE)) <= may_add
    assert set(api.sent_pairs(DISASSOCIATE)) <= may_remove
    if first is not None:
        truthful(first, pairs(start) ^ pairs(after), len(may_add) + len(may_remove))

    api.faults.clear()
    api.errors.clear()
    api.counts.clear()
    api.shaky = 0
    api.clock.elapsed += 3600
    for _run in range(2):
        last = case.run()
        assert last is None or last.error is None, last.error
    assert pairs(api.state()) == (pairs(start) | may_add) - may_remove
    checked = run_is_empty(case)
    assert checked


def deque_of(errors):
    from collections import deque

    return deque(errors)


def run_is_empty(case: Case) -> bool:
    outcome = case.run()
    return outcome is not None and not outcome.changed


def truthful(outcome: Outcome, differ: set[tuple[str, str]], planned: int) -> None:
    """What a result says against what became of the world."""
    summary = outcome.summary
    told = summary["associated"] + summary["disassociated"]
    rest = summary["failed"] + summary["not_sent"]
    assert min(summary[name] for name in ("associated", "disassociated", "failed", "pending", "not_sent")) >= 0
    assert told <= len(differ), "more is told as done than is done"
    if differ:
        assert outcome.changed, "something was done and it is not told"
    if outcome.error is None:
        assert rest == 0
        assert told + summary["pending"] >= len(differ)
        assert summary["skipped"].get("unstable", 0) == 0
    if outcome.error is None and not summary["pending"]:
        assert told == len(differ) == planned


def test_a_stuck_event_never_ends():
    assert STUCK.polls == FOR_EVER

# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A licence task that is killed at any point: the next run asks what became of the work, and reaches the goal."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import PendingError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._state.journal import Journal
from ansible_collections.openmdm.vpp.tests.unit.fakes import STUCK, FakeAppsBooks, Fault, lost
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_people import (
    APP,
    holders,
    ids,
    run,
    world,
)


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches a signal."""


POINTS = [
    (Journal, "intend"),
    (FakeAppsBooks, "submit"),
    (Journal, "accepted"),
    (FakeAppsBooks, "wait_for_events"),
    (Journal, "ended"),
    (FakeAppsBooks, "read_assets"),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("owner", "name"), POINTS)
def test_killed_and_run_again(owner, name, after, tmp_path, monkeypatch):
    api = world("lea", "omar", "tama", total=2)
    api.owned[AssetKey(APP)].people = {"omar", "tama"}
    api.faults.append(Fault(polls=2))
    options = {"state_dir": tmp_path / "state", "exclusive": True, "max_removals": 1, "max_shrink": 100}
    original = getattr(owner, name)

    def deadly(*args, **kwargs):
        if after:
            original(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, deadly)
        with pytest.raises(Killed):
            run(api, ids("lea", "tama"), **options)
    accepted = [event for event, job in api._jobs.items() if job.event is None]
    api.log.clear()
    outcome = run(api, ids("lea", "tama"), **options)
    assert outcome.error is None
    assert holders(api) == {"lea", "tama"}
    if accepted and (name in ("wait_for_events", "ended", "read_assets") or (name == "accepted" and after)):
        assert api.log[0] == ("wait_for_events", accepted), "the old event is asked for before anything is read"
    assert not run(api, ids("lea", "tama"), **options).changed


def test_a_young_event_that_is_still_pending_stops_the_next_run(tmp_path):
    api = world("lea")
    api.faults.append(STUCK)
    options = {"state_dir": tmp_path / "state", "wait_timeout": 60}
    assert isinstance(run(api, ids("lea"), **options).error, PendingError)
    with pytest.raises(PendingError, match=r"1 event of an earlier run is still pending after 60 seconds \(event-1\)"):
        run(api, ids("lea"), **options)
    assert len(api.sent) == 1
    api.clock.elapsed += 600
    assert run(api, ids("lea"), **options).error is None
    assert holders(api) == {"lea"}


def test_check_mode_leaves_the_journal_as_it_is(tmp_path):
    api = world("lea")
    options = {"state_dir": tmp_path / "state"}
    run(api, ids("lea"), wait=False, **options)
    before = (tmp_path / "state").joinpath().stat().st_mtime_ns
    run(api, ids("lea"), check=True, **options)
    assert (tmp_path / "state").stat().st_mtime_ns == before
    api.log.clear()
    run(api, ids("lea"), **options)
    assert api.calls[0] == "wait_for_events"
    api.log.clear()
    run(api, ids("lea"), **options)
    assert "wait_for_events" not in api.calls


def test_a_write_without_an_answer_is_open_until_the_next_run(tmp_path, monkeypatch):
    dropped = []
    monkeypatch.setattr(Journal, "dropped", lambda self, ids: dropped.extend(ids))
    api = world("lea")
    api.faults.append(lost(processed=True))
    assert run(api, ids("lea"), state_dir=tmp_path / "state").error is None
    assert dropped == []
    assert not run(api, ids("lea"), state_dir=tmp_path / "state").changed
    assert len(dropped) == 1
